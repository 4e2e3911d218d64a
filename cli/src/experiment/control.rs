//! Controls: nothing evolves without mutation, nothing spreads by luck, and each experiment fails without its mechanism.

use super::{
    culture::Culture,
    life, metabolism, optimisation, parasites,
    plan::{Arm, Expectation, Experiment, Goal, Progress, SIZE_NEUTRAL},
    tasks,
};
use crate::error::CliError;
use bytebiota_core::{Config, config::KnobError};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "control",
    sentence: "Does nothing happen where nothing should, and does each experiment fail without its mechanism?",
    ticks: 1_000_000_000,
    arms: |ticks| {
        Ok(vec![
            quiet(ticks)?,
            tasks::shuffled(ticks)?,
            life::arm(ticks)?.without(
                "life without regrowth",
                &[("environment.resource_regen_cells", "0")],
            )?,
            costless(optimisation::arm(ticks.saturating_mul(2))?)?,
            optimisation::tierra(ticks)?
                .without("tierra, size-neutral, no substitution", SIZE_NEUTRAL)?,
            parasites::tierra(ticks)?
                .without("parasites, size-neutral, no substitution", SIZE_NEUTRAL)?,
            metabolism::arm(ticks / 2)?
                .without("metabolism without energy", &[("energy.enabled", "off")])?,
            tasks::arm(ticks)?.without("tasks without rewards", &[("environment.tasks", "off")])?,
        ])
    },
};

/// Without either advantage of being short: a short genome has no more time for each of its bytes, and is no cheaper.
fn costless(arm: Arm) -> Result<Arm, KnobError> {
    let name = "optimisation, size-neutral, no substitution, no energy";
    arm.without(name, SIZE_NEUTRAL)?
        .without(name, &[("energy.enabled", "off")])
}

/// Parts of a run whose births are compared.
const PARTS: u64 = 10;

fn quiet(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "no mutation",
        config: Config::preset("quiet")?,
        ticks,
        expectation: Expectation::Success,
        columns: &[
            "greatest number of genotypes",
            "ticks per birth, second tenth",
            "ticks per birth, last tenth",
        ],
        observe,
        goals: &[
            Goal {
                sentence: "one genotype to the end",
                of_ten: 10,
                is_met: |seen| seen[0] == 1.0,
            },
            Goal {
                sentence: "ticks per birth drift by < 3 %",
                of_ten: 10,
                is_met: |seen| (seen[2] / seen[1] - 1.0).abs() < 0.03,
            },
        ],
    })
}

fn observe(culture: &mut Culture, arm: &Arm, progress: Progress<'_>) -> Result<Vec<f64>, CliError> {
    let (mut genotypes, mut rates) = (0, Vec::new());
    for part in 1..=PARTS {
        let births = culture.island().counters().births;
        let ticks = arm.ticks * part / PARTS - arm.ticks * (part - 1) / PARTS;
        culture.advance(arm.ticks * part / PARTS);
        progress(ticks);
        let born = culture.island().counters().births - births;
        rates.push(ticks as f64 / born as f64);
        genotypes = genotypes.max(culture.island().sample().genotypes);
    }
    // The first tenth fills the soup.
    Ok(vec![f64::from(genotypes), rates[1], rates[rates.len() - 1]])
}
