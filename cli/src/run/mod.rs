//! `bytebiota run`: the laboratory. One island or many on this machine, without a server; same engine, same digests.

mod archipelago;
mod series;
mod sweep;

use crate::{
    error::CliError,
    numbers, print,
    settings::{Settings, SettingsArgs},
};
use archipelago::Archipelago;
use bytebiota_core::{Config, WorldSeed};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use series::Series;
use std::path::PathBuf;
use sweep::Seeds;

/// Evolve islands on this machine without a server: the result depends on seed and settings alone
#[derive(Args)]
pub struct RunArgs {
    /// Seed of the world
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Ticks per island, such as 100000000 or 2e9
    #[arg(long, default_value = "1e8", value_name = "N", value_parser = numbers::positive)]
    instructions: u64,
    /// Islands of the archipelago
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=4096))]
    islands: u32,
    /// Knob and its values in turn, such as mutation.copy_rate=500,1000; repeated, every combination is run
    #[arg(long, value_name = "KNOB=A,B,C")]
    sweep: Vec<String>,
    /// Several worlds, a seed each, such as 1..10; with --sweep, for every combination
    #[arg(long, value_name = "A..B", conflicts_with = "seed", value_parser = Seeds::read)]
    seeds: Option<Seeds>,
    /// Worlds of a sweep computed at the same time [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    /// Threads of one world; the result does not depend on it [default: all cores, in a sweep one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    threads: Option<u32>,
    #[command(flatten)]
    settings: SettingsArgs,
    /// Folder for series.csv, config.toml and summary.json, or for a sweep's cells and table; made if missing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write into a folder that is not empty, or throw away another sweep's results
    #[arg(long, requires = "out")]
    force: bool,
    /// The last line of standard output is one JSON object
    #[arg(long)]
    json: bool,
    /// No progress bar
    #[arg(long)]
    quiet: bool,
}

/// What a run came to; sums over all islands unless said otherwise.
#[derive(Debug, Serialize)]
pub struct RunSummary {
    seed: u64,
    islands: u32,
    /// Ticks per island.
    instructions: u64,
    population: u64,
    births: u64,
    deaths: u64,
    genotypes: u64,
    mean_genome_length: f64,
    /// Of the founders; nothing for a world that begins with random bytes.
    ancestor_genome_length: Option<u64>,
    /// Chain over the digests of the final states, in order of islands.
    digest: String,
    /// Ticks over CPU seconds of execution alone.
    instructions_per_second: f64,
    cpu_seconds: f64,
    config_digest: String,
    semantics_version: u32,
}

impl RunArgs {
    /// Whether there is more than one world to run.
    pub fn is_sweep(&self) -> bool {
        !self.sweep.is_empty() || self.seeds.is_some()
    }
}

pub fn run(args: &RunArgs) -> Result<(), CliError> {
    if args.is_sweep() {
        return sweep::run(args);
    }
    if args.jobs.is_some() {
        return Err(CliError::usage("--jobs belongs to --sweep or --seeds"));
    }
    let settings = Settings::load(&args.settings)?;
    let config = settings.world();
    let mut series = match &args.out {
        Some(folder) => Some(Series::create(folder, args.force)?),
        None => None,
    };
    let threads = args.threads.map_or_else(cores, |threads| threads as usize);
    let mut world = Archipelago::genesis(WorldSeed(args.seed), args.islands, config);
    let bar = progress(args);
    while world.tick() < args.instructions {
        let before = world.tick();
        world.advance(args.instructions, threads);
        bar.inc((world.tick() - before).saturating_mul(u64::from(args.islands)));
        if let Some(series) = &mut series {
            series.write(world.islands())?;
        }
    }
    bar.finish_and_clear();
    let summary = summary(args, config, &world);
    if let Some(series) = series {
        series.finish(&settings, &summary)?;
    }
    report(args, &summary)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn progress(args: &RunArgs) -> ProgressBar {
    if args.quiet {
        return ProgressBar::hidden();
    }
    let total = args.instructions.saturating_mul(u64::from(args.islands));
    let bar = ProgressBar::new(total);
    let template =
        "{bar:40} {percent:>3} %  {human_pos} of {human_len} ticks, {per_sec}, {eta} left";
    ProgressStyle::with_template(template)
        .into_iter()
        .for_each(|style| bar.set_style(style));
    bar
}

fn summary(args: &RunArgs, config: &Config, world: &Archipelago) -> RunSummary {
    let samples: Vec<_> = world.islands().map(|island| island.sample()).collect();
    let population: u64 = samples
        .iter()
        .map(|sample| u64::from(sample.population))
        .sum();
    let bytes: u64 = samples.iter().map(|sample| sample.genome_bytes).sum();
    let cpu_seconds = world.cpu_ns() as f64 / 1e9;
    let ticks = args.instructions.saturating_mul(u64::from(args.islands));
    RunSummary {
        seed: args.seed,
        islands: args.islands,
        instructions: args.instructions,
        population,
        births: samples.iter().map(|sample| sample.counters.births).sum(),
        deaths: samples
            .iter()
            .flat_map(|sample| sample.counters.deaths)
            .sum(),
        genotypes: world.genotypes(),
        mean_genome_length: if population == 0 {
            0.0
        } else {
            bytes as f64 / population as f64
        },
        ancestor_genome_length: founder_length(config),
        digest: world.digest().to_string(),
        instructions_per_second: if cpu_seconds > 0.0 {
            ticks as f64 / cpu_seconds
        } else {
            0.0
        },
        cpu_seconds,
        config_digest: config.digest().to_string(),
        semantics_version: bytebiota_core::SEMANTICS_VERSION,
    }
}

fn founder_length(config: &Config) -> Option<u64> {
    let genome = config.evolution.founder.genome()?;
    Some(genome.len() as u64)
}

fn report(args: &RunArgs, summary: &RunSummary) -> Result<(), CliError> {
    if args.json {
        let line = serde_json::to_string(summary).map_err(CliError::outside)?;
        return print(&format!("{line}\n"));
    }
    let ancestor = summary
        .ancestor_genome_length
        .map_or("-".into(), |length| length.to_string());
    print(&format!(
        "islands             {}\nticks per island    {}\npopulation          {}\nbirths              {}\ndeaths              {}\n\
         genotypes           {}\nmean genome length  {:.2} bytes (ancestor {ancestor})\nticks per CPU second {:.3e}\ndigest              {}\n",
        summary.islands,
        summary.instructions,
        summary.population,
        summary.births,
        summary.deaths,
        summary.genotypes,
        summary.mean_genome_length,
        summary.instructions_per_second,
        summary.digest,
    ))
}
