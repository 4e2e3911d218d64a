//! Genomes as text: mnemonics, `.0101` for template symbols, numbers for jumps, `;` for comments. Knows no soup.
//!
//! `NAME~` is the alias of NAME (byte + 64); `BYTE 200` is any byte. What `disassemble` writes, `assemble` reads back.

use crate::isa;

/// Bytes of the longest genome that is assembled.
pub const MAX_GENOME_BYTES: usize = crate::assignment::MAX_TRAVELLING_GENOME_BYTES;

/// Why text is no genome; line and column count from 1.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct AssemblyError {
    /// Where.
    pub line: usize,
    /// Where in the line, in characters.
    pub column: usize,
    /// What is wrong.
    pub reason: String,
}

/// One decoded place of a genome.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// Offset of the first byte.
    pub offset: usize,
    /// The byte of the instruction.
    pub byte: u8,
    /// The byte of the operand, for instructions that have one.
    pub operand: Option<u8>,
}

/// Decodes a genome from its first byte, operands included: the reading that profiles and colours follow.
pub fn decode(genome: &[u8]) -> Vec<Decoded> {
    let mut decoded = Vec::new();
    let mut offset = 0;
    while let Some(&byte) = genome.get(offset) {
        let wants = isa::decode(byte).is_some_and(|row| row.has_operand);
        let operand = genome.get(offset + 1).copied().filter(|_| wants);
        decoded.push(Decoded {
            offset,
            byte,
            operand,
        });
        offset += 1 + usize::from(operand.is_some());
    }
    decoded
}

/// The text of one decoded place.
pub fn mnemonic(place: Decoded) -> String {
    let Some(row) = isa::decode(place.byte) else {
        return format!("BYTE {}", place.byte);
    };
    let alias = if place.byte & isa::ALIAS_BIT != 0 {
        "~"
    } else {
        ""
    };
    match place.operand {
        Some(operand) => format!("{}{alias} {}", row.name, operand as i8),
        // An instruction that ends the genome before its operand is written as the bare byte.
        None if row.has_operand => format!("BYTE {}", place.byte),
        None => format!("{}{alias}", row.name),
    }
}

/// A genome as text, one instruction a line, runs of template symbols together.
pub fn disassemble(genome: &[u8]) -> String {
    let mut text = String::new();
    let mut in_template = false;
    for place in decode(genome) {
        let symbol = place.byte < 2;
        if !(symbol && in_template) {
            text.push_str(if text.is_empty() { "" } else { "\n" });
            text.push_str(if symbol { "." } else { "" });
        }
        in_template = symbol;
        match place.byte {
            0 => text.push('0'),
            1 => text.push('1'),
            _ => text.push_str(&mnemonic(place)),
        }
    }
    text.push('\n');
    text
}

/// Reads a genome from text.
pub fn assemble(text: &str) -> Result<Vec<u8>, AssemblyError> {
    let mut genome = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split(';').next().unwrap_or("");
        let mut words = words(code);
        while let Some((column, word)) = words.next() {
            let at = |column: usize, reason: String| AssemblyError {
                line: number + 1,
                column,
                reason,
            };
            let mut operand = || words.next().unwrap_or((code.chars().count() + 1, ""));
            let mut byte = |low: i32| {
                let (column, word) = operand();
                number_in(word, low, if low < 0 { 127 } else { 255 })
                    .map_err(|reason| at(column, reason))
            };
            if let Some(symbols) = word.strip_prefix('.') {
                template(symbols, &mut genome).map_err(|reason| at(column, reason))?;
            } else if word.eq_ignore_ascii_case("BYTE") {
                genome.push(byte(0)?);
            } else {
                let (row, alias) = instruction(word).map_err(|reason| at(column, reason))?;
                genome.push(row.byte | if alias { isa::ALIAS_BIT } else { 0 });
                if row.has_operand {
                    genome.push(byte(-128)?);
                }
            }
            if genome.len() > MAX_GENOME_BYTES {
                return Err(at(
                    column,
                    format!("a genome has at most {MAX_GENOME_BYTES} bytes"),
                ));
            }
        }
    }
    if genome.is_empty() {
        return Err(AssemblyError {
            line: 1,
            column: 1,
            reason: "there is no instruction".into(),
        });
    }
    Ok(genome)
}

/// The words of a line with their columns.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = line.as_ptr() as usize;
    line.split_whitespace().map(move |word| {
        let bytes = word.as_ptr() as usize - start;
        (line[..bytes].chars().count() + 1, word)
    })
}

fn template(symbols: &str, genome: &mut Vec<u8>) -> Result<(), String> {
    if symbols.is_empty() {
        return Err("a template needs symbols 0 and 1 behind the dot".into());
    }
    for symbol in symbols.chars() {
        let value = symbol
            .to_digit(2)
            .ok_or_else(|| format!("`{symbol}` is no template symbol; there are 0 and 1"))?;
        genome.push(value as u8);
    }
    Ok(())
}

fn instruction(word: &str) -> Result<(&'static isa::Instruction, bool), String> {
    let (name, alias) = word
        .strip_suffix('~')
        .map_or((word, false), |name| (name, true));
    let found = isa::by_name(name);
    found.map(|row| (row, alias)).ok_or_else(|| {
        let shown: String = word.chars().take(40).collect();
        format!("`{shown}` is no instruction")
    })
}

fn number_in(word: &str, low: i32, high: i32) -> Result<u8, String> {
    let value = word.strip_prefix("0x").map_or_else(
        || word.parse().ok(),
        |hex| i32::from_str_radix(hex, 16).ok(),
    );
    let shown: String = word.chars().take(40).collect();
    let value = value.filter(|value| (low..=high).contains(value));
    value
        .map(|value| value as u8)
        .ok_or_else(|| format!("expected a number from {low} to {high}, found `{shown}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};

    #[test]
    fn any_bytes_survive_text() {
        let mut rng = Rng::stream(WorldSeed(4), IslandId(1), "asm");
        for _ in 0..2_000 {
            let length = 1 + rng.below(90);
            let genome: Vec<u8> = (0..length).map(|_| rng.below(256) as u8).collect();
            assert_eq!(assemble(&disassemble(&genome)), Ok(genome));
        }
    }

    #[test]
    fn errors_name_line_column_and_reason() {
        let error = |text: &str| {
            assemble(text)
                .map_err(|e| (e.line, e.column, e.reason))
                .err()
        };
        assert_eq!(
            error("RET\n  FLY ; away"),
            Some((2, 3, "`FLY` is no instruction".into()))
        );
        assert_eq!(
            error(" .012"),
            Some((1, 2, "`2` is no template symbol; there are 0 and 1".into()))
        );
        assert_eq!(error("JNZ 400").map(|e| (e.0, e.1)), Some((1, 5)));
        assert_eq!(error("JNZ").map(|e| (e.0, e.1)), Some((1, 4)));
        assert_eq!(
            error("; nothing").map(|e| e.2),
            Some("there is no instruction".into())
        );
        assert!(error(&"RET\n".repeat(5_000)).is_some_and(|e| e.2.contains("4096")));
        assert!(error("ä ".repeat(3).as_str()).is_some());
    }
}
