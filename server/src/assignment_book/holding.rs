//! Who holds a lease when several could: holders that come back, faster ones, slots that outgrow their lease.

use super::entry::{Lease, Phase};
use super::{AssignmentBook, Effect, Loss, SlotId, running};
use bytebiota_core::{Epoch, IslandId, StretchHeader};
use bytebiota_protocol::message::LeaseId;

impl AssignmentBook {
    /// A worker that came back names a lease: it is his again, or he hears that it is over.
    pub fn handle_holding(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        id: LeaseId,
        header: &StretchHeader,
        next_epoch: Epoch,
    ) {
        let island = header.island;
        if self.open_stretch(island) == Some(header) {
            self.adopt(now_ms, slot_id, id, island, next_epoch);
        }
        let entry = self.islands.get_mut(&island);
        match entry.and_then(|entry| entry.lease_of(slot_id, id)) {
            Some(lease) => lease.live = true,
            None => self.effects.push(Effect::Revoke {
                slot: slot_id,
                lease: id,
            }),
        }
        self.fill(now_ms);
    }

    /// Lets a slot that names a lease of an open, unheld stretch go on with it.
    pub(super) fn adopt(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        id: LeaseId,
        island: IslandId,
        at: Epoch,
    ) {
        self.give_up_dead_connection(now_ms, slot_id, id, island);
        let (Some(slot), Some(entry)) =
            (self.slots.get_mut(&slot_id), self.islands.get_mut(&island))
        else {
            return;
        };
        let full = slot.running.is_some() && slot.next.is_some();
        let adoptable = entry.is_adoptable(slot.volunteer, at);
        if full || slot.revoked == Some(id) || !adoptable {
            return;
        }
        let same = entry.lease.as_ref().filter(|lease| lease.id == id);
        let unit_epochs = same.map_or(slot.pace.unit_epochs(), |lease| lease.unit_epochs);
        let first = slot.running.is_none();
        if first {
            slot.running = Some(island);
        } else {
            slot.next = Some(island);
        }
        entry.lost = false;
        entry.lease = Some(Lease {
            id,
            slot: slot_id,
            phase: match first {
                true => running(&self.config, &slot.pace, now_ms, unit_epochs),
                false => Phase::Waiting,
            },
            unit_epochs,
            unit_since_ms: None,
            received: entry.head_epoch,
            reported: false,
            adopted: true,
            live: false,
        });
    }

    /// A volunteer who names his own lease over a new connection has lost the old one, noticed here or not.
    fn give_up_dead_connection(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        id: LeaseId,
        island: IslandId,
    ) {
        let Some(lease) = self
            .islands
            .get(&island)
            .and_then(|entry| entry.lease.as_ref())
        else {
            return;
        };
        let holder = lease.slot;
        let volunteer = |slot: &SlotId| self.slots.get(slot).map(|slot| slot.volunteer);
        let same = volunteer(&holder).is_some() && volunteer(&holder) == volunteer(&slot_id);
        if lease.id != id || holder == slot_id || lease.phase == Phase::Opening || !same {
            return;
        }
        if let Some(lease) = self
            .islands
            .get_mut(&island)
            .and_then(|entry| entry.lease.as_mut())
        {
            lease.phase = Phase::Orphan { until_ms: now_ms };
        }
        self.detach(now_ms, holder, island);
    }

    /// What a stored unit means for the lease of its island.
    pub(super) fn settle(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        id: LeaseId,
        island: IslandId,
        done: bool,
    ) {
        let Some(entry) = self.islands.get_mut(&island) else {
            return;
        };
        let Some(lease) = &entry.lease else {
            entry.lost = !done;
            // It came from somebody whose lease is over: he may have lost it while this was on its way.
            self.close_claim(island);
            return;
        };
        if lease.slot == slot_id && lease.id == id {
            if done {
                entry.lease = None;
                entry.lost = false;
                self.close_claim(island);
                self.detach(now_ms, slot_id, island);
            } else {
                self.resize(now_ms, slot_id, island);
            }
            return;
        }
        // Somebody else was faster: whoever holds the lease computes what is known already.
        let behind = lease.slot;
        self.drop_lease(now_ms, island, Loss::Overtaken);
        if let Some(entry) = self.islands.get_mut(&island) {
            entry.lost = !done;
            let head = entry.head_epoch;
            self.adopt(now_ms, slot_id, id, island, head);
            let entry = self.islands.get(&island);
            if entry.is_some_and(|entry| entry.lease.is_none()) {
                self.close_claim(island);
            }
        }
        self.note_ask(now_ms, behind);
    }

    /// A slot that has outgrown the units of its lease gets the rest of the stretch in larger ones. One that took over
    /// from a faster slot brings no more units than a stretch has at most: what waits for its verdict stays short.
    fn resize(&mut self, now_ms: u64, slot_id: SlotId, island: IslandId) {
        let (Some(slot), Some(entry)) = (self.slots.get(&slot_id), self.islands.get(&island))
        else {
            return;
        };
        let (Some(lease), Some(stretch)) = (&entry.lease, &entry.stretch) else {
            return;
        };
        let left = stretch
            .header
            .end_epoch
            .0
            .saturating_sub(entry.head_epoch.0);
        let unit = lease.unit_epochs;
        let is_enough = entry
            .claim
            .is_some_and(|claim| claim.units >= self.config.stretch_units);
        let next = slot.pace.unit_epochs().min(self.largest_unit);
        let has_outgrown = next / 2 >= unit && left > 2 * u64::from(unit);
        if is_enough || has_outgrown {
            self.end_lease(now_ms, island, Loss::Outgrown);
            self.note_ask(now_ms, slot_id);
        }
    }
}
