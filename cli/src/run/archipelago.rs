//! Islands in lock-step, epoch by epoch, with migrants between them: the result does not depend on the number of threads. Knows no file.

use crate::clock::thread_cpu_ns;
use bytebiota_core::{
    Arrival, ArrivalCause, CONTROL_ISLAND_EVERY, Config, Digest, Emigrant, Epoch, Island, IslandId,
    WorldSeed,
};
use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// An island with who arrives at its next epoch line.
struct Place {
    island: Island,
    arrivals: Vec<Arrival>,
    emigrant: Option<Emigrant>,
    cpu_ns: u64,
}

/// All islands of a world, at the same tick.
pub struct Archipelago {
    places: Vec<Place>,
    epoch_ticks: u64,
    tick: u64,
}

impl Archipelago {
    /// Islands 1 to `count` at tick 0.
    pub fn genesis(seed: WorldSeed, count: u32, config: &Config) -> Self {
        let place = |number| Place {
            island: Island::genesis(seed, IslandId(number), config),
            arrivals: Vec::new(),
            emigrant: None,
            cpu_ns: 0,
        };
        let places = (1..=count).map(place).collect();
        Self {
            places,
            epoch_ticks: config.evolution.epoch_ticks,
            tick: 0,
        }
    }

    /// Ticks since genesis, the same for every island.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// The islands, by number.
    pub fn islands(&self) -> impl Iterator<Item = &Island> {
        self.places.iter().map(|place| &place.island)
    }

    /// Different genotypes among all living.
    pub fn genotypes(&self) -> u64 {
        let bodies = self.islands().flat_map(Island::bodies);
        let genotypes: BTreeSet<_> = bodies.map(|body| body.genotype).collect();
        genotypes.len() as u64
    }

    /// Chain over the digests of the states, in order of islands.
    pub fn digest(&self) -> Digest {
        let digests: Vec<Digest> = self
            .islands()
            .map(|island| Digest::of(&island.to_bytes()))
            .collect();
        Digest::chain(&digests)
    }

    /// CPU time spent in execution alone, over all threads, ns.
    pub fn cpu_ns(&self) -> u64 {
        self.places.iter().map(|place| place.cpu_ns).sum()
    }

    /// Runs every island to the next epoch line, or to `stop` if that comes first. Begins at an epoch line.
    pub fn advance(&mut self, stop: u64, threads: usize) {
        let epoch = self.tick / self.epoch_ticks;
        let line = (epoch + 1).saturating_mul(self.epoch_ticks);
        let until = line.min(stop);
        let is_whole = until == line;
        in_threads(&mut self.places, threads, |place| {
            place.run(Epoch(epoch), until, is_whole)
        });
        self.tick = until;
        self.exchange();
    }

    /// Emigrants become arrivals of their neighbours, in order of origin.
    fn exchange(&mut self) {
        let ring: Vec<usize> = (0..self.places.len())
            .filter(|&index| !is_control(index))
            .collect();
        for (position, &from) in ring.iter().enumerate() {
            let Some(emigrant) = self.places[from].emigrant.take() else {
                continue;
            };
            if ring.len() < 2 {
                continue;
            }
            let step = if emigrant.upward { 1 } else { ring.len() - 1 };
            let to = ring[(position + step) % ring.len()];
            self.places[to].arrivals.push(Arrival {
                epoch: emigrant.epoch,
                cause: ArrivalCause::Immigrant {
                    origin: emigrant.taxon,
                },
                genome: emigrant.genome,
            });
        }
    }
}

fn is_control(index: usize) -> bool {
    (index as u32 + 1).is_multiple_of(CONTROL_ISLAND_EVERY)
}

impl Place {
    fn run(&mut self, epoch: Epoch, until: u64, is_whole: bool) {
        let begin = thread_cpu_ns();
        self.island
            .open_epoch(epoch, &std::mem::take(&mut self.arrivals));
        self.island.run_until(until);
        if is_whole {
            self.emigrant = self.island.close_epoch(Epoch(epoch.0 + 1));
        }
        self.cpu_ns += thread_cpu_ns().saturating_sub(begin);
    }
}

/// Does the work for every item, in whatever order; each item is its own, so order changes nothing.
fn in_threads<T: Send>(items: &mut [T], threads: usize, work: impl Fn(&mut T) + Sync) {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter_mut().for_each(work);
    }
    let items: Vec<Mutex<&mut T>> = items.iter_mut().map(Mutex::new).collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(&mut item.lock().unwrap_or_else(PoisonError::into_inner));
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let mut config = Config::default();
        let knobs = [
            ("soup.size", "8192"),
            ("environment.length", "1024"),
            ("soup.search_radius", "512"),
            ("evolution.epoch_ticks", "100000"),
            ("evolution.migration_interval", "2"),
        ];
        for (path, value) in knobs {
            config.set(path, value).expect("in range");
        }
        config
    }

    fn digests(threads: usize, stops: &[u64]) -> Vec<Digest> {
        let mut world = Archipelago::genesis(WorldSeed(3), 4, &config());
        for &stop in stops {
            while world.tick() < stop {
                world.advance(stop, threads);
            }
        }
        world
            .islands()
            .map(|island| Digest::of(&island.to_bytes()))
            .collect()
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let alone = digests(1, &[1_250_000]);
        assert_eq!(alone, digests(3, &[1_250_000]));
        assert!(alone.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn migrants_arrive_and_controls_stay_alone() {
        let mut world = Archipelago::genesis(WorldSeed(5), 10, &config());
        while world.tick() < 3_000_000 {
            world.advance(3_000_000, 2);
        }
        let arrivals = |index: usize| {
            let counters = world.places[index].island.counters();
            counters.arrivals + counters.arrivals_refused
        };
        let founders = u64::from(config().evolution.founders);
        assert_eq!(arrivals(9), founders, "island 10 is a control");
        let migrants: u64 = (0..9).map(|index| arrivals(index) - founders).sum();
        assert!(migrants > 20, "{migrants}");
    }
}
