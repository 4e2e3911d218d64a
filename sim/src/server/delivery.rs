//! The way of a report: gate, disk, then the acknowledgement, in the order of the coordinator. Knows no rule of trust.

use super::{Delivery, Errand, Server, Then};
use crate::disk::{Disk, Job, Pending};
use crate::executor::{Executor, Sound};
use crate::flaw::Flaw;
use bytebiota_core::{Digest, UnitKey};
use bytebiota_protocol::message::{LeaseId, RejectReason, ServerMessage};
use bytebiota_server::assignment_book::{SlotId, StoredUnit};
use bytebiota_server::store::Appended;
use bytebiota_server::verification::{self, CommittedUnit};
use std::sync::Arc;

impl<E: Executor> Server<E> {
    /// Only a stretch that was opened here is worth examining anything for.
    pub(super) fn receive(&mut self, disk: &Disk, delivery: Delivery) {
        let header = &delivery.header;
        let is_open = self.book.open_stretch(header.island) == Some(header);
        if !is_open && disk.inputs(header.digest()).is_none() {
            return self.refuse_report(&delivery, RejectReason::Foreign);
        }
        if let Some(seat) = self.seats.get_mut(&delivery.slot.connection) {
            seat.is_busy = true;
        }
        self.later(Errand::Examined(Box::new(delivery)));
    }

    fn refuse_report(&mut self, delivery: &Delivery, reason: RejectReason) {
        let named = UnitKey {
            world: delivery.header.world,
            branch: delivery.header.branch,
            island: delivery.header.island,
            first_epoch: delivery.header.first_epoch,
        };
        let unit = verification::peek_key(&delivery.packed).unwrap_or(named);
        self.reject(delivery.slot, delivery.lease, unit, reason);
    }

    pub(super) fn examined(&mut self, disk: &Disk, delivery: Delivery) {
        let now_ms = self.now_ms;
        let (slot, lease) = (delivery.slot, delivery.lease);
        let sound = match self.executor.examine(&delivery.header, &delivery.packed) {
            Ok(sound) => sound,
            Err(refusal) => {
                self.refuse_report(&delivery, refusal.reason());
                self.carry_out();
                return self.is_free_again(disk, slot.connection);
            }
        };
        let is_first = self.book.is_first_unit(slot, lease, &sound.key);
        self.book
            .handle_report(now_ms, slot, lease, &sound.key, sound.end_epoch);
        let unit = CommittedUnit {
            header: Arc::new(delivery.header),
            key: sound.key,
            end_epoch: sound.end_epoch,
            base: sound.base,
            seals: sound.seals.clone(),
            maker: delivery.volunteer,
            seat: Some(slot),
            is_first,
        };
        let row = self.row(&unit, sound);
        if self.flaw == Flaw::AckBeforeCommit {
            self.acknowledge(slot, unit.key, 0);
        }
        let then = Then::Appended(slot, lease, Box::new(unit));
        self.write(Job::Unit(Box::new(row)), then);
    }

    fn row(&self, unit: &CommittedUnit, sound: Sound) -> Pending {
        Pending {
            key: unit.key,
            end_epoch: unit.end_epoch,
            header: sound.header,
            base: unit.base,
            seals: sound.seals,
            end_state: Digest::of(&sound.state),
            state: sound.state,
            sample: sound.sample,
            ticks: sound.ticks,
            volunteer: unit.maker.0,
            is_first: unit.is_first,
            time_ms: self.now_ms,
            emigrants: sound.emigrants,
        }
    }

    pub(super) fn settle(
        &mut self,
        slot: SlotId,
        lease: LeaseId,
        unit: CommittedUnit,
        outcome: Appended,
    ) {
        let key = unit.key;
        match outcome {
            Appended::Stored { credit } => self.committed(slot, lease, unit, credit),
            Appended::Repeated { credit } => self.acknowledge(slot, key, credit),
            Appended::Stale => self.reject(slot, lease, key, RejectReason::Stale),
            Appended::Foreign => self.reject(slot, lease, key, RejectReason::Foreign),
        }
    }

    /// A unit is on disk.
    fn committed(&mut self, slot: SlotId, lease: LeaseId, unit: CommittedUnit, credit: u64) {
        let (now_ms, island) = (self.now_ms, unit.key.island);
        let stored = StoredUnit {
            key: unit.key,
            base: unit.base,
            maker: unit.maker,
            end_epoch: unit.end_epoch,
            end_state: unit.seals.last().map_or(unit.base, |seal| seal.state),
        };
        let is_expected = self.book.expects(&stored);
        if is_expected {
            *self.moves.entry(island).or_default() += 1;
            let random = self.dice.bits();
            self.verifier.handle_committed(now_ms, random, unit);
            self.book.handle_stored(now_ms, slot, lease, &stored);
        }
        // What is asked of the maker goes before the acknowledgement, with which he lets the states go.
        self.carry_out();
        self.workers.acked(slot.connection);
        let provisional = self.verifier.provisional_units(island) as u64;
        self.view.set_provisional(island, provisional);
        self.acknowledge(slot, stored.key, credit);
        if !is_expected {
            self.later(Errand::Restore(island));
        }
    }

    fn acknowledge(&mut self, slot: SlotId, unit: UnitKey, credit: u64) {
        let ack = ServerMessage::Ack {
            slot: slot.slot,
            unit,
            credit,
        };
        self.send(slot.connection, ack);
    }

    fn reject(&mut self, slot: SlotId, lease: LeaseId, unit: UnitKey, reason: RejectReason) {
        let message = ServerMessage::Reject {
            slot: slot.slot,
            unit,
            reason,
        };
        self.send(slot.connection, message);
        self.book.handle_stale(self.now_ms, slot, lease, &unit);
    }
}
