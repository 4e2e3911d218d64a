//! `bytebiota seed-bank`: seeds of a folder as a list or a file, and a file's seeds into a folder. Knows no rule of
//! admission.

use crate::{block_on, error::CliError, print};
use bytebiota_server::seed_bank::exchange::{self, MAX_FILE_BYTES};
use bytebiota_server::seed_bank::keeper::SeedsError;
use bytebiota_server::seed_bank::{Seed, keeper};
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// List, export and import the genomes that are kept to be sown where an island stands still
#[derive(Args)]
pub struct SeedBankArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One line for each seed; a server may run beside it
    List(Folder),
    /// All seeds as one JSON file; a server may run beside it
    Export {
        #[command(flatten)]
        folder: Folder,
        /// Where to write [default: standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Try every genome of such a file and keep what is good enough; the server of the folder must be stopped
    Import {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Args)]
struct Folder {
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
}

pub fn run(args: &SeedBankArgs) -> Result<(), CliError> {
    match &args.command {
        Command::List(folder) => print(&list(&seeds(folder)?)),
        Command::Export { folder, out: None } => print(&exchange::write(&seeds(folder)?)),
        Command::Export {
            folder,
            out: Some(out),
        } => {
            let seeds = seeds(folder)?;
            let written = std::fs::write(out, exchange::write(&seeds));
            written.map_err(|error| CliError::file(out, &error))?;
            print(&format!("{} seeds in {}\n", seeds.len(), out.display()))
        }
        Command::Import { file, folder } => {
            let text = text(file)?;
            let named = |error: SeedsError| match error {
                SeedsError::File(error) => CliError::usage(format!("{}: {error}", file.display())),
                error => fault(error),
            };
            let import = block_on(async {
                let import = keeper::import(&folder.data_dir, &text);
                import.await.map_err(named)
            })?;
            print(&format!(
                "{} of {} seeds are kept now; the others are known, do not breed here, or add nothing\n",
                import.admitted, import.read
            ))
        }
    }
}

fn seeds(folder: &Folder) -> Result<Vec<Seed>, CliError> {
    block_on(async { keeper::seeds(&folder.data_dir).await.map_err(fault) })
}

fn text(file: &Path) -> Result<String, CliError> {
    let fault = |error| CliError::file(file, &error);
    let size = std::fs::metadata(file).map_err(fault)?.len();
    if size > MAX_FILE_BYTES {
        let text = format!(
            "{} has {size} bytes, at most {MAX_FILE_BYTES} are read",
            file.display()
        );
        return Err(CliError::usage(text));
    }
    std::fs::read_to_string(file).map_err(fault)
}

fn fault(error: SeedsError) -> CliError {
    match error {
        SeedsError::Store(_) => CliError::world(error),
        _ => CliError::outside(error),
    }
}

fn list(seeds: &[Seed]) -> String {
    let mut text = String::from(
        "genotype                          bytes  way              ticks/birth  tasks  sown  rooted  species\n",
    );
    for seed in seeds {
        let view = seed.view();
        let species = view.lineage.last().map_or("", String::as_str);
        // A String takes everything.
        let _ = writeln!(
            text,
            "{}  {:5}  {:15}  {:11}  {:5}  {:4}  {:6}  {species}",
            view.genotype,
            seed.genome.len(),
            view.way,
            view.ticks_per_birth,
            view.tasks.len(),
            view.uses,
            view.successes,
        );
    }
    text
}
