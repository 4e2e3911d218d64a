//! One slot: what it computes, what comes next, what is not acknowledged yet, which states it still holds. Knows no message order.

use super::{Fact, LeaseId, PROGRESS_SPACING_MS};
use crate::limits::KEPT_BOUNDARY_UNITS;
use crate::message::ClientMessage;
use bytebiota_core::{
    Assignment, Digest, Epoch, IslandId, Report, Segment, Start, StretchHeader, UnitKey,
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// End states kept for `Start::Held`, of so many islands a slot computed last.
const HELD_ISLANDS: usize = 2;

/// The lease a slot computes, or will.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub id: LeaseId,
    pub header: StretchHeader,
    pub unit_epochs: u32,
    pub epoch_ticks: u64,
    /// The first epoch that no report covers yet.
    pub next_epoch: Epoch,
    /// What it was given as, without a state; brought forward with each unit.
    pub rest: Assignment,
}

impl Lease {
    pub fn of(id: LeaseId, assignment: &Assignment) -> Self {
        Self {
            id,
            header: assignment.header.clone(),
            unit_epochs: assignment.unit_epochs,
            epoch_ticks: assignment.config.evolution.epoch_ticks,
            next_epoch: assignment.from_epoch,
            rest: Assignment {
                start: Start::Held,
                ..assignment.clone()
            },
        }
    }

    /// Whether the unit now computed is the last of the stretch.
    pub fn is_in_last_unit(&self) -> bool {
        let left = self.header.end_epoch.0.saturating_sub(self.next_epoch.0);
        left <= u64::from(self.unit_epochs)
    }

    pub fn is_done(&self) -> bool {
        self.next_epoch >= self.header.end_epoch
    }

    fn holding(&self, slot: u32) -> ClientMessage {
        ClientMessage::Holding {
            slot,
            lease: self.id,
            header: self.header.clone(),
            next_epoch: self.next_epoch,
        }
    }
}

/// An assignment that waits until the slot is free.
#[derive(Debug)]
pub(super) struct Prefetched {
    pub lease: Lease,
    pub assignment: Box<Assignment>,
    pub held: Option<Vec<u8>>,
}

/// A report until the server has answered it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Delivery {
    pub lease: LeaseId,
    pub header: StretchHeader,
    pub unit: UnitKey,
    pub ticks: u64,
    /// When it was last sent, or made while there was no connection.
    pub sent_at_ms: u64,
    #[serde(with = "serde_bytes")]
    pub packed: Vec<u8>,
    /// States at the end of each segment but the last; only of the newest reports, and not kept over an end.
    #[serde(skip)]
    pub boundaries: Vec<Vec<u8>>,
}

impl Delivery {
    pub fn message(&self, slot: u32) -> ClientMessage {
        ClientMessage::Report {
            slot,
            lease: self.lease,
            header: self.header.clone(),
            report: self.packed.clone(),
        }
    }
}

/// The newest state of an island this slot computed.
#[derive(Debug)]
struct Held {
    island: IslandId,
    digest: Digest,
    state: Vec<u8>,
}

/// Everything about one slot.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub running: Option<Lease>,
    pub next: Option<Prefetched>,
    pub unacked: VecDeque<Delivery>,
    pub asked_at_ms: Option<u64>,
    pub ask_not_before_ms: u64,
    pub is_suspended: bool,
    progress_at_ms: Option<u64>,
    held: VecDeque<Held>,
    under_way: Option<UnderWay>,
}

/// The unit under way: what is done of it.
#[derive(Debug)]
struct UnderWay {
    unit: UnitKey,
    segments: Vec<Segment>,
    /// States at the ends of the segments.
    states: Vec<Vec<u8>>,
}

impl Slot {
    pub fn no_work(&mut self, retry_at_ms: u64) {
        self.asked_at_ms = None;
        self.ask_not_before_ms = retry_at_ms;
    }

    pub fn keep_state(&mut self, island: IslandId, digest: Digest, state: Vec<u8>) {
        self.held.retain(|held| held.island != island);
        self.held.push_back(Held {
            island,
            digest,
            state,
        });
        if self.held.len() > HELD_ISLANDS {
            self.held.pop_front();
        }
    }

    pub fn held_state(&self, digest: Digest) -> Option<Vec<u8>> {
        let found = self.held.iter().find(|held| held.digest == digest);
        found.map(|held| held.state.clone())
    }

    pub fn holds_lease(&self, lease: LeaseId) -> bool {
        let running = self.running.as_ref().map(|running| running.id);
        let next = self.next.as_ref().map(|next| next.lease.id);
        [running, next].contains(&Some(lease))
    }

    pub fn is_running(&self, lease: LeaseId) -> bool {
        self.running
            .as_ref()
            .is_some_and(|running| running.id == lease)
    }

