//! AssignmentBook: which slot computes which island. A plain value machine: time is an argument, what is to be done
//! comes out as effects. Knows no socket, no disk and no clock, and can be rebuilt from the Store at any time.
//!
//! Laws: an island has at most one lease; a header is stored before it is sent and never changes; what a lost
//! lease leaves is leased again from the last confirmed unit under the same header. Stored units that are not
//! confirmed yet are one maker's **claim**: nobody else builds on them, and the island rests while they are checked.

mod asks;
mod entry;
mod events;
mod fill;
mod holding;
#[cfg(test)]
mod laws;
mod losses;
mod pace;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::verification::Trust;
use asks::Ask;
use bytebiota_core::{Digest, Epoch, IslandId, SEMANTICS_VERSION, StretchHeader, WorldId};
use bytebiota_protocol::message::{LeaseId, WaitReason};
use entry::{IslandEntry, Phase};
pub use entry::{IslandStart, IslandStatus};
pub use events::StoredUnit;
pub use fill::FIRST_ISLANDS;
pub use losses::{Loss, Losses};
use pace::Pace;
pub use pace::UnitWish;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A connection of this life of the server.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ConnectionId(pub u64);

/// A slot of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SlotId {
    /// The connection.
    pub connection: ConnectionId,
    /// Counts from 0 within it.
    pub slot: u32,
}

/// The number of a volunteer in the Store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct VolunteerId(pub i64);

/// What the book needs to know of world and policy; durations in ms.
#[derive(Clone, Debug)]
pub struct BookConfig {
    /// The world.
    pub world: WorldId,
    /// Digest of the Config the world was made with: of stretches for which none is fixed yet.
    pub config: Digest,
    /// Digest of the inputs of a stretch for which none are fixed yet.
    pub inputs: Digest,
    /// Ticks of an epoch.
    pub epoch_ticks: u64,
    /// How long a unit should take.
    pub target_interval_ms: u64,
    /// How long a stretch should take at most.
    pub stretch_ms: u64,
    /// Units of a stretch at most.
    pub stretch_units: u32,
    /// Receipt of an assignment must be acknowledged within this.
    pub accept_ms: u64,
    /// A lease lives at least so long without progress.
    pub progress_min_ms: u64,
    /// A lease lives at most so long without progress.
    pub progress_max_ms: u64,
    /// What a vanished connection held is kept for it so long.
    pub grace_ms: u64,
    /// After `NoWork` a slot asks again after this, or later in a crowd.
    pub retry_ms: u32,
    /// There are never more islands.
    pub max_islands: u32,
    /// Slots a newcomer may use at once.
    pub newcomer_slots: u32,
}

/// What the shell has to do; in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// Fix the Config and what enters this stretch, put their digests into the header, store it, then call
    /// `handle_opened`.
    OpenStretch(StretchHeader),
    /// Send an assignment.
    Assign(Grant),
    /// Tell a slot that there is nothing now.
    NoWork {
        /// The slot.
        slot: SlotId,
        /// Ask again after this.
        retry_ms: u32,
        /// Why.
        reason: WaitReason,
    },
    /// Tell a slot that its lease is over.
    Revoke {
        /// The slot.
        slot: SlotId,
        /// The lease.
        lease: LeaseId,
    },
    /// Make and store the geneses of these islands, in this order, and call `add_island` for each.
    CreateIslands(Vec<IslandId>),
    /// The claim on this island is closed: its checks are due.
    Closed(IslandId),
}

/// What an assignment is made of, beside Config, inputs and state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grant {
    /// Who gets it.
    pub slot: SlotId,
    /// Its name.
    pub lease: LeaseId,
    /// The stretch.
    pub header: StretchHeader,
    /// The first epoch not stored yet.
    pub from_epoch: Epoch,
    /// Digest of the state there.
    pub from_digest: Digest,
    /// Epochs per unit at most.
    pub unit_epochs: u32,
    /// Whether the slot still holds that state.
    pub held: bool,
}

/// One slot of a connected worker.
#[derive(Clone, Debug)]
struct Slot {
    volunteer: VolunteerId,
    running: Option<IslandId>,
    next: Option<IslandId>,
    pace: Pace,
    /// The end states this slot still holds: of the islands it delivered last, newest last.
    holds: VecDeque<(IslandId, Digest)>,
    /// The last lease taken from it: naming it again revives nothing.
    revoked: Option<LeaseId>,
}

