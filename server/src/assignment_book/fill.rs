//! Who gets what: asks are answered with islands, the youngest first, lost ones before all. Knows no worker's reasons.

use super::asks::{Ask, Free, Waits};
use super::entry::{Lease, Phase, Stretch};
use super::{AssignmentBook, Effect, Grant, Loss, SlotId, VolunteerId};
use crate::verification::Trust;
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::message::{LeaseId, WaitReason};
use std::collections::BTreeMap;

/// Islands a world starts with.
pub const FIRST_ISLANDS: u32 = 2;
/// No more are raised together, or a quarter of those there are: they wait for each other, and so do those who ask.
const ISLANDS_AT_ONCE: u32 = 32;
/// Units left in a stretch when the next assignment is sent ahead.
const PREFETCH_UNITS: u64 = 2;
/// Milliseconds added to a retry for every slot that waits already.
const CROWD_MS: u32 = 50;
/// No slot waits longer before it asks again.
const MAX_RETRY_MS: u32 = 30_000;

/// What became of an ask.
enum Served {
    Yes,
    Later,
    NoWork(WaitReason),
}

/// What a walk over all slots has found. It stays true until somebody gets an island: thousands may ask at once, and
/// most of them can only wait.
#[derive(Default)]
struct Found {
    newcomers_have_their_share: Option<bool>,
    used_slots: Option<BTreeMap<VolunteerId, u32>>,
    nothing_to_take_back: bool,
    retry_ms: Option<u32>,
}

impl AssignmentBook {
    /// What there is to do; empties the list.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// From now on nothing is leased: the server is about to go.
    pub fn drain(&mut self) {
        self.draining = true;
        self.asks.clear();
    }

    /// Answers every ask that can be answered now.
    pub(super) fn fill(&mut self, now_ms: u64) {
        if !self.draining && !self.disk_full {
            self.grow();
        }
        if self.asks.is_empty() {
            return;
        }
        // Looked for again only when somebody got one.
        let (mut free, mut found) = (self.pick(now_ms), Found::default());
        if self.asks.iter().all(|ask| ask.rests(now_ms, free)) {
            return;
        }
        let mut asks: Vec<_> = std::mem::take(&mut self.asks).into();
        // Proven volunteers never wait behind newcomers; among equals first come is first served.
        asks.sort_by_cached_key(|ask| !self.is_proven(ask));
        for mut ask in asks {
            if ask.rests(now_ms, free) {
                self.asks.push_back(ask);
                continue;
            }
            let slot = ask.slot;
            match self.serve(now_ms, slot, free, &mut found) {
                Served::Yes => (free, found) = (self.pick(now_ms), Found::default()),
                Served::Later if ask.is_patient(now_ms) => {
                    ask.waits = self.waits(slot, free);
                    self.asks.push_back(ask);
                }
                Served::Later => self.send_away(slot, WaitReason::NothingFree, &mut found),
                Served::NoWork(reason) => self.send_away(slot, reason, &mut found),
            }
        }
    }

    /// What an ask that must wait waits for.
    fn waits(&self, slot: SlotId, free: Option<Free>) -> Option<Waits> {
        let is_idle = self.slots.get(&slot)?.running.is_none();
        Some(Waits {
            is_proven: self.trust_of_slot(slot) == Trust::Proven,
            is_idle,
            is_early: !is_idle && free.is_some() && !self.is_prefetch_due(slot, free),
        })
    }

    fn is_proven(&self, ask: &Ask) -> bool {
        let known = ask.waits.map(|waits| waits.is_proven);
        known.unwrap_or_else(|| self.trust_of_slot(ask.slot) == Trust::Proven)
    }

    /// Something has changed about these asks: the next `fill` looks at them again.
    pub(super) fn look_again(&mut self, which: impl Fn(&Ask) -> bool) {
        let changed = self.asks.iter_mut().filter(|ask| which(ask));
        changed.for_each(|ask| ask.waits = None);
    }

    /// New islands come for slots with confirmed work: one to compute, one to have ready.
    fn grow(&mut self) {
        let most = (2 * self.slots.len() as u32).max(FIRST_ISLANDS);
        if !self.creating.is_empty() || self.islands.len() as u32 >= most {
            return;
        }
        let proven = self.slots.values().filter(|s| s.pace.has_confirmed_work());
        let wanted = (2 * proven.count() as u32).max(FIRST_ISLANDS);
        let islands = self.islands.len() as u32;
        let missing = wanted.min(self.config.max_islands).saturating_sub(islands);
        if missing > 0 {
            let next = islands + 1..=islands + missing.min(ISLANDS_AT_ONCE.max(islands / 4));
            self.creating = next.map(IslandId).collect();
            let next = self.creating.iter().copied().collect();
            self.effects.push(Effect::CreateIslands(next));
        }
    }

