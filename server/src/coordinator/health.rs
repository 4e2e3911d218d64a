//! How the server itself is, for its operator: what is measured, and whether it is ready. Changes nothing.

use super::Coordinator;
use crate::metrics::{
    Now,
    machine::{Disk, Machine},
};
use crate::readiness::Readiness;
use crate::store::StoreError;

impl Coordinator {
    /// Everything that is measured, as text; `sockets` are those of workers and viewers.
    pub async fn measured(&self, sockets: u64) -> Result<String, StoreError> {
        let oldest_ms = self.store.oldest_provisional_ms().await?;
        let checkpoint_ms = self.store.newest_checkpoint_ms().await?;
        let now_ms = self.clock.now_ms();
        let database = self.store.path().to_path_buf();
        let machine = self.in_workshop(move || Machine::look(&database)).await;
        let mut now = {
            let mut state = self.lock();
            let state = &mut *state;
            let world = state.view.world_view(now_ms);
            Now {
                losses: *state.book.losses(),
                auditor_queue_ms: state.verifier.auditor_queue_ms(),
                workers: state.workers.volunteers().into(),
                slots: state.workers.slots(),
                slots_busy: state.book.busy_slots().into(),
                islands: state.book.statuses(),
                units_confirmed: world.units_confirmed,
                ticks_confirmed: world.instructions,
                ..Now::default()
            }
        };
        now.oldest_provisional_ms = oldest_ms.map_or(0, |since_ms| now_ms.saturating_sub(since_ms));
        now.reports_waiting = self.store.commits().reports_waiting();
        now.sockets = sockets;
        now.machine = machine.unwrap_or_default();
        now.disk_wanted_bytes = now.machine.disk.wanted_bytes(&self.config.free_disk);
        now.checkpoint_age_ms = checkpoint_ms.map_or(0, |since_ms| now_ms.saturating_sub(since_ms));
        // Only a broken formatter fails, and a String has none.
        Ok(self.metrics.show(&now).unwrap_or_default())
    }

    /// What readiness depends on, now.
    pub fn readiness(&self) -> Readiness {
        let folder = &self.config.data_dir;
        Readiness {
            is_draining: self.is_draining(),
            has_failed: *self.store.failed().borrow(),
            in_vain_ms: self.store.commits().in_vain_ms(),
            disk: Disk::of(folder).unwrap_or_default(),
            free_disk: self.config.free_disk,
        }
    }
}
