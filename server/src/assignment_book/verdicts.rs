//! What the book makes of trust: claims that close, verdicts on them, and who may have what. Knows no check.

use super::entry::{IslandEntry, Lease};
use super::{AssignmentBook, Effect, IslandStart, Loss, SlotId, StoredUnit, VolunteerId};
use crate::verification::Trust;
use bytebiota_core::{Branch, Digest, Epoch, IslandId, UnitKey};
use bytebiota_protocol::message::LeaseId;

/// No volunteer uses more slots at once, however much he has done.
pub(super) const MAX_ALLOWANCE: u32 = 4_096;

impl AssignmentBook {
    /// From now on a volunteer is given work by this. Whoever is barred loses what he holds.
    pub fn handle_trust(&mut self, now_ms: u64, volunteer: VolunteerId, trust: Trust) {
        let here = self.slots.values().any(|slot| slot.volunteer == volunteer);
        let before = match here {
            true => self.trust.insert(volunteer, trust),
            false => self.trust.remove(&volunteer),
        };
        if before != Some(trust) {
            self.look_again(|_| true);
        }
        if !matches!(trust, Trust::Barred(_)) {
            return;
        }
        let own = self.slots.values().filter(|s| s.volunteer == volunteer);
        let held: Vec<IslandId> = own.flat_map(|s| [s.running, s.next]).flatten().collect();
        for island in held {
            self.end_lease(now_ms, island, Loss::Barred);
        }
        self.fill(now_ms);
    }

    /// What the Verifier says of the auditor: whether newcomers wait, and the largest unit it could replay in time.
    pub fn set_auditor(&mut self, is_full: bool, largest_unit_ticks: u64) {
        if self.auditor_full != is_full {
            self.look_again(|_| true);
        }
        self.auditor_full = is_full;
        let epochs = largest_unit_ticks / self.config.epoch_ticks.max(1);
        self.largest_unit = u32::try_from(epochs).unwrap_or(u32::MAX).max(1);
    }

    /// Whether the disk has room for what leases would bring; `true` if that has changed.
    pub fn set_disk_full(&mut self, now_ms: u64, is_full: bool) -> bool {
        let has_changed = self.disk_full != is_full;
        self.disk_full = is_full;
        if has_changed {
            self.look_again(|_| true);
            self.fill(now_ms);
        }
        has_changed
    }

    /// The units of a claim up to `until` are confirmed and on disk as such.
    pub fn handle_confirmed(&mut self, now_ms: u64, island: IslandId, until: Epoch, state: Digest) {
        let Some(entry) = self.islands.get_mut(&island) else {
            return;
        };
        if entry.good_epoch >= until || until > entry.head_epoch {
            return;
        }
        (entry.good_epoch, entry.good) = (until, state);
        let is_all = entry.head_epoch == until;
        let claim = match is_all {
            true => entry.claim.take(),
            false => entry.claim,
        };
        let over = |entry: &IslandEntry| {
            let end = entry.stretch.as_ref().map(|s| s.header.end_epoch);
            end.is_some_and(|end| end <= until)
        };
        if over(entry) {
            entry.stretch = None;
            entry.lost = false;
        }
        if let Some(claim) = claim {
            if let Some(slot) = claim.slot.and_then(|slot| self.slots.get_mut(&slot)) {
                slot.pace.confirm();
                self.look_again(|ask| Some(ask.slot) == claim.slot);
            }
            let allowance = self.allowances.entry(claim.maker);
            let allowance = allowance.or_insert(self.config.newcomer_slots);
            *allowance = allowance.saturating_add(claim.units).min(MAX_ALLOWANCE);
        }
        self.fill(now_ms);
    }

    /// A claim is void: the island stands again where it was last confirmed, under the same header.
    pub fn handle_void(&mut self, now_ms: u64, island: IslandId) {
        self.drop_lease(now_ms, island, Loss::Void);
        if let Some(entry) = self.islands.get_mut(&island) {
            (entry.head_epoch, entry.head) = (entry.good_epoch, entry.good);
            entry.claim = None;
            entry.lost = true;
        }
        self.fill(now_ms);
    }

