//! When the workers compute and when they rest: wishes are kept, conditions watched, and changes told. Knows no worker's inside.

use super::{Donor, WISHES};
use crate::{
    battery, browser, clock,
    wishes::{Moment, Wishes},
};
use bytebiota_protocol::browser::PageMessage;
use leptos::prelude::*;

/// A tab that is closed waits so long for what its workers still send: a slice, a report to pack, and some haste.
const LAST_WORD_MS: u32 = 150;

/// The wishes of the last visit, as far as this machine allows them.
pub(super) fn recall_wishes() -> Wishes {
    let cores = browser::cores();
    let kept = browser::recall(WISHES).and_then(|text| serde_json::from_str::<Wishes>(&text).ok());
    kept.unwrap_or_else(|| Wishes::on_machine(cores, browser::is_handheld()))
        .within(cores)
}

impl Donor {
    pub(super) fn watch_conditions(self) {
        for event in ["visibilitychange", "pageshow", "online"] {
            window_event_listener_untyped(event, move |_| self.look_around());
        }
        // Frozen pages are told on the document that they go on.
        window_event_listener_untyped("resume", move |_| self.look_around());
        window_event_listener(leptos::ev::pagehide, move |event| {
            if !event.persisted() {
                self.hand_in();
            }
        });
        battery::watch(move |on_battery| {
            self.on_battery.set(Some(on_battery));
            self.look_around();
        });
    }

    /// Changes what is wanted, keeps it, and lets it apply at once.
    pub fn wish(self, change: impl FnOnce(&mut Wishes)) {
        let mut wishes = self.wishes.get_untracked();
        let percent = wishes.duty_percent;
        change(&mut wishes);
        let wishes = wishes.within(browser::cores());
        if let Ok(text) = serde_json::to_string(&wishes) {
            browser::remember(WISHES, &text);
        }
        if wishes.duty_percent != percent {
            self.tell_all(&PageMessage::Duty {
                percent: wishes.duty_percent,
            });
        }
        self.wishes.set(wishes);
        self.look_around();
    }

    /// Rests for so many minutes, or goes on at once with 0.
    pub fn pause_for(self, minutes: u64) {
        let until_ms = clock::now_ms() + minutes * 60_000;
        self.asked_until_ms.set((minutes > 0).then_some(until_ms));
        self.look_around();
    }

    /// The tab is closed: the workers deliver what they have up to the newest boundary, as far as they come.
    fn hand_in(self) {
        if self.running.get_untracked() {
            self.tell_all(&PageMessage::Stop);
            clock::hold_on(LAST_WORD_MS);
        }
    }

    /// Every second while workers exist.
    pub(super) fn tick(self) {
        let now_ms = clock::now_ms();
        let before_ms = self.with_crew(|crew| std::mem::replace(&mut crew.ticked_ms, now_ms));
        let passed_ms = now_ms.saturating_sub(before_ms) as f64;
        self.running_ms
            .update(|running_ms| *running_ms += passed_ms);
        self.look_around();
    }

    /// Compares the wishes with the moment, and tells the workers if something has changed.
    pub(super) fn look_around(self) {
        if !self.running.get_untracked() {
            return;
        }
        let (day, hour) = clock::local_hour();
        let moment = Moment {
            now_ms: clock::now_ms(),
            day,
            hour,
            is_hidden: browser::is_hidden(),
            is_on_battery: self.on_battery.get_untracked(),
        };
        let asked = self.asked_until_ms.get_untracked();
        let rest = self
            .wishes
            .with_untracked(|wishes| wishes.rest(&moment, asked));
        let before = self.rest.get_untracked();
        if rest.is_some() != before.is_some() {
            self.tell_all(match rest {
                Some(_) => &PageMessage::Pause,
                None => &PageMessage::Resume,
            });
        }
        if rest != before {
            self.rest.set(rest);
        }
        self.tell_all(&PageMessage::Frames {
            per_second: self.frames(),
        });
        self.hold_screen();
    }

    /// Keeps the screen on while that is wanted and of use.
    pub(super) fn hold_screen(self) {
        let is_wanted = self.wishes.with_untracked(|wishes| wishes.keeps_screen_on);
        let computes = self.running.get_untracked() && self.rest.get_untracked().is_none();
        let holds = is_wanted && computes && !browser::is_hidden();
        self.screen.with_value(|screen| screen.hold(holds));
    }
}
