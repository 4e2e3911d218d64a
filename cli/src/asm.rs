//! `bytebiota asm`: a genome from text to bytes. Knows no soup.

use crate::{error::CliError, print};
use bytebiota_core::assembler;
use clap::Args;
use std::path::PathBuf;

/// Assemble a genome: mnemonics in, hex digits (or raw bytes) out
#[derive(Args)]
pub struct AsmArgs {
    /// File with the text, for example core/genomes/ancestor.asm
    file: PathBuf,
    /// Write to this file and not to standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the bytes themselves and not hex digits
    #[arg(long, requires = "out")]
    raw: bool,
}

pub fn run(args: &AsmArgs) -> Result<(), CliError> {
    let text = std::fs::read_to_string(&args.file).map_err(|e| CliError::file(&args.file, &e))?;
    let genome = assembler::assemble(&text)
        .map_err(|error| CliError::outside(format!("{}: {error}", args.file.display())))?;
    let hex = format!("{}\n", to_hex(&genome));
    match &args.out {
        None => print(&hex),
        Some(path) => {
            let bytes = if args.raw { genome } else { hex.into_bytes() };
            std::fs::write(path, bytes).map_err(|error| CliError::file(path, &error))
        }
    }
}

/// Bytes as hex digits.
pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
