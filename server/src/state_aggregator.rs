//! StateAggregator: the newest confirmed numbers of every island and of the world, with a revision. Knows no storage,
//! no socket and no clock.

use bytebiota_core::{Branch, Digest, Epoch, IslandId, Sample};
use bytebiota_protocol::view::{DeathsView, IslandView, SeriesPoint, WorldView};
use std::collections::{BTreeMap, VecDeque};

/// The speed shown is the mean over this.
const RATE_WINDOW_MS: u64 = 10_000;

/// An island as last confirmed.
#[derive(Clone, PartialEq, Debug)]
pub struct IslandFacts {
    /// The line of history.
    pub branch: Branch,
    /// The first epoch not confirmed yet.
    pub epoch: Epoch,
    /// Digest of the state there.
    pub state: Digest,
    /// The newest link.
    pub link: Digest,
    /// Units stored.
    pub units: u64,
    /// The numbers there.
    pub sample: Sample,
    /// When it was stored, Unix ms; 0 for never.
    pub updated_ms: u64,
}

/// The global view.
#[derive(Clone, Debug)]
pub struct StateAggregator {
    epoch_ticks: u64,
    /// Boxed: the nodes of the map are half empty, and most of an island's memory is this.
    islands: BTreeMap<IslandId, (Box<IslandFacts>, u64)>,
    units: u64,
    void: u64,
    /// Units that are acknowledged and not judged yet, by island.
    provisional: BTreeMap<IslandId, u64>,
    revision: u64,
    recent: VecDeque<(u64, u64)>,
}

impl StateAggregator {
    /// A view of a world that has confirmed `units` units so far, and found `void` units not to count.
    pub fn new(epoch_ticks: u64, units: u64, void: u64) -> Self {
        Self {
            epoch_ticks,
            islands: BTreeMap::new(),
            units,
            void,
            provisional: BTreeMap::new(),
            revision: 1,
            recent: VecDeque::new(),
        }
    }

    /// Puts in an island as read from the Store, or as new.
    pub fn put(&mut self, island: IslandId, facts: IslandFacts) {
        self.revision += 1;
        self.islands
            .insert(island, (Box::new(facts), self.revision));
    }

    /// Says how many units of an island are provisional now. Nothing else of them is shown.
    pub fn set_provisional(&mut self, island: IslandId, units: u64) {
        let before = match units {
            0 => self.provisional.remove(&island),
            units => self.provisional.insert(island, units),
        };
        if before.unwrap_or(0) != units {
            self.touch([island]);
        }
    }

    /// Units that were acknowledged, or even confirmed, do not count: as many as the disk says.
    pub fn note_void(&mut self, units: u64) {
        if units > 0 {
            self.void += units;
            self.touch([]);
        }
    }

    /// An island stands where the disk says, whatever was shown of it before.
    pub fn restore(&mut self, island: IslandId, facts: IslandFacts) {
        let before = self.facts(island).map_or(0, |known| known.units);
        self.units = (self.units + facts.units).saturating_sub(before);
        self.put(island, facts);
    }

    /// Merges `units` that were just confirmed, once. What arrives behind later ones is known already.
    pub fn merge(&mut self, now_ms: u64, island: IslandId, facts: IslandFacts, units: u64) {
        let before = self
            .islands
            .get(&island)
            .map_or(Epoch(0), |(known, _)| known.epoch);
        if facts.epoch <= before {
            return;
        }
        self.units += units;
        let ticks = (facts.epoch.0 - before.0).saturating_mul(self.epoch_ticks);
        self.recent.push_back((now_ms, ticks));
        self.put(island, facts);
    }

    /// Says that something beside units has changed, such as who computes what.
    pub fn touch(&mut self, islands: impl IntoIterator<Item = IslandId>) {
        self.revision += 1;
        for island in islands {
            if let Some((_, changed)) = self.islands.get_mut(&island) {
                *changed = self.revision;
            }
        }
    }

    /// Grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What is known of an island.
    pub fn facts(&self, island: IslandId) -> Option<&IslandFacts> {
        self.islands.get(&island).map(|(facts, _)| &**facts)
    }

    /// The islands that changed after a revision, in order.
    pub fn changed_since(&self, revision: u64) -> impl Iterator<Item = IslandId> {
        let changed = self
            .islands
            .iter()
            .filter(move |(_, (_, at))| *at > revision);
        changed.map(|(island, _)| *island)
    }

    /// An island in numbers; `status` is the book's word.
    pub fn island_view(&self, island: IslandId, status: &str) -> Option<IslandView> {
        let facts = self.facts(island)?;
        let sample = &facts.sample;
        Some(IslandView {
            island: island.0,
            branch: facts.branch.0,
            epoch: facts.epoch.0,
            tick: facts.epoch.0.saturating_mul(self.epoch_ticks),
            state: facts.state.to_string(),
            link: facts.link.to_string(),
            units: facts.units,
            provisional_units: self.provisional.get(&island).copied().unwrap_or(0),
            status: status.to_owned(),
            population: u64::from(sample.population),
            births: sample.counters.births,
            deaths: deaths([sample]),
            genotypes: u64::from(sample.genotypes),
            mean_genome_length: mean(sample.genome_bytes, u64::from(sample.population)),
            updated_ms: facts.updated_ms,
        })
    }

