//! Pausing, the two-step stop and the wanted number of units. Knows nothing of how work comes.

use super::{ClientMessage, Command, End, WorkerSession};

/// A paused slot gives its running assignment back after this; the prefetched one goes back at once.
const PAUSE_PATIENCE_MS: u64 = 60_000;

/// How far a stop has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Not at all.
    No,
    /// Units begun are finished and delivered, nothing new begins.
    AfterUnit,
}

impl WorkerSession {
    /// The volunteer wants to stop: the first time units begun are finished and delivered, the second time (and
    /// where a pause keeps them from being finished) everything is given back.
    pub fn handle_stop(&mut self, now_ms: u64) {
        match self.leaving {
            Leaving::No if self.paused_at_ms.is_none() => {
                self.leaving = Leaving::AfterUnit;
                self.give_back_prefetched("the volunteer stops");
            }
            Leaving::No | Leaving::AfterUnit => self.finish(now_ms, End::Stopped),
        }
        self.drive(now_ms);
    }

    /// The volunteer wants to stop this moment: everything is given back, units under way as of their newest boundaries.
    pub fn handle_stop_now(&mut self, now_ms: u64) {
        self.finish(now_ms, End::Stopped);
        self.drive(now_ms);
    }

    /// The volunteer pauses: executors rest, the prefetched assignment goes back at once, the running one after a minute.
    pub fn handle_pause(&mut self, now_ms: u64) {
        if self.paused_at_ms.is_none() {
            self.paused_at_ms = Some(now_ms);
            self.give_back_prefetched("the volunteer pauses");
            self.send(&ClientMessage::Pause);
            // A pause takes back what was asked for, so who goes on asks anew.
            self.slots
                .iter_mut()
                .for_each(|slot| slot.asked_at_ms = None);
            self.drive(now_ms);
        }
    }

    /// The volunteer goes on.
    pub fn handle_resume(&mut self, now_ms: u64) {
        self.paused_at_ms = None;
        self.drive(now_ms);
    }

    /// Whether it stops as soon as what was begun is delivered.
    pub fn is_leaving(&self) -> bool {
        self.leaving != Leaving::No
    }

    /// Whether new assignments are wanted at all.
    pub(super) fn is_work_welcome(&self) -> bool {
        let is_staying = !self.is_leaving() && self.paused_at_ms.is_none() && self.end.is_none();
        is_staying && !self.is_quota_delivered()
    }

    /// Whether all wanted units are acknowledged or on their way.
    fn is_quota_delivered(&self) -> bool {
        let delivered = self.counters.units_acked + self.unacked() as u64;
        self.options
            .unit_limit
            .is_some_and(|limit| delivered >= limit)
    }

    pub(super) fn pause_deadline(&self) -> Option<u64> {
        let is_any_running = self.slots.iter().any(|slot| slot.running.is_some());
        let due = self.paused_at_ms.map(|at| at + PAUSE_PATIENCE_MS);
        due.filter(|_| is_any_running)
    }

    pub(super) fn give_back_when_paused_long(&mut self, now_ms: u64) {
        if self
            .pause_deadline()
            .is_some_and(|deadline| now_ms >= deadline)
        {
            for slot in 0..self.slot_count() {
                self.give_back_running(now_ms, slot, "the volunteer pauses");
            }
        }
    }

    /// After a delivered unit: one slot stops when the volunteer leaves, all stop when the wanted units are on their way.
    pub(super) fn give_back_after_unit(&mut self, now_ms: u64, slot: u32) {
        if self.is_quota_delivered() {
            self.give_back_prefetched("enough units");
            for slot in 0..self.slot_count() {
                self.give_back_running(now_ms, slot, "enough units");
            }
        } else if self.is_leaving() {
            self.give_back_running(now_ms, slot, "the volunteer stops");
        }
    }

    fn give_back_prefetched(&mut self, reason: &str) {
        for slot in 0..self.slot_count() {
            if let Some(next) = self.slots[slot as usize].next.take() {
                self.decline(slot, next.lease.id, reason);
            }
        }
    }

    /// What is done of the unit under way goes to the server first, so that whoever comes next begins there.
    fn give_back_running(&mut self, now_ms: u64, slot: u32, reason: &str) {
        if !self.is_quota_delivered()
            && let Some(report) = self.slots[slot as usize].left_at_boundary()
        {
            self.deliver(now_ms, slot, report);
        }
        if let Some(lease) = self.slots[slot as usize].running.take() {
            self.commands.push_back(Command::Halt { slot });
            self.decline(slot, lease.id, reason);
        }
    }

    /// A stop is complete when every unit begun is delivered and acknowledged.
    pub(super) fn finish_leaving(&mut self, now_ms: u64) {
        let is_idle = self
            .slots
            .iter()
            .all(|slot| slot.running.is_none() && slot.unacked.is_empty());
        if self.is_leaving() && is_idle {
            self.finish(now_ms, End::Stopped);
        }
    }

    pub(super) fn finish(&mut self, now_ms: u64, end: End) {
        if self.end.is_some() {
            return;
        }
        self.give_back_prefetched("the volunteer stops");
        for slot in 0..self.slot_count() {
            self.give_back_running(now_ms, slot, "the volunteer stops");
        }
        self.send(&ClientMessage::Goodbye);
        self.end = Some(end);
    }
}
