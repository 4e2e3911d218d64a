//! The lease under way: one slice after the other. Knows no socket, no page and no session.

use crate::{clock, pace};
use bytebiota_core::{Island, LocalExecutor};
use bytebiota_protocol::{message::LeaseId, session::Fact};

/// What this worker has computed since it began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Ticks.
    pub ticks: u64,
    /// Births.
    pub births: u64,
    /// Time spent computing, ms.
    pub busy_ms: f64,
}

/// One lease in execution.
pub struct Work {
    /// Facts carry it.
    pub lease: LeaseId,
    executor: LocalExecutor,
    slice_ticks: u64,
}

/// What a slice came to.
pub struct Slice {
    /// For the session.
    pub fact: Option<Fact>,
    /// How long it took, ms.
    pub elapsed_ms: f64,
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

    /// Computes one slice and adds it to the tally.
    pub fn advance(&mut self, tally: &mut Tally) -> Slice {
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
        tally.busy_ms += elapsed_ms;
        Slice {
            fact: Fact::from_step(step, self.executor.island()),
            elapsed_ms,
        }
    }
}
