//! `bytebiota export`: tables of a world for the tools of researchers. Knows no column.

use crate::{block_on, error::CliError, print};
use bytebiota_server::export::{self, ExportError, Table};
use bytebiota_server::store::{Archive, StoreError};
use clap::{Args, ValueEnum};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Write what a world holds as a table: to standard output, or to a file
///
/// Reads only, and may run beside the server of the folder. The phylogeny follows the ALife data standard, so phylotrackpy and
/// its relatives read it as it is. For diversity over time see `export-diversity`.
#[derive(Args)]
pub struct ExportArgs {
    /// What
    table: Wanted,
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Where to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Genomes as assembly text, and not as hex digits in a table
    #[arg(long)]
    asm: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Wanted {
    /// Taxa and their ancestors
    Phylogeny,
    /// The world over time
    Series,
    /// Genomes kept to be sown
    SeedBank,
    /// Genotypes of the living
    Genomes,
}

pub fn run(args: &ExportArgs) -> Result<(), CliError> {
    let table = match args.table {
        Wanted::Phylogeny => Table::Phylogeny,
        Wanted::Series => Table::Series,
        Wanted::SeedBank => Table::SeedBank,
        Wanted::Genomes if args.asm => Table::Assembly,
        Wanted::Genomes => Table::Genomes,
    };
    if args.asm && table != Table::Assembly {
        return Err(CliError::usage("--asm is for genomes"));
    }
    let database = args.data_dir.join("world.sqlite");
    if !database.is_file() {
        let folder = args.data_dir.display();
        return Err(CliError::usage(format!("there is no world in {folder}")));
    }
    let Some(path) = &args.out else {
        return block_on(write(table, &database, &mut |text| print(text)));
    };
    let fault = |error: std::io::Error| CliError::file(path, &error);
    let mut file = BufWriter::new(File::create(path).map_err(fault)?);
    let mut sink = |text: &str| file.write_all(text.as_bytes()).map_err(fault);
    block_on(write(table, &database, &mut sink))?;
    file.flush().map_err(fault)
}

async fn write(
    table: Table,
    database: &Path,
    sink: &mut impl FnMut(&str) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let world = |error: StoreError| CliError::world(error);
    let archive = Archive::open(database).await.map_err(world)?;
    let written = export::write(table, &archive, sink).await;
    written.map_err(|error| match error {
        ExportError::Store(error) => world(error),
        ExportError::Sink(error) => error,
    })
}
