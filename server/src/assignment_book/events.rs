//! What happens to the book: workers come, go, ask and deliver. Each handler is told the time and changes values only.

use super::entry::{Claim, IslandEntry, Lease, Phase, Stretch};
use super::verdicts::MAX_ALLOWANCE;
use super::{
    Ask, AssignmentBook, ConnectionId, Loss, Pace, Slot, SlotId, UnitWish, VolunteerId, running,
};
use bytebiota_core::{Digest, Epoch, IslandId, StretchHeader, UnitKey};
use bytebiota_protocol::message::LeaseId;
use std::collections::VecDeque;

/// A worker keeps the end states of so many islands per slot.
const HELD_ISLANDS: usize = 2;

/// A unit that is on disk now, as the book needs to know it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StoredUnit {
    /// The unit.
    pub key: UnitKey,
    /// Digest of the state it began with.
    pub base: Digest,
    /// Who made it.
    pub maker: VolunteerId,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the state there.
    pub end_state: Digest,
}

impl AssignmentBook {
    /// A worker offers slots; `units_before` is what its volunteer has confirmed so far.
    pub fn handle_join(
        &mut self,
        connection: ConnectionId,
        volunteer: VolunteerId,
        units_before: u64,
        slots: u32,
        wish: UnitWish,
    ) {
        let earned = u32::try_from(units_before).unwrap_or(MAX_ALLOWANCE);
        let start = self.config.newcomer_slots.saturating_add(earned);
        let allowance = self.allowances.entry(volunteer);
        allowance.or_insert(start.min(MAX_ALLOWANCE));
        for slot in 0..slots {
            let new = Slot {
                volunteer,
                running: None,
                next: None,
                pace: Pace::new(wish),
                holds: VecDeque::new(),
                revoked: None,
            };
            self.slots.insert(SlotId { connection, slot }, new);
        }
    }

    /// A connection is gone. What it held is kept for a while; it may come back and name it.
    pub fn handle_gone(&mut self, now_ms: u64, connection: ConnectionId) {
        let until_ms = now_ms.saturating_add(self.config.grace_ms);
        self.asks.retain(|ask| ask.slot.connection != connection);
        let mut given_up = Vec::new();
        for (island, entry) in &mut self.islands {
            let Some(lease) = &mut entry.lease else {
                continue;
            };
            if lease.slot.connection != connection {
                continue;
            }
            if lease.phase == Phase::Opening {
                entry.lease = None;
                entry.lost = true;
                self.losses.note(Loss::Gone);
                given_up.push(*island);
            } else if !matches!(lease.phase, Phase::Orphan { .. }) {
                lease.phase = Phase::Orphan { until_ms };
            }
        }
        given_up
            .into_iter()
            .for_each(|island| self.close_claim(island));
        let leaving = self.slots_of(connection).map(|(_, slot)| slot.volunteer);
        let leaving: Vec<VolunteerId> = leaving.collect();
        self.slots.retain(|slot, _| slot.connection != connection);
        let here = |volunteer| self.slots.values().any(|slot| slot.volunteer == volunteer);
        let gone: Vec<VolunteerId> = leaving.into_iter().filter(|v| !here(*v)).collect();
        self.trust.retain(|volunteer, _| !gone.contains(volunteer));
    }

    /// A worker leaves for good: nothing is kept for it.
    pub fn handle_goodbye(&mut self, now_ms: u64, connection: ConnectionId) {
        self.handle_gone(now_ms, connection);
        let mut given_up = Vec::new();
        for (island, entry) in &mut self.islands {
            let lease = entry.lease.as_ref();
            if lease.is_some_and(|l| l.slot.connection == connection) {
                entry.lease = None;
                entry.lost = true;
                self.losses.note(Loss::Goodbye);
                given_up.push(*island);
            }
        }
        given_up
            .into_iter()
            .for_each(|island| self.close_claim(island));
        self.fill(now_ms);
    }

    /// A volunteer pauses: what waits is free at once, what runs a little later.
    pub fn handle_pause(&mut self, now_ms: u64, connection: ConnectionId) {
        self.asks.retain(|ask| ask.slot.connection != connection);
        let until = now_ms.saturating_add(self.config.progress_max_ms);
        let held: Vec<_> = self
            .slots_of(connection)
            .map(|(_, slot)| (slot.running, slot.next))
            .collect();
        for (running, next) in held {
            if let Some(island) = next {
                self.end_lease(now_ms, island, Loss::Paused);
            }
            let entry = running.and_then(|island| self.islands.get_mut(&island));
            if let Some(lease) = entry.and_then(|entry| entry.lease.as_mut())
                && let Phase::Running { until_ms, .. } = &mut lease.phase
            {
                *until_ms = until;
            }
        }
        self.fill(now_ms);
    }

