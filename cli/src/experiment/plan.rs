//! What an experiment consists of: arms, each with settings, a way to observe and goals. Knows no thread and no file.

use super::culture::Culture;
use crate::error::CliError;
use bytebiota_core::{Config, config::KnobError};

/// Tells the bench how many ticks more have been run.
pub type Progress<'a> = &'a dyn Fn(u64);

/// Observes one culture to the end; a number for each column.
pub type Observe = fn(&mut Culture, &Arm, Progress<'_>) -> Result<Vec<f64>, CliError>;

/// A goal of an arm.
#[derive(Clone, Copy)]
pub struct Goal {
    /// What must be seen.
    pub sentence: &'static str,
    /// In how many of ten seeds.
    pub of_ten: u32,
    /// Whether the numbers of a seed show it.
    pub is_met: fn(&[f64]) -> bool,
}

impl Goal {
    /// In how many of `seeds` it must be seen: the same share, rounded up.
    pub fn needed(&self, seeds: usize) -> usize {
        (self.of_ten as usize * seeds).div_ceil(10)
    }
}

/// What an arm is expected to come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expectation {
    /// All goals are met.
    Success,
    /// A mechanism is off, so at least one goal is missed: that makes the success of the other arm evidence.
    Failure,
}

/// One condition of an experiment.
#[derive(Clone)]
pub struct Arm {
    /// Its name in tables and files.
    pub name: &'static str,
    /// Its settings.
    pub config: Config,
    /// Ticks of each culture.
    pub ticks: u64,
    /// What it must come to.
    pub expectation: Expectation,
    /// Names of the numbers, with their units.
    pub columns: &'static [&'static str],
    /// How a culture is observed.
    pub observe: Observe,
    /// What must be seen.
    pub goals: &'static [Goal],
}

impl Arm {
    /// The same with a mechanism off, which must fail.
    pub fn without(
        mut self,
        name: &'static str,
        knobs: &[(&'static str, &'static str)],
    ) -> Result<Self, KnobError> {
        self.name = name;
        self.expectation = Expectation::Failure;
        for (path, value) in knobs {
            self.config.set(path, value)?;
        }
        Ok(self)
    }
}

/// Slices that grow with the genome, and copy mutations that only flip bits.
pub const SIZE_NEUTRAL: &[(&str, &str)] = &[
    ("scheduler.slicer_power_numerator", "1"),
    ("scheduler.base_slice", "1"),
    ("mutation.substitution_share", "0"),
];

/// An experiment by name.
pub struct Experiment {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it asks.
    pub sentence: &'static str,
    /// Ticks of a culture, unless said otherwise.
    pub ticks: u64,
    /// Its arms for so many ticks.
    pub arms: fn(u64) -> Result<Vec<Arm>, KnobError>,
}

/// All experiments.
pub const EXPERIMENTS: &[Experiment] = &[
    super::life::EXPERIMENT,
    super::optimisation::EXPERIMENT,
    super::parasites::EXPERIMENT,
    super::metabolism::EXPERIMENT,
    super::tasks::EXPERIMENT,
    super::control::EXPERIMENT,
];
