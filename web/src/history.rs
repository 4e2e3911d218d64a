//! The world as a page has heard of it: newest view, series, islands. Applies each live message once, in any order; knows no socket.

use bytebiota_protocol::view::{IslandView, LiveMessage, SeriesPoint, WorldView};

/// Points that a page keeps.
pub const MAX_POINTS: usize = 600;

/// Time over which instructions a second are taken.
pub const SPEED_WINDOW_MS: u64 = 60_000;

/// Everything a page knows of the world.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct History {
    /// The newest view.
    pub world: WorldView,
    /// The series, oldest first.
    pub series: Vec<SeriesPoint>,
    /// Islands by number.
    pub islands: Vec<IslandView>,
}

impl History {
    /// Takes in what the live stream said. `false` if it was old or about something else.
    pub fn apply(&mut self, message: LiveMessage) -> bool {
        match message {
            LiveMessage::WorldSnapshot {
                world,
                series,
                islands,
            } => {
                *self = Self {
                    world,
                    series,
                    islands,
                };
                self.trim();
                true
            }
            LiveMessage::WorldUpdate {
                world,
                point,
                islands,
            } => {
                if world.revision < self.world.revision {
                    return false;
                }
                self.world = world;
                if let Some(point) = point {
                    self.add(point);
                }
                for island in islands {
                    self.put(island);
                }
                true
            }
            LiveMessage::Island { .. } => false,
        }
    }

    fn add(&mut self, point: SeriesPoint) {
        if self
            .series
            .last()
            .is_none_or(|last| last.time_ms < point.time_ms)
        {
            self.series.push(point);
            self.trim();
        }
    }

    fn put(&mut self, island: IslandView) {
        match self
            .islands
            .binary_search_by_key(&island.island, |known| known.island)
        {
            Ok(index) => self.islands[index] = island,
            Err(index) => self.islands.insert(index, island),
        }
    }

    fn trim(&mut self) {
        let excess = self.series.len().saturating_sub(MAX_POINTS);
        self.series.drain(..excess);
        self.islands.sort_by_key(|island| island.island);
    }

    /// Births per million instructions at each point, over the `window` points before it; not a number where
    /// nothing was computed. Unlike births per second it does not depend on how many machines take part.
    pub fn turnover(&self, window: usize) -> Vec<f64> {
        let at = |index: usize| {
            let (from, to) = (
                self.series.get(index.saturating_sub(window))?,
                self.series.get(index)?,
            );
            let instructions = to
                .instructions
                .checked_sub(from.instructions)
                .filter(|count| *count > 0)?;
            Some(to.births.saturating_sub(from.births) as f64 * 1e6 / instructions as f64)
        };
        (0..self.series.len())
            .map(|index| at(index).unwrap_or(f64::NAN))
            .collect()
    }

    /// Instructions a second at each point, over the last `window_ms`: units arrive in bursts, work does not.
    pub fn speed(&self, window_ms: u64) -> Vec<f64> {
        let mut first = 0;
        let mut at = |to: &SeriesPoint| {
            while first + 1 < self.series.len()
                && self.series[first + 1].time_ms + window_ms <= to.time_ms
            {
                first += 1;
            }
            let from = self.series.get(first)?;
            let elapsed_ms = to.time_ms.checked_sub(from.time_ms).filter(|ms| *ms > 0)?;
            Some(to.instructions.saturating_sub(from.instructions) as f64 * 1e3 / elapsed_ms as f64)
        };
        self.series
            .iter()
            .map(|point| at(point).unwrap_or(f64::NAN))
            .collect()
    }

    /// Instructions a second lately, as far as the series tells.
    pub fn lately(&self) -> f64 {
        let speed = self.speed(SPEED_WINDOW_MS);
        speed.last().copied().unwrap_or(f64::NAN).round()
    }

    /// The island a visitor wants to see first: the one with most life.
    pub fn liveliest(&self) -> Option<u32> {
        let most = self
            .islands
            .iter()
            .max_by_key(|island| (island.population, island.updated_ms));
        most.filter(|island| island.population > 0)
            .map(|island| island.island)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(revision: u64) -> WorldView {
        WorldView {
            revision,
            ..Default::default()
        }
    }

    fn point(time_ms: u64) -> SeriesPoint {
        SeriesPoint {
            time_ms,
            ..Default::default()
        }
    }

    fn island(island: u32, population: u64) -> IslandView {
        IslandView {
            island,
            population,
            ..Default::default()
        }
    }

    fn update(revision: u64, time_ms: u64) -> LiveMessage {
        LiveMessage::WorldUpdate {
            world: world(revision),
            point: Some(point(time_ms)),
            islands: vec![island(2, 9)],
        }
    }

    #[test]
    fn a_snapshot_replaces_and_updates_add() {
        let mut history = History::default();
        let snapshot = LiveMessage::WorldSnapshot {
            world: world(5),
            series: vec![point(1), point(2)],
            islands: vec![island(3, 1), island(1, 4)],
        };
        assert!(history.apply(snapshot));
        assert!(history.apply(update(6, 3)));
        assert_eq!(history.series.len(), 3);
        assert_eq!(
            history.islands.iter().map(|i| i.island).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert_eq!(history.liveliest(), Some(2));
    }

    #[test]
    fn repeated_and_late_updates_change_nothing() {
        let mut history = History::default();
        assert!(history.apply(update(7, 3)));
        let before = history.clone();
        history.apply(update(7, 3));
        assert_eq!(history, before);
        assert!(!history.apply(update(6, 9)));
        assert_eq!(history, before);
    }

    #[test]
    fn turnover_counts_births_per_million_instructions() {
        let point = |births, instructions| SeriesPoint {
            births,
            instructions,
            ..Default::default()
        };
        let series = vec![
            point(0, 0),
            point(10, 2_000_000),
            point(10, 2_000_000),
            point(40, 4_000_000),
        ];
        let history = History {
            series,
            ..Default::default()
        };
        let one = history.turnover(1);
        assert!(one[0].is_nan() && one[2].is_nan());
        assert_eq!((one[1], one[3], history.turnover(9)[3]), (5.0, 15.0, 10.0));
    }

    #[test]
    fn speed_is_taken_over_a_window() {
        let point = |time_ms, instructions| SeriesPoint {
            time_ms,
            instructions,
            ..Default::default()
        };
        let series = vec![
            point(0, 0),
            point(1_000, 500),
            point(2_000, 500),
            point(3_000, 2_500),
        ];
        let history = History {
            series,
            ..Default::default()
        };
        let speed = history.speed(2_000);
        assert!(speed[0].is_nan());
        assert_eq!(speed[1..], [500.0, 250.0, 1_000.0]);
        assert_eq!(history.lately(), 833.0);
        assert!(History::default().lately().is_nan());
    }

    #[test]
    fn the_series_is_bounded() {
        let mut history = History::default();
        for time in 0..2_000 {
            history.apply(update(time, time));
        }
        assert_eq!(history.series.len(), MAX_POINTS);
        assert_eq!(history.series.last().map(|p| p.time_ms), Some(1_999));
    }
}
