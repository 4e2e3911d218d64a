//! Niche: what lives alike, by its place in the tree of names, its length and its way of living. Knows no bank.

use super::Seed;
use bytebiota_core::assay::Class;
use bytebiota_core::taxonomy::{OpcodeProfile, Taxonomy};

/// Bytes of a class of length.
const LENGTH_STEP: usize = 32;

/// Where a seed stands among the seeds.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Niche {
    /// Kingdom, phylum and class of the genome.
    pub place: [String; 3],
    /// Its length in steps of 32 bytes.
    pub length: usize,
    /// How it lives.
    pub way: Class,
}

impl Niche {
    /// The niche of a seed.
    pub fn of(seed: &Seed) -> Self {
        let lineage = Taxonomy::lineage(&OpcodeProfile::of(&seed.genome));
        Self {
            place: [lineage.kingdom, lineage.phylum, lineage.class],
            length: seed.genome.len() / LENGTH_STEP,
            way: seed.way,
        }
    }
}