    fn send_away(&mut self, slot: SlotId, reason: WaitReason, found: &mut Found) {
        let retry_ms = match reason {
            WaitReason::NothingFree | WaitReason::AuditorFull => {
                *found.retry_ms.get_or_insert_with(|| self.retry_ms())
            }
            WaitReason::DiskFull
            | WaitReason::Suspended
            | WaitReason::Banned
            | WaitReason::EngineBlocked => MAX_RETRY_MS.max(self.config.retry_ms),
        };
        self.effects.push(Effect::NoWork {
            slot,
            retry_ms,
            reason,
        });
    }

    fn retry_ms(&self) -> u32 {
        let idle = self.slots.values().filter(|s| s.running.is_none()).count() as u32;
        let crowd = idle.saturating_mul(CROWD_MS);
        self.config
            .retry_ms
            .saturating_add(crowd)
            .min(MAX_RETRY_MS.max(self.config.retry_ms))
    }

    /// Answers one ask; `free` is the island that goes first.
    fn serve(
        &mut self,
        now_ms: u64,
        slot_id: SlotId,
        free: Option<Free>,
        found: &mut Found,
    ) -> Served {
        let Some(slot) = self.slots.get(&slot_id) else {
            return Served::Yes;
        };
        if slot.next.is_some() {
            return Served::Yes;
        }
        if self.draining {
            return Served::NoWork(WaitReason::NothingFree);
        }
        if self.disk_full {
            return Served::NoWork(WaitReason::DiskFull);
        }
        let idle = slot.running.is_none();
        let trust = self.trust_of_slot(slot_id);
        match trust {
            Trust::Barred(bar) => return Served::NoWork(bar.reason()),
            Trust::Newcomer if self.auditor_full => {
                return Served::NoWork(WaitReason::AuditorFull);
            }
            Trust::Newcomer | Trust::Proven => {}
        }
        // Before anything that takes longer: in a large crowd nearly every ask ends here.
        if !idle && (free.is_none() || !self.is_prefetch_due(slot_id, free)) {
            return Served::Later;
        }
        if self.has_enough(slot_id, trust, found) {
            return if idle {
                Served::NoWork(WaitReason::NothingFree)
            } else {
                Served::Later
            };
        }
        let mut island = free.map(|free| free.island);
        if island.is_none() && idle && !found.nothing_to_take_back {
            island = self.take_back_a_prefetch(now_ms);
            found.nothing_to_take_back = island.is_none();
        }
        match island {
            Some(island) => {
                self.lease(now_ms, slot_id, island);
                Served::Yes
            }
            // New islands, and after a start those that nobody names, come within seconds: nobody is sent away for longer.
            None if !idle || !self.creating.is_empty() || now_ms < self.settled_ms => Served::Later,
            None => Served::NoWork(WaitReason::NothingFree),
        }
    }

    /// Whether newcomers, or an idle slot's volunteer, compute as much as is theirs now.
    fn has_enough(&self, slot_id: SlotId, trust: Trust, found: &mut Found) -> bool {
        let Some(slot) = self.slots.get(&slot_id) else {
            return false;
        };
        let share = &mut found.newcomers_have_their_share;
        if trust == Trust::Newcomer
            && *share.get_or_insert_with(|| self.newcomers_have_their_share())
        {
            return true;
        }
        if slot.running.is_some() {
            return false;
        }
        let used = found.used_slots.get_or_insert_with(|| self.used_slots());
        let used = used.get(&slot.volunteer).copied().unwrap_or(0);
        used >= self.allowance(slot.volunteer)
    }

    /// How many slots of each volunteer compute now.
    fn used_slots(&self) -> BTreeMap<VolunteerId, u32> {
        let mut used = BTreeMap::new();
        for slot in self.slots.values().filter(|slot| slot.running.is_some()) {
            *used.entry(slot.volunteer).or_default() += 1;
        }
        used
    }

    /// The next assignment goes ahead when the running stretch is nearly over, and at once to save a lost island.
    fn is_prefetch_due(&self, slot_id: SlotId, free: Option<Free>) -> bool {
        let Some(slot) = self.slots.get(&slot_id) else {
            return false;
        };
        if !slot.pace.has_confirmed_work() {
            return false;
        }
        let entry = slot.running.and_then(|island| self.islands.get(&island));
        let Some((entry, lease)) = entry.and_then(|e| Some((e, e.lease.as_ref()?))) else {
            return true;
        };
        let end = entry
            .stretch
            .as_ref()
            .map_or(Epoch(0), |s| s.header.end_epoch);
        let left = end.0.saturating_sub(lease.received.0);
        // A lost island goes before all others, so there is one only if the first one is.
        let is_any_lost = free.is_some_and(|free| free.is_lost);
        left <= PREFETCH_UNITS * u64::from(lease.unit_epochs) || is_any_lost
    }

