//! Parasites: do genotypes arise that live off others and cannot live alone? Knows no other experiment.

use super::{
    culture::Culture,
    plan::{Arm, Expectation, Experiment, Goal, Progress},
};
use crate::error::CliError;
use bytebiota_core::{
    Config,
    config::KnobError,
    contact::{ContactWindow, Contacts},
    ecology::{ParasiteDetector, Standing},
};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "parasites",
    sentence: "Do genotypes arise that live off others and cannot live alone?",
    ticks: 1_000_000_000,
    arms: |ticks| Ok(vec![tierra(ticks)?, default(ticks)?]),
};

/// Ticks of a window.
const WINDOW_TICKS: u64 = 1_000_000;
/// One slice in so many is watched to see who runs whom.
const WATCHED_EVERY: u32 = 1_000;
/// Parasites per thousand of the living that make a window count.
const PER_MILLE: u32 = 50;

const COLUMNS: &[&str] = &[
    "windows with >= 5 % parasites",
    "greatest share of parasites",
    "parasite genotypes confirmed",
    "instructions executed in others' bytes, share",
    "greatest share in a window",
];

/// A world without energy and environment.
pub fn tierra(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "tierra",
        config: Config::preset("tierra")?,
        ticks,
        expectation: Expectation::Success,
        columns: COLUMNS,
        observe,
        goals: &[Goal {
            sentence: "parasites are >= 5 % of the living in >= 10 windows",
            of_ten: 4,
            is_met: |seen| seen[0] >= 10.0,
        }],
    })
}

/// The default world.
fn default(ticks: u64) -> Result<Arm, KnobError> {
    Ok(Arm {
        name: "default",
        config: Config::preset("default")?,
        goals: &[Goal {
            sentence: "parasites are >= 5 % of the living in >= 1 window",
            of_ten: 5,
            is_met: |seen| seen[0] >= 1.0,
        }],
        ..tierra(ticks)?
    })
}

fn observe(culture: &mut Culture, arm: &Arm, progress: Progress<'_>) -> Result<Vec<f64>, CliError> {
    let mut detector = ParasiteDetector::new(&arm.config).map_err(CliError::outside)?;
    let mut contacts = Contacts::new(WINDOW_TICKS, WATCHED_EVERY);
    let mut kinds = std::collections::BTreeSet::new();
    let (mut windows, mut greatest) = (0u32, 0);
    let (mut foreign, mut executed, mut most_foreign) = (0, 0, 0f64);
    let mut tick = 0;
    while tick < arm.ticks {
        let next = (tick + WINDOW_TICKS).min(arm.ticks);
        culture.advance_by(next, |island, stop| {
            island.run_until_observed(stop, &mut contacts);
        });
        progress(next - tick);
        tick = next;
        let ecology = detector.look(culture.island());
        kinds.extend(ecology.of(Standing::Parasite).map(|kind| kind.genotype));
        greatest = greatest.max(ecology.parasites_per_mille());
        windows += u32::from(ecology.parasites_per_mille() >= PER_MILLE);
        for window in contacts.take() {
            let (of_others, all) = (executed_in_others(&window), window.observed());
            foreign += of_others;
            executed += all;
            most_foreign = most_foreign.max(of_others as f64 / all.max(1) as f64);
        }
    }
    Ok(vec![
        f64::from(windows),
        f64::from(greatest) / 1_000.0,
        kinds.len() as f64,
        foreign as f64 / executed.max(1) as f64,
        most_foreign,
    ])
}

/// Sampled instructions that were executed in bytes of another genotype.
fn executed_in_others(window: &ContactWindow) -> u64 {
    let cells = window.cells.iter();
    let others = cells.filter(|cell| cell.actor != cell.owner);
    others.map(|cell| cell.touches.executed).sum()
}
