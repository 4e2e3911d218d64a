//! How fast one slot is and how large its next unit may be. Knows times it is told, no clock and no island.

use crate::assignment_book::BookConfig;
use bytebiota_core::report::MAX_SEGMENTS;

/// Wishes of a volunteer after the server has fitted them to its own limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UnitWish {
    /// How long a unit should take, ms.
    pub target_interval_ms: u64,
    /// Epochs per unit at least.
    pub min_epochs: u32,
    /// Epochs per unit at most.
    pub max_epochs: u32,
}

/// The measured speed of a slot and the size of its next unit.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    ticks_per_s: Option<u64>,
    unit_epochs: u32,
    delivered: bool,
    confirmed: u32,
    wish: UnitWish,
}

impl Pace {
    pub(super) fn new(wish: UnitWish) -> Self {
        Self {
            ticks_per_s: None,
            unit_epochs: 1,
            delivered: false,
            confirmed: 0,
            wish,
        }
    }

    /// Ticks per second; `None` until a unit was timed.
    pub(super) fn ticks_per_s(&self) -> Option<u64> {
        self.ticks_per_s
    }

    /// Epochs of the next unit at most.
    pub(super) fn unit_epochs(&self) -> u32 {
        self.unit_epochs
    }

    /// Epochs of a unit that follows one of so many which is still computed: growth does not wait for it, else whoever is
    /// given the next unit ahead of time grows half as fast.
    pub(super) fn unit_epochs_after(&self, config: &BookConfig, epochs: u32) -> u32 {
        match self.ticks_per_s {
            Some(speed) => self.fitting(config, speed, u64::from(epochs)),
            None => self.unit_epochs,
        }
    }

    pub(super) fn has_confirmed_work(&self) -> bool {
        self.confirmed > 0
    }

    /// Whether it ever brought a report.
    pub(super) fn has_delivered(&self) -> bool {
        self.delivered
    }

    pub(super) fn deliver(&mut self) {
        self.delivered = true;
    }

    pub(super) fn confirm(&mut self) {
        self.confirmed = self.confirmed.saturating_add(1);
    }

    /// A unit of `epochs` took `elapsed_ms`: the budget follows, at most doubling.
    pub(super) fn measure(&mut self, config: &BookConfig, epochs: u64, elapsed_ms: u64) {
        let ticks = u128::from(epochs) * u128::from(config.epoch_ticks);
        let measured = (ticks * 1000 / u128::from(elapsed_ms.max(1))).min(u128::from(u64::MAX / 4));
        let measured = measured as u64;
        let speed = match self.ticks_per_s {
            None => measured,
            // The mean of old and new: one odd unit does not throw the size about, and reports that were held up
            // together on the way do not make a fast slot.
            Some(old) => old / 2 + measured.min(old.saturating_mul(2)) / 2,
        };
        self.ticks_per_s = Some(speed.max(1));
        self.unit_epochs = self.fitting(config, speed, epochs);
    }

    /// What lasts as long as wanted at a speed, at most twice the unit before.
    fn fitting(&self, config: &BookConfig, speed: u64, before: u64) -> u32 {
        let ideal = u128::from(self.wish.target_interval_ms) * u128::from(speed)
            / (1000 * u128::from(config.epoch_ticks.max(1)));
        let doubled = u128::from(self.unit_epochs).max(u128::from(before) * 2);
        let low = u128::from(self.wish.min_epochs.max(1)).min(doubled);
        let high = u128::from(self.wish.max_epochs.max(1)).min(doubled);
        ideal.clamp(low.min(high), high) as u32
    }

    /// Predicted duration of `epochs` epochs, ms.
    pub(super) fn predict_ms(&self, config: &BookConfig, epochs: u64) -> Option<u64> {
        let ticks = u128::from(epochs) * u128::from(config.epoch_ticks);
        let speed = u128::from(self.ticks_per_s?);
        Some((ticks * 1000 / speed.max(1)).min(u128::from(u64::MAX / 16)) as u64)
    }

    /// Whether units of so many epochs are still growing towards the target.
    fn is_ramping(&self, config: &BookConfig, unit_epochs: u32) -> bool {
        let high = unit_epochs >= self.wish.max_epochs;
        let unit_ms = self.predict_ms(config, u64::from(unit_epochs));
        !high && unit_ms.is_none_or(|ms| ms < self.wish.target_interval_ms / 2)
    }