    /// A slot wants a stretch.
    pub fn handle_ask(&mut self, now_ms: u64, slot: SlotId) {
        self.note_ask(now_ms, slot);
        self.fill(now_ms);
    }

    /// The header of an island's stretch is on disk, and with it what enters: its lease may be sent.
    pub fn handle_opened(&mut self, now_ms: u64, header: &StretchHeader) {
        let island = header.island;
        let Some(entry) = self.islands.get_mut(&island) else {
            return;
        };
        let here = (header.branch, header.first_epoch, header.end_epoch);
        match &mut entry.stretch {
            Some(Stretch {
                header: own,
                stored,
            }) if (own.branch, own.first_epoch, own.end_epoch) == here => {
                (own.config, own.inputs, *stored) = (header.config, header.inputs, true);
            }
            // The island was read from disk again meanwhile.
            _ => return,
        }
        let opening = |lease: &Lease| lease.phase == Phase::Opening;
        if entry.lease.as_ref().is_some_and(opening) {
            self.send(now_ms, island);
        }
        self.fill(now_ms);
    }

    /// An assignment has arrived where it should.
    pub fn handle_accepted(&mut self, now_ms: u64, slot_id: SlotId, id: LeaseId) {
        let Some(slot) = self.slots.get(&slot_id) else {
            return;
        };
        for island in [slot.running, slot.next].into_iter().flatten() {
            let is_running = slot.running == Some(island);
            let entry = self.islands.get_mut(&island);
            let Some(lease) = entry.and_then(|entry| entry.lease_of(slot_id, id)) else {
                continue;
            };
            if matches!(lease.phase, Phase::Sent { .. }) && is_running {
                lease.unit_since_ms = Some(now_ms);
                lease.phase = running(&self.config, &slot.pace, now_ms, lease.unit_epochs);
            } else if matches!(lease.phase, Phase::Sent { .. }) {
                lease.phase = Phase::Waiting;
            }
        }
    }

    /// An assignment is given back, or cannot be executed there.
    pub fn handle_declined(&mut self, now_ms: u64, slot_id: SlotId, id: LeaseId) {
        let Some(slot) = self.slots.get_mut(&slot_id) else {
            return;
        };
        slot.holds.clear();
        for island in [slot.running, slot.next].into_iter().flatten() {
            let Some(entry) = self.islands.get_mut(&island) else {
                continue;
            };
            if entry.lease_of(slot_id, id).is_some() {
                entry.lease = None;
                entry.lost = true;
                self.losses.note(Loss::Declined);
                self.close_claim(island);
                self.detach(now_ms, slot_id, island);
                break;
            }
        }
        self.fill(now_ms);
    }

    /// A segment is done.
    pub fn handle_progress(&mut self, now_ms: u64, slot_id: SlotId, id: LeaseId, unit: &UnitKey) {
        if self.is_foreign(unit) {
            return;
        }
        self.adopt(now_ms, slot_id, id, unit.island, unit.first_epoch);
        let Some(slot) = self.slots.get(&slot_id) else {
            return;
        };
        let entry = self.islands.get_mut(&unit.island);
        let Some(lease) = entry.and_then(|entry| entry.lease_of(slot_id, id)) else {
            return;
        };
        lease.live = true;
        let fresh = running(&self.config, &slot.pace, now_ms, lease.unit_epochs);
        lease.phase = match (lease.phase, fresh) {
            // Progress renews the first limit, never the second: a unit must end.
            (Phase::Running { at_most_ms, .. }, Phase::Running { until_ms, .. }) => {
                Phase::Running {
                    until_ms,
                    at_most_ms,
                }
            }
            (_, fresh) => fresh,
        };
    }

