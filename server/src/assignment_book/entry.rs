//! What the book knows of one island: head, open stretch and the lease of it. Knows no slot beyond its name.

use crate::assignment_book::{Loss, SlotId, VolunteerId};
use bytebiota_core::{Branch, Digest, Epoch, StretchHeader};
use bytebiota_protocol::message::LeaseId;

/// An island as it stands on disk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IslandStart {
    /// The line of history that is being continued.
    pub branch: Branch,
    /// The first epoch not confirmed yet, and the state there.
    pub good: (Epoch, Digest),
    /// The first epoch not stored yet, and the state there.
    pub head: (Epoch, Digest),
    /// Whose the units between the two are, and how many.
    pub claim: Option<(VolunteerId, u32)>,
    /// The newest stretch, if it goes beyond what is confirmed: somebody may still hold it.
    pub open: Option<StretchHeader>,
}

impl IslandStart {
    /// An island at its genesis.
    pub fn genesis(digest: Digest) -> Self {
        Self {
            branch: Branch(0),
            good: (Epoch(0), digest),
            head: (Epoch(0), digest),
            claim: None,
            open: None,
        }
    }
}

/// What an island is doing, for people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IslandStatus {
    /// Nobody is asked to compute it now.
    Asleep,
    /// A slot holds it.
    Leased,
    /// Its last lease ended early; it is first in line.
    Waiting,
    /// What was computed last is being checked.
    InCheck,
    /// Its state cannot be read; it is not leased.
    Damaged,
}

impl IslandStatus {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Asleep,
        Self::Leased,
        Self::Waiting,
        Self::InCheck,
        Self::Damaged,
    ];

    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Asleep => "asleep",
            Self::Leased => "leased",
            Self::Waiting => "waiting",
            Self::InCheck => "in_check",
            Self::Damaged => "damaged",
        }
    }
}

/// A stretch whose header is fixed.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) header: StretchHeader,
    /// Only what is on disk may be sent.
    pub(super) stored: bool,
}

/// How far a lease has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// Its header is not on disk yet.
    Opening,
    /// Sent; receipt is not acknowledged yet.
    Sent { until_ms: u64 },
    /// Received, waits behind the slot's running one.
    Waiting,
    /// Being computed.
    Running {
        /// Over without progress until then.
        until_ms: u64,
        /// Over without a report until then, whatever the progress.
        at_most_ms: u64,
    },
    /// The holder's connection is gone; it may come back and name it.
    Orphan { until_ms: u64 },
}

impl Phase {
    /// When the lease ends if nothing happens.
    pub(super) fn deadline_ms(self) -> Option<u64> {
        match self {
            Self::Opening | Self::Waiting => None,
            Self::Sent { until_ms } | Self::Orphan { until_ms } => Some(until_ms),
            Self::Running {
                until_ms,
                at_most_ms,
            } => Some(until_ms.min(at_most_ms)),
        }
    }
}

impl Phase {
    /// What it means that a lease is over by time now.
    pub(super) fn loss(self) -> Loss {
        match self {
            Self::Sent { .. } => Loss::NotAccepted,
            Self::Orphan { .. } => Loss::Gone,
            Self::Opening | Self::Waiting | Self::Running { .. } => Loss::NoProgress,
        }
    }
}

/// The lease of the rest of an open stretch.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub(super) id: LeaseId,
    pub(super) slot: SlotId,
    pub(super) phase: Phase,
    pub(super) unit_epochs: u32,
    /// Since when the unit under way is timed; unknown right after an adoption.
    pub(super) unit_since_ms: Option<u64>,
    /// Epochs before this one have been received, though perhaps not stored yet.
    pub(super) received: Epoch,
    /// Whether it ever brought a report.
    pub(super) reported: bool,
    /// Whether it was taken up again rather than given.
    pub(super) adopted: bool,
    /// Whether its holder is known to compute it now: what a worker kept and delivers after a reconnect comes all at
    /// once, and says nothing of its speed.
    pub(super) live: bool,
}

/// What is stored beyond the last confirmed unit: provisional, one maker's, and built on by nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Claim {
    pub(super) maker: VolunteerId,
    /// Where he made it; of an earlier life of the server there is no telling.
    pub(super) slot: Option<SlotId>,
    pub(super) units: u32,
    /// He is to add nothing more; it is being checked.
    pub(super) closed: bool,
}

/// One island.
#[derive(Clone, Debug)]
pub(super) struct IslandEntry {
    /// The line of history that is being continued.
    pub(super) branch: Branch,
    /// The first epoch not confirmed yet, and the state there.
    pub(super) good_epoch: Epoch,
    pub(super) good: Digest,
    pub(super) claim: Option<Claim>,
    /// The first epoch not stored yet, and the state there.
    pub(super) head_epoch: Epoch,
    pub(super) head: Digest,
    pub(super) stretch: Option<Stretch>,
    pub(super) lease: Option<Lease>,
    /// Not leased before this, so that a holder can name it after a start.
    pub(super) not_before_ms: u64,
    /// Its last lease ended early: it goes first.
    pub(super) lost: bool,
    /// Its state cannot be read.
    pub(super) damaged: bool,
}

impl IslandEntry {
    pub(super) fn of(start: IslandStart, not_before_ms: u64) -> Self {
        let (good_epoch, good) = start.good;
        let (head_epoch, head) = start.head;
        let lost = start.open.is_some();
        let open = start.open.filter(|header| header.end_epoch > good_epoch);
        Self {
            branch: start.branch,
            good_epoch,
            good,
            claim: start.claim.map(|(maker, units)| Claim {
                maker,
                slot: None,
                units,
                closed: false,
            }),
            head_epoch,
            head,
            stretch: open.map(|header| Stretch {
                header,
                stored: true,
            }),
            lease: None,
            not_before_ms,
            lost,
            damaged: false,
        }
    }

    pub(super) fn status(&self) -> IslandStatus {
        match self {
            entry if entry.damaged => IslandStatus::Damaged,
            entry if entry.lease.is_some() => IslandStatus::Leased,
            entry if entry.claim.is_some() => IslandStatus::InCheck,
            entry if entry.lost => IslandStatus::Waiting,
            _ => IslandStatus::Asleep,
        }
    }

    pub(super) fn is_free(&self, now_ms: u64) -> bool {
        let unheld = self.lease.is_none() && self.claim.is_none();
        unheld && !self.damaged && self.not_before_ms <= now_ms
    }

    pub(super) fn lease_of(&mut self, slot: SlotId, id: LeaseId) -> Option<&mut Lease> {
        let lease = self.lease.as_mut()?;
        let orphan = matches!(lease.phase, Phase::Orphan { .. });
        (lease.slot == slot && lease.id == id && !orphan).then_some(lease)
    }

    /// Whether somebody may take the island up by naming a lease of its open stretch.
    pub(super) fn is_adoptable(&self, volunteer: VolunteerId, first_epoch: Epoch) -> bool {
        let welcome = self
            .claim
            .is_none_or(|claim| claim.maker == volunteer && !claim.closed);
        let unheld = self
            .lease
            .as_ref()
            .is_none_or(|lease| matches!(lease.phase, Phase::Orphan { .. }));
        let open = self.stretch.as_ref().is_some_and(|stretch| {
            stretch.stored
                && first_epoch >= self.head_epoch
                && first_epoch < stretch.header.end_epoch
        });
        unheld && open && welcome && !self.damaged
    }
}
