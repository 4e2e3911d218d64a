//! The environment of the obvious executor: what the end of a round and an epoch line bring.

use super::{mirror::*, world::*};
use bytebiota_core::{Arrival, ArrivalCause};

impl World {
    /// Hotspots move, cells regrow, signals decay, the pool fills: in this order.
    pub fn end_round(&mut self) {
        let config = self.config.environment.clone();
        let round = self.rest.round;
        self.move_hotspots();
        if round.is_multiple_of(u64::from(config.resource_regen_interval)) {
            self.regrow();
        }
        if round.is_multiple_of(u64::from(config.signal_decay_interval)) {
            for signal in &mut self.rest.region.signal {
                let left = u64::from(*signal) * u64::from(config.signal_decay_factor) / 1_000_000;
                *signal = left as u32;
            }
        }
        let pool = self.rest.region.pool + u64::from(config.reward_refill) * 1_000;
        self.rest.region.pool = pool.min(u64::from(config.reward_pool) * 1_000);
    }

    fn move_hotspots(&mut self) {
        let config = self.config.environment.clone();
        let round = self.rest.round;
        let mut spots = std::mem::take(&mut self.rest.region.hotspots);
        spots.truncate(config.hotspots as usize);
        for number in spots.len() as u64..u64::from(config.hotspots) {
            let part =
                u64::from(config.hotspot_interval) * (number + 1) / u64::from(config.hotspots);
            let cell = self.weather.below(config.length);
            spots.push(Hotspot {
                cell,
                next: None,
                moves: round + part,
            });
        }
        for spot in &mut spots {
            if spot.next.is_none() && round + u64::from(config.hotspot_lead) >= spot.moves {
                let next = self.weather.below(config.length);
                spot.next = Some(next);
                let signal = &mut self.rest.region.signal[next as usize];
                *signal = signal.saturating_add(config.hotspot_signal * 256);
            }
            if round >= spot.moves {
                spot.cell = spot.next.take().unwrap_or(spot.cell);
                spot.moves = round + u64::from(config.hotspot_interval);
            }
        }
        self.rest.region.hotspots = spots;
    }

    fn regrow(&mut self) {
        let config = self.config.environment.clone();
        let spots: Vec<u32> = self
            .rest
            .region
            .hotspots
            .iter()
            .map(|spot| spot.cell)
            .collect();
        let cells = u64::from(config.resource_regen_cells);
        let hot = match spots.len() as u64 {
            0 => 0,
            count => (cells * u64::from(config.hotspot_share) / 1_000_000 / count) as u32,
        };
        let width = (2 * config.hotspot_radius + 1).min(config.length);
        for &middle in &spots {
            let low = middle.saturating_sub(width / 2).min(config.length - width);
            for _ in 0..hot {
                let cell = low + self.weather.below(width);
                self.grow(cell, config.resource_regen_amount);
            }
        }
        // The rest of the cells, two out of each step of the generator, an odd one out of its own.
        let blind = config.resource_regen_cells - hot * spots.len() as u32;
        for _ in 0..blind / 2 {
            let (first, second) = self.weather.below_twice(config.length);
            self.grow(first, self.tilted(first));
            self.grow(second, self.tilted(second));
        }
        if blind % 2 == 1 {
            let cell = self.weather.below(config.length);
            self.grow(cell, self.tilted(cell));
        }
    }

    /// What a cell gains: the mean, more in the middle of the region, less at its edges.
    fn tilted(&self, cell: u32) -> u32 {
        let config = &self.config.environment;
        let strength = if config.enable_gradients {
            u64::from(config.gradient_strength)
        } else {
            0
        };
        let length = u64::from(config.length);
        let from_middle = (2 * u64::from(cell) + 1).abs_diff(length);
        let weight = 1_000_000 + strength - 2 * strength * from_middle / length;
        (u64::from(config.resource_regen_amount) * weight / 1_000_000).min(60_000) as u32
    }

    fn grow(&mut self, cell: u32, amount: u32) {
        let resource = &mut self.rest.region.resource[cell as usize];
        let now = u32::from(*resource);
        let most = self.config.environment.max_resource.max(now);
        *resource = (now + amount).min(most) as u16;
    }

    /// An epoch begins: the season may turn, newcomers enter.
    pub fn open_epoch(&mut self, epoch: u64, arrivals: &[Arrival]) {
        if epoch.is_multiple_of(u64::from(self.config.environment.task_rotation)) {
            self.rest.region.season = self
                .seasons
                .below(bytebiota_core::tasks::TASKS.len() as u32);
        }
        for arrival in arrivals.iter().filter(|arrival| arrival.epoch.0 == epoch) {
            self.arrive(arrival);
        }
    }

    /// An epoch ends; the genome that leaves and whether it goes upward.
    pub fn close_epoch(&mut self, next: u64) -> Option<(Vec<u8>, bool)> {
        self.compress();
        self.tell();
        let interval = u64::from(self.config.evolution.migration_interval);
        if interval == 0 || self.rest.island.is_multiple_of(10) || !next.is_multiple_of(interval) {
            return None;
        }
        let parents: Vec<&Life> = self
            .lives
            .iter()
            .filter(|life| life.is.births > 0)
            .collect();
        let chosen = self.weather.below(parents.len() as u32) as usize;
        let upward = self.weather.below(2) == 1;
        let is = &parents.get(chosen)?.is;
        Some((self.block(is.start, is.length), upward))
    }

    fn arrive(&mut self, arrival: &Arrival) {
        let length = arrival.genome.len() as u32;
        let target = self.weather.below(self.size());
        let fits = length <= self.config.evolution.max_genome;
        let block = if fits {
            self.allocate(None, target, length).0
        } else {
            None
        };
        let Some(start) = block else {
            self.rest.counters.arrivals_refused += 1;
            return;
        };
        for (address, &byte) in (start..).zip(&arrival.genome) {
            self.put(address, byte);
        }
        let (origin, flow) = match arrival.cause {
            ArrivalCause::Immigrant { origin } => (Origin::Immigrant { origin }, Flow::Immigrants),
            ArrivalCause::Reseed => (Origin::Reseed, Flow::Founders),
            ArrivalCause::Operator => (Origin::Operator, Flow::Founders),
        };
        let taxon = self.new_taxon(origin, arrival.genome.clone(), Edge::default());
        let energy = i64::from(self.config.energy.founder) * 1_000;
        self.flow(flow, energy);
        self.rest.counters.arrivals += 1;
        self.enter(start, length, energy, 0, taxon, None);
    }
}
