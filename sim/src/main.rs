//! `bytebiota-sim`: lives through seeds and says which broke a law; one line at the end and the exit code tell. Knows no law.

use bytebiota_sim::seeds::{self, Tally};
use clap::Parser;
use std::process::ExitCode;

/// Simulates the whole system: production server values and worker sessions, a bad network, bad people, crashes.
#[derive(Parser, Debug)]
#[command(name = "bytebiota-sim")]
struct Options {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// How many seeds.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    seeds: u64,
    /// Towns at a time; one per core if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    jobs: Option<u16>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let jobs = options.jobs.map_or(cores, usize::from);
    let tally = seeds::run(options.first_seed, options.seeds, jobs, |seed, breach| {
        println!("seed {seed} broke the {breach}; again with --first-seed {seed} --seeds 1");
    });
    println!("{}", summary(options.first_seed, &tally));
    match tally.broken.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn summary(first: u64, tally: &Tally) -> String {
    let (seeds, sum) = (tally.seeds, &tally.sum);
    let verdict = match tally.broken.len() {
        0 => "all laws held".to_owned(),
        broken => format!("{broken} BROKE A LAW"),
    };
    let hours = sum.ms / 3_600_000;
    format!(
        "{seeds} seeds from {first}: {verdict}; {hours} virtual hours, {} lives of the server, {} units stored, \
         {} of them false, {} confirmed at the end, {} of those false, {} void, {} times somebody was found wrong",
        sum.lives, sum.units, sum.lies, sum.confirmed, sum.believed, sum.void, sum.convictions
    )
}
