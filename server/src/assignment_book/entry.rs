//! What the book knows of one island: head, open stretch and the lease of it. Knows no slot beyond its name.

use crate::assignment_book::SlotId;
use bytebiota_core::{Digest, Epoch, StretchHeader};
use bytebiota_protocol::message::LeaseId;

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
}

/// One island.
#[derive(Clone, Debug)]
pub(super) struct IslandEntry {
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
    pub(super) fn is_free(&self, now_ms: u64) -> bool {
        self.lease.is_none() && !self.damaged && self.not_before_ms <= now_ms
    }

    pub(super) fn lease_of(&mut self, slot: SlotId, id: LeaseId) -> Option<&mut Lease> {
        let lease = self.lease.as_mut()?;
        let orphan = matches!(lease.phase, Phase::Orphan { .. });
        (lease.slot == slot && lease.id == id && !orphan).then_some(lease)
    }

    /// Whether somebody may take the island up by naming a lease of its open stretch.
    pub(super) fn is_adoptable(&self, first_epoch: Epoch) -> bool {
        let unheld = self
            .lease
            .as_ref()
            .is_none_or(|lease| matches!(lease.phase, Phase::Orphan { .. }));
        let open = self.stretch.as_ref().is_some_and(|stretch| {
            stretch.stored
                && first_epoch >= self.head_epoch
                && first_epoch < stretch.header.end_epoch
        });
        unheld && open && !self.damaged
    }
}
