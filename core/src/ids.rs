//! The names of things: worlds, branches, islands, epochs, digests. Knows nothing of what they name.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Bumped by every change that alters what any world computes or how its state is written; links, states and frames carry it.
pub const SEMANTICS_VERSION: u32 = 8;

/// A 32-byte blake3 digest of canonical bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of raw bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The digest of a sequence of digests, in order: how chains are made.
    pub fn chain(parts: &[Digest]) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&part.0);
        }
        Self(*hasher.finalize().as_bytes())
    }

    /// Reads 64 lower- or upper-case hex digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 32];
        decode_hex(text, &mut bytes).then_some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0[..6])?;
        f.write_str("..")
    }
}

/// What two organisms share when their genomes at birth were the same bytes: 16 bytes of blake3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct GenotypeHash(pub [u8; 16]);

impl GenotypeHash {
    /// The genotype of a genome.
    pub fn of(genome: &[u8]) -> Self {
        let mut short = [0u8; 16];
        short.copy_from_slice(&blake3::hash(genome).as_bytes()[..16]);
        Self(short)
    }

    /// Reads 32 hex digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 16];
        decode_hex(text, &mut bytes).then_some(Self(bytes))
    }
}

impl fmt::Display for GenotypeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for GenotypeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0[..4])
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A world: drawn at random when the world is made, part of every key.
    WorldId(u64)
}
number! {
    /// What genesis and every generator of a world derive from.
    WorldSeed(u64)
}
number! {
    /// A line of history; a roll-back opens the next one. The first branch is 0.
    Branch(u32)
}
number! {
    /// An island of the archipelago, numbered from 1, never removed.
    IslandId(u32)
}
number! {
    /// A cell of the fixed grid of `epoch_ticks` ticks; epoch 0 begins at genesis.
    Epoch(u64)
}

/// Names one origin of a genotype: where, when, and which of that moment. Taxa form a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct TaxonId {
    /// The island of the origin.
    pub island: IslandId,
    /// Counts the origins on that island from 0.
    pub serial: u64,
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

fn decode_hex(text: &str, out: &mut [u8]) -> bool {
    let digits = text.as_bytes();
    if digits.len() != out.len() * 2 {
        return false;
    }
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let (Some(high), Some(low)) = (
            (pair[0] as char).to_digit(16),
            (pair[1] as char).to_digit(16),
        ) else {
            return false;
        };
        *byte = (high * 16 + low) as u8;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_rejects_noise() {
        let digest = Digest::of(b"soup");
        assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
        assert_eq!(Digest::from_hex("00"), None);
        assert_eq!(Digest::from_hex(&"zz".repeat(32)), None);
        let genotype = GenotypeHash::of(b"soup");
        assert_eq!(
            GenotypeHash::from_hex(&genotype.to_string()),
            Some(genotype)
        );
    }

    #[test]
    fn chains_depend_on_order() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        assert_ne!(Digest::chain(&[a, b]), Digest::chain(&[b, a]));
    }
}