/// The book.
#[derive(Clone, Debug)]
pub struct AssignmentBook {
    config: BookConfig,
    islands: BTreeMap<IslandId, IslandEntry>,
    slots: BTreeMap<SlotId, Slot>,
    /// Slots each volunteer may use at once.
    allowances: BTreeMap<VolunteerId, u32>,
    /// What the policy says of whoever is here.
    trust: BTreeMap<VolunteerId, Trust>,
    /// Newcomers wait: the auditor has enough to do.
    auditor_full: bool,
    /// Epochs of the largest unit the server could replay in time.
    largest_unit: u32,
    /// Who wants something, first come first.
    asks: VecDeque<Ask>,
    /// Islands on their way, the next ones after those that are there.
    creating: BTreeSet<IslandId>,
    next_lease: u64,
    /// Until then holders of an earlier life of the server may name what they hold.
    settled_ms: u64,
    draining: bool,
    /// Nothing is leased until there is room again.
    disk_full: bool,
    losses: Losses,
    effects: Vec<Effect>,
}

impl AssignmentBook {
    /// An empty book; `first_lease` keeps the names of leases apart from those of an earlier life of the server.
    pub fn new(config: BookConfig, first_lease: u64) -> Self {
        Self {
            config,
            islands: BTreeMap::new(),
            slots: BTreeMap::new(),
            allowances: BTreeMap::new(),
            trust: BTreeMap::new(),
            auditor_full: false,
            largest_unit: u32::MAX,
            asks: VecDeque::new(),
            creating: BTreeSet::new(),
            next_lease: first_lease,
            settled_ms: 0,
            draining: false,
            disk_full: false,
            losses: Losses::default(),
            effects: Vec::new(),
        }
    }

    /// Adds an island as it stands on disk; a stretch that is open there is not leased before `not_before_ms`.
    pub fn add_island(&mut self, island: IslandId, start: IslandStart, not_before_ms: u64) {
        // Telling it twice changes nothing: what happened since the first time stands.
        let entry = IslandEntry::of(start, not_before_ms);
        self.settled_ms = self.settled_ms.max(not_before_ms);
        self.islands.entry(island).or_insert(entry);
        if self.creating.remove(&island) && self.creating.is_empty() {
            self.look_again(|_| true);
        }
    }

    /// The state of an island cannot be read: it is leased to nobody any more.
    pub fn mark_damaged(&mut self, now_ms: u64, island: IslandId) {
        self.end_lease(now_ms, island, Loss::Damaged);
        if let Some(entry) = self.islands.get_mut(&island) {
            entry.damaged = true;
        }
    }

    /// What an island is doing; `None` for one that does not exist.
    pub fn status(&self, island: IslandId) -> Option<IslandStatus> {
        self.islands.get(&island).map(IslandEntry::status)
    }

    /// How many islands there are of each status.
    pub fn statuses(&self) -> Vec<(IslandStatus, u64)> {
        let count = |status: IslandStatus| {
            let alike = self.islands.values().filter(|e| e.status() == status);
            (status, alike.count() as u64)
        };
        IslandStatus::ALL.map(count).to_vec()
    }

    /// Leases that ended before their stretch did.
    pub fn losses(&self) -> &Losses {
        &self.losses
    }

    /// The open stretch of an island.
    pub fn open_stretch(&self, island: IslandId) -> Option<&StretchHeader> {
        let entry = self.islands.get(&island)?;
        entry.stretch.as_ref().map(|stretch| &stretch.header)
    }

    /// The islands a connection holds, in order.
    pub fn islands_of(&self, connection: ConnectionId) -> Vec<IslandId> {
        let mut islands: Vec<_> = self
            .slots_of(connection)
            .flat_map(|(_, slot)| [slot.running, slot.next])
            .flatten()
            .collect();
        islands.sort_unstable();
        islands.dedup();
        islands
    }

    /// Measured speed of a connection over all its slots, ticks per second.
    pub fn speed_of(&self, connection: ConnectionId) -> u64 {
        let speeds = self.slots_of(connection);
        speeds
            .filter(|(_, slot)| slot.running.is_some())
            .filter_map(|(_, slot)| slot.pace.ticks_per_s())
            .fold(0, u64::saturating_add)
    }

