//! The only file of the worker that reads the time: how long things take, and what hour of the week it is here.

use std::time::{Duration, Instant};

/// Milliseconds since the worker began.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that shows 0 now.
    pub fn new() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    /// Now, ms.
    pub fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    /// Now, ms and parts of it.
    pub fn precise_ms(&self) -> f64 {
        self.start.elapsed().as_secs_f64() * 1_000.0
    }

    /// The moment a reading of this clock stands for, for timers.
    pub fn instant(&self, at_ms: u64) -> tokio::time::Instant {
        let at = self.start.checked_add(Duration::from_millis(at_ms));
        at.unwrap_or_else(|| self.start + Duration::from_secs(86_400 * 365))
            .into()
    }
}

/// The day of the week where this machine is, 0 for Monday, and the hour of that day.
pub fn hour_of_week() -> (usize, u32) {
    let now = jiff::ZonedDateTime::now();
    let day = now.weekday().to_monday_zero_offset();
    (
        usize::try_from(day).unwrap_or(0),
        u32::try_from(now.hour()).unwrap_or(0),
    )
}

/// Measures one slice.
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start, µs.
    pub fn elapsed_us(&self) -> u64 {
        self.0.elapsed().as_micros() as u64
    }
}
