//! The lease under way: one slice after the other. Knows no socket, no page and no session.

use crate::{clock, pace};
use bytebiota_core::{Island, LocalExecutor};
use bytebiota_protocol::{browser::Cost, message::LeaseId, session::Fact};

/// What this worker has computed since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Ticks.
    pub ticks: u64,
    /// Births.
    pub births: u64,
    /// What it cost, and was sent and received for it.
    pub cost: Cost,
}

/// One lease in execution.
pub struct Work {
    /// Facts carry it.
    pub lease: LeaseId,
    executor: LocalExecutor,
    slice_ticks: u64,
}

impl Work {
    /// Begins a lease.
    pub fn begin(lease: LeaseId, executor: LocalExecutor) -> Self {
        Self {
            lease,
            executor,
            slice_ticks: pace::FIRST_SLICE_TICKS,
        }
    }

    /// The island as it is now.
    pub fn island(&self) -> &Island {
        self.executor.island()
    }

    /// Computes one slice and adds it to the tally; what it came to, if to anything.
    pub fn advance(&mut self, tally: &mut Tally) -> Option<Fact> {
        let island = self.executor.island();
        let (ticks, births) = (island.tick(), island.counters().births);
        let begin_ms = clock::now_ms();
        let step = self.executor.advance(self.slice_ticks);
        let elapsed_ms = (clock::now_ms() - begin_ms).max(0.0);
        let island = self.executor.island();
        let done = island.tick().saturating_sub(ticks);
        self.slice_ticks = pace::next_slice(self.slice_ticks, done, elapsed_ms);
        tally.ticks += done;
        tally.births += island.counters().births.saturating_sub(births);
        Fact::from_step(step, self.executor.island())
    }
}
