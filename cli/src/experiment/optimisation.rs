//! Optimisation: do genomes become shorter and faster? Knows no other experiment.

use super::{
    culture::Culture,
    plan::{Arm, Expectation, Experiment, Goal, Progress},
};
use crate::error::CliError;
use bytebiota_core::{
    Config,
    assay::assay,
    config::KnobError,
    ecology::{Ecology, ParasiteDetector, Standing},
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "optimisation",
    sentence: "Do genomes become shorter and faster?",
    ticks: 2_000_000_000,
    arms: |ticks| Ok(vec![arm(ticks)?, tierra(ticks / 2)?]),
};

/// Looks at the commonest self-replicator in a run.
const LOOKS: u64 = 40;

const GOALS: &[Goal] = &[
    Goal {
        sentence: "mean length <= 2/3 of the founder's at half-time",
        of_ten: 8,
        is_met: |seen| seen[0] <= 2.0 / 3.0,
    },
    Goal {
        sentence: "ticks per birth of the commonest self-replicator <= 60 % of the founder's at half-time",
        of_ten: 8,
        is_met: |seen| seen[2] <= 0.6,
    },
    Goal {
        sentence: "a self-replicator of <= half the founder's length is >= 10 % of the living at some look",
        of_ten: 5,
        is_met: |seen| seen[4] >= 0.1,
    },
];

const TIERRA_GOALS: &[Goal] = &[Goal {
    sentence: "mean length <= 26 bytes at the end",
    of_ten: 7,
    is_met: |seen| seen[5] <= 26.0,
}];

const COLUMNS: &[&str] = &[
    "length at half-time / founder's",
    "commonest self-replicator at half-time, bytes",
    "its ticks per birth / founder's",
    "shortest self-replicator >= 10 %, bytes",
    "greatest share of one <= half the founder's length",
    "mean length at the end, bytes",
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
        goals: GOALS,
    })
}

/// A world without energy and environment.
pub fn tierra(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "tierra",
        config: Config::preset("tierra")?,
        goals: TIERRA_GOALS,
        ..arm(ticks)?
    })
}

fn observe(culture: &mut Culture, arm: &Arm, progress: Progress<'_>) -> Result<Vec<f64>, CliError> {
    let founder = arm.config.evolution.founder.genome().unwrap_or_default();
    let mut detector = ParasiteDetector::new(&arm.config).map_err(CliError::outside)?;
    let (mut shortest, mut short_share) = (f64::NAN, 0f64);
    let mut half = Vec::new();
    for look in 1..=LOOKS {
        let tick = arm.ticks * look / LOOKS;
        culture.advance(tick);
        progress(tick - arm.ticks * (look - 1) / LOOKS);
        let living = f64::from(culture.island().population().max(1));
        let ecology = detector.look(culture.island());
        for kind in ecology.of(Standing::Free) {
            let share = f64::from(kind.living) / living;
            if share >= 0.1 {
                shortest = shortest.min(kind.genome.len() as f64);
            }
            if kind.genome.len() * 2 <= founder.len() {
                short_share = short_share.max(share);
            }
        }
        if look == LOOKS / 2 {
            half = half_time(culture, &ecology, &founder, &arm.config)?;
        }
    }
    half.extend([shortest, short_share, mean_length(culture)]);
    Ok(half)
}

/// Length against the founder's, and length and speed of the commonest self-replicator.
fn half_time(
    culture: &Culture,
    ecology: &Ecology,
    founder: &[u8],
    config: &Config,
) -> Result<Vec<f64>, CliError> {
    let ticks = |genome: &[u8]| -> Result<f64, CliError> {
        let found = assay(genome, None, config).map_err(CliError::outside)?;
        let later = found.alone.later_births;
        Ok(later.ticks as f64 / later.births as f64)
    };
    let (length, speed) = match ecology.host() {
        Some(host) => (
            host.genome.len() as f64,
            ticks(&host.genome)? / ticks(founder)?,
        ),
        None => (f64::NAN, f64::NAN),
    };
    Ok(vec![
        mean_length(culture) / founder.len() as f64,
        length,
        speed,
    ])
}

/// Bytes of the living, on the average; not a number if nobody lives.
pub fn mean_length(culture: &Culture) -> f64 {
    let sample = culture.island().sample();
    sample.genome_bytes as f64 / f64::from(sample.population)
}
