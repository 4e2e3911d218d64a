//! `bytebiota replay`: computes confirmed history again and names the first difference. Knows no instruction.

mod plan;
mod source;
mod walk;

use crate::{block_on, error::CliError, numbers, print};
use bytebiota_core::{Epoch, IslandId};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use plan::{Range, Run};
use source::Source;
use std::path::PathBuf;
use walk::Tally;

/// Compute confirmed history again and compare every digest with the chain
///
/// Reads only, and may run beside the server of the folder. Whatever the chain says follows from the seed of the world,
/// its Config and the stored inputs, so all of it can be computed again from genesis, or from a state that is kept.
#[derive(Args)]
pub struct ReplayArgs {
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Read from a running server instead
    #[arg(long, value_name = "URL", conflicts_with = "data_dir")]
    server: Option<String>,
    /// Only this island [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    island: Option<u32>,
    /// Begin with the unit that holds this epoch, whose state must be kept [default: genesis]
    #[arg(long, value_name = "E", value_parser = numbers::whole)]
    from: Option<u64>,
    /// Stop before this epoch, after the unit that holds the one before it [default: where each island stands]
    #[arg(long, value_name = "E", value_parser = numbers::positive)]
    to: Option<u64>,
    /// Parts computed at the same time; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// No progress bar
    #[arg(long)]
    quiet: bool,
}

pub fn run(args: &ReplayArgs) -> Result<(), CliError> {
    if let (Some(from), Some(to)) = (args.from, args.to)
        && from >= to
    {
        return Err(CliError::usage("--from must be smaller than --to"));
    }
    let summary = block_on(async {
        let source = match &args.server {
            Some(address) => Source::server(address)?,
            None => Source::folder(&args.data_dir).await?,
        };
        let (range, jobs, is_quiet) = (range(args), jobs(args), args.quiet);
        let work = move || summary(&source, &range, jobs, is_quiet);
        let work = tokio::task::spawn_blocking(work).await;
        work.map_err(CliError::outside)?
    })?;
    print(&summary)
}

fn range(args: &ReplayArgs) -> Range {
    Range {
        island: args.island.map(IslandId),
        from: args.from.map(Epoch),
        to: args.to.map(Epoch),
    }
}

fn jobs(args: &ReplayArgs) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    args.jobs.map_or(cores, |jobs| jobs as usize)
}

fn summary(
    source: &Source,
    range: &Range,
    jobs: usize,
    is_quiet: bool,
) -> Result<String, CliError> {
    let plan = plan::plan(source, range, jobs)?;
    let bar = progress(is_quiet, plan.runs.iter().map(Run::epochs).sum());
    let result = walk::replay(source, &plan.runs, jobs, &|epochs| bar.inc(epochs));
    bar.finish_and_clear();
    let Tally { units, epochs } = result?;
    let mut lines = plan.beginnings();
    lines.push(format!(
        "{units} units of {epochs} epochs computed again: no difference\n"
    ));
    Ok(lines.join("\n"))
}

fn progress(is_quiet: bool, epochs: u64) -> ProgressBar {
    if is_quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(epochs);
    match ProgressStyle::with_template("{bar:40} {pos} of {len} epochs, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
