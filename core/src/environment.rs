//! Environment: the island's region of the ring, its cells, hotspots, pool and seasons. Knows no organism but its reach.

use crate::{
    Config, Halo, HaloCell,
    config::{EnvironmentConfig, MILLION},
    rng::Rng,
    tasks::TASKS,
};
use serde::{Deserialize, Serialize};

/// Fractional bits of a signal.
pub const SIGNAL_SHIFT: u32 = 8;

/// A place of rich regrowth that moves from time to time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hotspot {
    /// Its middle.
    pub cell: u32,
    /// Where it goes next, once that is announced.
    pub next: Option<u32>,
    /// The round of its move.
    pub moves: u64,
}

/// The state of a region; part of the island's state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Region {
    /// Resource units of each cell.
    pub resource: Vec<u16>,
    /// Signal of each cell, fixed point.
    pub signal: Vec<u32>,
    /// Storage byte of each cell.
    #[serde(with = "serde_bytes")]
    pub storage: Vec<u8>,
    /// Energy left by storing, milli-units, of each cell.
    pub deposit: Vec<u16>,
    /// Hotspots.
    pub hotspots: Vec<Hotspot>,
    /// What pays rewards and stipends, milli-units.
    pub pool: u64,
    /// The task that pays more, a number of `TASKS`.
    pub season: u32,
    /// Makes this island's challenges its own.
    pub challenge_key: u64,
}

/// The cells an organism acts on, both ends included; may lie beyond the region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reach {
    /// Lowest cell.
    pub low: i64,
    /// Highest cell.
    pub high: i64,
}

/// The region with what is derived from the Config.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The state.
    pub region: Region,
    /// The frozen border.
    pub halo: Halo,
    regrowth: Vec<u16>,
    soup_shift: u32,
    length: i64,
}

impl Region {
    /// The region at genesis.
    pub fn genesis(config: &EnvironmentConfig, rng: &mut Rng, tasks: &mut Rng) -> Self {
        let cells = config.length as usize;
        let spread = (config.initial_resource * 2).min(config.max_resource) + 1;
        Self {
            resource: (0..cells).map(|_| rng.below(spread) as u16).collect(),
            signal: vec![0; cells],
            storage: vec![0; cells],
            deposit: vec![0; cells],
            hotspots: Vec::new(),
            pool: 0,
            season: 0,
            challenge_key: tasks.bits(),
        }
    }

    /// What is wrong with a region from outside.
    pub fn fault(&self, config: &EnvironmentConfig) -> Option<&'static str> {
        let cells = config.length as usize;
        let lengths = [
            self.resource.len(),
            self.signal.len(),
            self.storage.len(),
            self.deposit.len(),
        ];
        let outside = |spot: &Hotspot| spot.cell.max(spot.next.unwrap_or(0)) >= config.length;
        if lengths.iter().any(|&length| length != cells) {
            Some("the region has another number of cells than the Config says")
        } else if self.hotspots.len() > 32 || self.hotspots.iter().any(outside) {
            Some("a hotspot lies outside the region")
        } else if self.season as usize >= TASKS.len() {
            Some("the task in season does not exist")
        } else {
            None
        }
    }
}

impl Environment {
    /// Joins a region with its Config and border.
    pub fn new(region: Region, config: &Config, halo: Halo) -> Self {
        Self {
            region,
            halo,
            regrowth: regrowth(&config.environment),
            soup_shift: config.soup.size.trailing_zeros(),
            length: i64::from(config.environment.length),
        }
    }

    /// The cell of an address; addresses beyond the soup lie beyond the region.
    #[inline]
    pub fn cell(&self, address: i32) -> i64 {
        (i64::from(address) * self.length) >> self.soup_shift
    }

    /// The cells within `reach` of a body.
    #[inline]
    pub fn reach(&self, start: u32, length: u32, reach: u32) -> Reach {
        Reach {
            low: self.cell(start as i32) - i64::from(reach),
            high: self.cell((start + length - 1) as i32) + i64::from(reach),
        }
    }

    /// The cell of an address where the organism may act: within reach and within the region.
    #[inline]
    pub fn acting(&self, address: i32, reach: Reach) -> Option<usize> {
        let cell = self.cell(address);
        let near = (reach.low..=reach.high).contains(&cell);
        (near && (0..self.length).contains(&cell)).then_some(cell as usize)
    }

