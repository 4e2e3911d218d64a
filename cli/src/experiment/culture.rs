//! A culture: one island without neighbours, run to any tick with its epoch lines kept. Knows no experiment.

use bytebiota_core::{Config, Epoch, Island, IslandId, WorldSeed};

/// An island in the laboratory.
pub struct Culture {
    seed: u64,
    island: Island,
    epoch: u64,
    is_open: bool,
}

impl Culture {
    /// The culture of a seed at tick 0.
    pub fn genesis(seed: u64, config: &Config) -> Self {
        Self {
            seed,
            island: Island::genesis(WorldSeed(seed), IslandId(1), config),
            epoch: 0,
            is_open: false,
        }
    }

    /// The seed it began with.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The island as it is now.
    pub fn island(&self) -> &Island {
        &self.island
    }

    /// Runs to `tick`, if that is ahead.
    pub fn advance(&mut self, tick: u64) {
        self.advance_by(tick, |island, stop| island.run_until(stop));
    }

    /// The same with another way to run within an epoch.
    pub fn advance_by(&mut self, tick: u64, mut run: impl FnMut(&mut Island, u64)) {
        let ticks = self.island.config().evolution.epoch_ticks;
        while self.island.tick() < tick {
            if !self.is_open {
                self.island.open_epoch(Epoch(self.epoch), &[]);
                self.is_open = true;
            }
            let line = (self.epoch + 1).saturating_mul(ticks);
            run(&mut self.island, line.min(tick));
            if self.island.tick() >= line {
                // Emigrants find no neighbour here.
                self.epoch += 1;
                self.is_open = false;
                let _ = self.island.close_epoch(Epoch(self.epoch));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_change_nothing() {
        let mut config = Config::default();
        config
            .set("evolution.epoch_ticks", "100000")
            .expect("in range");
        let mut whole = Culture::genesis(7, &config);
        whole.advance(350_000);
        let mut stepwise = Culture::genesis(7, &config);
        for stop in [1, 100_000, 100_001, 299_999, 350_000] {
            stepwise.advance(stop);
        }
        assert_eq!(whole.island().to_bytes(), stepwise.island().to_bytes());
        assert_eq!(whole.island().tick(), 350_000);
    }
}
