//! `bytebiota export-diversity`: how many kinds lived on each island over its time, as a table. Knows no index's meaning.

use crate::{block_on, error::CliError, print};
use bytebiota_core::{DeathCause, IslandId, Sample};
use bytebiota_server::store::{Archive, StoreError};
use clap::Args;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Samples read at a time.
const PAGE: u32 = 1_000;

/// Write the diversity of each island over its time as CSV
///
/// One row for each kept epoch line of each island, in order. Reads only, and may run beside the server of the folder.
#[derive(Args)]
pub struct ExportDiversityArgs {
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn run(args: &ExportDiversityArgs) -> Result<(), CliError> {
    let database = args.data_dir.join("world.sqlite");
    if !database.is_file() {
        let folder = args.data_dir.display();
        return Err(CliError::usage(format!("there is no world in {folder}")));
    }
    match &args.out {
        None => block_on(export(&database, &mut |text| print(text))).map(drop),
        Some(path) => {
            let fault = |error: std::io::Error| CliError::file(path, &error);
            let mut file = BufWriter::new(File::create(path).map_err(fault)?);
            let mut write = |text: &str| file.write_all(text.as_bytes()).map_err(fault);
            let rows = block_on(export(&database, &mut write))?;
            file.flush().map_err(fault)?;
            print(&format!("{rows} rows in {}\n", path.display()))
        }
    }
}

async fn export(
    database: &Path,
    write: &mut impl FnMut(&str) -> Result<(), CliError>,
) -> Result<u64, CliError> {
    let archive = Archive::open(database).await.map_err(fault)?;
    let epoch_ticks = archive.world().config.evolution.epoch_ticks;
    write(&head())?;
    let mut rows = 0;
    for (island, _) in archive.heads().await.map_err(fault)? {
        let mut after = None;
        loop {
            let samples = archive.samples(island, after, PAGE).await.map_err(fault)?;
            let Some(last) = samples.last() else {
                break;
            };
            after = Some(last.epoch.0);
            rows += samples.len() as u64;
            let mut text = String::new();
            for sample in &samples {
                row(&mut text, island, sample, epoch_ticks);
            }
            write(&text)?;
        }
    }
    Ok(rows)
}

fn fault(error: StoreError) -> CliError {
    CliError::world(error)
}

fn head() -> String {
    let deaths: String = DeathCause::ALL
        .iter()
        .map(|cause| format!(",deaths_{}", cause.name()))
        .collect();
    format!(
        "island,epoch,tick,population,richness,shannon_bits,simpson,evenness,commonest,births,true_births{deaths}\n"
    )
}

fn row(text: &mut String, island: IslandId, sample: &Sample, epoch_ticks: u64) {
    let shannon = f64::from(sample.shannon_millibits) / 1_000.0;
    let counters = &sample.counters;
    // A String takes everything.
    let _ = write!(
        text,
        "{island},{},{},{},{},{shannon:.3},{:.6},{:.6},{},{},{}",
        sample.epoch,
        sample.epoch.0.saturating_mul(epoch_ticks),
        sample.population,
        sample.genotypes,
        simpson(sample),
        evenness(shannon, sample.genotypes),
        sample.commonest,
        counters.births,
        counters.true_births,
    );
    for deaths in counters.deaths {
        let _ = write!(text, ",{deaths}");
    }
    text.push('\n');
}

/// How likely two bodies drawn with replacement differ; 0 where nobody lives.
fn simpson(sample: &Sample) -> f64 {
    let all = f64::from(sample.population);
    match sample.population {
        0 => 0.0,
        _ => 1.0 - sample.simpson as f64 / (all * all),
    }
}

/// Shannon's index over the most it could be; 0 for fewer than two kinds.
fn evenness(shannon: f64, genotypes: u32) -> f64 {
    match genotypes {
        0 | 1 => 0.0,
        kinds => shannon / f64::from(kinds).log2(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::Epoch;

    #[test]
    fn a_row_has_a_value_for_each_name_and_nobody_divides_by_nothing() {
        let even = Sample {
            epoch: Epoch(7),
            population: 8,
            genotypes: 4,
            simpson: 16,
            shannon_millibits: 2_000,
            commonest: 2,
            ..Sample::default()
        };
        let mut text = String::new();
        row(&mut text, IslandId(3), &even, 1_000);
        assert!(
            text.starts_with("3,7,7000,8,4,2.000,0.750000,1.000000,2,0,0,"),
            "{text}"
        );
        assert_eq!(text.matches(',').count(), head().matches(',').count());
        text.clear();
        row(&mut text, IslandId(3), &Sample::default(), 1_000);
        assert!(
            text.starts_with("3,0,0,0,0,0.000,0.000000,0.000000,0"),
            "{text}"
        );
    }
}
