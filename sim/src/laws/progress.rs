//! Once faults stop, everything open is decided within ten minutes and everybody honest gets on. Knows no cause of delay.

use crate::disk::Disk;
use bytebiota_core::{Digest, UnitKey};
use std::collections::BTreeSet;

/// How long what is open may take, virtual ms.
const PATIENCE_MS: u64 = 600_000;

/// What has to happen after faults have stopped.
#[derive(Debug)]
pub struct Progress {
    since_ms: u64,
    open: BTreeSet<(UnitKey, Digest)>,
}

impl Progress {
    /// The name of the law.
    pub const NAME: &str = "progress";

    /// From now on; with what is open on disk.
    pub fn since(now_ms: u64, disk: &Disk) -> Self {
        let units = disk.pending.values();
        Self {
            since_ms: now_ms,
            open: units.map(|unit| (unit.key, unit.end_state)).collect(),
        }
    }

    /// Whether it has happened, but for people; an error if it should have.
    pub fn is_decided(&self, now_ms: u64, disk: &Disk, waiting_for: &str) -> Result<bool, String> {
        let is_open = |(key, end): &&(UnitKey, Digest)| {
            let place = (key.island, key.branch, key.first_epoch);
            disk.pending
                .get(&place)
                .is_some_and(|unit| unit.end_state == *end)
        };
        let open = self.open.iter().find(is_open);
        let is_over = now_ms > self.since_ms + PATIENCE_MS;
        match (open, waiting_for.is_empty()) {
            (None, true) => Ok(true),
            (Some((unit, _)), _) if is_over => Err(format!("{unit:?} is still undecided")),
            (None, false) if is_over => Err(waiting_for.to_owned()),
            _ => Ok(false),
        }
    }
}
