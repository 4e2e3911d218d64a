//! Metabolism: do organisms live on what they harvest? Knows no other experiment.

use super::{
    culture::Culture,
    plan::{Arm, Expectation, Experiment, Goal, Progress},
};
use crate::error::CliError;
use bytebiota_core::{
    Config, EnergyFlow,
    compete::bout,
    config::KnobError,
    ecology::{ParasiteDetector, Parents, watch_parents},
    isa::{ALIAS_BIT, op},
};
use std::cmp::Ordering;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "metabolism",
    sentence: "Do organisms live on what they harvest?",
    ticks: 500_000_000,
    arms: |ticks| Ok(vec![arm(ticks)?]),
};

/// Ticks at the end in which every instruction is watched, and those before whose births do not count.
const WATCH_TICKS: u64 = 3_000_000;
const SETTLE_TICKS: u64 = 1_000_000;
/// Bouts of the harvester against itself without HARVEST_ENERGY, one seed each.
const BOUTS: u64 = 10;
/// From when on populations are compared.
const GROWN_TICKS: u64 = 20_000_000;
/// Ticks between two looks at the population.
const LOOK_TICKS: u64 = 1_000_000;

const GOALS: &[Goal] = &[
    Goal {
        sentence: "HARVEST_ENERGY gained something for >= 90 % of those that divide",
        of_ten: 10,
        is_met: |seen| seen[0] >= 0.9,
    },
    Goal {
        sentence: ">= 50 % of income is harvest",
        of_ten: 10,
        is_met: |seen| seen[1] >= 0.5,
    },
    Goal {
        sentence: "with NOP_0 for HARVEST_ENERGY the commonest self-replicator loses >= 9 of 10 bouts from 1:1",
        of_ten: 9,
        is_met: |seen| seen[2] >= 9.0,
    },
    Goal {
        sentence: "half the regrowth lowers the mean population by >= 25 %",
        of_ten: 10,
        is_met: |seen| seen[4] <= 0.75 * seen[3],
    },
];

/// The default world.
pub fn arm(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "default",
        config: Config::preset("default")?,
        ticks,
        expectation: Expectation::Success,
        columns: &[
            "parents that harvested",
            "harvest, share of income",
            "bouts lost without HARVEST_ENERGY",
            "mean population",
            "mean population on half the regrowth",
        ],
        observe,
        goals: GOALS,
    })
}

fn observe(culture: &mut Culture, arm: &Arm, progress: Progress<'_>) -> Result<Vec<f64>, CliError> {
    let population = mean_population(culture, arm.ticks, &|ticks| progress(ticks / 2));
    let parents = watched(culture);
    let flow = |flow: EnergyFlow| culture.island().counters().energy[flow as usize] as f64;
    let harvest = flow(EnergyFlow::Harvest);
    let income = harvest
        + flow(EnergyFlow::Rewards)
        + flow(EnergyFlow::Stipends)
        + flow(EnergyFlow::Withdrawn);
    let lost = bouts_lost(culture, &arm.config)?;
    let mut poor = arm.config.clone();
    poor.environment.resource_regen_cells /= 2;
    let mut poorer = Culture::genesis(culture.seed(), &poor);
    let less = mean_population(&mut poorer, arm.ticks, &|ticks| progress(ticks / 2));
    Ok(vec![
        parents.fed as f64 / parents.births.max(1) as f64,
        harvest / income.max(1.0),
        lost,
        population,
        less,
    ])
}

fn mean_population(culture: &mut Culture, ticks: u64, progress: Progress<'_>) -> f64 {
    let grown = GROWN_TICKS.min(ticks / 2);
    let (mut sum, mut looks, mut tick) = (0u64, 0u64, 0);
    while tick < ticks {
        let next = (tick + LOOK_TICKS).min(ticks);
        culture.advance(next);
        progress(next - tick);
        tick = next;
        if tick > grown {
            sum += u64::from(culture.island().population());
            looks += 1;
        }
    }
    sum as f64 / looks.max(1) as f64
}

/// Watches the parents for a while longer.
fn watched(culture: &mut Culture) -> Parents {
    let mut parents = Parents::default();
    let (stop, mut settle) = (culture.island().tick() + WATCH_TICKS, SETTLE_TICKS);
    culture.advance_by(stop, |island, line| {
        let seen = watch_parents(island, settle, line);
        parents.births += seen.births;
        parents.fed += seen.fed;
        settle = SETTLE_TICKS;
    });
    parents
}

/// How many of `BOUTS` the commonest self-replicator loses if NOP_0 stands in the place of each HARVEST_ENERGY; all
/// bouts are won for the idle side if there is nothing to replace.
fn bouts_lost(culture: &Culture, config: &Config) -> Result<f64, CliError> {
    let mut detector = ParasiteDetector::new(config).map_err(CliError::outside)?;
    let ecology = detector.look(culture.island());
    let Some(host) = ecology.host() else {
        return Ok(0.0);
    };
    let is_harvest = |byte: u8| byte < 2 * ALIAS_BIT && byte % ALIAS_BIT == op::HARVEST_ENERGY;
    let idle: Vec<u8> = host
        .genome
        .iter()
        .map(|&byte| if is_harvest(byte) { op::NOP_0 } else { byte })
        .collect();
    let mut lost = 0.0;
    for seed in 1..=BOUTS {
        let bout = bout(&idle, &host.genome, 5, seed, config).map_err(CliError::outside)?;
        lost += f64::from(u8::from(bout.outcome() == Ordering::Less));
    }
    Ok(lost)
}
