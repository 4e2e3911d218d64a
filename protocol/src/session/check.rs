//! What the server asks beside work: a state it was promised, somebody's segments again, and what it says of results.
//! Knows no executor but the one of a check.

use super::{CheckId, Command, Event, WorkerSession};
use crate::{
    deflate::deflate,
    limits,
    message::{self, ClientMessage, Outcome, WaitReason},
};
use bytebiota_core::{AssignmentError, Digest, LocalExecutor, Step, UnitKey, assignment::Check};

/// A check under way in a host.
#[derive(Debug)]
pub struct CheckRun {
    /// Its name.
    pub id: CheckId,
    executor: LocalExecutor,
    digests: Vec<Digest>,
}

impl CheckRun {
    /// Begins a check.
    pub fn begin(id: CheckId, check: &Check) -> Result<Self, AssignmentError> {
        Ok(Self {
            id,
            executor: LocalExecutor::begin_check(check)?,
            digests: Vec::new(),
        })
    }

    /// Ticks of the island so far.
    pub fn tick(&self) -> u64 {
        self.executor.island().tick()
    }

    /// Runs at most `ticks` ticks; the digests once all are there.
    pub fn advance(&mut self, ticks: u64) -> Option<Vec<Digest>> {
        match self.executor.advance(ticks) {
            Step::Segment { digest, .. } => self.digests.push(digest),
            Step::Finished => return Some(std::mem::take(&mut self.digests)),
            Step::Running | Step::Unit(_) => {}
        }
        None
    }
}

impl WorkerSession {
    /// A check is done; `None` if it cannot be computed here.
    pub fn handle_checked(&mut self, slot: u32, check: CheckId, digests: Option<Vec<Digest>>) {
        self.counters.checks_done += u64::from(digests.is_some());
        self.send(&ClientMessage::Checked {
            slot,
            check,
            digests: digests.unwrap_or_default(),
        });
    }

    pub(super) fn check(&mut self, slot: u32, id: CheckId, body: &[u8]) {
        let check = message::unpack::<Check>(body, limits::MAX_BODY_BYTES);
        match check {
            Ok(check) if self.is_checking_welcome() => {
                let check = Box::new(check);
                self.commands.push_back(Command::Check { slot, id, check });
            }
            _ => self.handle_checked(slot, id, None),
        }
    }

    fn is_checking_welcome(&self) -> bool {
        self.paused_at_ms.is_none() && self.end.is_none()
    }

    /// The state is sent if it is still here; the server can do without.
    pub(super) fn challenged(&mut self, number: u32, unit: UnitKey, segment: u32) {
        let slot = &self.slots[number as usize];
        let Some(state) = slot.boundary(unit, segment) else {
            return;
        };
        let state = deflate(state);
        if state.len() <= limits::MAX_STATE_COMPRESSED_BYTES {
            self.send(&ClientMessage::StateAt {
                slot: number,
                unit,
                segment,
                state,
            });
        }
    }

    pub(super) fn judged(&mut self, unit: UnitKey, units: u32, outcome: Outcome, credit: u64) {
        self.counters.credit = credit;
        match outcome {
            Outcome::Confirmed => self.counters.units_confirmed += u64::from(units),
            Outcome::Mismatch | Outcome::Superseded => {
                self.counters.units_void += u64::from(units);
            }
        }
        self.events.push_back(Event::Judged(unit, outcome));
    }

    /// Told once for each new reason.
    pub(super) fn note_waiting(&mut self, reason: WaitReason) {
        if self.waiting != reason {
            self.waiting = reason;
            self.events.push_back(Event::Waiting(reason));
        }
    }

    /// Why the server last had no work; `NothingFree` since it last had some.
    pub fn waiting(&self) -> WaitReason {
        self.waiting
    }
}
