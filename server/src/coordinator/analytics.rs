//! Has the whole world counted, now and then, for all who ask. Counts nothing itself.

use super::Coordinator;
use crate::analytics;
use crate::store::StoreError;
use bytebiota_core::Sample;
use bytebiota_protocol::view::AnalyticsView;

/// Turnover looks back so far, epochs of each island.
const WINDOW_EPOCHS: u32 = 100;
/// What was counted is told for so long: counting a large world again takes a second.
pub const FRESH_MS: u64 = 10_000;

impl Coordinator {
    /// The whole world in numbers, at most ten seconds old.
    pub async fn analytics(&self) -> Result<AnalyticsView, StoreError> {
        let mut counted = self.counted.lock().await;
        let now_ms = self.clock.now_ms();
        let fresh = counted
            .as_ref()
            .filter(|view| now_ms < view.time_ms + FRESH_MS);
        if let Some(view) = fresh {
            return Ok(view.clone());
        }
        let view = self.count(now_ms).await?;
        *counted = Some(view.clone());
        Ok(view)
    }

    async fn count(&self, time_ms: u64) -> Result<AnalyticsView, StoreError> {
        let living = self.store.living_by_genotype().await?;
        let turnover = self.store.turnover(WINDOW_EPOCHS).await?;
        let kept = self.store.kept_changes().await?;
        let samples: Vec<Sample> = {
            let state = self.lock();
            let islands = state.view.changed_since(0);
            let sample = |island| Some(state.view.facts(island)?.sample.clone());
            islands.filter_map(sample).collect()
        };
        let counters = samples.iter().map(|sample| &sample.counters);
        let rates = &self.parameters().config.mutation;
        Ok(AnalyticsView {
            time_ms,
            diversity: analytics::diversity(&living, turnover, WINDOW_EPOCHS),
            mutation: analytics::mutation(counters.clone()),
            selection: analytics::selection(&kept, rates),
            tasks: analytics::tasks(counters),
            lengths: analytics::lengths(samples.iter()),
            environment: analytics::environment(&samples),
        })
    }
}
