//! How long a slice lasts, and what happens only so often: pure arithmetic on measured time. Knows no timer.

/// A slice should last so long, ms: a message from the page waits no longer.
pub const SLICE_MS: f64 = 12.0;
/// The first slice of a lease, ticks.
pub const FIRST_SLICE_TICKS: u64 = 50_000;

/// The ticks that would last a slice at the speed just measured; at most four times the last, so that one lucky
/// measurement by a coarse clock does not make a slice that cannot be stopped.
pub fn next_slice(asked_ticks: u64, done_ticks: u64, elapsed_ms: f64) -> u64 {
    let wanted = done_ticks as f64 * SLICE_MS / elapsed_ms.max(0.1);
    (wanted as u64)
        .min(asked_ticks.saturating_mul(4))
        .clamp(5_000, 20_000_000)
}

/// Whether something that happens at most `per_second` times a second is due, and when it was last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    next_ms: f64,
}

impl Pace {
    /// Whether it is due now; remembers that it happened. Never due at 0 per second.
    pub fn is_due(&mut self, now_ms: f64, per_second: u32) -> bool {
        if per_second == 0 || now_ms < self.next_ms {
            return false;
        }
        self.next_ms = now_ms + 1_000.0 / f64::from(per_second);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_follow_the_speed_and_grow_slowly() {
        assert_eq!(next_slice(1_000_000, 1_000_000, 24.0), 500_000);
        assert_eq!(next_slice(50_000, 50_000, 0.0), 200_000);
        assert_eq!(next_slice(1_000_000, 0, 50.0), 5_000);
        assert_eq!(next_slice(u64::MAX, u64::MAX, 1.0), 20_000_000);
    }

    #[test]
    fn a_pace_is_kept() {
        let mut pace = Pace::default();
        let count = (0..1_000)
            .filter(|&ms| pace.is_due(f64::from(ms), 20))
            .count();
        assert_eq!(count, 20);
        assert!(!pace.is_due(9e9, 0));
    }
}
