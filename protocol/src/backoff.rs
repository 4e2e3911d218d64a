//! How long to wait before the next connection: full jitter, so that a returning crowd spreads out. Knows no clock and no generator.

/// No wait is shorter.
pub const SHORTEST_MS: u64 = 1_000;
/// No wait of our own is longer.
pub const LONGEST_MS: u64 = 60_000;
/// No server can send a worker away for longer, ms.
pub const LONGEST_WISH_MS: u64 = 3_600_000;

/// Counts failures in a row and turns them into waits.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Forgets past failures: the connection proved good.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure, ms: uniform between `SHORTEST_MS` and a ceiling that doubles up to
    /// `LONGEST_MS`, but never less than the server wished. `random` is any uniformly drawn number.
    pub fn failed(&mut self, random: u64, server_wish_ms: u64) -> u64 {
        self.failures = self.failures.saturating_add(1);
        let doublings = self.failures.min(6);
        let ceiling = (SHORTEST_MS << doublings).min(LONGEST_MS);
        let own = SHORTEST_MS + random % (ceiling - SHORTEST_MS + 1);
        own.max(server_wish_ms.min(LONGEST_WISH_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_from_one_second_to_one_minute_and_start_over() {
        let mut backoff = Backoff::default();
        let longest: Vec<u64> = (0..8)
            .map(|_| {
                let mut probe = backoff.clone();
                let most = (0..60_000).map(|r| probe.clone().failed(r, 0)).max();
                assert_eq!(probe.failed(0, 0), SHORTEST_MS);
                backoff.failed(0, 0);
                most.unwrap_or(0)
            })
            .collect();
        assert_eq!(
            longest,
            [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]
        );
        backoff.succeeded();
        assert!(backoff.failed(u64::MAX, 0) <= 2_000);
    }

    #[test]
    fn the_larger_wish_counts_within_reason() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.failed(0, 7_000), 7_000);
        assert_eq!(backoff.failed(0, 10), SHORTEST_MS);
        assert_eq!(backoff.failed(0, u64::MAX), LONGEST_WISH_MS);
    }
}