    /// A report has passed the Verifier; it is not stored yet. Times the slot and lets it go on.
    pub fn handle_report(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        id: LeaseId,
        key: &UnitKey,
        end: Epoch,
    ) {
        if self.is_foreign(key) {
            return;
        }
        self.adopt(now_ms, slot_id, id, key.island, key.first_epoch);
        let (Some(slot), Some(entry)) = (
            self.slots.get_mut(&slot_id),
            self.islands.get_mut(&key.island),
        ) else {
            return;
        };
        let Some(lease) = entry.lease_of(slot_id, id) else {
            return;
        };
        if key.first_epoch < lease.received {
            return;
        }
        if let Some(since_ms) = lease.unit_since_ms {
            let epochs = end.0.saturating_sub(key.first_epoch.0);
            slot.pace
                .measure(&self.config, epochs, now_ms.saturating_sub(since_ms));
        }
        lease.unit_since_ms = lease.live.then_some(now_ms);
        lease.reported = true;
        slot.pace.deliver();
        lease.received = end;
        // An adopted lease learns here how large its units really are.
        let epochs = end.0.saturating_sub(key.first_epoch.0);
        lease.unit_epochs = lease
            .unit_epochs
            .max(u32::try_from(epochs).unwrap_or(u32::MAX));
        lease.phase = running(&self.config, &slot.pace, now_ms, lease.unit_epochs);
        let stretch_end = entry.stretch.as_ref().map(|s| s.header.end_epoch);
        self.look_again(|ask| ask.slot == slot_id);
        if stretch_end.is_some_and(|last| end >= last) {
            // The slot is at its next assignment already, while this one is being stored.
            self.detach(now_ms, slot_id, key.island);
        }
    }

    /// A unit is on disk: the island's head moves. `false` if the book did not expect it: then the island is to be
    /// read from disk again.
    pub fn handle_stored(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        id: LeaseId,
        unit: &StoredUnit,
    ) -> bool {
        let island = unit.key.island;
        if !self.expects(unit) {
            return false;
        }
        let Some(entry) = self.islands.get_mut(&island) else {
            return false;
        };
        let slot = self.slots.contains_key(&slot_id).then_some(slot_id);
        let claim = entry.claim.get_or_insert(Claim {
            maker: unit.maker,
            slot,
            units: 0,
            closed: false,
        });
        (claim.slot, claim.units) = (slot.or(claim.slot), claim.units + 1);
        entry.head_epoch = unit.end_epoch;
        entry.head = unit.end_state;
        let end = entry.stretch.as_ref().map(|s| s.header.end_epoch);
        let done = end.is_none_or(|end| unit.end_epoch >= end);
        if let Some(slot) = self.slots.get_mut(&slot_id) {
            slot.holds.retain(|(held, _)| *held != island);
            slot.holds.push_back((island, unit.end_state));
            if slot.holds.len() > HELD_ISLANDS {
                slot.holds.pop_front();
            }
        }
        self.settle(now_ms, slot_id, id, island, done);
        self.fill(now_ms);
        true
    }

    /// A report was refused as stale: the slot computes something that has moved on without it.
    pub fn handle_stale(&mut self, now_ms: u64, slot_id: SlotId, id: LeaseId, key: &UnitKey) {
        let entry = self.islands.get_mut(&key.island);
        if entry.is_some_and(|entry| entry.lease_of(slot_id, id).is_some()) {
            self.end_lease(now_ms, key.island, Loss::Overtaken);
        }
        self.fill(now_ms);
    }

    /// Time passes: leases without news end, and what is free is given to those who wait.
    pub fn poll(&mut self, now_ms: u64) {
        let over = |entry: &IslandEntry| {
            let phase = entry.lease.as_ref()?.phase;
            let is_over = phase.deadline_ms()? <= now_ms;
            is_over.then(|| phase.loss())
        };
        let ended: Vec<_> = self
            .islands
            .iter()
            .filter_map(|(id, entry)| Some((*id, over(entry)?)))
            .collect();
        for (island, loss) in ended {
            self.penalise(island);
            self.end_lease(now_ms, island, loss);
        }
        self.close_abandoned(now_ms);
        self.fill(now_ms);
    }

    /// A lease that ends without any report halves what its volunteer may hold at once.
    fn penalise(&mut self, island: IslandId) {
        let lease = self.islands.get(&island).and_then(|e| e.lease.as_ref());
        let Some(lease) = lease.filter(|lease| !lease.reported) else {
            return;
        };
        if let Some(slot) = self.slots.get(&lease.slot)
            && let Some(allowance) = self.allowances.get_mut(&slot.volunteer)
        {
            *allowance = (*allowance / 2).max(self.config.newcomer_slots.min(*allowance));
        }
    }

    /// Puts a slot in line, once.
    pub(super) fn note_ask(&mut self, now_ms: u64, slot: SlotId) {
        let waits = self.asks.iter().any(|ask| ask.slot == slot);
        if self.slots.contains_key(&slot) && !waits {
            let since_ms = now_ms;
            self.asks.push_back(Ask {
                slot,
                since_ms,
                waits: None,
            });
        }
    }

    pub(super) fn is_foreign(&self, unit: &UnitKey) -> bool {
        let branch = self.islands.get(&unit.island).map(|entry| entry.branch);
        unit.world != self.config.world || branch != Some(unit.branch)
    }
}
