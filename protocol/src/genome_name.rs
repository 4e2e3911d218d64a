//! How addresses and links name a genome: its hex digits, the hash of its genotype, or the name of an ancestor. Knows no page.

use bytebiota_core::{GenotypeHash, assembler::MAX_GENOME_BYTES, genesis};

/// Hex digits of a genotype's hash. Digits of a genome of that length are read as a hash first.
const HASH_DIGITS: usize = 32;

/// What an address names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GenomeName {
    /// A genome, whole.
    Genome(Vec<u8>),
    /// A genotype by its hash, 32 lower-case hex digits; whoever keeps genomes must be asked.
    Genotype(String),
}

impl GenomeName {
    /// Reads a word of an address; `None` for one that names nothing.
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(genome) = genesis::genome(word) {
            return Some(Self::Genome(genome));
        }
        if word.len() == HASH_DIGITS && word.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Some(Self::Genotype(word.to_ascii_lowercase()));
        }
        from_hex(word).map(Self::Genome)
    }

    /// The bytes, where the name has them in itself. Sixteen bytes may be meant where nobody knows the hash.
    pub fn genome(&self) -> Option<Vec<u8>> {
        match self {
            Self::Genome(genome) => Some(genome.clone()),
            Self::Genotype(_) => None,
        }
    }

    /// The hash of the genotype.
    pub fn genotype(&self) -> String {
        match self {
            Self::Genome(genome) => GenotypeHash::of(genome).to_string(),
            Self::Genotype(hash) => hash.clone(),
        }
    }
}

/// The word that names a genome for ever, without anybody who keeps it.
pub fn to_hex(genome: &[u8]) -> String {
    use std::fmt::Write as _;
    genome.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A genome from its hex digits: 1 to `MAX_GENOME_BYTES` bytes.
pub fn from_hex(word: &str) -> Option<Vec<u8>> {
    let is_hex = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let fits = !word.is_empty() && word.len() <= 2 * MAX_GENOME_BYTES;
    if !is_hex || !fits || !word.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..word.len()).step_by(2).map(|at| &word[at..at + 2]);
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_digits_and_hashes_are_told_apart() {
        let ancestor = genesis::genome("ancestor").expect("a genome");
        let named = GenomeName::parse("ancestor").expect("a name");
        assert_eq!(named.genome(), Some(ancestor.clone()));
        assert_eq!(GenomeName::parse(&to_hex(&ancestor)), Some(named.clone()));
        assert_eq!(
            GenomeName::parse(&to_hex(&ancestor).to_uppercase()),
            Some(named.clone())
        );
        let hash = named.genotype();
        assert_eq!(
            GenomeName::parse(&hash),
            Some(GenomeName::Genotype(hash.clone()))
        );
        assert_eq!(
            GenomeName::parse(&hash).map(|name| name.genotype()),
            Some(hash)
        );
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let long = "00".repeat(MAX_GENOME_BYTES + 1);
        for word in ["", "a", "xyz", "0g", "+1", "é0", long.as_str()] {
            assert_eq!(GenomeName::parse(word), None, "{word}");
        }
    }
}
