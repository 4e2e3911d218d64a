//! Environment: the region as organisms meet it, with its border: reach, harvest, signals, storage, pool. Knows no organism.

use crate::{Config, Halo, HaloCell, config::EnvironmentConfig, region::Region, weather};

/// Fractional bits of a signal.
pub const SIGNAL_SHIFT: u32 = 8;

/// The cells of the region that an organism acts on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// Lowest cell.
    pub low: u32,
    /// How many.
    pub cells: u32,
}

/// The region with what is derived from the Config.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The state.
    pub region: Region,
    /// The frozen border.
    pub halo: Halo,
    /// What each cell gains when it regrows.
    pub(crate) regrowth: Vec<u16>,
    soup_shift: u32,
    length: i64,
}

impl Environment {
    /// Joins a region with its Config and border.
    pub fn new(region: Region, config: &Config, halo: Halo) -> Self {
        Self {
            region,
            halo,
            regrowth: weather::regrowth(&config.environment),
            soup_shift: config.soup.size.trailing_zeros(),
            length: i64::from(config.environment.length),
        }
    }

    /// The cell of an address; addresses beyond the soup lie beyond the region.
    #[inline]
    pub fn cell(&self, address: i32) -> i64 {
        (i64::from(address) * self.length) >> self.soup_shift
    }

    /// The cells from `reach` below a body to `reach` above it; they may lie beyond the region.
    fn around(&self, start: u32, length: u32, reach: i64) -> (i64, i64) {
        let low = self.cell(start as i32) - reach;
        (low, self.cell((start + length - 1) as i32) + reach)
    }

    /// The cells of the region within `reach` of a body.
    pub fn reach(&self, start: u32, length: u32, reach: u32) -> Reach {
        let (low, high) = self.around(start, length, i64::from(reach));
        let low = low.max(0);
        Reach {
            low: low as u32,
            cells: (high.min(self.length - 1) + 1 - low) as u32,
        }
    }

    /// Looks at what a place holds, so that it is fetched. What is seen means nothing.
    #[inline]
    pub fn glance(&self, address: i32) -> u64 {
        let cell = self.cell(address) as usize;
        self.region.resource.get(cell).copied().unwrap_or(0).into()
    }

    /// The cell of an address where the organism may act: within reach and within the region.
    #[inline]
    pub fn acting(&self, address: i32, reach: Reach) -> Option<usize> {
        let cell = self.cell(address);
        let near = ((cell - i64::from(reach.low)) as u64) < u64::from(reach.cells);
        near.then_some(cell as usize)
    }

    /// The cell of an address that the organism of a body may sense: four times as far, the border included.
    pub fn sensing(
        &self,
        address: i32,
        (start, length): (u32, u32),
        config: &EnvironmentConfig,
    ) -> Option<i64> {
        let cell = self.cell(address);
        let (low, high) = self.around(start, length, 4 * i64::from(config.reach));
        let border = crate::assignment::HALO_CELLS as i64;
        let within = (-border..self.length + border).contains(&cell);
        (within && (low..=high).contains(&cell)).then_some(cell)
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
        if taken > 0 {
            *resource -= taken as u16;
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};

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
    fn acting_ends_at_the_edge_and_sensing_reads_the_border() {
        let (mut env, config, _) = environment(|_| {});
        env.halo.above = vec![HaloCell {
            resource: 77,
            signal: 3,
        }];
        let body = (65_536 - 64, 64);
        let reach = env.reach(body.0, body.1, 16);
        assert_eq!(env.acting(65_535, reach), Some(4_095));
        assert_eq!(env.acting(65_536, reach), None);
        let cell = env.sensing(65_536, body, &config.environment);
        assert_eq!(cell.map(|cell| env.look(cell).resource), Some(77));
        assert_eq!(env.sensing(0, body, &config.environment), None);
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
