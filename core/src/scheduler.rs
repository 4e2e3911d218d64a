//! Scheduler: who runs next and for how long. Knows no instruction.

use crate::{
    config::{Config, SchedulerConfig},
    queue::Queue,
    tasks,
};

/// Round robin over the living; the cursor is whose slice it is.
#[derive(Clone, Debug)]
pub struct Scheduler {
    /// The order of slices; a child stands immediately behind its parent.
    pub queue: Queue,
    /// Whose slice it is, `organism::NONE` with nobody alive.
    pub cursor: u32,
    /// Ticks left of that slice; 0 when it has not begun.
    pub slice_left: u32,
    /// Slices to go until memory is looked at ahead again. No state: it decides nothing but speed.
    pub glanced: u32,
    /// What was seen there, kept so that the look is not left out as useless.
    pub seen: u64,
}

impl Default for Scheduler {
    fn default() -> Self {
        Self {
            queue: Queue::default(),
            cursor: crate::organism::NONE,
            slice_left: 0,
            glanced: 0,
            seen: 0,
        }
    }
}

/// What a length is worth: ceil(length ^ p) + base, capped.
fn slice_of_length(config: &SchedulerConfig, length: u32) -> u32 {
    let power = power_ceiling(
        length,
        config.slicer_power_numerator,
        config.slicer_power_denominator,
        config.max_slice,
    );
    power
        .saturating_add(config.base_slice)
        .min(config.max_slice)
}

/// The ticks of every slice of an organism: those of its length, plus the boost for the tasks of the last generation, grown
/// by their steps.
pub fn slice_ticks(config: &Config, length: u32, merit: u32) -> u32 {
    let scheduler = &config.scheduler;
    let mut ticks = slice_of_length(scheduler, length);
    if scheduler.task_boost > 0 {
        ticks = ticks.saturating_add(scheduler.task_boost * merit.count_ones());
    }
    if scheduler.task_growth > 0 {
        let steps = tasks::steps(merit, config.environment.logic);
        ticks = grown(ticks, scheduler.task_growth, steps, scheduler.max_slice);
    }
    ticks.max(1)
}

/// `ticks` grown by so many percent, `steps` times over, in whole thousandths of a tick; not beyond `cap`.
fn grown(ticks: u32, percent: u32, steps: u32, cap: u32) -> u32 {
    let mut thousandths = u64::from(ticks) * 1_000;
    for _ in 0..steps {
        if thousandths >= u64::from(cap) * 1_000 {
            break;
        }
        thousandths = thousandths * u64::from(100 + percent) / 100;
    }
    let whole = u32::try_from(thousandths / 1_000).unwrap_or(u32::MAX);
    whole.min(cap).max(ticks)
}

/// The least whole r with r^b >= length^a, or `cap` if that is smaller: exact, no float.
pub fn power_ceiling(length: u32, a: u32, b: u32, cap: u32) -> u32 {
    if a == 0 || length <= 1 {
        return cap.min(1);
    }
    if a == b {
        return length.min(cap);
    }
    let wanted = raise(length, a);
    let (mut low, mut high) = (1, cap);
    while low < high {
        let middle = low + (high - low) / 2;
        if raise(middle, b) >= wanted {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// base^exponent, at most 32 x 8 = 256 bits, highest digit first so that arrays compare as numbers do.
fn raise(base: u32, exponent: u32) -> [u64; 4] {
    let mut digits = [0, 0, 0, 1u64];
    for _ in 0..exponent {
        let mut carry = 0u128;
        for digit in digits.iter_mut().rev() {
            let product = u128::from(*digit) * u128::from(base) + carry;
            *digit = product as u64;
            carry = product >> 64;
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_exact() {
        assert_eq!(power_ceiling(60, 0, 1, 1000), 1);
        assert_eq!(power_ceiling(60, 1, 1, 1000), 60);
        assert_eq!(power_ceiling(3125, 1, 5, 1000), 5);
        assert_eq!(power_ceiling(3126, 1, 5, 1000), 6);
        assert_eq!(power_ceiling(3124, 1, 5, 1000), 5);
        assert_eq!(power_ceiling(10, 3, 1, 5_000), 1_000);
        assert_eq!(power_ceiling(10, 3, 1, 500), 500);
        for length in 2..2_000u32 {
            let root = power_ceiling(length, 4, 5, 100_000);
            assert!(raise(root, 5) >= raise(length, 4) && raise(root - 1, 5) < raise(length, 4));
        }
    }

    #[test]
    fn a_slice_grows_by_the_step_up_to_its_cap_and_never_shrinks() {
        assert_eq!(grown(8, 50, 0, 2_000), 8);
        assert_eq!(grown(8, 50, 1, 2_000), 12);
        assert_eq!(grown(8, 50, 3, 2_000), 27, "1.5 ^ 3 x 8");
        assert_eq!(grown(9, 50, 60, 2_000), 2_000);
        assert_eq!(
            grown(3_000, 1_000, 60, 2_000),
            3_000,
            "a boost may be longer"
        );
        assert_eq!(grown(u32::MAX, 1_000, 60, u32::MAX), u32::MAX);
    }

    #[test]
    fn the_largest_powers_do_not_overflow() {
        assert_eq!(power_ceiling(1 << 24, 8, 8, u32::MAX), 1 << 24);
        assert_eq!(power_ceiling(1 << 24, 8, 7, 100_000), 100_000);
    }
}
