//! Looks at the disk every second and forgets what is too much every minute. Knows no table.

use super::Coordinator;
use crate::clock::sleep_ms;
use crate::metrics::machine::Disk;
use crate::run_logger::{self, RunEvent};
use crate::store::{StoreError, Tidying};
use std::sync::Arc;

/// How often the disk is looked at, ms.
const LOOK_MS: u64 = 1_000;
/// How often something is forgotten, ms.
const TIDY_MS: u64 = 60_000;
/// Links that are folded in one transaction: reports wait no longer for it than for each other.
const SLICE_UNITS: u64 = 500;
/// Between two slices others have their turn, ms.
const PAUSE_MS: u64 = 20;

/// Works until it is dropped.
pub(crate) async fn run(own: Arc<Coordinator>) {
    loop {
        let tidied = own.tidy().await;
        if let Err(error) = tidied {
            tracing::error!(%error, "nothing could be forgotten");
        }
        for _ in 0..TIDY_MS / LOOK_MS {
            own.look_at_disk();
            sleep_ms(LOOK_MS).await;
        }
    }
}

impl Coordinator {
    /// Nothing is leased while the disk is too full; what comes is stored all the same.
    pub(super) fn look_at_disk(self: &Arc<Self>) {
        let config = &self.config;
        let disk = Disk::of(&config.data_dir).unwrap_or_default();
        let is_full = disk.is_too_full(&config.free_disk);
        let has_changed = self.act(|state, now_ms| {
            state.disk = disk;
            state.book.set_disk_full(now_ms, is_full)
        });
        if has_changed {
            run_logger::log(RunEvent::Disk { is_full });
        }
    }

    /// Forgets what is too much, in slices.
    async fn tidy(&self) -> Result<(), StoreError> {
        let retention = self.config.retention;
        let size = self.store.history_size().await?;
        let mut surplus = size.surplus_units(retention.history_bytes);
        loop {
            let slice = surplus.min(SLICE_UNITS);
            let tidying = Tidying {
                retention,
                surplus_units: slice as u32,
                kept_states: self.config.kept_states,
                present: self.lock().workers.numbers(),
                time_ms: self.clock.now_ms(),
            };
            let folded = self.store.tidy(tidying).await?;
            surplus = surplus.saturating_sub(folded);
            // What may not be folded yet is looked at again later.
            if surplus == 0 || folded < slice {
                return Ok(());
            }
            sleep_ms(PAUSE_MS).await;
        }
    }
}
