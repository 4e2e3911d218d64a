//! A genome as commands take it: the name of an ancestor, hex digits, or a file of text, hex digits or raw bytes.
//! Knows no soup.

use crate::{disasm::from_hex, error::CliError};
use bytebiota_core::{
    assembler::{MAX_GENOME_BYTES, assemble},
    genesis,
};
use std::path::Path;

/// Bytes of the longest file that is looked at: text with many comments.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Reads a genome of 1 to `MAX_GENOME_BYTES` bytes; the error names file, line and column where there are any.
pub fn read(source: &str) -> Result<Vec<u8>, CliError> {
    let path = Path::new(source);
    let genome = if path.is_file() {
        file(path)?
    } else {
        genesis::genome(source)
            .or_else(|| from_hex(source))
            .ok_or_else(|| CliError::outside(unknown(source)))?
    };
    if genome.is_empty() || genome.len() > MAX_GENOME_BYTES {
        return Err(CliError::outside(format!(
            "{}: a genome has 1 to {MAX_GENOME_BYTES} bytes, not {}",
            shown(source),
            genome.len()
        )));
    }
    Ok(genome)
}

/// What messages and tables call a source: no longer than a line can bear.
pub fn shown(source: &str) -> String {
    let mut text: String = source.chars().take(40).collect();
    if text.len() < source.len() {
        text += "..";
    }
    text
}

fn unknown(source: &str) -> String {
    let names: Vec<&str> = genesis::GENOMES.iter().map(|entry| entry.0).collect();
    let is_hex = !source.is_empty() && source.chars().all(|c| c.is_ascii_hexdigit());
    if is_hex {
        return format!("`{}` has an odd number of hex digits", shown(source));
    }
    format!(
        "`{}` is no file, no hex digits and none of: {}",
        shown(source),
        names.join(", ")
    )
}

fn file(path: &Path) -> Result<Vec<u8>, CliError> {
    let size = path.metadata().map_err(|e| CliError::file(path, &e))?.len();
    if size > MAX_FILE_BYTES {
        return Err(CliError::outside(format!(
            "{}: {size} bytes are no genome; it has 1 to {MAX_GENOME_BYTES}",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| CliError::file(path, &error))?;
    let Some(text) = text(&bytes) else {
        return Ok(bytes);
    };
    if let Some(genome) = from_hex(text) {
        return Ok(genome);
    }
    assemble(text).map_err(|error| CliError::outside(format!("{}: {error}", path.display())))
}

/// The bytes as text, unless they hold what nobody types: most opcodes are control characters.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_typed = |c: char| !c.is_control() || c.is_whitespace();
    text.chars().all(is_typed).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_file(content: &[u8]) -> Result<Vec<u8>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("genome");
        std::fs::write(&path, content).expect("written");
        read(path.to_str().expect("a path")).map_err(|error| error.to_string())
    }

    #[test]
    fn names_digits_text_and_bytes_give_the_same_genome() {
        let ancestor = genesis::genome("ancestor").expect("a genome");
        let (_, text) = genesis::GENOMES[0];
        let hex = crate::asm::to_hex(&ancestor);
        assert_eq!(read("ancestor").ok(), Some(ancestor.clone()));
        assert_eq!(read(&hex).ok(), Some(ancestor.clone()));
        for content in [text.as_bytes(), hex.as_bytes(), &ancestor] {
            assert_eq!(of_file(content), Ok(ancestor.clone()));
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let says = |result: Result<Vec<u8>, String>, what: &str| {
            let error = result.expect_err("refused");
            assert!(error.contains(what), "{error}");
        };
        says(of_file(b"MAL\n  FLY\n"), "line 2, column 3: `FLY` is no");
        says(of_file(b""), "there is no instruction");
        says(of_file(&[7; 4_097]), "1 to 4096 bytes, not 4097");
        says(of_file(&vec![b'0'; 2 << 20]), "2097152 bytes are no genome");
        let of = |source: &str| read(source).map_err(|error| error.to_string());
        says(of("abc"), "odd number");
        says(of("no such thing"), "none of: ancestor");
        says(of(""), "no file");
        says(of(&"00".repeat(4_097)), "not 4097");
    }
}