    /// The cell of an address that the organism may sense: four times as far, the border included.
    #[inline]
    pub fn sensing(&self, address: i32, reach: Reach, config: &EnvironmentConfig) -> Option<i64> {
        let cell = self.cell(address);
        let further = 3 * i64::from(config.reach);
        let near = (reach.low - further..=reach.high + further).contains(&cell);
        let border = crate::assignment::HALO_CELLS as i64;
        (near && (-border..self.length + border).contains(&cell)).then_some(cell)
    }

    /// Resource and signal of a cell, the border's included; nothing beyond it.
    pub fn look(&self, cell: i64) -> HaloCell {
        let beyond = |side: &[HaloCell], distance: i64| {
            side.get(distance as usize).copied().unwrap_or_default()
        };
        if cell < 0 {
            beyond(&self.halo.below, -1 - cell)
        } else if cell >= self.length {
            beyond(&self.halo.above, cell - self.length)
        } else {
            HaloCell {
                resource: self.region.resource[cell as usize],
                signal: self.region.signal[cell as usize],
            }
        }
    }

    /// 1 if the four cells above hold more resource than the four below, -1 if less, else 0.
    pub fn gradient(&self, cell: i64) -> i32 {
        let sum = |cells: std::ops::RangeInclusive<i64>| {
            cells
                .map(|cell| i32::from(self.look(cell).resource))
                .sum::<i32>()
        };
        (sum(cell + 1..=cell + 4) - sum(cell - 4..=cell - 1)).signum()
    }

    /// Takes up to `most` resource units out of a cell.
    #[inline]
    pub fn harvest(&mut self, cell: usize, most: u32) -> u32 {
        let resource = &mut self.region.resource[cell];
        let taken = u32::from(*resource).min(most);
        *resource -= taken as u16;
        taken
    }

    /// Adds whole units of signal to a cell.
    pub fn emit(&mut self, cell: usize, units: u32) {
        let signal = &mut self.region.signal[cell];
        *signal = signal.saturating_add(units << SIGNAL_SHIFT);
    }

    /// Stores a byte and leaves energy with it; returns the milli-units that stayed.
    pub fn store(&mut self, cell: usize, byte: u8, deposit: u32) -> u32 {
        self.region.storage[cell] = byte;
        let held = &mut self.region.deposit[cell];
        let after = held.saturating_add(deposit.min(u32::from(u16::MAX)) as u16);
        let stayed = after - *held;
        *held = after;
        u32::from(stayed)
    }

    /// The stored byte, and up to `most` milli-units withdrawn with it.
    pub fn withdraw(&mut self, cell: usize, most: u32) -> (u8, u32) {
        let held = &mut self.region.deposit[cell];
        let taken = u32::from(*held).min(most);
        *held -= taken as u16;
        (self.region.storage[cell], taken)
    }

    /// Pays up to `wanted` milli-units out of the pool.
    pub fn pay(&mut self, wanted: u64) -> u64 {
        let paid = wanted.min(self.region.pool);
        self.region.pool -= paid;
        paid
    }

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
fn regrowth(config: &EnvironmentConfig) -> Vec<u16> {
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
    use crate::{IslandId, WorldSeed};

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

    #[test]
    fn acting_ends_at_the_edge_and_sensing_reads_the_border() {
        let (mut env, config, _) = environment(|_| {});
        env.halo.above = vec![HaloCell {
            resource: 77,
            signal: 3,
        }];
        let reach = env.reach(65_536 - 64, 64, 16);
        assert_eq!(env.acting(65_535, reach), Some(4_095));
        assert_eq!(env.acting(65_536, reach), None);
        let cell = env.sensing(65_536, reach, &config.environment);
        assert_eq!(cell.map(|cell| env.look(cell).resource), Some(77));
        assert_eq!(env.sensing(0, reach, &config.environment), None);
        assert_eq!(env.gradient(4_094), -1);
    }

    #[test]
    fn storage_keeps_a_byte_and_part_of_its_price() {
        let (mut env, _, _) = environment(|_| {});
        assert_eq!(env.store(5, 9, 1_000), 1_000);
        assert_eq!(
            (env.withdraw(5, 400), env.withdraw(5, 900)),
            ((9, 400), (9, 600))
        );
        assert_eq!(env.store(5, 1, 100_000), 65_535);
    }
}
