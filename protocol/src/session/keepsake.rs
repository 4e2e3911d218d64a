//! What a slot should not lose when its host ends without a word: reports without an answer, and the running stretch as
//! of its last unit. Knows no storage: a host keeps the bytes, and hands them to its next session.

use super::slot::{Delivery, Lease, Prefetched, Slot};
use super::{LeaseId, WorkerSession};
use bytebiota_core::{Assignment, Epoch, UnitKey};
use serde::{Deserialize, Serialize};

/// A slot as its last unit left it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Keepsake {
    unacked: Vec<Delivery>,
    pub(super) running: Option<Running>,
}

/// The stretch under way, to be gone on with where its last unit ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Running {
    lease: LeaseId,
    pub(super) assignment: Box<Assignment>,
    #[serde(with = "serde_bytes")]
    state: Vec<u8>,
}

/// Changes whenever a keepsake does; cheap to compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeepsakeMark {
    unacked: usize,
    newest: Option<UnitKey>,
    running: Option<(LeaseId, Epoch)>,
}

impl Keepsake {
    /// Whether there is nothing to keep.
    pub fn is_empty(&self) -> bool {
        self.unacked.is_empty() && self.running.is_none()
    }
}

impl WorkerSession {
    /// Whether `keepsake` would say something else than when it had another mark.
    pub fn keepsake_mark(&self, slot: u32) -> KeepsakeMark {
        let Some(slot) = self.slots.get(slot as usize) else {
            return KeepsakeMark::default();
        };
        let running = slot.running.as_ref();
        KeepsakeMark {
            unacked: slot.unacked.len(),
            newest: slot.unacked.back().map(|delivery| delivery.unit),
            running: running.map(|lease| (lease.id, lease.next_epoch)),
        }
    }

    /// What to keep of a slot now.
    pub fn keepsake(&self, slot: u32) -> Keepsake {
        let Some(slot) = self.slots.get(slot as usize) else {
            return Keepsake::default();
        };
        Keepsake {
            unacked: slot.unacked.iter().cloned().collect(),
            running: slot.running.as_ref().and_then(|lease| running(slot, lease)),
        }
    }

    /// Takes up what an earlier session of this volunteer kept; only before anything else was done with the slot.
    pub fn handle_kept(&mut self, now_ms: u64, number: u32, keepsake: Keepsake) {
        let Some(slot) = self.slots.get_mut(number as usize) else {
            return;
        };
        if slot.running.is_some() || slot.next.is_some() || !slot.unacked.is_empty() {
            return;
        }
        slot.unacked.extend(keepsake.unacked);
        if let Some(kept) = keepsake.running.filter(|kept| kept.is_sound()) {
            slot.next = Some(Prefetched {
                lease: Lease::of(kept.lease, &kept.assignment),
                assignment: kept.assignment,
                held: Some(kept.state),
            });
        }
        self.drive(now_ms);
    }
}

impl Running {
    /// Storage may be damaged or tampered with; what does not fit is left alone, and the executor checks the state.
    fn is_sound(&self) -> bool {
        self.assignment.validate().is_ok()
    }
}

fn running(slot: &Slot, lease: &Lease) -> Option<Running> {
    Some(Running {
        lease: lease.id,
        assignment: Box::new(lease.rest.clone()),
        state: slot.held_state(lease.rest.from_digest)?,
    })
}
