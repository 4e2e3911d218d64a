//! Random worlds for tests: presets, knobs moved at random, genomes that are ancestors, spoilt ancestors or noise.

// Each test uses its own part of this.
#![allow(dead_code)]

use crate::obvious::dice::Dice;
use bytebiota_core::{
    Arrival, ArrivalCause, Config, Epoch, Halo, HaloCell, IslandId, TaxonId,
    config::{Founder, Knob, PRESETS, Range, RewardRule},
    genesis,
};

/// A generator for a test, from a number.
pub fn dice(seed: u64) -> Dice {
    let mut dice = Dice([
        seed ^ 0xB10,
        seed.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        0x5EED,
        7,
    ]);
    (0..16).for_each(|_| _ = dice.bits());
    dice
}

/// A small world of a preset, with life in it, and some knobs moved.
pub fn world(dice: &mut Dice, moved_knobs: u32) -> Config {
    let preset = &PRESETS[dice.below(PRESETS.len() as u32) as usize];
    let mut config = Config::preset(preset.name).expect("a preset");
    config.soup.size = 4_096 << dice.below(2);
    config.soup.search_radius = 500 + dice.below(1_500);
    config.environment.length = 256 << dice.below(3);
    config.evolution.epoch_ticks = 1_500 + u64::from(dice.below(3_000));
    config.evolution.ancestor_interval = 1_000 + u64::from(dice.below(4_000));
    config.evolution.founders = 1 + dice.below(40);
    config.evolution.max_genome = 200;
    if config.evolution.founder != Founder::Random {
        let genome = genome(dice);
        // Sometimes no child may be longer than the founder, so that insertions are refused.
        config.evolution.max_genome = [200, 16.max(genome.len() as u32)][dice.below(2) as usize];
        config.evolution.founder = Founder::Genome(genome);
    }
    livelier(dice, &mut config);
    for _ in 0..moved_knobs {
        move_knob(dice, &mut config);
    }
    assert_eq!(config.validate(), Ok(()));
    config
}

/// Mutations often enough to be met in a short test, and a purse that lasts.
fn livelier(dice: &mut Dice, config: &mut Config) {
    let mutation = &mut config.mutation;
    mutation.copy_rate = [0, 3_000, 30_000][dice.below(3) as usize];
    mutation.substitution_share = 500_000;
    mutation.background_interval = [0, 300, 5_000][dice.below(3) as usize];
    mutation.flaw_rate = [0, 300, 5_000][dice.below(3) as usize];
    mutation.indel_rate = [0, 100_000, 600_000][dice.below(3) as usize];
    config.reaper.max_errors = [0, 30, 500][dice.below(3) as usize];
    config.reaper.max_age = [0, 40, 400][dice.below(3) as usize];
    config.reaper.max_arrears = [0, 200][dice.below(2) as usize];
    config.energy.rent = [10, 150][dice.below(2) as usize];
    config.evolution.min_copied = [0, 500_000, 900_000][dice.below(3) as usize];
    config.evolution.migration_interval = dice.below(3);
    config.environment.hotspot_interval = 1 + dice.below(60);
    config.environment.task_rotation = 1 + dice.below(3);
    config.environment.rewards = [RewardRule::Earned, RewardRule::Shuffled][dice.below(2) as usize];
}

/// Sets a random knob to a random value of its range; sizes that make a world slow stay as they are.
pub fn move_knob(dice: &mut Dice, config: &mut Config) {
    let knobs = Config::knobs();
    let knob = &knobs[dice.below(knobs.len() as u32) as usize];
    let before = config.clone();
    let text = match knob.range {
        Range::OneOf(words) => words[dice.below(words.len() as u32) as usize].to_string(),
        Range::Between(low, high) => between(dice, low, high).to_string(),
        Range::GenomeOr(_) => return,
    };
    if is_size(knob) || knob.set(config, &text).is_err() || config.validate().is_err() {
        *config = before;
    }
}

/// Whether a knob decides how long a test takes.
pub fn is_size(knob: &Knob) -> bool {
    ["soup.size", "environment.length", "evolution.epoch_ticks"].contains(&knob.path)
}

/// Small and large values alike: uniform in the number of bits; the ends now and then.
fn between(dice: &mut Dice, low: u64, high: u64) -> u64 {
    match dice.below(8) {
        0 => low,
        1 => high,
        _ => {
            let bits = 64 - (high - low).leading_zeros();
            let mask = (1u64 << dice.below(bits + 1).min(63)) - 1;
            low + (dice.bits() & mask).min(high - low)
        }
    }
}

/// An ancestor, a spoilt one, or noise.
pub fn genome(dice: &mut Dice) -> Vec<u8> {
    let name = ["ancestor", "forager", "parasite"][dice.below(3) as usize];
    let mut genome = genesis::genome(name).expect("an ancestor");
    match dice.below(4) {
        0 => {}
        1 => {
            genome = (0..12 + dice.below(80))
                .map(|_| dice.below(140) as u8)
                .collect()
        }
        _ => {
            for _ in 0..dice.below(12) {
                let place = dice.below(genome.len() as u32) as usize;
                genome[place] = dice.below(128) as u8;
            }
            if dice.below(2) == 0 {
                let place = dice.below(genome.len() as u32) as usize;
                genome.splice(place..place, [58, 55, 51 + dice.below(13) as u8, 59]);
            }
        }
    }
    genome
}

/// Newcomers for the first epochs.
pub fn arrivals(dice: &mut Dice, count: u64) -> Vec<Arrival> {
    let arrival = |epoch| Arrival {
        epoch: Epoch(epoch / 2),
        cause: match dice.below(3) {
            0 => ArrivalCause::Reseed,
            1 => ArrivalCause::Operator,
            _ => ArrivalCause::Immigrant {
                origin: TaxonId {
                    island: IslandId(9),
                    serial: dice.bits() >> 40,
                },
            },
        },
        genome: genome(dice),
    };
    (0..count).map(arrival).collect()
}

/// A border of random cells.
pub fn halo(dice: &mut Dice) -> Halo {
    let mut side = || {
        let cell = |_| HaloCell {
            resource: dice.below(60_000) as u16,
            signal: dice.below(1 << 20),
        };
        (0..40).map(cell).collect::<Vec<_>>()
    };
    Halo {
        below: side(),
        above: side(),
    }
}
