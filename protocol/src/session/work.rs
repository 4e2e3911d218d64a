//! How work comes, is computed, delivered and answered. Knows nothing of connections and of stopping.

use super::{
    ASK_AGAIN_MS, Command, End, Event, Fact, WorkerSession,
    slot::{Delivery, Lease, Prefetched, Slot},
};
use crate::{
    limits::{self, MAX_UNACKED_REPORTS},
    message::{self, ClientMessage, LeaseId, RejectReason, WaitReason},
};
use bytebiota_core::{Assignment, AssignmentError, Report, Start, UnitKey};

/// After an assignment that cannot be executed, the slot asks again only after this.
const FAILURE_PAUSE_MS: u64 = 5_000;
/// After declining an assignment unseen, the slot asks again only after this.
const DECLINE_PAUSE_MS: u64 = 1_000;

impl WorkerSession {
    /// Brings every slot in line with the facts: begins what waits, opens and closes the gate, asks for work.
    pub(super) fn drive(&mut self, now_ms: u64) {
        self.finish_leaving(now_ms);
        if self.end.is_some() {
            return;
        }
        for slot in 0..self.slot_count() {
            self.begin_next(slot);
            self.set_gate(slot);
            if self.wants_work(slot, now_ms) {
                self.send_asking(now_ms, &ClientMessage::Ask { slot });
                self.slots[slot as usize].asked_at_ms = Some(now_ms);
            }
        }
    }

    fn begin_next(&mut self, number: u32) {
        let slot = &mut self.slots[number as usize];
        if slot.running.is_some() {
            return;
        }
        if let Some(Prefetched {
            lease,
            assignment,
            held,
        }) = slot.next.take()
        {
            let id = lease.id;
            slot.running = Some(lease);
            self.commands.push_back(Command::Begin {
                slot: number,
                lease: id,
                assignment,
                held,
            });
        }
    }

    fn set_gate(&mut self, number: u32) {
        let is_paused = self.paused_at_ms.is_some();
        let slot = &mut self.slots[number as usize];
        let is_closed = is_paused || slot.unacked.len() >= MAX_UNACKED_REPORTS;
        if slot.is_suspended != is_closed {
            slot.is_suspended = is_closed;
            self.commands.push_back(match is_closed {
                true => Command::Suspend { slot: number },
                false => Command::Resume { slot: number },
            });
        }
    }

    /// Whether a slot has use for another assignment, now or as soon as the server has one.
    fn has_use_for_work(&self, slot: &Slot) -> bool {
        let is_near_end = slot.running.as_ref().is_none_or(Lease::is_in_last_unit);
        let is_open = self.link.is_up() && !self.draining && self.is_work_welcome();
        is_open && is_near_end && slot.next.is_none() && slot.unacked.len() < MAX_UNACKED_REPORTS
    }

    fn wants_work(&self, number: u32, now_ms: u64) -> bool {
        let slot = &self.slots[number as usize];
        self.has_use_for_work(slot) && now_ms >= ask_at_ms(slot)
    }

    pub(super) fn slot_deadline(&self, slot: &Slot) -> Option<u64> {
        self.has_use_for_work(slot).then(|| ask_at_ms(slot))
    }

    /// An assignment came. It is taken if it fits and can be executed, else declined with the reason.
    pub(super) fn assigned(&mut self, now_ms: u64, number: u32, lease: LeaseId, packed: &[u8]) {
        let slot = &mut self.slots[number as usize];
        slot.asked_at_ms = None;
        if slot.holds_lease(lease) {
            return self.send(&ClientMessage::Accepted {
                slot: number,
                lease,
            });
        }
        self.backoff.succeeded();
        self.waiting = WaitReason::default();
        match self.prefetch(number, lease, packed) {
            Ok(prefetched) => {
                self.slots[number as usize].next = Some(prefetched);
                self.send(&ClientMessage::Accepted {
                    slot: number,
                    lease,
                });
            }
            Err(reason) => {
                self.slots[number as usize].ask_not_before_ms = now_ms + DECLINE_PAUSE_MS;
                self.decline(number, lease, reason);
            }
        }
    }

    fn prefetch(
        &mut self,
        number: u32,
        lease: LeaseId,
        packed: &[u8],
    ) -> Result<Prefetched, String> {
        let slot = &self.slots[number as usize];
        if !self.is_work_welcome() || slot.next.is_some() {
            return Err("nothing more is wanted now".into());
        }
        let assignment: Box<Assignment> =
            message::unpack(packed, limits::MAX_BODY_BYTES).map_err(|error| error.to_string())?;
        assignment.validate().map_err(|error| error.to_string())?;
        self.versions.check(&assignment)?;
        let slot = &self.slots[number as usize];
        let held = match assignment.start {
            Start::Held => Some(
                self.held_state(slot, &assignment)
                    .map_err(|e| e.to_string())?,
            ),
            Start::Genesis | Start::State(_) => None,
        };
        Ok(Prefetched {
            lease: Lease::of(lease, &assignment),
            assignment,
            held,
        })
    }

    fn held_state(&self, slot: &Slot, assignment: &Assignment) -> Result<Vec<u8>, AssignmentError> {
        let state = slot.held_state(assignment.from_digest);
        state.ok_or(AssignmentError::NotHeld(assignment.from_digest))
    }

    pub(super) fn decline(&mut self, slot: u32, lease: LeaseId, reason: impl Into<String>) {
        let reason = crate::nick::cut(&reason.into(), limits::MAX_TEXT_BYTES).to_owned();
        self.send(&ClientMessage::Declined {
            slot,
            lease,
            reason,
        });
    }

