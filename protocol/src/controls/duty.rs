//! How long to rest after each slice of work, so that a share of the time is kept: pure arithmetic on measured time. Knows no timer.

/// A rest shorter than this is saved up: timers are not exact below.
const SHORTEST_REST_MS: f64 = 4.0;
/// Rests that were too long are made good up to so much work, and too short ones up to so much rest, ms.
const MOST_OWED_MS: f64 = 10_000.0;

/// Keeps a share of the time. Timers come late, so what is owed is counted on, and not each rest by itself.
#[derive(Clone, Copy, Debug)]
pub struct Duty {
    percent: u32,
    /// Rest that is due; below 0 after rests that were too long.
    owed_ms: f64,
    /// Since when it rests, if it does.
    resting_since_ms: Option<f64>,
}

impl Duty {
    /// All of the time.
    pub fn full() -> Self {
        Self {
            percent: 100,
            owed_ms: 0.0,
            resting_since_ms: None,
        }
    }

    /// Another share from now on, 1 to 100 percent.
    pub fn set(&mut self, percent: u32) {
        self.percent = percent.clamp(1, 100);
        self.owed_ms = 0.0;
    }

    /// A slice begins; how long the rest before it was, ms.
    pub fn begin(&mut self, now_ms: f64) -> f64 {
        let since_ms = self.resting_since_ms.take();
        let rested_ms = since_ms.map_or(0.0, |since_ms| (now_ms - since_ms).max(0.0));
        self.owed_ms = (self.owed_ms - rested_ms).max(-MOST_OWED_MS);
        rested_ms
    }

    /// A slice of `busy_ms` has ended and another is wanted; how long to rest before it, ms, 0 for not at all.
    pub fn end(&mut self, now_ms: f64, busy_ms: f64) -> i32 {
        let percent = f64::from(self.percent);
        self.owed_ms = (self.owed_ms + busy_ms * (100.0 - percent) / percent).min(MOST_OWED_MS);
        self.resting_since_ms = Some(now_ms);
        if self.owed_ms < SHORTEST_REST_MS {
            return 0;
        }
        self.owed_ms as i32
    }

    /// Work stopped for another reason than rest: the time until it goes on counts for nothing.
    pub fn interrupt(&mut self) {
        self.resting_since_ms = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share that comes out over a minute with slices of `slice_ms` and timers that are late by up to `late_ms`.
    fn share(percent: u32, slice_ms: f64, late_ms: f64) -> f64 {
        let mut duty = Duty::full();
        duty.set(percent);
        let (mut now_ms, mut busy_ms, mut count) = (0.0, 0.0, 0u32);
        while now_ms < 60_000.0 {
            duty.begin(now_ms);
            now_ms += slice_ms;
            busy_ms += slice_ms;
            let rest_ms = duty.end(now_ms, slice_ms);
            count += 1;
            if rest_ms > 0 {
                now_ms += f64::from(rest_ms) + late_ms * f64::from(count % 3) / 2.0;
            }
        }
        busy_ms * 100.0 / now_ms
    }

    #[test]
    fn the_duty_is_kept_whatever_slices_and_timers_are_like() {
        for percent in [5, 10, 25, 50, 75, 90, 100] {
            for (slice_ms, late_ms) in [(12.0, 0.0), (12.0, 6.0), (2.0, 15.0), (40.0, 3.0)] {
                let share = share(percent, slice_ms, late_ms);
                let error = (share - f64::from(percent)).abs();
                assert!(
                    error < 2.0,
                    "{share:.1} for {percent} % with {slice_ms} and {late_ms} ms"
                );
            }
        }
    }

    #[test]
    fn an_interruption_is_no_rest() {
        let mut duty = Duty::full();
        duty.set(50);
        assert_eq!(duty.begin(0.0), 0.0);
        assert_eq!(duty.end(20.0, 20.0), 20);
        duty.interrupt();
        assert_eq!(duty.begin(90_000.0), 0.0, "a pause by the volunteer");
        assert_eq!(duty.end(90_020.0, 20.0), 40, "and the rest is still owed");
        assert_eq!(duty.begin(90_060.0), 40.0);
    }
}