    /// The world in numbers; who computes it and what it is called is added by the caller.
    pub fn world_view(&mut self, now_ms: u64) -> WorldView {
        let instructions_per_second = self.rate(now_ms);
        let samples = || self.islands.values().map(|(facts, _)| &facts.sample);
        let population = samples().map(|s| u64::from(s.population)).sum();
        let epochs: u64 = self.islands.values().map(|(facts, _)| facts.epoch.0).sum();
        WorldView {
            revision: self.revision,
            now_ms,
            islands: self.islands.len() as u32,
            population,
            births: samples().map(|s| s.counters.births).sum(),
            deaths: deaths(samples()),
            genotypes: samples().map(|s| u64::from(s.genotypes)).sum(),
            mean_genome_length: mean(samples().map(|s| s.genome_bytes).sum(), population),
            instructions: epochs.saturating_mul(self.epoch_ticks),
            instructions_per_second,
            units_acked: self.units + self.void + self.provisional.values().sum::<u64>(),
            units_confirmed: self.units,
            units_provisional: self.provisional.values().sum(),
            units_void: self.void,
            ..WorldView::default()
        }
    }

    /// Ticks per second over the last seconds.
    fn rate(&mut self, now_ms: u64) -> f64 {
        let since = now_ms.saturating_sub(RATE_WINDOW_MS);
        while self.recent.front().is_some_and(|(at, _)| *at < since) {
            self.recent.pop_front();
        }
        let ticks: u64 = self.recent.iter().map(|(_, ticks)| ticks).sum();
        ticks as f64 * 1000.0 / RATE_WINDOW_MS as f64
    }

    /// Whether the shown speed still changes by the mere passing of time.
    pub fn is_rate_moving(&self) -> bool {
        !self.recent.is_empty()
    }
}

/// A point of the series out of a view of the world and the point before.
pub fn point(world: &WorldView, before: Option<&SeriesPoint>) -> SeriesPoint {
    let speed = before.map_or(0.0, |before| {
        let ticks = world.instructions.saturating_sub(before.instructions);
        let ms = world.now_ms.saturating_sub(before.time_ms);
        ticks as f64 * 1000.0 / ms.max(1) as f64
    });
    SeriesPoint {
        time_ms: world.now_ms,
        population: world.population,
        births: world.births,
        deaths: world.deaths,
        genotypes: world.genotypes,
        mean_genome_length: world.mean_genome_length,
        instructions: world.instructions,
        instructions_per_second: speed,
        workers: world.workers,
        points: 1,
        ecology: None,
    }
}

fn mean(sum: u64, count: u64) -> f64 {
    match count {
        0 => 0.0,
        count => sum as f64 / count as f64,
    }
}

fn deaths<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> DeathsView {
    let mut view = DeathsView::default();
    for sample in samples {
        let [age, errors, arrears, starvation, memory_pressure, operator] = sample.counters.deaths;
        view.age += age;
        view.errors += errors;
        view.arrears += arrears;
        view.starvation += starvation;
        view.memory_pressure += memory_pressure;
        view.operator += operator;
    }
    view
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::Counters;

    fn facts(epoch: u64, population: u32, births: u64) -> IslandFacts {
        IslandFacts {
            branch: Branch(0),
            epoch: Epoch(epoch),
            state: Digest::default(),
            link: Digest::default(),
            units: epoch,
            sample: Sample {
                population,
                genome_bytes: u64::from(population) * 80,
                counters: Counters {
                    births,
                    deaths: [1, 2, 3, 4, 5, 6],
                    ..Counters::default()
                },
                ..Sample::default()
            },
            updated_ms: 5,
        }
    }

    #[test]
    fn the_world_is_the_sum_of_its_islands() {
        let mut view = StateAggregator::new(1_000, 7, 1);
        view.put(IslandId(1), facts(0, 10, 100));
        view.put(IslandId(2), facts(4, 30, 300));
        view.merge(1_000, IslandId(1), facts(6, 20, 200), 2);
        view.set_provisional(IslandId(2), 3);
        let world = view.world_view(1_500);
        assert_eq!(
            (world.islands, world.population, world.births),
            (2, 50, 500)
        );
        assert_eq!((world.instructions, world.units_acked), (10_000, 13));
        assert_eq!(
            (
                world.units_confirmed,
                world.units_provisional,
                world.units_void
            ),
            (9, 3, 1)
        );
        assert_eq!((world.deaths.age, world.deaths.operator), (2, 12));
        assert_eq!(
            (world.mean_genome_length, world.instructions_per_second),
            (80.0, 600.0)
        );
        assert_eq!(view.world_view(20_000).instructions_per_second, 0.0);
        let later = SeriesPoint {
            time_ms: 500,
            instructions: 9_000,
            ..SeriesPoint::default()
        };
        assert_eq!(point(&world, Some(&later)).instructions_per_second, 1_000.0);
    }

    #[test]
    fn an_older_unit_changes_nothing_and_changes_are_named() {
        let mut view = StateAggregator::new(1_000, 10, 0);
        view.put(IslandId(1), facts(5, 10, 100));
        view.put(IslandId(2), facts(5, 10, 100));
        let revision = view.revision();
        view.merge(1, IslandId(1), facts(5, 99, 999), 1);
        view.merge(1, IslandId(1), facts(3, 99, 999), 1);
        assert_eq!(view.revision(), revision);
        view.merge(1, IslandId(2), facts(6, 11, 100), 1);
        assert_eq!(
            view.changed_since(revision).collect::<Vec<_>>(),
            [IslandId(2)]
        );
        assert!(view.revision() > revision);
        view.note_void(2);
        view.restore(IslandId(2), facts(4, 9, 80));
        let world = view.world_view(2);
        assert_eq!((world.units_confirmed, world.units_void), (9, 2));
        assert_eq!((world.births, world.instructions), (180, 9_000));
    }
}