    /// Units of so many epochs in the next stretch: one alone while the size is being found.
    pub(super) fn stretch_units(&self, config: &BookConfig, unit_epochs: u32) -> u32 {
        if self.is_ramping(config, unit_epochs) {
            return 1;
        }
        let unit_ms = self.predict_ms(config, u64::from(unit_epochs));
        let fitting = config.stretch_ms / unit_ms.unwrap_or(config.stretch_ms).max(1);
        config.stretch_units.min(fitting.max(1) as u32).max(1)
    }

    /// How long a unit of `epochs` may stay without progress, ms.
    pub(super) fn lease_ms(&self, config: &BookConfig, epochs: u32) -> u64 {
        let segment_epochs = u64::from(epochs).div_ceil(MAX_SEGMENTS as u64);
        let segment_ms = self.predict_ms(config, segment_epochs);
        let wanted = segment_ms.map_or(config.progress_max_ms, |ms| ms.saturating_mul(3));
        wanted.clamp(config.progress_min_ms, config.progress_max_ms)
    }

    /// How long a unit of `epochs` may take in all, ms.
    pub(super) fn unit_limit_ms(&self, config: &BookConfig, epochs: u32) -> u64 {
        let unit_ms = self.predict_ms(config, u64::from(epochs));
        let longest = config.progress_max_ms;
        unit_ms.map_or(longest.saturating_mul(10), |ms| {
            ms.saturating_mul(4).max(longest)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(config: &BookConfig) -> Pace {
        Pace::new(UnitWish {
            target_interval_ms: config.target_interval_ms,
            min_epochs: 1,
            max_epochs: 10_000,
        })
    }

    #[test]
    fn a_unit_starts_at_one_epoch_and_at_most_doubles_until_it_lasts_the_target() {
        let config = BookConfig::for_tests();
        let mut pace = pace(&config);
        let speed = 100 * config.epoch_ticks; // epochs of 10 ms
        let mut last = 0;
        for _ in 0..20 {
            let epochs = u64::from(pace.unit_epochs());
            assert!(epochs <= (2 * last).max(1), "{epochs} after {last}");
            last = epochs;
            pace.measure(&config, epochs, epochs * config.epoch_ticks * 1000 / speed);
        }
        assert_eq!(last * 10, config.target_interval_ms);
        assert!(!pace.is_ramping(&config, pace.unit_epochs()));
        let units = pace.stretch_units(&config, pace.unit_epochs());
        assert_eq!(units, config.stretch_units);
    }

    #[test]
    fn reports_that_arrive_together_do_not_make_a_fast_slot() {
        let config = BookConfig::for_tests();
        let mut pace = pace(&config);
        (0..20).for_each(|_| {
            let epochs = u64::from(pace.unit_epochs());
            pace.measure(&config, epochs, epochs * 100);
        });
        let before = pace.unit_epochs();
        (0..3).for_each(|_| pace.measure(&config, u64::from(before), 1));
        for _ in 0..5 {
            let epochs = u64::from(pace.unit_epochs());
            assert!(pace.unit_epochs() <= 3 * before, "{epochs} after {before}");
            pace.measure(&config, epochs, epochs * 100);
        }
        assert!(pace.unit_epochs() <= before + before / 8);
    }

    #[test]
    fn a_slot_that_slows_down_gets_smaller_units_and_times_stay_in_their_range() {
        let config = BookConfig::for_tests();
        let mut pace = pace(&config);
        assert_eq!(pace.lease_ms(&config, 1), config.progress_max_ms);
        (0..12).for_each(|_| {
            pace.measure(&config, 1000, 1000);
        });
        let large = pace.unit_epochs();
        (0..12).for_each(|_| pace.measure(&config, 1, 10_000));
        assert!(pace.unit_epochs() < large / 100);
        pace.measure(&config, u64::MAX, 0);
        pace.measure(&config, 0, u64::MAX);
        for epochs in [1, 1000, u32::MAX] {
            let lease = pace.lease_ms(&config, epochs);
            assert!((config.progress_min_ms..=config.progress_max_ms).contains(&lease));
        }
    }

    #[test]
    fn what_is_given_ahead_of_time_grows_with_what_is_computed() {
        let config = BookConfig::for_tests();
        let mut pace = pace(&config);
        assert_eq!(pace.unit_epochs_after(&config, 1), 1, "nothing is known");
        let epoch_ms = config.target_interval_ms / 40;
        pace.measure(&config, 1, epoch_ms);
        let ahead = [1, 2, 4, 8, 16, 32, 64].map(|now| pace.unit_epochs_after(&config, now));
        assert_eq!(ahead, [2, 4, 8, 16, 32, 40, 40]);
        assert_eq!(pace.stretch_units(&config, 8), 1, "it still grows");
        assert!(pace.stretch_units(&config, 32) > 1);
    }
}