    /// Slots that compute now.
    pub fn busy_slots(&self) -> u32 {
        self.slots.values().filter(|s| s.running.is_some()).count() as u32
    }

    /// Slots that a volunteer may use at once.
    pub fn allowance(&self, volunteer: VolunteerId) -> u32 {
        let known = self.allowances.get(&volunteer).copied();
        known.unwrap_or(self.config.newcomer_slots)
    }

    fn slots_of(&self, connection: ConnectionId) -> impl Iterator<Item = (&SlotId, &Slot)> {
        let first = SlotId {
            connection,
            slot: 0,
        };
        let last = SlotId {
            connection,
            slot: u32::MAX,
        };
        self.slots.range(first..=last)
    }

    fn header(&self, island: IslandId, entry: &IslandEntry, epochs: u64) -> StretchHeader {
        StretchHeader {
            world: self.config.world,
            branch: entry.branch,
            island,
            semantics: SEMANTICS_VERSION,
            first_epoch: entry.head_epoch,
            end_epoch: Epoch(entry.head_epoch.0.saturating_add(epochs)),
            base: entry.head,
            config: self.config.config,
            inputs: self.config.inputs,
        }
    }

    /// Ends the lease of an island and closes what it brought.
    fn end_lease(&mut self, now_ms: u64, island: IslandId, loss: Loss) {
        self.drop_lease(now_ms, island, loss);
        let entry = self.islands.get(&island);
        if entry.is_some_and(|entry| entry.lease.is_none()) {
            self.close_claim(island);
        }
    }

    /// Ends the lease of an island. Its slot goes on with its next one; the island goes first in line.
    fn drop_lease(&mut self, now_ms: u64, island: IslandId, loss: Loss) {
        let Some(entry) = self.islands.get_mut(&island) else {
            return;
        };
        let Some(lease) = entry.lease.take() else {
            return;
        };
        entry.lost = true;
        self.losses.note(loss);
        if matches!(lease.phase, Phase::Orphan { .. }) {
            return;
        }
        if let Some(slot) = self.slots.get_mut(&lease.slot) {
            slot.revoked = Some(lease.id);
        }
        if !matches!(lease.phase, Phase::Opening) {
            self.effects.push(Effect::Revoke {
                slot: lease.slot,
                lease: lease.id,
            });
        }
        self.detach(now_ms, lease.slot, island);
    }

    /// Takes an island out of a slot's hands; a waiting one takes its place and its time begins.
    fn detach(&mut self, now_ms: u64, slot_id: SlotId, island: IslandId) {
        let Some(slot) = self.slots.get_mut(&slot_id) else {
            return;
        };
        if slot.next == Some(island) {
            slot.next = None;
        }
        if slot.running != Some(island) {
            return;
        }
        slot.running = slot.next.take();
        let promoted = slot.running;
        let entry = promoted.and_then(|island| self.islands.get_mut(&island));
        if let Some(lease) = entry.and_then(|entry| entry.lease.as_mut())
            && lease.phase == Phase::Waiting
        {
            let pace = &slot.pace;
            lease.unit_since_ms = Some(now_ms);
            lease.phase = running(&self.config, pace, now_ms, lease.unit_epochs);
        }
        self.look_again(|ask| ask.slot == slot_id);
    }
}

/// A lease that begins a unit now.
fn running(config: &BookConfig, pace: &Pace, now_ms: u64, unit_epochs: u32) -> Phase {
    Phase::Running {
        until_ms: now_ms.saturating_add(pace.lease_ms(config, unit_epochs)),
        at_most_ms: now_ms.saturating_add(pace.unit_limit_ms(config, unit_epochs)),
    }
}

#[cfg(test)]
impl BookConfig {
    /// Round numbers for tests.
    pub(crate) fn for_tests() -> Self {
        Self {
            world: WorldId(7),
            config: Digest::of(b"config"),
            inputs: Digest::of(b"inputs"),
            epoch_ticks: 1_000_000,
            target_interval_ms: 20_000,
            stretch_ms: 600_000,
            stretch_units: 10,
            accept_ms: 5_000,
            progress_min_ms: 15_000,
            progress_max_ms: 60_000,
            grace_ms: 10_000,
            retry_ms: 1_000,
            max_islands: 16,
            newcomer_slots: 4,
        }
    }
}
