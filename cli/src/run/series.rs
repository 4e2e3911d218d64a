//! What a run leaves in its folder: `series.csv` with a row per island and epoch line, `config.toml`, `summary.json`. Knows no island by itself.

use super::RunSummary;
use crate::{error::CliError, settings::Settings};
use bytebiota_core::{
    DeathCause, EnergyFlow, Island, MutationKind,
    config::Config,
    sample::{LENGTH_CLASSES, LENGTH_STEP},
    tasks::TASKS,
};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

/// The open folder of a run.
pub struct Series {
    folder: PathBuf,
    csv: BufWriter<File>,
}

impl Series {
    /// Makes the folder and begins the series; refuses a folder with anything in it unless forced.
    pub fn create(folder: &Path, is_forced: bool) -> Result<Self, CliError> {
        let fault = |error: std::io::Error| CliError::file(folder, &error);
        fs::create_dir_all(folder).map_err(fault)?;
        let is_empty = fs::read_dir(folder).map_err(fault)?.next().is_none();
        if !is_empty && !is_forced {
            let text = format!(
                "{} is not empty; choose another folder or use --force",
                folder.display()
            );
            return Err(CliError::exists(text));
        }
        let mut csv = BufWriter::new(File::create(folder.join("series.csv")).map_err(fault)?);
        writeln!(csv, "{}", header()).map_err(fault)?;
        Ok(Self {
            folder: folder.to_owned(),
            csv,
        })
    }

    /// Adds a row per island as it is now.
    pub fn write<'a>(&mut self, islands: impl Iterator<Item = &'a Island>) -> Result<(), CliError> {
        for island in islands {
            writeln!(self.csv, "{}", row(island)).map_err(|e| CliError::file(&self.folder, &e))?;
        }
        Ok(())
    }

    /// Closes the series and writes what belongs beside it.
    pub fn finish(mut self, settings: &Settings, summary: &RunSummary) -> Result<(), CliError> {
        let fault = |error: std::io::Error| CliError::file(&self.folder, &error);
        self.csv.flush().map_err(fault)?;
        let json = serde_json::to_string_pretty(summary).map_err(CliError::outside)?;
        fs::write(self.folder.join("summary.json"), json + "\n").map_err(fault)?;
        fs::write(
            self.folder.join("config.toml"),
            settings_file(settings.world()),
        )
        .map_err(fault)
    }
}

/// Every setting in force, ready for --config.
pub fn settings_file(config: &Config) -> String {
    let mut text = String::new();
    let mut open = "";
    for knob in Config::knobs() {
        let (section, name) = knob.path.split_once('.').unwrap_or(("", knob.path));
        if section != open {
            text += &format!("[{section}]\n");
            open = section;
        }
        text += &format!("{name} = \"{}\"\n", (knob.get)(config));
    }
    text
}

/// The columns: what is now, then what was counted since genesis.
fn header() -> String {
    let now = "island,tick,round,population,genotypes,commonest,simpson,shannon_bits,mean_genome_length,energy_milli,resource";
    let counted = "births,true_births,arrivals,instructions,errors,harvests,harvested";
    let columns = [now.to_owned(), counted.to_owned()]
        .into_iter()
        .chain(
            DeathCause::ALL
                .iter()
                .map(|c| format!("deaths_{}", c.name())),
        )
        .chain(
            MutationKind::ALL
                .iter()
                .map(|k| format!("mutations_{}", k.name())),
        )
        .chain(
            EnergyFlow::ALL
                .iter()
                .map(|f| format!("flow_{}_milli", f.name())),
        )
        .chain(TASKS.iter().map(|task| format!("tasks_{}", task.name)))
        .chain((0..LENGTH_CLASSES as u32).map(|class| format!("length_{}", class * LENGTH_STEP)));
    columns.collect::<Vec<_>>().join(",")
}

fn row(island: &Island) -> String {
    let sample = island.sample();
    let counters = &sample.counters;
    let ratio = |part: u64, whole: u64| match whole {
        0 => 0.0,
        whole => part as f64 / whole as f64,
    };
    let population = u64::from(sample.population);
    let now = format!(
        "{},{},{},{population},{},{},{:.6},{:.3},{:.3},{},{}",
        island.id(),
        island.tick(),
        sample.round,
        sample.genotypes,
        sample.commonest,
        1.0 - ratio(sample.simpson, population * population),
        f64::from(sample.shannon_millibits) / 1_000.0,
        ratio(sample.genome_bytes, population),
        sample.energy,
        sample.resource,
    );
    let counted = [
        counters.births,
        counters.true_births,
        counters.arrivals,
        counters.instructions,
        counters.errors,
        counters.harvests,
        counters.harvested,
    ];
    let lengths = sample.lengths.map(u64::from);
    let counts = counted
        .iter()
        .chain(&counters.deaths)
        .chain(&counters.mutations)
        .chain(&counters.energy)
        .chain(&counters.tasks[..TASKS.len()])
        .chain(&lengths);
    counts.fold(now, |text, count| format!("{text},{count}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{IslandId, WorldSeed};

    #[test]
    fn rows_have_the_columns_of_the_header() {
        let island = Island::genesis(WorldSeed(1), IslandId(3), &Config::default());
        assert_eq!(header().split(',').count(), row(&island).split(',').count());
        assert!(row(&island).starts_with("3,0,0,8,"), "{}", row(&island));
    }

    #[test]
    fn a_folder_with_something_in_it_is_refused_unless_forced() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("mine"), "x").expect("written");
        assert_eq!(
            Series::create(folder.path(), false)
                .err()
                .map(|error| error.code),
            Some(4)
        );
        assert!(Series::create(folder.path(), true).is_ok());
        assert!(folder.path().join("mine").exists());
    }
}