    /// The free island that goes first: lost ones, then the least advanced.
    fn pick(&self, now_ms: u64) -> Option<Free> {
        let free = self
            .islands
            .iter()
            .filter(|(_, entry)| entry.is_free(now_ms));
        let first = free.min_by_key(|(id, entry)| (!entry.lost, entry.head_epoch, **id));
        first.map(|(id, entry)| Free {
            island: *id,
            is_lost: entry.lost,
        })
    }

    /// An idle slot is worth more than a slot's second assignment.
    fn take_back_a_prefetch(&mut self, now_ms: u64) -> Option<IslandId> {
        let untouched = |island: IslandId| {
            let entry = self.islands.get(&island)?;
            let lease = entry.lease.as_ref().filter(|_| entry.claim.is_none())?;
            matches!(lease.phase, Phase::Sent { .. } | Phase::Waiting).then_some(island)
        };
        let holds = self.slots.iter().rev();
        let found = holds
            .filter_map(|(id, slot)| Some((*id, untouched(slot.next?)?)))
            .next();
        let (holder, island) = found?;
        self.end_lease(now_ms, island, Loss::TakenBack);
        self.note_ask(now_ms, holder);
        Some(island)
    }

    fn lease(&mut self, now_ms: u64, slot_id: SlotId, island: IslandId) {
        let (Some(slot), Some(entry)) = (self.slots.get(&slot_id), self.islands.get(&island))
        else {
            return;
        };
        let opened = entry.stretch.is_some();
        let running = slot.running.and_then(|island| self.islands.get(&island));
        let unit_epochs = match running.and_then(|entry| entry.lease.as_ref()) {
            Some(lease) => slot.pace.unit_epochs_after(&self.config, lease.unit_epochs),
            None => slot.pace.unit_epochs(),
        };
        let unit_epochs = unit_epochs.min(self.largest_unit).max(1);
        let units = slot.pace.stretch_units(&self.config, unit_epochs);
        let epochs = u64::from(unit_epochs) * u64::from(units);
        let header = self.header(island, entry, epochs);
        let id = LeaseId(self.next_lease);
        self.next_lease = self.next_lease.wrapping_add(1);
        let (Some(slot), Some(entry)) =
            (self.slots.get_mut(&slot_id), self.islands.get_mut(&island))
        else {
            return;
        };
        if slot.running.is_none() {
            slot.running = Some(island);
        } else {
            slot.next = Some(island);
        }
        let stretch = entry.stretch.get_or_insert(Stretch {
            header,
            stored: false,
        });
        let left = stretch
            .header
            .end_epoch
            .0
            .saturating_sub(entry.head_epoch.0);
        entry.lost = false;
        entry.lease = Some(Lease {
            id,
            slot: slot_id,
            phase: Phase::Opening,
            unit_epochs: unit_epochs
                .min(u32::try_from(left).unwrap_or(u32::MAX))
                .max(1),
            unit_since_ms: None,
            received: entry.head_epoch,
            reported: false,
            adopted: false,
            live: true,
        });
        if !opened {
            let header = stretch.header.clone();
            self.effects.push(Effect::OpenStretch(header));
        } else if stretch.stored {
            self.send(now_ms, island);
        }
    }

    /// The header is on disk: the assignment goes out.
    pub(super) fn send(&mut self, now_ms: u64, island: IslandId) {
        let Some(entry) = self.islands.get_mut(&island) else {
            return;
        };
        let (Some(lease), Some(stretch)) = (&mut entry.lease, &entry.stretch) else {
            return;
        };
        lease.phase = Phase::Sent {
            until_ms: now_ms.saturating_add(self.config.accept_ms),
        };
        let Some(slot) = self.slots.get(&lease.slot) else {
            return;
        };
        let held = slot.holds.contains(&(island, entry.head));
        let is_ahead = slot.next == Some(island);
        self.effects.push(Effect::Assign(Grant {
            slot: lease.slot,
            lease: lease.id,
            header: stretch.header.clone(),
            from_epoch: entry.head_epoch,
            from_digest: entry.head,
            unit_epochs: lease.unit_epochs,
            held,
        }));
        if is_ahead {
            // An idle slot may have it instead.
            self.look_again(|ask| ask.waits.is_some_and(|waits| waits.is_idle));
        }
    }
}
