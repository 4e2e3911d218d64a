//! `bytebiota compete`: which of two genomes is fitter, from several starting frequencies. Knows no instruction.

mod fitness;

use crate::{
    error::CliError,
    genome, print,
    settings::{Settings, SettingsArgs},
};
use bytebiota_core::{
    Config, GenotypeHash,
    assay::AssayError,
    compete::{Bout, Contest, FREQUENCIES, bout},
};
use clap::Args;
use fitness::Fitness;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Let two genomes compete in one soup without mutation: relative fitness with its confidence interval
#[derive(Args)]
pub struct CompeteArgs {
    /// First genome: file (text, hex digits or raw bytes), hex digits, or the name of an ancestor
    #[arg(value_name = "A")]
    a: String,
    /// Second genome
    #[arg(value_name = "B")]
    b: String,
    /// Soups for each starting frequency
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    seeds: u32,
    /// Soups computed at the same time; the result does not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    jobs: Option<u32>,
    #[command(flatten)]
    settings: SettingsArgs,
    /// One JSON object on standard output
    #[arg(long)]
    json: bool,
    /// No progress bar
    #[arg(long)]
    quiet: bool,
}

/// The two genomes, and what they are called.
struct Rivals {
    names: [String; 2],
    genomes: [Vec<u8>; 2],
}

pub fn run(args: &CompeteArgs) -> Result<(), CliError> {
    let rivals = Rivals {
        names: [genome::shown(&args.a), genome::shown(&args.b)],
        genomes: [genome::read(&args.a)?, genome::read(&args.b)?],
    };
    let settings = Settings::load(&args.settings)?;
    let contests = contests(args, &rivals, settings.world()).map_err(CliError::outside)?;
    if args.json {
        let text = serde_json::to_string_pretty(&to_json(&rivals, &contests))
            .map_err(CliError::outside)?;
        return print(&format!("{text}\n"));
    }
    print(&table(&rivals, &contests))
}

/// All bouts, several at a time, in the order of frequency and seed.
fn contests(
    args: &CompeteArgs,
    rivals: &Rivals,
    config: &Config,
) -> Result<Vec<Contest>, AssayError> {
    let tasks: Vec<(u32, u64)> = FREQUENCIES
        .into_iter()
        .flat_map(|tenths| (1..=u64::from(args.seeds)).map(move |seed| (tenths, seed)))
        .collect();
    let bar = progress(args, tasks.len() as u64);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(&(tenths, seed)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            let [a, b] = &rivals.genomes;
            done.push((tenths, seed, bout(a, b, tenths, seed, config)?));
            bar.inc(1);
        }
        Ok::<_, AssayError>(done)
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = args
        .jobs
        .map_or(cores, |jobs| jobs as usize)
        .min(tasks.len());
    let mut bouts = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        let mut bouts = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(done) => bouts.extend(done?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok::<_, AssayError>(bouts)
    })?;
    bar.finish_and_clear();
    bouts.sort_unstable_by_key(|(tenths, seed, _)| (*tenths, *seed));
    Ok(FREQUENCIES
        .into_iter()
        .map(|tenths| Contest {
            tenths,
            bouts: bouts
                .iter()
                .filter(|bout| bout.0 == tenths)
                .map(|bout| bout.2)
                .collect(),
        })
        .collect())
}

fn progress(args: &CompeteArgs, bouts: u64) -> ProgressBar {
    if args.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bouts);
    match ProgressStyle::with_template("{bar:40} {pos} of {len} soups, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn overall(contests: &[Contest]) -> Option<Fitness> {
    let all: Vec<&Bout> = contests.iter().flat_map(|c| &c.bouts).collect();
    Fitness::of(all.into_iter())
}