    /// An island is to be taken as it stands on disk: after a roll-back to another branch, or where the book was
    /// mistaken. Whoever holds it loses it.
    pub fn handle_restored(&mut self, now_ms: u64, island: IslandId, start: IslandStart) {
        self.drop_lease(now_ms, island, Loss::Void);
        let mut entry = IslandEntry::of(start, now_ms);
        let damaged = self.islands.get(&island).is_some_and(|known| known.damaged);
        entry.damaged = damaged;
        self.islands.insert(island, entry);
        self.close_abandoned(now_ms);
        self.fill(now_ms);
    }

    /// Whether a stored unit is where the book takes its island to stand.
    pub fn expects(&self, unit: &StoredUnit) -> bool {
        let Some(entry) = self.islands.get(&unit.key.island) else {
            return false;
        };
        let here = (entry.branch, entry.head_epoch, entry.head);
        here == (unit.key.branch, unit.key.first_epoch, unit.base)
            && entry.claim.is_none_or(|claim| claim.maker == unit.maker)
    }

    /// Where an island was last confirmed: its line of history, the first epoch after that, and the state there.
    pub fn confirmed(&self, island: IslandId) -> Option<(Branch, Epoch, Digest)> {
        let entry = self.islands.get(&island)?;
        Some((entry.branch, entry.good_epoch, entry.good))
    }

    /// Whether this unit, under this lease, is the very first of its slot.
    pub fn is_first_unit(&self, slot_id: SlotId, id: LeaseId, unit: &UnitKey) -> bool {
        let Some(slot) = self.slots.get(&slot_id) else {
            return false;
        };
        let entry = self.islands.get(&unit.island);
        let lease = entry.and_then(|entry| entry.lease.as_ref());
        let given = |lease: &Lease| lease.slot == slot_id && lease.id == id && !lease.adopted;
        // Who delivers under a lease of before is no stranger, unless nothing of his was ever believed.
        let is_stranger = self.allowance(slot.volunteer) <= self.config.newcomer_slots;
        !slot.pace.has_delivered() && (lease.is_some_and(given) || is_stranger)
    }

    /// The maker adds nothing more, as far as the book is concerned.
    pub(super) fn close_claim(&mut self, island: IslandId) {
        let claim = self.islands.get_mut(&island).and_then(|e| e.claim.as_mut());
        if let Some(claim) = claim.filter(|claim| !claim.closed) {
            claim.closed = true;
            self.effects.push(Effect::Closed(island));
        }
    }

    /// Claims of an earlier life whose makers did not come back in time.
    pub(super) fn close_abandoned(&mut self, now_ms: u64) {
        let abandoned = |entry: &IslandEntry| {
            let open = entry.claim.is_some_and(|claim| !claim.closed);
            open && entry.lease.is_none() && entry.not_before_ms <= now_ms
        };
        let islands = self.islands.iter().filter(|(_, entry)| abandoned(entry));
        let islands: Vec<IslandId> = islands.map(|(island, _)| *island).collect();
        islands
            .into_iter()
            .for_each(|island| self.close_claim(island));
    }

    pub(super) fn trust_of_slot(&self, slot: SlotId) -> Trust {
        let volunteer = self.slots.get(&slot).map(|slot| slot.volunteer);
        let trust = volunteer.and_then(|volunteer| self.trust.get(&volunteer));
        trust.copied().unwrap_or_default()
    }

    /// While somebody proven is here, newcomers together hold at most half of the islands, and one at least.
    pub(super) fn newcomers_have_their_share(&self) -> bool {
        let is_new = |slot: SlotId| self.trust_of_slot(slot) == Trust::Newcomer;
        if self.slots.keys().all(|slot| is_new(*slot)) {
            return false;
        }
        let theirs = |entry: &&IslandEntry| {
            let lease = entry.lease.as_ref().map(|lease| lease.slot);
            let claim = entry.claim.and_then(|claim| claim.slot);
            lease.or(claim).is_some_and(is_new)
        };
        let held = self.islands.values().filter(theirs).count();
        held >= (self.islands.len() / 2).max(1)
    }
}
