//! What a line chart draws, as numbers and paths. Knows neither browser nor meaning.

use crate::scale::{self, Axis};
use std::fmt::Write as _;

/// Room around the curves for the writing at the axes, pixels.
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 26.0;
/// Height of all charts, pixels.
pub const HEIGHT: f64 = 240.0;

/// Curves over common moments; a value that is not a number is a gap.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Plot {
    /// Unix times in ms, ascending.
    pub times_ms: Vec<f64>,
    /// One list of values per curve, as long as the times.
    pub curves: Vec<Vec<f64>>,
}

impl Plot {
    /// Curves of a list of things: when each was, and what it counts.
    pub fn of<T>(things: &[T], when: impl Fn(&T) -> f64, values: impl Fn(&T) -> Vec<f64>) -> Self {
        let rows: Vec<Vec<f64>> = things.iter().map(values).collect();
        let count = rows.first().map_or(0, Vec::len);
        let value = |row: &Vec<f64>, curve: usize| row.get(curve).copied().unwrap_or(f64::NAN);
        Self {
            times_ms: things.iter().map(when).collect(),
            curves: (0..count)
                .map(|curve| rows.iter().map(|row| value(row, curve)).collect())
                .collect(),
        }
    }

    /// What happened between two points, for each `unit_ms`, out of counts that only grow; a count that falls begins anew.
    pub fn rates(&self, unit_ms: f64) -> Self {
        let rate = |curve: &Vec<f64>| {
            let pairs = curve.windows(2).zip(self.times_ms.windows(2));
            let rates = pairs.map(|(counts, times)| {
                let (grown, passed) = (counts[1] - counts[0], times[1] - times[0]);
                if grown >= 0.0 && passed > 0.0 {
                    grown * unit_ms / passed
                } else {
                    f64::NAN
                }
            });
            rates.collect()
        };
        Self {
            times_ms: self.times_ms.iter().skip(1).copied().collect(),
            curves: self.curves.iter().map(rate).collect(),
        }
    }

    /// As comma-separated values, with a line of names.
    pub fn csv(&self, first: &str, names: &[&str]) -> String {
        let mut text = format!("{first},{}\n", names.join(","));
        for (index, time) in self.times_ms.iter().enumerate() {
            let _ = write!(text, "{time:.0}");
            for curve in &self.curves {
                match curve.get(index).filter(|value| value.is_finite()) {
                    Some(value) => {
                        let _ = write!(text, ",{value}");
                    }
                    None => text.push(','),
                }
            }
            text.push('\n');
        }
        text
    }
}

/// A plot laid out on a surface of some width.
#[derive(Clone, PartialEq, Debug)]
pub struct Layout {
    /// Pixels.
    pub width: f64,
    /// The moments that are drawn, ascending.
    pub times: Vec<f64>,
    time: Axis,
    value: Axis,
    ends_ms: (f64, f64),
}

impl Layout {
    /// Finds the axes for a plot.
    pub fn new(plot: &Plot, width: f64, log: bool) -> Self {
        let values = plot.curves.iter().flatten().copied();
        let value = if log {
            Axis::log(values)
        } else {
            Axis::linear(values)
        };
        Self::over(&plot.times_ms, value, width)
    }

    /// Lays moments out beside an axis of values.
    pub fn over(times: &[f64], value: Axis, width: f64) -> Self {
        let first = times.first().copied().unwrap_or(0.0);
        let last = times.last().copied().unwrap_or(0.0);
        let last = if last > first { last } else { first + 1_000.0 };
        Self {
            width,
            times: times.to_vec(),
            time: Axis::between(first, last),
            value,
            ends_ms: (first, last),
        }
    }

    /// Left and right end of the curves, pixels.
    pub fn sides(&self) -> (f64, f64) {
        (LEFT, (self.width - RIGHT).max(LEFT + 1.0))
    }

    /// Where a moment lies, pixels from the left.
    pub fn x(&self, time_ms: f64) -> f64 {
        let (left, right) = self.sides();
        left + self.time.position(time_ms).unwrap_or(0.0) * (right - left)
    }

