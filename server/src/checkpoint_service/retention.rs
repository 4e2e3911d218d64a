//! Which checkpoints stay as they grow old: a plain rule over numbers and times. Knows no disk.

use std::collections::BTreeSet;

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;
const MONTH_MS: u64 = 30 * DAY_MS;
/// Up to this age one is kept of every so much, ms; of older ones one a month.
const GRAINS: [(u64, u64); 3] = [(HOUR_MS, 1), (DAY_MS, HOUR_MS), (MONTH_MS, DAY_MS)];

/// Those that go, of checkpoints by number and time: all of the last hour stay, then the first of every hour for a day, of
/// every day for a month, and of every month for so many `months`, 0 for ever; the newest stays in any case.
pub fn surplus(checkpoints: &[(i64, u64)], now_ms: u64, months: u32) -> Vec<i64> {
    let mut in_order = checkpoints.to_vec();
    in_order.sort_by_key(|(number, time_ms)| (*time_ms, *number));
    let newest = in_order.last().copied();
    let mut taken = BTreeSet::new();
    let mut is_surplus = |(number, time_ms): &(i64, u64)| {
        let age_ms = now_ms.saturating_sub(*time_ms);
        let grain = GRAINS.iter().find(|(up_to_ms, _)| age_ms < *up_to_ms);
        let (grain_ms, is_all) = match grain {
            Some((_, 1)) => (1, true),
            Some((_, grain_ms)) => (*grain_ms, false),
            None => (MONTH_MS, false),
        };
        // Slots lie fixed in time, so thinning now and again leaves what thinning once would.
        let is_first = taken.insert((grain_ms, time_ms / grain_ms));
        let is_old = months > 0 && age_ms >= u64::from(months) * MONTH_MS;
        (is_old || !is_all && !is_first) && newest != Some((*number, *time_ms))
    };
    in_order.retain(|checkpoint| is_surplus(checkpoint));
    in_order.into_iter().map(|(number, _)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn thinned(mut checkpoints: Vec<(i64, u64)>, now_ms: u64) -> Vec<(i64, u64)> {
        let gone: BTreeSet<i64> = surplus(&checkpoints, now_ms, 0).into_iter().collect();
        checkpoints.retain(|(number, _)| !gone.contains(number));
        checkpoints
    }

    #[test]
    fn ten_years_of_checkpoints_every_ten_minutes_become_a_few_hundred() {
        let now_ms = 10 * 365 * DAY_MS;
        let all = (0..now_ms / 600_000).map(|step| (step as i64, step * 600_000));
        let kept = thinned(all.collect(), now_ms);
        let younger = |ms: u64| kept.iter().filter(|(_, t)| now_ms - t < ms).count();
        assert_eq!(younger(HOUR_MS), 5, "all of the last hour");
        assert_eq!(
            (younger(DAY_MS), younger(MONTH_MS), kept.len()),
            (29, 59, 180)
        );
    }

    #[test]
    fn what_is_older_than_the_months_that_are_kept_goes_but_the_newest_stays() {
        let all = [(1, 0), (2, 5 * MONTH_MS), (3, 9 * MONTH_MS)];
        let now_ms = 12 * MONTH_MS;
        assert!(surplus(&all, now_ms, 0).is_empty());
        assert_eq!(surplus(&all, now_ms, 8), [1]);
        assert_eq!(surplus(&all, now_ms, 2), [1, 2]);
    }

    proptest! {
        #[test]
        fn thinning_twice_is_thinning_once_and_the_newest_and_the_young_stay(
            times in prop::collection::vec(0..400 * DAY_MS, 0..60),
            later_ms in 0..40 * DAY_MS,
        ) {
            let now_ms = 400 * DAY_MS;
            let all: Vec<(i64, u64)> = (0..).zip(times).collect();
            let once = thinned(all.clone(), now_ms);
            prop_assert_eq!(&thinned(once.clone(), now_ms), &once);
            for checkpoint in &all {
                if now_ms - checkpoint.1 < HOUR_MS {
                    prop_assert!(once.contains(checkpoint));
                }
            }
            if let Some(newest) = all.iter().max_by_key(|(number, time_ms)| (*time_ms, *number)) {
                prop_assert!(once.contains(newest));
            }
            // Every month that had one still has one, however often it is thinned on the way.
            let then = thinned(once, now_ms + later_ms);
            let months = |list: &[(i64, u64)]| {
                list.iter().map(|(_, t)| t / MONTH_MS).collect::<BTreeSet<_>>()
            };
            prop_assert_eq!(months(&then), months(&all));
        }
    }
}
