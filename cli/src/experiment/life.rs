//! Life: do worlds stay alive and full? Knows no other experiment.

use super::{
    culture::Culture,
    plan::{Arm, Expectation, Experiment, Goal, Progress},
};
use crate::error::CliError;
use bytebiota_core::{Config, config::KnobError};

/// The experiment.
pub const EXPERIMENT: Experiment = Experiment {
    name: "life",
    sentence: "Do worlds of eight founders stay alive and full?",
    ticks: 1_000_000_000,
    arms: |ticks| Ok(vec![arm(ticks)?]),
};

/// When the soup must be full: later numbers count.
const GROWN_TICKS: u64 = 20_000_000;
/// Ticks between two looks.
const LOOK_TICKS: u64 = 100_000;

const GOALS: &[Goal] = &[
    Goal {
        sentence: "alive at the end",
        of_ten: 10,
        is_met: |seen| seen[0] > 0.0,
    },
    Goal {
        sentence: "mean population >= 400",
        of_ten: 10,
        is_met: |seen| seen[1] >= 400.0,
    },
    Goal {
        sentence: "population never < 100",
        of_ten: 10,
        is_met: |seen| seen[2] >= 100.0,
    },
    Goal {
        sentence: "population >= 300 at the end",
        of_ten: 10,
        is_met: |seen| seen[0] >= 300.0,
    },
    Goal {
        sentence: "no gap between births > 10^6 ticks",
        of_ten: 10,
        is_met: |seen| seen[3] <= 1_000_000.0,
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
            "population at the end",
            "mean population",
            "least population",
            "longest gap, ticks",
        ],
        observe,
        goals: GOALS,
    })
}

fn observe(culture: &mut Culture, arm: &Arm, progress: Progress<'_>) -> Result<Vec<f64>, CliError> {
    let grown = GROWN_TICKS.min(arm.ticks / 2);
    let (mut least, mut sum, mut looks) = (u32::MAX, 0u64, 0u64);
    let (mut births, mut last_birth, mut gap) = (0, 0, 0);
    let mut tick = 0;
    while tick < arm.ticks {
        let next = (tick + LOOK_TICKS).min(arm.ticks);
        culture.advance(next);
        progress(next - tick);
        tick = next;
        let island = culture.island();
        if island.counters().births > births {
            (births, last_birth) = (island.counters().births, tick);
        }
        gap = gap.max(tick - last_birth);
        if tick > grown {
            least = least.min(island.population());
            sum += u64::from(island.population());
            looks += 1;
        }
    }
    let end = culture.island().population();
    // Looks are apart, so a gap may be longer than seen by one distance.
    let gap = if gap == 0 { 0 } else { gap + LOOK_TICKS };
    Ok(vec![
        f64::from(end),
        sum as f64 / looks.max(1) as f64,
        f64::from(least.min(10_000_000)),
        gap as f64,
    ])
}
