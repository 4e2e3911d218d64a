//! Worlds out of bytes: a Config within its ranges, genomes as they come, newcomers, a border. Knows not what is done with them.

use super::feed::Feed;
use bytebiota_core::{
    Arrival, ArrivalCause, Config, Epoch, Halo, HaloCell, Inputs, Island, IslandId, TaxonId,
    WorldSeed,
    config::{Founder, PRESETS, Range},
};

/// An island at an epoch line, with what it takes to go on.
pub struct Recipe {
    pub config: Config,
    pub inputs: Inputs,
    pub epoch: Epoch,
    pub state: Vec<u8>,
}

/// Grows a small island out of bytes.
pub fn cook(feed: &mut Feed) -> Recipe {
    let config = config(feed);
    let inputs = Inputs {
        parameters_version: 0,
        arrivals: arrivals(feed),
        halo: Halo {
            below: border(feed),
            above: border(feed),
        },
    };
    let epoch = Epoch(u64::from(feed.below(4)));
    let mut island = Island::genesis(WorldSeed(feed.number()), IslandId(1), &config);
    for at in 0..epoch.0 {
        island.open_epoch(Epoch(at), &inputs.arrivals);
        island.run_until((at + 1) * config.evolution.epoch_ticks);
        island.close_epoch(Epoch(at + 1));
    }
    Recipe {
        config,
        inputs,
        epoch,
        state: island.to_bytes(),
    }
}

fn config(feed: &mut Feed) -> Config {
    let preset = &PRESETS[feed.below(PRESETS.len() as u32) as usize];
    let mut config = Config::preset(preset.name).expect("a preset");
    config.soup.size = 4_096 << feed.below(2);
    config.soup.search_radius = 64 + feed.below(1_900);
    config.environment.length = 256 << feed.below(3);
    config.evolution.epoch_ticks = 1_000 + u64::from(feed.below(800));
    config.evolution.founders = 1 + feed.below(24);
    config.evolution.max_genome = 200;
    match feed.below(6) {
        0 => {}
        1 => config.evolution.founder = Founder::Random,
        2 => config.evolution.founder = Founder::Ancestor,
        _ => config.evolution.founder = Founder::Genome(genome(feed)),
    }
    for _ in 0..feed.below(8) {
        move_knob(feed, &mut config);
    }
    config
}

/// Sets a knob to any value of its range; those that only make a test long stay as they are.
fn move_knob(feed: &mut Feed, config: &mut Config) {
    let knobs = Config::knobs();
    let knob = &knobs[feed.below(knobs.len() as u32) as usize];
    let text = match knob.range {
        Range::OneOf(words) => words[feed.below(words.len() as u32) as usize].to_string(),
        Range::Between(low, high) => {
            let span = (high - low).saturating_add(1);
            (low + feed.number() % span).to_string()
        }
        Range::GenomeOr(_) => return,
    };
    let before = config.clone();
    let is_size = ["soup.size", "environment.length", "evolution.epoch_ticks"];
    if is_size.contains(&knob.path)
        || knob.set(config, &text).is_err()
        || config.validate().is_err()
    {
        *config = before;
    }
}

fn genome(feed: &mut Feed) -> Vec<u8> {
    let length = 12 + feed.below(100);
    let mut genome = feed.bytes(length).to_vec();
    genome.resize(genome.len().max(12), 0);
    genome
}

fn arrivals(feed: &mut Feed) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = (0..feed.below(5))
        .map(|_| Arrival {
            epoch: Epoch(u64::from(feed.below(6))),
            cause: match feed.below(3) {
                0 => ArrivalCause::Reseed,
                1 => ArrivalCause::Operator,
                _ => ArrivalCause::Immigrant {
                    origin: TaxonId {
                        island: IslandId(9),
                        serial: feed.number(),
                    },
                },
            },
            genome: genome(feed),
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.epoch);
    arrivals
}

fn border(feed: &mut Feed) -> Vec<HaloCell> {
    let cell = |feed: &mut Feed| HaloCell {
        resource: feed.number() as u16,
        signal: feed.number() as u32,
    };
    (0..feed.below(6)).map(|_| cell(feed)).collect()
}
