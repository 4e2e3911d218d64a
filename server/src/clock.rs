//! The only file of the server that reads the time: Unix milliseconds that never go back. Knows nothing of what they mean.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that starts at the wall's time, or at the newest stored one if the wall went back, and only goes on.
#[derive(Clone, Debug)]
pub struct Clock {
    start: Arc<(Instant, u64)>,
}

impl Clock {
    /// A clock that shows at least `floor_ms`.
    pub fn starting_after(floor_ms: u64) -> Self {
        Self {
            start: Arc::new((Instant::now(), wall_ms().max(floor_ms))),
        }
    }

    /// Unix milliseconds.
    pub fn now_ms(&self) -> u64 {
        let elapsed = self.start.0.elapsed().as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        self.start.1.saturating_add(elapsed)
    }
}

/// Measures how long one thing takes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds so far.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    /// Milliseconds so far.
    pub fn ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The wall's time, Unix milliseconds.
pub fn wall_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// Waits.
pub async fn sleep_ms(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Waits on a thread of its own.
pub fn block_ms(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// The future's value, or `None` if it takes longer.
pub async fn within_ms<F: Future>(ms: u64, future: F) -> Option<F::Output> {
    tokio::time::timeout(Duration::from_millis(ms), future)
        .await
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_that_went_back_does_not_take_stored_times_with_it() {
        let future_ms = wall_ms() + 1_000_000;
        let clock = Clock::starting_after(future_ms);
        assert!(clock.now_ms() >= future_ms);
        assert!(Clock::starting_after(0).now_ms() < future_ms);
    }
}
