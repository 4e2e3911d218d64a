//! What the volunteer's page is told: progress, status, what became of units. Knows not how it came about.

use crate::{
    clock, page,
    unit::{SLOT, Unit},
    work::Tally,
};
use bytebiota_core::Digest;
use bytebiota_protocol::{
    browser::{WorkStatus, WorkerMessage},
    session::{End, Event, Link, SlotStatus},
};

/// What was told last.
#[derive(Default)]
pub(crate) struct Told {
    tally: Tally,
    status: Option<WorkStatus>,
}

impl Unit {
    pub(crate) fn show(&self, event: Event) {
        let counters = self.session.counters();
        match event {
            Event::Welcomed { token, name } => page::tell(&WorkerMessage::Welcome {
                token: Digest(token.0).to_string(),
                name,
                credit: counters.credit,
            }),
            Event::Acked(_) | Event::Judged(..) => page::tell(&WorkerMessage::Acked {
                units: counters.units_acked,
                credit: counters.credit,
            }),
            // The status says what the volunteer needs to know about the rest.
            Event::Offline { .. } | Event::Rejected(..) | Event::Problem(_) | Event::Waiting(_) => {
            }
        }
    }

    pub(crate) fn tell_progress(&mut self) {
        let (then, now) = (self.told.tally, self.tally);
        let ticks = now.ticks - then.ticks;
        let busy_ms = now.cost.busy_ms - then.cost.busy_ms;
        self.told.tally = now;
        page::tell(&WorkerMessage::Progress {
            island: self.work.as_ref().map_or(0, |work| work.island().id().0),
            instructions: now.ticks,
            births: now.births,
            instructions_per_second: if busy_ms > 0.0 {
                ticks as f64 * 1_000.0 / busy_ms
            } else {
                0.0
            },
            cost: now.cost,
        });
    }

    pub(crate) fn tell_status(&mut self) {
        let status = self.work_status();
        if self.told.status.as_ref() != Some(&status) {
            page::tell(&WorkerMessage::Status {
                status: status.clone(),
            });
            self.told.status = Some(status);
        }
    }

    fn work_status(&self) -> WorkStatus {
        if let Some(End::Refused(text)) = self.session.end() {
            return WorkStatus::Refused { text: text.clone() };
        }
        match (self.session.slot_status(SLOT), self.session.link()) {
            (SlotStatus::Paused, _) => WorkStatus::Paused,
            (_, Link::Down { retry_at_ms }) => {
                // Whole seconds, so that the status is told once a second and not once a slice.
                let left_ms = retry_at_ms.saturating_sub(clock::now_ms() as u64);
                WorkStatus::Lost {
                    retry_ms: left_ms.div_ceil(1_000) * 1_000,
                }
            }
            (SlotStatus::Computing(_), _) if self.session.is_leaving() => WorkStatus::Finishing,
            (SlotStatus::Computing(_), _) => WorkStatus::Computing,
            (_, Link::Greeting { .. }) => WorkStatus::Connecting,
            _ => WorkStatus::Waiting {
                why: self.session.waiting().sentence().to_owned(),
            },
        }
    }
}