    /// Whether a progress note may go out now; remembers that it did.
    pub fn may_note_progress(&mut self, now_ms: u64) -> bool {
        let is_due = self
            .progress_at_ms
            .is_none_or(|at| now_ms >= at + PROGRESS_SPACING_MS);
        if is_due {
            self.progress_at_ms = Some(now_ms);
        }
        is_due
    }

    /// A segment inside a unit ended with this state.
    pub fn keep_boundary(&mut self, unit: UnitKey, done: u32, segment: Segment, state: Vec<u8>) {
        if done == 1 {
            self.under_way = Some(UnderWay {
                unit,
                segments: Vec::new(),
                states: Vec::new(),
            });
        }
        if let Some(under_way) = self.under_way.as_mut().filter(|way| way.unit == unit)
            && under_way.states.len() + 1 == done as usize
        {
            under_way.segments.push(segment);
            under_way.states.push(state);
        }
    }

    /// What is done of the unit under way, as a unit that ends at the newest boundary; none if it cannot be left there.
    pub fn left_at_boundary(&mut self) -> Option<Report> {
        let lease = self.running.as_ref()?;
        let done = self.under_way.as_mut()?;
        let is_current =
            (done.unit.island, done.unit.first_epoch) == (lease.header.island, lease.next_epoch);
        // Of so short a unit nobody could tell how it was cut.
        let is_long = done.segments.iter().any(|segment| segment.epochs > 1);
        if !is_current || !is_long {
            return None;
        }
        Some(Report {
            key: done.unit,
            header: lease.header.digest(),
            base: lease.rest.from_digest,
            segments: std::mem::take(&mut done.segments),
            state: done.states.pop()?,
        })
    }

    /// The boundaries of a unit that is done now; those of older ones are let go.
    pub fn take_boundaries(&mut self, unit: UnitKey) -> Vec<Vec<u8>> {
        let too_old = (self.unacked.len() + 1).saturating_sub(KEPT_BOUNDARY_UNITS);
        let old = self.unacked.iter_mut().take(too_old);
        old.for_each(|delivery| delivery.boundaries.clear());
        let own = self.under_way.take().filter(|way| way.unit == unit);
        own.map(|way| way.states).unwrap_or_default()
    }

    /// The state at the start of a segment of an unanswered report, if it is still kept.
    pub fn boundary(&self, unit: UnitKey, segment: u32) -> Option<&Vec<u8>> {
        let delivery = self.unacked.iter().find(|delivery| delivery.unit == unit)?;
        let place = segment.checked_sub(1)?;
        delivery.boundaries.get(place as usize)
    }

    /// Takes out a report that was answered.
    pub fn take_delivery(&mut self, unit: UnitKey) -> Option<Delivery> {
        let place = self
            .unacked
            .iter()
            .position(|delivery| delivery.unit == unit)?;
        self.unacked.remove(place)
    }

    /// What has to be said about this slot on a new connection.
    pub fn offers(&mut self, now_ms: u64, number: u32) -> Vec<ClientMessage> {
        for delivery in &mut self.unacked {
            delivery.sent_at_ms = now_ms;
        }
        let reports = self.unacked.iter().map(|delivery| delivery.message(number));
        let running = self.running.iter().map(|lease| lease.holding(number));
        let next = self.next.iter().map(|next| next.lease.holding(number));
        reports.chain(running).chain(next).collect()
    }
}

/// Why a slot computes, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotStatus {
    /// It computes this island.
    Computing(IslandId),
    /// The volunteer paused.
    Paused,
    /// So many reports wait for their acknowledgement that it stopped computing.
    WaitingForAcks,
    /// There is no connection and nothing left to compute.
    Offline,
    /// The server has nothing to compute for it now.
    WaitingForWork,
    /// The session is over, or stops as soon as this slot's unit is delivered.
    Stopped,
}

impl super::WorkerSession {
    /// Why a slot computes, or does not; `Stopped` for a slot that does not exist.
    pub fn slot_status(&self, slot: u32) -> SlotStatus {
        let Some(slot) = self.slots.get(slot as usize).filter(|_| self.end.is_none()) else {
            return SlotStatus::Stopped;
        };
        match &slot.running {
            _ if self.paused_at_ms.is_some() => SlotStatus::Paused,
            Some(_) if slot.is_suspended => SlotStatus::WaitingForAcks,
            Some(lease) => SlotStatus::Computing(lease.header.island),
            None if self.is_leaving() => SlotStatus::Stopped,
            None if !self.link.is_up() => SlotStatus::Offline,
            None => SlotStatus::WaitingForWork,
        }
    }

    /// The executor of a slot says something about a lease; facts about other leases are old news and ignored.
    pub fn handle_fact(&mut self, now_ms: u64, slot: u32, lease: LeaseId, fact: Fact) {
        let is_current = self
            .slots
            .get(slot as usize)
            .is_some_and(|s| s.is_running(lease));
        if is_current && self.end.is_none() {
            self.take_fact(now_ms, slot, lease, fact);
            self.drive(now_ms);
        }
    }
}
