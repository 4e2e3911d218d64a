//! In random worlds, at random ticks: memory, energy, queues, counts and genealogy keep their laws; also at the ends
//! of the range of every knob.

mod lawful;
mod obvious;
mod worlds;

use bytebiota_core::{
    Config, Epoch, Island, IslandId, WorldSeed,
    config::{Founder, Range},
};
use worlds::{dice, is_size};

fn assert_lawful(island: &Island, config: &Config, what: &str) {
    if let Some(law) = lawful::broken(island, config) {
        panic!("{what}, tick {}: {law}\n{config:?}", island.tick());
    }
}

/// Runs a world for some epochs with newcomers, stopping at random ticks to look at its laws.
fn live(seed: u64, config: &Config, epochs: u64) -> Island {
    let mut dice = dice(seed + 5_000);
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), config);
    let arrivals = worlds::arrivals(&mut dice, 4);
    island.set_halo(worlds::halo(&mut dice));
    for epoch in 0..epochs {
        island.open_epoch(Epoch(epoch), &arrivals);
        let line = (epoch + 1) * config.evolution.epoch_ticks;
        while island.tick() < line {
            let stop = island.tick() + 1 + u64::from(dice.below(1_000));
            island.run_until(line.min(stop));
            assert_lawful(&island, config, &format!("seed {seed}"));
        }
        island.close_epoch(Epoch(epoch + 1));
        assert_lawful(&island, config, &format!("seed {seed}, line {epoch}"));
    }
    island
}

#[test]
fn random_worlds_keep_the_laws() {
    let (mut births, mut deaths) = (0, 0);
    for seed in 1..=120 {
        let mut dice = dice(seed);
        let moved_knobs = dice.below(16);
        let config = worlds::world(&mut dice, moved_knobs);
        let island = live(seed, &config, 4);
        births += island.counters().births;
        deaths += island.counters().deaths_total();
    }
    assert!(
        births > 500 && deaths > 1_000,
        "{births} births, {deaths} deaths"
    );
}

#[test]
fn the_ends_of_every_range_keep_the_laws() {
    let mut tried = 0;
    for knob in Config::knobs().iter().filter(|knob| !is_size(knob)) {
        let ends: Vec<String> = match knob.range {
            Range::Between(low, high) => vec![low.to_string(), high.to_string()],
            Range::OneOf(words) => words.iter().map(|word| word.to_string()).collect(),
            Range::GenomeOr(words) => words.iter().map(|word| word.to_string()).collect(),
        };
        for end in ends {
            let mut config = worlds::world(&mut dice(3), 0);
            config.evolution.founder = Founder::Forager;
            if knob.set(&mut config, &end).is_ok() && config.validate().is_ok() {
                live(tried, &config, 2);
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried} ends tried");
}

/// Every knob at one of its ends at the same time.
#[test]
fn extreme_worlds_keep_the_laws() {
    for seed in 0..60 {
        let mut dice = dice(seed);
        let mut config = worlds::world(&mut dice, 0);
        for knob in Config::knobs().iter().filter(|knob| !is_size(knob)) {
            let Range::Between(low, high) = knob.range else {
                continue;
            };
            let before = config.clone();
            let end = [low, high, high][dice.below(3) as usize].to_string();
            let moves = dice.below(3) > 0;
            if moves && (knob.set(&mut config, &end).is_err() || config.validate().is_err()) {
                config = before;
            }
        }
        live(seed, &config, 3);
    }
}

#[test]
fn the_smallest_and_the_largest_soup_keep_the_laws() {
    for (size, cells) in [(4_096, 256), (16_777_216, 65_536)] {
        let mut config = Config::default();
        config.soup.size = size;
        config.environment.length = cells;
        config.evolution.founders = 256;
        assert_eq!(
            config.validate(),
            if size == 4_096 {
                config.validate()
            } else {
                Ok(())
            }
        );
        if size == 4_096 {
            config.evolution.founders = 30;
            assert_eq!(config.validate(), Ok(()));
        }
        let mut island = Island::genesis(WorldSeed(1), IslandId(1), &config);
        island.run_until(5_000);
        assert_lawful(&island, &config, "size");
    }
}
