//! From a genome to its traits and its place in the tree of names: the same bytes, the same answer. Runs nothing.
//!
//! `profile` counts, `traits` says what the genome can try, `table` decides the ranks, `names` composes what the
//! table does not name, `page` writes the table down for readers.

mod names;
mod page;
mod profile;
mod table;
mod traits;

pub use names::{ENDINGS, FIRST, SECOND, THIRD, tables_digest};
pub use page::reference;
pub use profile::OpcodeProfile;
pub use table::{HOMES, Home, NAMED_SPECIES, NamedSpecies, Rank, Row, TABLE, Test, rows};
pub use traits::{AssayFacts, Traits};

use crate::GenotypeHash;
use serde::{Deserialize, Serialize};

/// The domain of everything that lives here.
pub const DOMAIN: &str = "ByteBiota";

/// Hex digits of a genome's short hash.
const SHORT_HASH_DIGITS: usize = 8;

/// The ranks of a genome, from the widest to the narrowest.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Lineage {
    pub domain: String,
    pub kingdom: String,
    pub phylum: String,
    pub class: String,
    pub order: String,
    pub family: String,
    pub genus: String,
    /// Both words, as in `Replicatus vulgaris`.
    pub species: String,
}

impl Lineage {
    /// The path of names from the kingdom down to the genus: what two members of a genus share.
    pub fn path(&self) -> [&str; 6] {
        [
            &self.kingdom,
            &self.phylum,
            &self.class,
            &self.order,
            &self.family,
            &self.genus,
        ]
    }
}

/// A genome in numbers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct GenomeFacts {
    /// The first 8 hex digits of its genotype.
    pub hash: String,
    /// Bytes.
    pub size_bytes: u32,
    /// Places that decode to an instruction.
    pub valid_opcodes: u32,
    /// Places whose byte means nothing; operands are neither.
    pub invalid_opcodes: u32,
}

/// What taxonomy says of a genome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Classification {
    /// Its genotype, 32 hex digits.
    pub id: String,
    /// Its place in the tree of names.
    pub lineage: Lineage,
    /// What it can try, and what an assay saw.
    pub traits: Traits,
    /// Its numbers.
    pub genome: GenomeFacts,
    /// The family with the most instructions.
    pub dominant_family: String,
}

/// The classifier: a table and its reading, without state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Taxonomy;

impl Taxonomy {
    /// Classifies a genome of any bytes and any length; facts change traits, never the lineage.
    pub fn classify(genome: &[u8], facts: Option<AssayFacts>) -> Classification {
        let profile = OpcodeProfile::of(genome);
        let id = GenotypeHash::of(genome).to_string();
        Classification {
            lineage: Self::lineage(&profile),
            traits: Traits::of(&profile, facts),
            genome: GenomeFacts {
                hash: id[..SHORT_HASH_DIGITS].to_string(),
                size_bytes: profile.size_bytes,
                valid_opcodes: profile.valid_opcodes,
                invalid_opcodes: profile.invalid_opcodes,
            },
            dominant_family: profile.dominant_family().name().to_string(),
            id,
        }
    }

    /// The lineage of a profile.
    pub fn lineage(profile: &OpcodeProfile) -> Lineage {
        let [kingdom, phylum, class, order, family, stem] =
            Rank::ALL.map(|rank| table::find(rank, profile));
        let genus = genus_name([kingdom, phylum, class, order, family], stem);
        let words = profile.words();
        let named = NAMED_SPECIES
            .iter()
            .find(|named| named.genus == genus && vocabulary(named.words) == words);
        let epithet = named.map_or_else(
            || names::epithet(&genus, words),
            |named| named.epithet.to_string(),
        );
        Lineage {
            domain: DOMAIN.to_string(),
            kingdom: kingdom.name.to_string(),
            phylum: phylum.name.to_string(),
            class: class.name.to_string(),
            order: order.name.to_string(),
            family: family.name.to_string(),
            species: format!("{genus} {epithet}"),
            genus,
        }
    }
}

/// The name of a genus: the bare stem at home, elsewhere composed with its path.
pub fn genus_name(path: [&Row; 5], stem: &Row) -> String {
    let names = path.map(|row| row.name);
    if HOMES
        .iter()
        .any(|home| home.path == names && home.stems.contains(&stem.name))
    {
        return stem.name.to_string();
    }
    let [kingdom, phylum, class, order, family] = path;
    names::genus(
        number(&[kingdom, phylum, class]),
        number(&[order, family]),
        stem.name,
    )
}

/// Rows of different ranks as one number: each row's place in its rank is a digit.
fn number(rows: &[&Row]) -> u32 {
    rows.iter().fold(0, |number, row| {
        let count = table::rows(row.rank).count() as u32;
        let place = table::rows(row.rank).take_while(|other| other.name != row.name);
        number * count + place.count() as u32
    })
}

fn vocabulary(words: &[u8]) -> u64 {
    words.iter().fold(0, |mask, &byte| mask | 1 << byte)
}
