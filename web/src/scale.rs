//! Axes: ranges, round ticks, positions, linear or logarithmic. Knows no drawing and no unit.

/// One axis of a chart.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Axis {
    low: f64,
    high: f64,
    log: bool,
}

impl Axis {
    /// A linear axis over the values that starts at zero unless they lie far above it.
    pub fn linear(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = range(values).unwrap_or((0.0, 1.0));
        // A curve that moves by little far from zero would be a straight line on an axis from zero.
        let far = low > 0.0 && (high - low) < 0.25 * high && high > low;
        let low = if far { low } else { low.min(0.0) };
        let high = if high > low { high } else { low + 1.0 };
        let step = nice_step((high - low) / 4.0);
        Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            log: false,
        }
    }

    /// A logarithmic axis over the positive values, in whole decades.
    pub fn log(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = range(values.filter(|v| *v > 0.0)).unwrap_or((1.0, 10.0));
        let low = 10f64.powf(low.log10().floor());
        let high = 10f64.powf(high.log10().ceil());
        Self {
            low,
            high: if high > low { high } else { low * 10.0 },
            log: true,
        }
    }

    /// An axis with exactly these ends.
    pub fn between(low: f64, high: f64) -> Self {
        Self {
            low,
            high: if high > low { high } else { low + 1.0 },
            log: false,
        }
    }

    /// Where a value lies, 0 at the low end and 1 at the high one; `None` for what a logarithm has no place for.
    pub fn position(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || (self.log && value <= 0.0) {
            None
        } else if self.log {
            Some((value / self.low).log10() / (self.high / self.low).log10())
        } else {
            Some((value - self.low) / (self.high - self.low))
        }
    }

    /// Round values to write at the axis, in order.
    pub fn ticks(&self) -> Vec<f64> {
        if self.log {
            let decades = (self.high / self.low).log10().round() as i32;
            let step = (decades / 5 + 1).max(1) as usize;
            let ticks = (0..=decades).step_by(step);
            return ticks.map(|k| self.low * 10f64.powi(k)).collect();
        }
        let step = nice_step((self.high - self.low) / 4.0);
        let count = ((self.high - self.low) / step).round().min(20.0) as i32;
        let first = (self.low / step).ceil();
        (0..=count)
            .map(|k| (first + f64::from(k)) * step)
            .filter(|tick| *tick <= self.high + step * 1e-6)
            .collect()
    }
}

fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter(|v| v.is_finite()).fold(None, |range, v| {
        let (low, high) = range.unwrap_or((v, v));
        Some((low.min(v), high.max(v)))
    })
}

/// The round number (1, 2 or 5 times a power of ten) that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    if !(rough > 0.0 && rough.is_finite()) {
        return 1.0;
    }
    let power = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    let factor = steps.iter().find(|f| **f * power >= rough * 0.999_999);
    factor.unwrap_or(&10.0) * power
}

const SECOND_MS: f64 = 1_000.0;
const TIME_STEPS_MS: [f64; 18] = [
    SECOND_MS, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1_800e3, 3_600e3,
    7_200e3, 21_600e3, 43_200e3, 86_400e3, 172_800e3,
];

/// Round moments of local time between two Unix times in ms, at most `most`, and the step between them.
pub fn time_ticks(low_ms: f64, high_ms: f64, offset_min: f64, most: usize) -> (Vec<f64>, f64) {
    let span = high_ms - low_ms;
    if !(span > 0.0 && span.is_finite()) || most == 0 {
        return (Vec::new(), SECOND_MS);
    }
    let fits = |step: &&f64| span / **step <= most as f64;
    let longest = TIME_STEPS_MS[TIME_STEPS_MS.len() - 1];
    let doubled = longest * (span / longest / most as f64).ceil();
    let step = *TIME_STEPS_MS.iter().find(fits).unwrap_or(&doubled);
    let offset = offset_min * 60.0 * SECOND_MS;
    let first = ((low_ms + offset) / step).ceil() as i64;
    let last = ((high_ms + offset) / step).floor() as i64;
    (
        (first..=last).map(|k| k as f64 * step - offset).collect(),
        step,
    )
}

/// The moment nearest to a time, of moments that ascend.
pub fn nearest(times: &[f64], time: f64) -> Option<usize> {
    let after = times.partition_point(|known| *known < time);
    let before = after.saturating_sub(1);
    let near = |index: usize| times.get(index).map(|known| (known - time).abs());
    match (near(before), near(after)) {
        (Some(b), Some(a)) => Some(if a < b { after } else { before }),
        (Some(_), None) => Some(before),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_moment_is_found() {
        let times = [0.0, 1_000.0, 4_000.0];
        assert_eq!(nearest(&times, -5.0), Some(0));
        assert_eq!(nearest(&times, 2_400.0), Some(1));
        assert_eq!(nearest(&times, 2_600.0), Some(2));
        assert_eq!(nearest(&times, 1e12), Some(2));
        assert_eq!(nearest(&[], 0.0), None);
    }

    #[test]
    fn linear_ticks_are_round_and_cover_the_values() {
        let axis = Axis::linear([0.0, 873.0].into_iter());
        assert_eq!(axis.ticks(), [0.0, 500.0, 1000.0]);
        assert_eq!(axis.position(500.0), Some(0.5));
        let far = Axis::linear([59.2, 60.4].into_iter());
        assert!(far.position(59.2).is_some_and(|p| (0.0..0.4).contains(&p)));
        assert!(far.ticks().len() >= 3, "{:?}", far.ticks());
    }

    #[test]
    fn a_flat_an_empty_and_a_broken_series_have_an_axis_too() {
        for values in [
            vec![],
            vec![0.0],
            vec![7.0, 7.0],
            vec![f64::NAN, f64::INFINITY],
        ] {
            for axis in [
                Axis::linear(values.iter().copied()),
                Axis::log(values.iter().copied()),
            ] {
                assert!(
                    (2..=12).contains(&axis.ticks().len()),
                    "{values:?} {axis:?}"
                );
                for value in values.iter().filter_map(|v| axis.position(*v)) {
                    assert!((0.0..=1.0).contains(&value), "{values:?}");
                }
            }
        }
    }

    #[test]
    fn a_log_axis_has_decades_and_no_place_for_zero() {
        let axis = Axis::log([3.0, 40_000.0, 0.0].into_iter());
        assert_eq!(axis.ticks(), [1.0, 100.0, 10_000.0]);
        assert_eq!(axis.position(0.0), None);
        assert!((axis.position(1_000.0).unwrap_or(0.0) - 0.6).abs() < 1e-9);
    }

    #[test]
    fn moments_are_round_in_local_time() {
        let (ticks, step) = time_ticks(0.0, 3_600_000.0, 30.0, 6);
        assert_eq!((ticks.len(), step), (7, 600_000.0));
        assert!(ticks.iter().all(|t| (t + 1_800_000.0) % 600_000.0 == 0.0));
        assert!(time_ticks(0.0, 4e12, 0.0, 6).0.len() <= 7);
        assert!(time_ticks(5.0, 5.0, 0.0, 6).0.is_empty());
    }
}
