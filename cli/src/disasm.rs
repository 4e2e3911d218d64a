//! `bytebiota disasm`: a genome from bytes to text that `asm` reads back. Knows no soup.

use crate::{error::CliError, print};
use bytebiota_core::{assembler, genesis};
use clap::Args;
use std::path::Path;

/// Disassemble a genome: a file of hex digits or raw bytes, hex digits themselves, or the name of an ancestor
#[derive(Args)]
pub struct DisasmArgs {
    /// File, hex digits, or one of: ancestor, forager, pupil, parasite, hyperparasite
    genome: String,
    /// Take the file as raw bytes even if it looks like hex digits
    #[arg(long)]
    raw: bool,
}

pub fn run(args: &DisasmArgs) -> Result<(), CliError> {
    let genome = genome_of(args)?;
    if genome.is_empty() || genome.len() > assembler::MAX_GENOME_BYTES {
        let most = assembler::MAX_GENOME_BYTES;
        return Err(CliError::outside(format!(
            "a genome has 1 to {most} bytes, not {}",
            genome.len()
        )));
    }
    print(&assembler::disassemble(&genome))
}

fn genome_of(args: &DisasmArgs) -> Result<Vec<u8>, CliError> {
    let path = Path::new(&args.genome);
    if path.is_file() {
        let bytes = std::fs::read(path).map_err(|error| CliError::file(path, &error))?;
        let hex = std::str::from_utf8(&bytes)
            .ok()
            .filter(|_| !args.raw)
            .and_then(from_hex);
        return Ok(hex.unwrap_or(bytes));
    }
    genesis::genome(&args.genome)
        .or_else(|| from_hex(&args.genome))
        .ok_or_else(|| {
            CliError::outside(format!(
                "`{}` is no file, no hex digits and no ancestor",
                args.genome
            ))
        })
}

/// Hex digits, white space allowed, as bytes.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    let is_whole = !digits.is_empty() && digits.len().is_multiple_of(2);
    is_whole.then(|| {
        digits
            .chunks_exact(2)
            .map(|pair| (pair[0] * 16 + pair[1]) as u8)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::to_hex;

    #[test]
    fn every_ancestor_survives_the_round_trip() {
        for (name, text) in genesis::GENOMES {
            let genome = assembler::assemble(text).expect("assembles");
            assert_eq!(from_hex(&to_hex(&genome)), Some(genome.clone()), "{name}");
            let again = assembler::assemble(&assembler::disassemble(&genome));
            assert_eq!(again, Ok(genome), "{name}");
        }
        assert_eq!(from_hex("0a 0B\n"), Some(vec![10, 11]));
        assert_eq!(
            (from_hex("abc"), from_hex("zz"), from_hex("")),
            (None, None, None)
        );
    }
}
