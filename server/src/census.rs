//! Has the living counted now and then, so that the series tells how they are. Knows no viewer and no disk.

use crate::analytics;
use crate::clock::{Stopwatch, sleep_ms};
use crate::coordinator::{Coordinator, FRESH_MS};
use bytebiota_protocol::view::EcologyPoint;
use std::sync::{Arc, Mutex, PoisonError};

/// Of the time at most one part in so many is spent on counting.
const REST_PER_WORK: u64 = 100;
/// Counted at least so often, ms, however long it takes.
const LONGEST_REST_MS: u64 = 600_000;
/// How soon it is looked again whether anything has changed, ms.
const IDLE_MS: u64 = 1_000;

/// The newest count that nobody has taken yet.
#[derive(Default)]
pub struct Census {
    newest: Mutex<Option<Box<EcologyPoint>>>,
}

impl Census {
    /// Counts whenever something has changed, until it is dropped.
    pub async fn run(&self, coordinator: Arc<Coordinator>) {
        let mut counted = 0;
        loop {
            let revision = coordinator.revision();
            if revision == counted {
                sleep_ms(IDLE_MS).await;
                continue;
            }
            let watch = Stopwatch::start();
            match coordinator.analytics().await {
                Ok(view) => {
                    counted = revision;
                    self.put(analytics::point(&view));
                }
                Err(error) => tracing::warn!(%error, "the living were not counted"),
            }
            sleep_ms(rest_ms(watch.ms())).await;
        }
    }

    /// What was counted since the last time, once.
    pub fn take(&self) -> Option<Box<EcologyPoint>> {
        self.newest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn put(&self, point: EcologyPoint) {
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(point));
    }
}

/// The larger the world, the longer a count takes and the rarer it is.
fn rest_ms(took_ms: u64) -> u64 {
    took_ms
        .saturating_mul(REST_PER_WORK)
        .clamp(FRESH_MS, LONGEST_REST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_taken_once_and_long_ones_are_rare() {
        let census = Census::default();
        assert!(census.take().is_none());
        census.put(EcologyPoint::default());
        assert!(census.take().is_some() && census.take().is_none());
        assert_eq!((rest_ms(0), rest_ms(500)), (FRESH_MS, 50_000));
        assert_eq!(rest_ms(u64::MAX), LONGEST_REST_MS);
    }
}
