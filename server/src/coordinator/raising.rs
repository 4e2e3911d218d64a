//! Raises islands that are not there yet, and puts them on disk and into the book. Does not decide how many there are.

use super::Coordinator;
use crate::assignment_book::IslandStart;
use crate::run_logger::{self, RunEvent};
use crate::state_aggregator::IslandFacts;
use crate::store::{StateRow, StoreError};
use crate::verification::deflate;
use bytebiota_core::{Branch, Digest, Epoch, Island, IslandId, Sample};
use futures_util::future::join_all;
use std::sync::Arc;

impl Coordinator {
    /// Raises islands and stores them in the order of their numbers, so that after a crash none is missing below another.
    pub(super) async fn create_islands(
        self: Arc<Self>,
        islands: Vec<IslandId>,
    ) -> Result<(), StoreError> {
        let mut raised = Vec::with_capacity(islands.len());
        for island in islands {
            let world = self.store.world();
            let (seed, config) = (world.seed, world.config.clone());
            let genesis = move || condensed(&Island::genesis(seed, island, &config));
            let Some((state, sample)) = self.in_workshop(genesis).await else {
                tracing::error!(%island, "the genesis of an island failed");
                break;
            };
            raised.push((island, state, sample));
        }
        // All are handed to the writer in turn, who commits them together.
        let writes = raised.iter().map(|(island, state, sample)| {
            let (state, sample) = (state.clone(), sample.clone());
            self.store.add_island(*island, state, sample)
        });
        let written = join_all(writes).await;
        for ((island, state, sample), branch) in raised.into_iter().zip(written) {
            self.open_island(island, branch?, state.digest, sample);
        }
        Ok(())
    }

    fn open_island(
        self: &Arc<Self>,
        island: IslandId,
        branch: Branch,
        digest: Digest,
        sample: Sample,
    ) {
        self.act(|own, now_ms| {
            // The start and the book may both have asked for it.
            if own.book.status(island).is_some() {
                return;
            }
            run_logger::log(RunEvent::NewIsland(island));
            let facts = IslandFacts {
                branch,
                epoch: Epoch(0),
                state: digest,
                link: Digest::default(),
                units: 0,
                sample,
                updated_ms: 0,
            };
            own.view.put(island, facts);
            let start = IslandStart {
                branch,
                ..IslandStart::genesis(digest)
            };
            own.book.add_island(island, start, 0);
            own.book.poll(now_ms);
        });
    }
}

/// An island as it is kept: its state, and the numbers there.
pub(super) fn condensed(island: &Island) -> (StateRow, Sample) {
    let bytes = island.to_bytes();
    let state = StateRow {
        digest: Digest::of(&bytes),
        deflated: deflate(&bytes),
    };
    (state, island.sample())
}