    pub(super) fn halt(&mut self, number: u32) {
        let slot = &mut self.slots[number as usize];
        slot.next = None;
        if slot.running.take().is_some() {
            self.commands.push_back(Command::Halt { slot: number });
        }
    }

    pub(super) fn take_fact(&mut self, now_ms: u64, slot: u32, lease: LeaseId, fact: Fact) {
        match fact {
            Fact::Segment {
                unit,
                done,
                digest,
                segment,
                state,
            } => {
                self.slots[slot as usize].keep_boundary(unit, done, segment, state);
                if self.link.is_up() && self.slots[slot as usize].may_note_progress(now_ms) {
                    self.send(&ClientMessage::Progress {
                        slot,
                        lease,
                        unit,
                        segments: done,
                        digest,
                    });
                }
            }
            Fact::Unit(report) => self.deliver(now_ms, slot, *report),
            Fact::Finished => self.slots[slot as usize].running = None,
            Fact::Failed(reason) => self.failed(now_ms, slot, lease, reason),
        }
    }

    fn failed(&mut self, now_ms: u64, number: u32, lease: LeaseId, reason: String) {
        let slot = &mut self.slots[number as usize];
        slot.running = None;
        slot.ask_not_before_ms = now_ms + FAILURE_PAUSE_MS;
        self.events.push_back(Event::Problem(reason.clone()));
        self.decline(number, lease, reason);
    }

    /// A unit is done: keep its report until it is answered, and its end state in case the server builds on it.
    pub(super) fn deliver(&mut self, now_ms: u64, number: u32, mut report: Report) {
        let slot = &mut self.slots[number as usize];
        let Some(lease) = slot.running.as_mut() else {
            return;
        };
        let packed = message::pack_report(&report);
        if packed.len() > limits::MAX_REPORT_COMPRESSED_BYTES {
            let id = lease.id;
            self.commands.push_back(Command::Halt { slot: number });
            return self.failed(
                now_ms,
                number,
                id,
                "the report is too large to travel".into(),
            );
        }
        lease.next_epoch = report.end_epoch();
        let boundaries = slot.take_boundaries(report.key);
        let Some(lease) = slot.running.as_ref() else {
            return;
        };
        let delivery = Delivery {
            lease: lease.id,
            header: lease.header.clone(),
            unit: report.key,
            ticks: report.epochs().saturating_mul(lease.epoch_ticks),
            sent_at_ms: now_ms,
            packed,
            boundaries,
        };
        if lease.is_done() {
            slot.running = None;
            slot.ask_not_before_ms = 0;
        }
        if let Some(digest) = report.end_state() {
            if let Some(lease) = slot.running.as_mut() {
                lease.rest.from_epoch = lease.next_epoch;
                lease.rest.from_digest = digest;
            }
            slot.keep_state(report.key.island, digest, std::mem::take(&mut report.state));
        }
        self.counters.units_done += 1;
        self.send_asking(now_ms, &delivery.message(number));
        self.slots[number as usize].unacked.push_back(delivery);
        self.give_back_after_unit(now_ms, number);
    }

    pub(super) fn acked(&mut self, now_ms: u64, number: u32, unit: UnitKey, credit: u64) {
        self.backoff.succeeded();
        self.counters.credit = credit;
        if let Some(delivery) = self.slots[number as usize].take_delivery(unit) {
            self.counters.units_acked += 1;
            self.counters.ticks_acked = self.counters.ticks_acked.saturating_add(delivery.ticks);
            self.events.push_back(Event::Acked(unit));
        }
        if self
            .options
            .unit_limit
            .is_some_and(|limit| self.counters.units_acked >= limit)
        {
            self.finish(now_ms, End::UnitsDone);
        }
    }

    /// A report is not wanted: it, the later ones of the same lease and the rest of that stretch are dropped.
    pub(super) fn rejected(&mut self, number: u32, unit: UnitKey, reason: RejectReason) {
        let slot = &mut self.slots[number as usize];
        let Some(Delivery { lease, .. }) = slot.take_delivery(unit) else {
            return;
        };
        let before = slot.unacked.len();
        let builds_on = |d: &Delivery| d.lease == lease && d.unit.first_epoch > unit.first_epoch;
        slot.unacked.retain(|delivery| !builds_on(delivery));
        self.counters.units_rejected += 1 + (before - slot.unacked.len()) as u64;
        self.events.push_back(Event::Rejected(unit, reason));
        if slot.is_running(lease) {
            self.drop_running(number);
            self.decline(number, lease, "it builds on a report that was rejected");
        }
    }

    /// A lease is over. Reports that are on their way stay on offer: for an open unit they are taken from anybody.
    pub(super) fn revoked(&mut self, number: u32, lease: LeaseId) {
        let slot = &mut self.slots[number as usize];
        if slot
            .next
            .as_ref()
            .is_some_and(|next| next.lease.id == lease)
        {
            slot.next = None;
        }
        if slot.is_running(lease) {
            self.drop_running(number);
        }
    }

    pub(super) fn drop_running(&mut self, number: u32) {
        self.slots[number as usize].running = None;
        self.commands.push_back(Command::Halt { slot: number });
    }
}

fn ask_at_ms(slot: &Slot) -> u64 {
    match slot.asked_at_ms {
        Some(asked_at_ms) => asked_at_ms + ASK_AGAIN_MS,
        None => slot.ask_not_before_ms,
    }
}
