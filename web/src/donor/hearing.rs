//! What the Web Workers say, and what they are told when they begin. Knows no control.

use super::{CREDIT, Donor, NAME, TOKEN};
use crate::{browser, clock::Timer, hand::Slot};
use bytebiota_protocol::{
    browser::{Call, PageMessage, WorkStatus, WorkerMessage},
    routes::WORKER_SOCKET,
};
use leptos::prelude::*;
use std::sync::Arc;

impl Donor {
    pub(super) fn heard(self, index: usize, message: WorkerMessage) {
        let Some(slot) = self.slots.with_untracked(|slots| slots.get(index).cloned()) else {
            return;
        };
        match message {
            WorkerMessage::Ready => self.brief(index),
            WorkerMessage::Status { status } => slot.status.set(status),
            WorkerMessage::Welcome {
                token,
                name,
                credit,
            } => self.welcomed(&token, name, credit),
            WorkerMessage::Progress {
                island,
                instructions,
                births,
                instructions_per_second,
                cost,
            } => {
                slot.island.set(island);
                slot.instructions.set(instructions);
                slot.births.set(births);
                slot.instructions_per_second.set(instructions_per_second);
                slot.cost.set(cost);
            }
            WorkerMessage::Acked { units, credit } => {
                slot.units.set(units);
                self.credited(credit);
            }
            WorkerMessage::Frame { map } => slot.soup.set(Some(Arc::new(map))),
            WorkerMessage::Stopped => self.stopped(index),
        }
    }

    fn brief(self, index: usize) {
        let frames_per_second = self.frames();
        let percent = self.wishes.with_untracked(|wishes| wishes.duty_percent);
        let (rests, finishes) = (
            self.rest.get_untracked().is_some(),
            self.finishing.get_untracked(),
        );
        self.with_crew(|crew| {
            let Some(hand) = crew.hands.get(index) else {
                return;
            };
            hand.tell(&PageMessage::Start(Call {
                socket: browser::socket_address(WORKER_SOCKET),
                token: browser::recall(TOKEN),
                nick: crew.nick.clone(),
                frames_per_second,
            }));
            hand.tell(&PageMessage::Duty { percent });
            if rests {
                hand.tell(&PageMessage::Pause);
            }
            if finishes {
                hand.tell(&PageMessage::Finish);
            }
        });
    }

    fn welcomed(self, token: &str, name: String, credit: u64) {
        browser::remember(TOKEN, token);
        browser::remember(NAME, &name);
        self.name.set(Some(name));
        self.credited(credit);
        let waiting = self.with_crew(|crew| std::mem::take(&mut crew.waiting));
        for _ in 0..waiting {
            self.add_hand();
        }
    }

    fn credited(self, credit: u64) {
        // Several workers hear of it in any order; credit only grows.
        let credit = credit.max(self.credit.get_untracked());
        self.credit.set(credit);
        browser::remember(CREDIT, &credit.to_string());
    }

    fn stopped(self, index: usize) {
        self.with_crew(|crew| {
            if let Some(hand) = crew.hands.get(index) {
                hand.end();
            }
            crew.stopped += 1;
            if crew.stopped == crew.hands.len() && crew.ending.is_none() {
                // The hand that is speaking must not be dropped while it speaks.
                crew.ending = Some(Timer::after(0, move || self.stop_now()));
            }
        });
    }

    /// Whether it computes, and if not why, in a sentence.
    pub fn standing(self) -> String {
        if !self.running.get() {
            return "Nothing runs now.".into();
        }
        if let Some(rest) = self.rest.get() {
            return format!("Not computing: {}.", rest.words());
        }
        if self.finishing.get() {
            return "The units under way are finished and delivered, then it stops.".into();
        }
        let statuses = self.slots.with(|slots| {
            slots
                .iter()
                .map(|slot| slot.status.get())
                .collect::<Vec<_>>()
        });
        let computing = statuses
            .iter()
            .filter(|status| **status == WorkStatus::Computing);
        match (computing.count(), statuses.first()) {
            (0, Some(status)) => format!("Not computing at the moment: {}.", describe(status)),
            (0, None) => "Not computing yet.".into(),
            (1, _) => "Computing on 1 core. You may look around; closing the tab stops it.".into(),
            (count, _) => {
                format!(
                    "Computing on {count} cores. You may look around; closing the tab stops it."
                )
            }
        }
    }

    /// What one core does, in words.
    pub fn standing_of(self, slot: &Slot) -> String {
        match (self.running.get(), slot.status.get(), self.rest.get()) {
            (false, WorkStatus::Failed { text }, _) => text,
            (false, ..) => "stopped".into(),
            (true, WorkStatus::Paused, Some(rest)) => rest.words(),
            (true, status, _) => describe(&status),
        }
    }
}

/// What a core does, in words.
fn describe(status: &WorkStatus) -> String {
    match status {
        WorkStatus::Connecting => "connecting …".into(),
        WorkStatus::Waiting { why } => why.trim_end_matches('.').to_owned(),
        WorkStatus::Computing => "computing".into(),
        WorkStatus::Finishing => "finishing its unit".into(),
        WorkStatus::Paused => "resting".into(),
        WorkStatus::Lost { retry_ms } => format!(
            "no connection, trying again in {} s; what was begun goes on, and what is done is kept here",
            retry_ms.div_ceil(1_000)
        ),
        WorkStatus::Refused { text } | WorkStatus::Failed { text } => {
            text.trim_end_matches('.').to_owned()
        }
    }
}