fn to_json(rivals: &Rivals, contests: &[Contest]) -> Value {
    let rival = |k: usize| {
        let genome = &rivals.genomes[k];
        let genotype = GenotypeHash::of(genome).to_string();
        json!({ "source": rivals.names[k], "genotype": genotype, "length": genome.len() })
    };
    let contest = |contest: &Contest| {
        json!({
            "founders_a_tenths": contest.tenths,
            "won": contest.won(),
            "lost": contest.lost(),
            "share_per_million": contest.share(),
            "fitness": Fitness::of(contest.bouts.iter()),
            "bouts": contest.bouts,
        })
    };
    json!({
        "a": rival(0),
        "b": rival(1),
        "fitness": overall(contests),
        "contests": contests.iter().map(contest).collect::<Vec<_>>(),
    })
}

fn table(rivals: &Rivals, contests: &[Contest]) -> String {
    let mut text = String::new();
    for (letter, (name, genome)) in ["A", "B"]
        .iter()
        .zip(rivals.names.iter().zip(&rivals.genomes))
    {
        let genotype = GenotypeHash::of(genome);
        text += &format!(
            "{letter}  {name}: {} bytes, genotype {genotype}\n",
            genome.len()
        );
    }
    text += &format!(
        "\n{:<12}{:>6}{:>6}{:>8}{:>18}{:>11}  {:<17} verdict\n",
        "founders A:B", "soups", "won", "lost", "share of A", "fitness", "95 % interval"
    );
    for contest in contests {
        let share = contest.share();
        let percent = |part: u64| part as f64 / 10_000.0;
        let share = match share.half_width {
            Some(half) => format!("{:.1} +- {:.1} %", percent(share.mean), percent(half)),
            None => format!("{:.1} %", percent(share.mean)),
        };
        text += &format!(
            "{:<12}{:>6}{:>6}{:>8}{share:>18}{}\n",
            format!("{}:{}", contest.tenths, 10 - contest.tenths),
            contest.bouts.len(),
            contest.won(),
            contest.lost(),
            shown(Fitness::of(contest.bouts.iter()))
        );
    }
    let soups: usize = contests.iter().map(|c| c.bouts.len()).sum();
    let won: u32 = contests.iter().map(Contest::won).sum();
    let lost: u32 = contests.iter().map(Contest::lost).sum();
    text += &format!(
        "{:<12}{soups:>6}{won:>6}{lost:>8}{:>18}{}\n\n",
        "all",
        "",
        shown(overall(contests))
    );
    text + "A soup is won where A's share grew. Fitness is how many times as fast A multiplies as B, per generation.\n"
}

fn shown(fitness: Option<Fitness>) -> String {
    let Some(fitness) = fitness else {
        return format!("{:>11}  {:<17} both died out", "-", "-");
    };
    let interval = match (fitness.low, fitness.high) {
        (Some(low), Some(high)) => format!("{low:.4} .. {high:.4}"),
        _ => "-".into(),
    };
    format!(
        "{:>11.4}  {interval:<17} {}",
        fitness.mean,
        fitness.verdict()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{compete::compete, genesis};

    fn args(jobs: u32) -> CompeteArgs {
        CompeteArgs {
            a: "forager".into(),
            b: "ancestor".into(),
            seeds: 2,
            jobs: Some(jobs),
            settings: SettingsArgs::default(),
            json: false,
            quiet: true,
        }
    }

    fn rivals() -> Rivals {
        let genome = |name| genesis::genome(name).expect("a genome");
        Rivals {
            names: ["forager".into(), "ancestor".into()],
            genomes: [genome("forager"), genome("ancestor")],
        }
    }

    #[test]
    fn threads_change_nothing_and_the_core_agrees() {
        let (rivals, config) = (rivals(), Config::default());
        let one = contests(&args(1), &rivals, &config).expect("contests");
        assert_eq!(contests(&args(3), &rivals, &config), Ok(one.clone()));
        let [a, b] = &rivals.genomes;
        let core = compete(a, b, 2, &config).expect("a competition");
        assert_eq!(core.contests, one);
        let table = table(&rivals, &one);
        assert_eq!(table.matches("A is fitter").count(), 4, "{table}");
        let value = to_json(&rivals, &one);
        assert_eq!(value["contests"].as_array().map(Vec::len), Some(3));
        assert!(value["fitness"]["low"].as_f64() > Some(1.0), "{value}");
    }
}
