//! Tasks: do organisms learn to compute what is rewarded? Knows no other experiment.

use super::{
    culture::Culture,
    plan::{Arm, Expectation, Experiment, Goal, Progress},
};
use crate::error::CliError;
use bytebiota_core::{
    Config, GenotypeHash,
    assay::solved_alone,
    config::KnobError,
    tasks::{ECHO, TASKS},
};
use std::collections::BTreeMap;

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "tasks",
    sentence: "Do organisms learn to compute what is rewarded?",
    ticks: 1_000_000_000,
    arms: |ticks| Ok(vec![arm(ticks)?, avida(ticks)?]),
};

/// Looks in a run; the best one counts.
const LOOKS: u64 = 10;
/// Part of the mothers that must perform a function.
const SHARE: f64 = 0.1;

const COLUMNS: &[&str] = &[
    "functions performed by >= 10 % of the mothers, best look",
    "at the end",
    "echo at the end, share of mothers",
    "functions performed by anybody at the end",
    "equ in any look, share of mothers",
];

/// The default world.
pub fn arm(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "default",
        config: Config::preset("default")?,
        ticks,
        expectation: Expectation::Success,
        columns: COLUMNS,
        observe,
        goals: &[Goal {
            sentence: ">= 2 functions",
            of_ten: 5,
            is_met: |seen| seen[0] >= 2.0,
        }],
    })
}

/// The NAND machine.
fn avida(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "avida",
        config: Config::preset("avida")?,
        goals: &[Goal {
            sentence: ">= 4 functions",
            of_ten: 5,
            is_met: |seen| seen[0] >= 4.0,
        }],
        ..arm(ticks)?
    })
}

/// A world whose rewards have nothing to do with the answers.
pub fn shuffled(ticks: u64) -> Result<Arm, KnobError> {
    let mut arm = Arm {
        name: "rewards shuffled",
        goals: &[Goal {
            sentence: "no function spreads",
            of_ten: 10,
            is_met: |seen| seen[0] == 0.0,
        }],
        ..arm(ticks)?
    };
    arm.config.set("environment.rewards", "shuffled")?;
    Ok(arm)
}

fn observe(culture: &mut Culture, arm: &Arm, progress: Progress<'_>) -> Result<Vec<f64>, CliError> {
    // Asked is what they can do, whatever this world pays for it.
    let mut config = arm.config.clone();
    for (path, value) in [
        ("environment.tasks", "on"),
        ("environment.rewards", "earned"),
    ] {
        config.set(path, value).map_err(CliError::setting)?;
    }
    let mut known = BTreeMap::new();
    let (mut best, mut equ, mut last) = (0, 0f64, Vec::new());
    for look in 1..=LOOKS {
        let tick = arm.ticks * look / LOOKS;
        culture.advance(tick);
        progress(tick - arm.ticks * (look - 1) / LOOKS);
        last = shares(culture, &mut known, &config)?;
        best = best.max(functions(&last, SHARE));
        let named = TASKS.iter().zip(&last).find(|(task, _)| task.name == "EQU");
        equ = equ.max(named.map_or(0.0, |(_, &share)| share));
    }
    Ok(vec![
        f64::from(best),
        f64::from(functions(&last, SHARE)),
        last.get(ECHO).copied().unwrap_or(0.0),
        f64::from(functions(&last, f64::MIN_POSITIVE)),
        equ,
    ])
}

/// Tasks beside ECHO, which is handing back an input, that at least a share performs.
fn functions(shares: &[f64], least: f64) -> u32 {
    let others = shares.iter().enumerate().filter(|(task, _)| *task != ECHO);
    others.filter(|(_, share)| **share >= least).count() as u32
}

/// For each task, the part of those with at least one birth behind them that performs it on every fresh input.
fn shares(
    culture: &Culture,
    known: &mut BTreeMap<GenotypeHash, u32>,
    config: &Config,
) -> Result<Vec<f64>, CliError> {
    let kinds = culture.island().living_genotypes();
    let mothers: u32 = kinds.iter().map(|kind| kind.mothers).sum();
    let mut counts = vec![0u32; TASKS.len()];
    for kind in kinds.iter().filter(|kind| kind.mothers > 0) {
        let solved = match known.get(&kind.genotype) {
            Some(&solved) => solved,
            None => {
                let solved = solved_alone(&kind.genome, config).map_err(CliError::outside)?;
                known.insert(kind.genotype, solved);
                solved
            }
        };
        for (task, count) in counts.iter_mut().enumerate() {
            *count += kind.mothers * (solved >> task & 1);
        }
    }
    let share = |count: &u32| f64::from(*count) / f64::from(mothers.max(1));
    Ok(counts.iter().map(share).collect())
}
