//! `bytebiota-sim`: lives through seeds and says which broke a law; one line at the end and the exit code tell. `figures` measures
//! what trust costs. Knows no law and no measure.

use bytebiota_server::verification::Policy;
use bytebiota_sim::figures::{self, Cell, cheat::Cheat, sybils};
use bytebiota_sim::laws::Breach;
use bytebiota_sim::seeds::{self, Tally};
use clap::Parser;
use std::process::ExitCode;

/// Simulates the whole system: production server values and worker sessions, a bad network, bad people, crashes.
#[derive(Parser, Debug)]
#[command(name = "bytebiota-sim", args_conflicts_with_subcommands = true)]
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
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Measures extra work and believed lies for each kind of cheat, beside BOINC's rule, and prints them as a table.
    Figures(Figures),
    /// Lets a fleet of accomplices contest what one honest volunteer says, and counts how that was decided.
    Sybils(Sybils),
}

#[derive(clap::Args, Debug)]
struct Sybils {
    /// Units until the end.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000))]
    units: u64,
    /// The seed.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
}

#[derive(clap::Args, Debug)]
struct Figures {
    /// Confirmed units of each row at least.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(100..=1_000_000_000))]
    units: u64,
    /// Units of a visit.
    #[arg(long, value_delimiter = ',', default_values_t = figures::VISITS, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    visits: Vec<u64>,
    /// What a tenth of the guests does.
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = Cheat::ALL)]
    cheats: Vec<Cheat>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Rows at a time; one per core if not given.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1_024))]
    jobs: Option<u16>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match &options.command {
        Some(Command::Figures(figures)) => print_figures(figures),
        Some(Command::Sybils(options)) => print_sybils(options),
        None => live(&options),
    }
}

fn jobs(wanted: Option<u16>) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    wanted.map_or(cores, usize::from)
}

fn live(options: &Options) -> ExitCode {
    let jobs = jobs(options.jobs);
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

fn print_figures(options: &Figures) -> ExitCode {
    let cells: Vec<Cell> = options
        .cheats
        .iter()
        .flat_map(|&cheat| {
            let visits = options.visits.iter();
            visits.map(move |&visit| Cell {
                cheat,
                visit,
                units: options.units,
                policy: Policy::default(),
            })
        })
        .collect();
    println!("{}", figures::HEADING);
    let mut code = ExitCode::SUCCESS;
    let (seed, jobs) = (options.first_seed, jobs(options.jobs));
    figures::table(&cells, seed, jobs, |row| match row {
        Ok(line) => println!("{line}"),
        Err(breach) => code = complain(&breach),
    });
    code
}

fn print_sybils(options: &Sybils) -> ExitCode {
    match sybils::sybils(options.first_seed, options.units) {
        Ok(contest) => {
            println!("{}", contest.sentence());
            ExitCode::SUCCESS
        }
        Err(breach) => complain(&breach),
    }
}

fn complain(breach: &Breach) -> ExitCode {
    eprintln!("a town did not come to its end: {breach}");
    ExitCode::FAILURE
}
