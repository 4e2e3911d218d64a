//! A cell of the series: one point, or the sum of all that fell into it. Knows no grain and no disk.
//!
//! What is counted now becomes the mean of all, what is counted since ever the newest; the time is that of the first.

use bytebiota_protocol::view::{EcologyPoint, SeriesPoint};
use serde::{Deserialize, Serialize};

/// What is kept of a cell: the point as it is read, but for its ecology, and the sums its means come from.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Cell {
    #[serde(flatten)]
    point: SeriesPoint,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sums: Option<Sums>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counted: Option<Counted>,
}

impl Cell {
    /// A cell with one point in it.
    pub(super) fn of(mut point: SeriesPoint) -> Self {
        let counted = point.ecology.take().map(|sum| Counted { times: 1, sum });
        Self {
            point,
            sums: None,
            counted,
        }
    }

    /// When it begins, Unix ms.
    pub(super) fn time_ms(&self) -> u64 {
        self.point.time_ms
    }

    /// Takes in what came after it.
    pub(super) fn join(&mut self, later: Self) {
        let points = self.points().saturating_add(later.points());
        let sums = self.sums().and(&later.sums());
        self.point = SeriesPoint {
            time_ms: self.point.time_ms,
            points,
            ..later.point
        };
        sums.tell(&mut self.point, points);
        self.sums = Some(sums);
        self.counted = match (self.counted.take(), later.counted) {
            (Some(before), Some(later)) => Some(before.and(later)),
            (before, later) => later.or(before),
        };
    }

    /// What it says.
    pub(super) fn point(self) -> SeriesPoint {
        SeriesPoint {
            ecology: self.counted.map(Counted::mean),
            ..self.point
        }
    }

    fn points(&self) -> u32 {
        self.point.points.max(1)
    }

    fn sums(&self) -> Sums {
        self.sums.unwrap_or_else(|| Sums::of(&self.point))
    }
}

/// Sums over points of what is counted now.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Sums {
    population: u64,
    genotypes: u64,
    workers: u64,
    lengths: f64,
    speeds: f64,
}

impl Sums {
    fn of(point: &SeriesPoint) -> Self {
        Self {
            population: point.population,
            genotypes: point.genotypes,
            workers: point.workers.into(),
            lengths: point.mean_genome_length,
            speeds: point.instructions_per_second,
        }
    }

    fn and(self, later: &Self) -> Self {
        Self {
            population: self.population + later.population,
            genotypes: self.genotypes + later.genotypes,
            workers: self.workers + later.workers,
            lengths: self.lengths + later.lengths,
            speeds: self.speeds + later.speeds,
        }
    }

    fn tell(&self, point: &mut SeriesPoint, points: u32) {
        let mean = |sum| mean(sum, points);
        point.population = mean(self.population);
        point.genotypes = mean(self.genotypes);
        point.workers = u32::try_from(mean(self.workers)).unwrap_or(u32::MAX);
        point.mean_genome_length = self.lengths / f64::from(points);
        point.instructions_per_second = self.speeds / f64::from(points);
    }
}

/// How often the living were counted, and what that came to: sums of what is counted now, the newest of all else.
#[derive(Clone, Serialize, Deserialize)]
struct Counted {
    times: u32,
    sum: Box<EcologyPoint>,
}

impl Counted {
    fn and(self, later: Self) -> Self {
        let (before, after) = (*self.sum, *later.sum);
        let sums = |before: &[u64], after: &[u64]| -> Vec<u64> {
            before.iter().zip(after).map(|(a, b)| a + b).collect()
        };
        // Rows of another number are other rows: a world has grown. Such sums begin anew, all of them.
        let has_grown = before.environment.len() != after.environment.len()
            || before.lengths.len() != after.lengths.len();
        if has_grown {
            let sum = Box::new(after);
            return Self {
                times: later.times,
                sum,
            };
        }
        let sum = EcologyPoint {
            richness: before.richness + after.richness,
            shannon_bits: before.shannon_bits + after.shannon_bits,
            simpson: before.simpson + after.simpson,
            turnover: before.turnover + after.turnover,
            dn_ds: after.dn_ds.or(before.dn_ds),
            lengths: sums(&before.lengths, &after.lengths),
            environment: sums(&before.environment, &after.environment),
            ..after
        };
        Self {
            times: self.times.saturating_add(later.times),
            sum: Box::new(sum),
        }
    }

    fn mean(self) -> Box<EcologyPoint> {
        let times = self.times.max(1);
        let means = |sums: &mut Vec<u64>| sums.iter_mut().for_each(|sum| *sum = mean(*sum, times));
        let mut told = self.sum;
        told.richness = mean(told.richness, times);
        told.shannon_bits /= f64::from(times);
        told.simpson /= f64::from(times);
        told.turnover /= f64::from(times);
        means(&mut told.lengths);
        means(&mut told.environment);
        told
    }
}

/// Rounded to the nearest.
fn mean(sum: u64, count: u32) -> u64 {
    let count = u64::from(count);
    (sum + count / 2) / count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(time_ms: u64, population: u64, richness: Option<u64>) -> SeriesPoint {
        let ecology = richness.map(|richness| {
            Box::new(EcologyPoint {
                richness,
                shannon_bits: richness as f64,
                dn_ds: (richness > 4).then_some(0.5),
                errors: time_ms,
                lengths: vec![0, richness],
                environment: vec![richness; 2],
                ..EcologyPoint::default()
            })
        });
        SeriesPoint {
            time_ms,
            population,
            births: time_ms,
            ecology,
            ..SeriesPoint::default()
        }
    }

    #[test]
    fn cells_say_the_mean_of_what_is_now_and_the_newest_of_what_is_since_ever() {
        let mut cell = Cell::of(point(5, 10, Some(6)));
        cell.join(Cell::of(point(6, 20, None)));
        let mut other = Cell::of(point(7, 30, None));
        other.join(Cell::of(point(8, 60, Some(2))));
        cell.join(other);
        let text = serde_json::to_string(&cell).expect("JSON");
        let told = serde_json::from_str::<Cell>(&text).expect("a cell").point();
        assert_eq!((told.time_ms, told.points, told.population), (5, 4, 30));
        assert_eq!(told.births, 8);
        let ecology = told.ecology.expect("it was counted");
        assert_eq!((ecology.richness, ecology.shannon_bits), (4, 4.0));
        assert_eq!(
            (ecology.lengths, ecology.environment),
            (vec![0, 4], vec![4, 4])
        );
        assert_eq!((ecology.errors, ecology.dn_ds), (8, Some(0.5)));
    }

    #[test]
    fn a_world_that_grew_is_counted_anew_and_one_point_says_what_it_was() {
        let single = point(5, 10, Some(6));
        assert_eq!(Cell::of(single.clone()).point(), single);
        let mut grown = point(6, 20, Some(8));
        if let Some(ecology) = &mut grown.ecology {
            ecology.environment.push(1);
        }
        let mut cell = Cell::of(single);
        cell.join(Cell::of(grown.clone()));
        assert_eq!(cell.point().ecology, grown.ecology);
    }
}
