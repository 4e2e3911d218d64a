//! A genome as a list of lines to show: instructions with their places, runs of template symbols together. Knows no canvas.

use bytebiota_core::{
    assembler::{decode, mnemonic},
    isa::{self, Family},
};

/// One line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Offset of its first byte.
    pub offset: u32,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its text, as the assembler reads it.
    pub text: String,
    /// The family that gives it its colour.
    pub family: Family,
    /// What it does.
    pub sentence: &'static str,
}

impl Line {
    /// Whether an offset lies in it.
    pub fn holds(&self, offset: u32) -> bool {
        offset >= self.offset && offset - self.offset < self.bytes.len() as u32
    }
}

/// The lines of a genome.
pub fn lines(genome: &[u8]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for place in decode(genome) {
        let is_symbol = place.byte < 2;
        if let (true, Some(last)) = (is_symbol, lines.last_mut())
            && last.family == Family::Template
            && last.text.starts_with('.')
        {
            last.bytes.push(place.byte);
            last.text.push(if place.byte == 0 { '0' } else { '1' });
            continue;
        }
        let text = match place.byte {
            0 => ".0".into(),
            1 => ".1".into(),
            _ => mnemonic(place),
        };
        lines.push(Line {
            offset: place.offset as u32,
            bytes: [Some(place.byte), place.operand]
                .into_iter()
                .flatten()
                .collect(),
            text,
            family: isa::family(place.byte),
            sentence: if is_symbol {
                "A template: jumps and searches look for its complement."
            } else {
                isa::decode(place.byte).map_or("No instruction: an error when executed.", |row| {
                    row.sentence
                })
            },
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{assembler::assemble, genesis};

    #[test]
    fn lines_hold_every_byte_once_and_read_back_as_the_genome() {
        for (name, _) in genesis::GENOMES {
            let genome = genesis::genome(name).expect("a genome");
            let lines = lines(&genome);
            let bytes: Vec<u8> = lines.iter().flat_map(|line| line.bytes.clone()).collect();
            assert_eq!(bytes, genome, "{name}");
            let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
            assert_eq!(assemble(&text.join("\n")).ok(), Some(genome), "{name}");
            assert_eq!(lines.iter().filter(|line| line.holds(9)).count(), 1);
        }
    }

    #[test]
    fn templates_stand_in_one_line_and_nonsense_has_its_own() {
        let lines = lines(&[1, 1, 0, 65, 200, 18, 5, 17]);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, [".110", "NOP_1~", "BYTE 200", "JNZ 5", "BYTE 17"]);
        assert_eq!(lines[2].family, Family::Invalid);
    }
}
