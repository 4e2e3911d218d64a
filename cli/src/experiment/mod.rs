//! `bytebiota experiment`: what evolution is expected to show, tried on any seeds, with a verdict. Knows no instruction.

mod bench;
mod control;
mod culture;
mod life;
mod metabolism;
mod optimisation;
mod parasites;
mod plan;
mod tasks;
mod verdict;

use crate::{error::CliError, folder, numbers, print};
use bytebiota_core::config::KnobError;
use clap::Args;
use plan::{Arm, EXPERIMENTS, Experiment};
use std::{fs, ops::RangeInclusive, path::PathBuf};
use verdict::Verdict;

/// Seeds of one experiment at most.
const MAX_SEEDS: u64 = 10_000;

/// Try what evolution is expected to show; the exit code says whether it did
#[derive(Args)]
pub struct ExperimentArgs {
    /// life, optimisation, parasites, metabolism, tasks or control
    #[arg(value_name = "NAME")]
    name: String,
    /// First and last seed, such as 1..10
    #[arg(long, default_value = "1..10", value_name = "A..B", value_parser = seeds)]
    seeds: RangeInclusive<u64>,
    /// Ticks of each culture, such as 1e9 [default: what the experiment needs]
    #[arg(long, value_name = "N", value_parser = numbers::positive)]
    instructions: Option<u64>,
    /// Cultures at the same time; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// Only this arm
    #[arg(long, value_name = "NAME")]
    arm: Option<String>,
    /// One setting for all arms, such as mutation.copy_rate=500; may be repeated
    #[arg(long, value_name = "KNOB=VALUE")]
    set: Vec<String>,
    /// Folder for a CSV file per arm; made if missing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write into a folder that is not empty
    #[arg(long, requires = "out")]
    force: bool,
    /// No progress bar
    #[arg(long)]
    quiet: bool,
}

pub fn run(args: &ExperimentArgs) -> Result<(), CliError> {
    let experiment = find(&args.name)?;
    let arms = arms(experiment, args)?;
    if let Some(path) = &args.out {
        folder::make(path, args.force)?;
    }
    let seeds: Vec<u64> = args.seeds.clone().collect();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args.jobs.map_or(cores, |jobs| jobs as usize);
    let rows = bench::run(&arms, &seeds, jobs, args.quiet)?;
    let verdicts: Vec<Verdict<'_>> = arms
        .iter()
        .zip(&rows)
        .map(|(arm, rows)| Verdict { arm, rows })
        .collect();
    let mut text = format!("{}: {}\n\n", experiment.name, experiment.sentence);
    verdicts
        .iter()
        .for_each(|verdict| text += &(verdict.table() + "\n"));
    print(&text)?;
    if let Some(folder) = &args.out {
        verdicts
            .iter()
            .try_for_each(|verdict| verdict.write(folder))?;
        let path = folder.join("verdict.txt");
        fs::write(&path, &text).map_err(|error| CliError::file(&path, &error))?;
    }
    let missed = verdicts
        .iter()
        .filter(|verdict| !verdict.is_as_expected())
        .count();
    if missed > 0 {
        let text = format!(
            "{missed} of {} arms did not come to what was expected",
            verdicts.len()
        );
        return Err(CliError::goal_missed(text));
    }
    Ok(())
}

fn find(name: &str) -> Result<&'static Experiment, CliError> {
    let found = EXPERIMENTS
        .iter()
        .find(|experiment| experiment.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = EXPERIMENTS
            .iter()
            .map(|experiment| experiment.name)
            .collect();
        let text = format!(
            "there is no experiment `{name}`; there are: {}",
            names.join(", ")
        );
        CliError::usage(text)
    })
}

/// The arms asked for, with the settings of the command line.
fn arms(experiment: &Experiment, args: &ExperimentArgs) -> Result<Vec<Arm>, CliError> {
    let ticks = args.instructions.unwrap_or(experiment.ticks);
    let mut arms = (experiment.arms)(ticks).map_err(CliError::setting)?;
    let names: Vec<&str> = arms.iter().map(|arm| arm.name).collect();
    if let Some(wanted) = &args.arm {
        arms.retain(|arm| arm.name == wanted);
        if arms.is_empty() {
            let text = format!(
                "there is no arm `{wanted}`; there are: {}",
                names.join(", ")
            );
            return Err(CliError::usage(text));
        }
    }
    for pair in &args.set {
        let (path, value) = pair
            .split_once('=')
            .ok_or_else(|| CliError::usage(format!("--set wants KNOB=VALUE, not `{pair}`")))?;
        for arm in &mut arms {
            let set: Result<(), KnobError> = arm.config.set(path.trim(), value.trim());
            set.map_err(CliError::setting)?;
        }
    }
    for arm in &arms {
        arm.config.validate().map_err(CliError::setting)?;
    }
    Ok(arms)
}

/// Reads `A..B`, both ends included, or a single seed.
fn seeds(text: &str) -> Result<RangeInclusive<u64>, String> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (
        numbers::whole(first)?,
        numbers::whole(last.trim_start_matches('='))?,
    );
    if first > last {
        return Err("there are no seeds in it: the first is greater than the last".into());
    }
    if last - first >= MAX_SEEDS {
        return Err(format!("it has more than {MAX_SEEDS} seeds"));
    }
    Ok(first..=last)
}
