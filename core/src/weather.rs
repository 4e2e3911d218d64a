//! What the environment does by itself: hotspots move, cells regrow, signals decay, the pool fills, seasons turn. Knows no organism.

use crate::{
    config::{EnvironmentConfig, MILLION},
    environment::Environment,
    region::Hotspot,
    rng::Rng,
    tasks::TASKS,
};

impl Environment {
    /// What happens at the end of a round: hotspots move, cells regrow, signals decay, the pool fills.
    pub fn end_round(&mut self, round: u64, config: &EnvironmentConfig, rng: &mut Rng) {
        self.move_hotspots(round, config, rng);
        if round.is_multiple_of(u64::from(config.resource_regen_interval)) {
            self.regrow(config, rng);
        }
        if round.is_multiple_of(u64::from(config.signal_decay_interval)) {
            let factor = u64::from(config.signal_decay_factor);
            for signal in &mut self.region.signal {
                *signal = (u64::from(*signal) * factor / u64::from(MILLION)) as u32;
            }
        }
        let full = u64::from(config.reward_pool) * 1_000;
        self.region.pool = (self.region.pool + u64::from(config.reward_refill) * 1_000).min(full);
    }

    /// Draws the task of the next season.
    pub fn rotate(&mut self, tasks: &mut Rng) {
        self.region.season = tasks.below(TASKS.len() as u32);
    }

    fn move_hotspots(&mut self, round: u64, config: &EnvironmentConfig, rng: &mut Rng) {
        let spots = &mut self.region.hotspots;
        spots.truncate(config.hotspots as usize);
        while spots.len() < config.hotspots as usize {
            // The first moves are spread over an interval, so that not all leave at once.
            let share = u64::from(config.hotspot_interval) * (spots.len() as u64 + 1);
            spots.push(Hotspot {
                cell: rng.below(config.length),
                next: None,
                moves: round + share / u64::from(config.hotspots),
            });
        }
        for at in 0..self.region.hotspots.len() {
            let mut spot = self.region.hotspots[at];
            if spot.next.is_none() && round + u64::from(config.hotspot_lead) >= spot.moves {
                let next = rng.below(config.length);
                spot.next = Some(next);
                self.emit(next as usize, config.hotspot_signal);
            }
            if round >= spot.moves {
                spot.cell = spot.next.take().unwrap_or(spot.cell);
                spot.moves = round + u64::from(config.hotspot_interval);
            }
            self.region.hotspots[at] = spot;
        }
    }

    fn regrow(&mut self, config: &EnvironmentConfig, rng: &mut Rng) {
        let spots = self.region.hotspots.len() as u32;
        let hot = portion(config.resource_regen_cells, config.hotspot_share)
            .checked_div(spots)
            .unwrap_or(0);
        for at in 0..spots {
            let middle = self.region.hotspots[at as usize].cell;
            let width = (2 * config.hotspot_radius + 1).min(config.length);
            let low = middle.saturating_sub(width / 2).min(config.length - width);
            for _ in 0..hot {
                self.grow(
                    low + rng.below(width),
                    config.resource_regen_amount,
                    config.max_resource,
                );
            }
        }
        let blind = config.resource_regen_cells - hot * spots;
        for _ in 0..blind / 2 {
            let (first, second) = rng.below_twice(config.length);
            self.grow(
                first,
                u32::from(self.regrowth[first as usize]),
                config.max_resource,
            );
            self.grow(
                second,
                u32::from(self.regrowth[second as usize]),
                config.max_resource,
            );
        }
        if blind % 2 == 1 {
            let cell = rng.below(config.length);
            self.grow(
                cell,
                u32::from(self.regrowth[cell as usize]),
                config.max_resource,
            );
        }
    }

    #[inline]
    fn grow(&mut self, cell: u32, amount: u32, most: u32) {
        let resource = &mut self.region.resource[cell as usize];
        *resource = (u32::from(*resource) + amount).min(most.max(u32::from(*resource))) as u16;
    }
}

fn portion(whole: u32, per_million: u32) -> u32 {
    (u64::from(whole) * u64::from(per_million) / u64::from(MILLION)) as u32
}

/// What each cell gains when it regrows: the mean, tilted towards the middle of the region.
pub(crate) fn regrowth(config: &EnvironmentConfig) -> Vec<u16> {
    let mean = u64::from(config.resource_regen_amount);
    let strength = if config.enable_gradients {
        u64::from(config.gradient_strength)
    } else {
        0
    };
    let amount = |cell: u32| {
        let from_middle = u64::from((2 * cell + 1).abs_diff(config.length));
        let weight =
            u64::from(MILLION) + strength - 2 * strength * from_middle / u64::from(config.length);
        (mean * weight / u64::from(MILLION)).min(60_000) as u16
    };
    (0..config.length).map(amount).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Halo, IslandId, WorldSeed, environment::SIGNAL_SHIFT, region::Region};

    fn environment(change: impl Fn(&mut EnvironmentConfig)) -> (Environment, Config, Rng) {
        let mut config = Config::default();
        change(&mut config.environment);
        let mut rng = Rng::stream(WorldSeed(1), IslandId(1), "environment");
        let region = Region::genesis(&config.environment, &mut rng.clone(), &mut rng);
        (
            Environment::new(region, &config, Halo::default()),
            config,
            rng,
        )
    }

    #[test]
    fn regrowth_keeps_its_amount_its_tilt_and_its_cap() {
        let (mut env, config, mut rng) = environment(|c| {
            c.max_resource = 60_000;
            c.initial_resource = 0;
        });
        for round in 1..=200 {
            env.end_round(round, &config.environment, &mut rng);
        }
        let total: u64 = env.region.resource.iter().map(|&r| u64::from(r)).sum();
        assert!((7_800_000..=8_200_000).contains(&total), "{total}");
        let sum = |cells: std::ops::Range<usize>| {
            env.regrowth[cells]
                .iter()
                .map(|&r| u64::from(r))
                .sum::<u64>()
        };
        assert!(sum(1536..2560) > sum(0..1024) && sum(0..2048) == sum(2048..4096));
        let (mut env, config, mut rng) = environment(|c| c.max_resource = 10);
        (1..100).for_each(|round| env.end_round(round, &config.environment, &mut rng));
        assert_eq!(env.region.resource.iter().max(), Some(&10));
    }

    #[test]
    fn hotspots_are_announced_by_a_signal_where_they_go() {
        let (mut env, config, mut rng) = environment(|c| {
            c.hotspots = 1;
            c.hotspot_interval = 50;
            c.hotspot_lead = 10;
            c.signal_decay_interval = 1_000;
        });
        (1..=42).for_each(|round| env.end_round(round, &config.environment, &mut rng));
        let spot = env.region.hotspots[0];
        let next = spot.next.expect("announced");
        assert_eq!(env.region.signal[next as usize], 64 << SIGNAL_SHIFT);
        (43..=51).for_each(|round| env.end_round(round, &config.environment, &mut rng));
        assert_eq!(env.region.hotspots[0].cell, next);
    }
}