    /// The drawn moment nearest to a place.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        scale::nearest(&self.times, self.time_at(x))
    }

    /// The moment at a place.
    fn time_at(&self, x: f64) -> f64 {
        let (left, right) = self.sides();
        self.ends_ms.0 + (x - left) / (right - left) * (self.ends_ms.1 - self.ends_ms.0)
    }

    /// Where a value lies, pixels from the top.
    pub fn y(&self, value: f64) -> Option<f64> {
        let position = self.value.position(value)?;
        Some(HEIGHT - BOTTOM - position * (HEIGHT - BOTTOM - TOP))
    }

    /// Where the curves end below, pixels from the top.
    pub fn floor(&self) -> f64 {
        HEIGHT - BOTTOM
    }

    /// Pixels from the lowest value to the highest.
    pub fn height(&self) -> f64 {
        HEIGHT - BOTTOM - TOP
    }

    /// How far above the lowest value a place lies, 0 to 1.
    pub fn part_at(&self, y: f64) -> f64 {
        ((self.floor() - y) / self.height()).clamp(0.0, 1.0)
    }

    /// Round values with their places.
    pub fn value_ticks(&self) -> Vec<(f64, f64)> {
        let ticks = self.value.ticks().into_iter();
        ticks
            .filter_map(|tick| Some((tick, self.y(tick)?)))
            .collect()
    }

    /// Round moments with their places, and the step between them in ms.
    pub fn time_ticks(&self, offset_min: f64) -> (Vec<(f64, f64)>, f64) {
        let most = ((self.width / 80.0) as usize).clamp(2, 8);
        let (ticks, step) = scale::time_ticks(self.ends_ms.0, self.ends_ms.1, offset_min, most);
        (
            ticks.into_iter().map(|tick| (tick, self.x(tick))).collect(),
            step,
        )
    }

    /// Round counts with their places, where time is counted and not told by a clock.
    pub fn count_ticks(&self) -> Vec<(f64, f64)> {
        let ticks = self.time.ticks();
        let most = ((self.width / 90.0) as usize).max(2);
        let step = ticks.len().div_ceil(most).max(1);
        let shown = ticks.into_iter().step_by(step);
        shown.map(|tick| (tick, self.x(tick))).collect()
    }

    /// The path of one curve; a gap begins a new stroke.
    pub fn line(&self, plot: &Plot, curve: usize) -> String {
        let mut path = String::new();
        let mut drawing = false;
        let values = plot
            .curves
            .get(curve)
            .map(Vec::as_slice)
            .unwrap_or_default();
        for (time, value) in plot.times_ms.iter().zip(values) {
            let Some(y) = self.y(*value) else {
                drawing = false;
                continue;
            };
            let command = if drawing { 'L' } else { 'M' };
            let _ = write!(path, "{command}{:.1} {y:.1}", self.x(*time));
            drawing = true;
        }
        path
    }

    /// The path of the surface under a curve that has no gap but before its first value; else empty.
    pub fn area(&self, plot: &Plot, curve: usize) -> String {
        let line = self.line(plot, curve);
        let values = plot
            .curves
            .get(curve)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let drawn = |pair: &(&f64, &f64)| self.y(*pair.1).is_some();
        let mut points = plot.times_ms.iter().zip(values).filter(drawn);
        let (Some((first, _)), 1) = (points.next(), line.matches('M').count()) else {
            return String::new();
        };
        let last = points.next_back().map_or(first, |(time, _)| time);
        let floor = self.floor();
        format!(
            "{line}L{:.1} {floor}L{:.1} {floor}Z",
            self.x(*last),
            self.x(*first)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> Plot {
        Plot {
            times_ms: vec![0.0, 1_000.0, 4_000.0],
            curves: vec![vec![0.0, 50.0, 100.0], vec![1.0, f64::NAN, 3.0]],
        }
    }

    #[test]
    fn curves_fill_the_surface() {
        let layout = Layout::new(&plot(), 400.0, false);
        assert_eq!(layout.line(&plot(), 0), "M52.0 214.0L135.5 111.0L386.0 8.0");
        assert!((layout.time_at(layout.x(2_500.0)) - 2_500.0).abs() < 1e-6);
        assert_eq!(layout.nearest(layout.x(1_200.0)), Some(1));
        assert_eq!((layout.part_at(8.0), layout.part_at(500.0)), (1.0, 0.0));
        assert_eq!(
            layout.line(&plot(), 1).matches('M').count(),
            2,
            "a gap is not bridged"
        );
        assert!(layout.area(&plot(), 0).ends_with('Z') && layout.area(&plot(), 1).is_empty());
        assert_eq!(layout.line(&plot(), 7), "");
        let late = Plot {
            curves: vec![vec![f64::NAN, 50.0, 100.0]],
            ..plot()
        };
        assert!(
            layout.area(&late, 0).ends_with("L386.0 214L135.5 214Z"),
            "no surface before the curve"
        );
    }

    #[test]
    fn counts_become_rates_and_both_become_tables() {
        let things = [
            (0.0, 10.0),
            (30_000.0, 40.0),
            (90_000.0, 5.0),
            (150_000.0, 6.0),
        ];
        let counts = Plot::of(&things, |thing| thing.0, |thing| vec![thing.1]);
        let rates = counts.rates(60_000.0);
        assert_eq!(rates.times_ms, [30_000.0, 90_000.0, 150_000.0]);
        assert_eq!((rates.curves[0][0], rates.curves[0][2]), (60.0, 1.0));
        assert!(
            rates.curves[0][1].is_nan(),
            "a count that falls begins anew"
        );
        assert_eq!(
            rates.csv("time_ms", &["births"]),
            "time_ms,births\n30000,60\n90000,\n150000,1\n"
        );
        assert!(Plot::default().rates(1.0).curves.is_empty());
    }

    #[test]
    fn counts_are_told_at_round_places() {
        let at = |width: f64| {
            let layout = Layout::over(&[5e5, 2.1e9], Axis::between(0.0, 1.0), width);
            layout
                .count_ticks()
                .iter()
                .map(|(tick, _)| *tick)
                .collect::<Vec<_>>()
        };
        assert_eq!(at(600.0), [1e9, 2e9]);
        let narrow = Layout::over(&[0.0, 1e3], Axis::between(0.0, 1.0), 200.0).count_ticks();
        assert_eq!(narrow.len(), 2, "{narrow:?}");
    }

    #[test]
    fn an_empty_plot_and_a_tiny_surface_have_a_layout() {
        for width in [0.0, 30.0, 2_000.0] {
            let layout = Layout::new(&Plot::default(), width, true);
            assert!(layout.x(500.0).is_finite() && !layout.value_ticks().is_empty());
            assert!(layout.time_ticks(60.0).0.len() <= 9);
            assert!((1..=9).contains(&layout.count_ticks().len()));
        }
    }
}
