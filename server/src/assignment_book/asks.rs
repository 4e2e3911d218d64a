//! Who asks and waits. Most can only wait, so that of thousands nothing need be looked up at every event. Serves nobody.

use super::SlotId;
use bytebiota_core::IslandId;

/// An ask that cannot be served yet is answered after this, so that the worker does not take us for dead.
const MAX_SILENCE_MS: u64 = 20_000;

/// A slot that wants a stretch, since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    pub(super) slot: SlotId,
    pub(super) since_ms: u64,
    /// None until it was looked at, and whenever something about it has changed.
    pub(super) waits: Option<Waits>,
}

/// An ask that was looked at and can only wait, so that of thousands nothing need be looked up at every event.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waits {
    pub(super) is_proven: bool,
    pub(super) is_idle: bool,
    /// Its slot has enough to do yet: no free island helps but a lost one. Everybody else waits for any.
    pub(super) is_early: bool,
}

/// The island that goes first.
#[derive(Clone, Copy)]
pub(super) struct Free {
    pub(super) island: IslandId,
    pub(super) is_lost: bool,
}

impl Ask {
    /// Whether it waits on, whatever else has happened.
    pub(super) fn rests(&self, now_ms: u64, free: Option<Free>) -> bool {
        let waits = self
            .waits
            .is_some_and(|waits| free.is_none_or(|free| waits.is_early && !free.is_lost));
        waits && self.is_patient(now_ms)
    }

    /// Whether there is nothing to say to it yet.
    pub(super) fn is_patient(&self, now_ms: u64) -> bool {
        now_ms < self.since_ms.saturating_add(MAX_SILENCE_MS)
    }
}
