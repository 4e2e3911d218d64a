//! Classes over time as a picture: a column for each moment, a row for each class, stronger where there is more. Knows no
//! meaning, no colour and no browser.

use std::fmt::Write as _;

/// What the strength of a cell is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shade {
    /// The largest class of its own moment, on a logarithmic scale, so that few are seen beside many.
    #[default]
    Own,
    /// The least and the most of all, in proportion.
    Common,
}

/// Counts of classes at moments.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct HeatMap {
    /// Moments, ascending.
    pub times: Vec<f64>,
    /// The classes of each, lowest first; a value that is not a number is a gap.
    pub columns: Vec<Vec<f64>>,
}

impl HeatMap {
    /// Rows up to the highest class that was ever met.
    pub fn rows(&self) -> usize {
        let highest = self
            .columns
            .iter()
            .filter_map(|counts| counts.iter().rposition(|count| *count > 0.0));
        highest.max().map_or(1, |row| row + 1)
    }

    /// The least and the most there is in the rows.
    pub fn ends(&self) -> Option<(f64, f64)> {
        let rows = self.rows();
        let cells = self
            .columns
            .iter()
            .flat_map(|counts| counts.iter().take(rows));
        cells
            .filter(|count| count.is_finite())
            .fold(None, |ends, count| {
                let (low, high): (f64, f64) = ends.unwrap_or((*count, *count));
                Some((low.min(*count), high.max(*count)))
            })
    }

    /// What a cell counts.
    pub fn count(&self, column: usize, row: usize) -> Option<f64> {
        self.columns.get(column)?.get(row).copied()
    }

    /// Strengths from 0 to 1, row by row from the top, `width` to a row; `None` where nothing is, or nothing is known.
    pub fn paint(&self, shade: Shade, width: usize) -> Vec<Option<f64>> {
        let rows = self.rows();
        let mut pixels = vec![None; width * rows];
        let places = self.places(width);
        let ends = self.ends().unwrap_or((0.0, 0.0));
        for (x, place) in places.iter().enumerate() {
            let Some(counts) = place.and_then(|place| self.columns.get(place)) else {
                continue;
            };
            let most = counts
                .iter()
                .copied()
                .filter(|count| count.is_finite())
                .fold(0.0, f64::max);
            for (row, count) in counts.iter().enumerate().take(rows) {
                pixels[(rows - 1 - row) * width + x] = strength(*count, shade, most, ends);
            }
        }
        pixels
    }

    /// Which moment each of `width` equal parts of the time shows: the nearest, unless that is far off.
    fn places(&self, width: usize) -> Vec<Option<usize>> {
        let (Some(first), Some(last)) = (self.times.first(), self.times.last()) else {
            return vec![None; width];
        };
        let mut gaps: Vec<f64> = self
            .times
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect();
        gaps.sort_by(f64::total_cmp);
        let usual = gaps.get(gaps.len() / 2).copied().unwrap_or(1.0);
        let reach = (usual * 1.5).max((last - first) / width.max(1) as f64);
        let place = |x: usize| {
            let time = first + (last - first) * (x as f64 + 0.5) / width as f64;
            let place = crate::scale::nearest(&self.times, time)?;
            ((self.times[place] - time).abs() <= reach).then_some(place)
        };
        (0..width).map(place).collect()
    }

    /// As comma-separated values: a row for each moment, a column for each class.
    pub fn csv(&self, first: &str, name: impl Fn(usize) -> String) -> String {
        let classes = self.columns.iter().map(Vec::len).max().unwrap_or(0);
        let names: Vec<String> = (0..classes).map(name).collect();
        let mut text = format!("{first},{}\n", names.join(","));
        for (time, counts) in self.times.iter().zip(&self.columns) {
            let _ = write!(text, "{time:.0}");
            for class in 0..classes {
                let count = counts.get(class).filter(|count| count.is_finite());
                let count = count.map_or_else(String::new, f64::to_string);
                let _ = write!(text, ",{count}");
            }
            text.push('\n');
        }
        text
    }
}

fn strength(count: f64, shade: Shade, most: f64, (low, high): (f64, f64)) -> Option<f64> {
    match shade {
        _ if !count.is_finite() => None,
        Shade::Own if count <= 0.0 => None,
        Shade::Own => Some(count.ln_1p() / most.ln_1p()),
        Shade::Common if high > low => Some((count - low) / (high - low)),
        Shade::Common => Some(1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> HeatMap {
        HeatMap {
            times: vec![0.0, 10.0, 20.0, 100.0],
            columns: vec![
                vec![0.0, 3.0, 0.0, 0.0],
                vec![1.0, 3.0, 0.0, 0.0],
                vec![0.0, 1.0, 7.0, 0.0],
                vec![0.0, 0.0, 2.0, f64::NAN],
            ],
        }
    }

    #[test]
    fn cells_are_as_strong_as_their_share_and_high_classes_lie_on_top() {
        let map = map();
        assert_eq!((map.rows(), map.ends()), (3, Some((0.0, 7.0))));
        let pixels = map.paint(Shade::Own, 10);
        let at = |x: usize, row: usize| pixels[(2 - row) * 10 + x];
        assert_eq!((at(0, 1), at(0, 0), at(0, 2)), (Some(1.0), None, None));
        assert_eq!(at(1, 0), Some(2f64.ln() / 4f64.ln()));
        assert_eq!(at(2, 2), Some(1.0));
        // Between the third moment and the last nothing is known.
        assert!((4..8).all(|x| (0..3).all(|row| at(x, row).is_none())));
        assert_eq!((at(8, 2), at(9, 2)), (Some(1.0), Some(1.0)));
        let common = map.paint(Shade::Common, 10);
        assert_eq!((common[9], common[19]), (Some(2.0 / 7.0), Some(0.0)));
    }

    #[test]
    fn tables_have_a_column_for_each_class_and_nothing_is_an_empty_picture() {
        let text = map().csv("tick", |class| format!("length_{}", class * 4));
        assert!(text.starts_with("tick,length_0,length_4,length_8,length_12\n0,0,3,0,0\n"));
        assert!(text.ends_with("\n100,0,0,2,\n"));
        let nothing = HeatMap::default();
        assert_eq!(nothing.paint(Shade::Common, 3), [None; 3]);
        assert_eq!((nothing.rows(), nothing.count(0, 0)), (1, None));
        let flat = HeatMap {
            times: vec![5.0],
            columns: vec![vec![4.0]],
        };
        assert_eq!(flat.paint(Shade::Common, 2), [Some(1.0); 2]);
    }
}
