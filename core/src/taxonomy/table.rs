//! The one table of classification: rank, name, condition, sentence. Knows how to test a row, and no genome.

use super::OpcodeProfile;
use crate::isa::{self, op};
use Rank::*;
use Test::*;

/// The ranks that the table decides; the domain is one, the species is composed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Rank {
    Kingdom,
    Phylum,
    Class,
    Order,
    Family,
    Genus,
}

impl Rank {
    /// All, from the widest to the narrowest.
    pub const ALL: [Rank; 6] = [
        Rank::Kingdom,
        Rank::Phylum,
        Rank::Class,
        Rank::Order,
        Rank::Family,
        Rank::Genus,
    ];

    /// Its name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Rank::Kingdom => "Kingdom",
            Rank::Phylum => "Phylum",
            Rank::Class => "Class",
            Rank::Order => "Order",
            Rank::Family => "Family",
            Rank::Genus => "Genus",
        }
    }
}

/// One integer test of a profile.
#[derive(Clone, Copy, Debug)]
pub enum Test {
    /// Each of these instructions occurs.
    All(&'static [u8]),
    /// At least one of these instructions occurs.
    Any(&'static [u8]),
    /// The genome has at least so many bytes.
    Bytes(u32),
    /// At least so many families of instructions occur.
    Families(u32),
    /// At least so many opcodes in a thousand mean nothing.
    Invalid(u32),
}

impl Test {
    /// Whether a profile passes.
    pub fn holds(self, profile: &OpcodeProfile) -> bool {
        match self {
            Test::All(bytes) => bytes.iter().all(|&byte| profile.has(byte)),
            Test::Any(bytes) => bytes.iter().any(|&byte| profile.has(byte)),
            Test::Bytes(least) => profile.size_bytes >= least,
            Test::Families(least) => profile.families() >= least,
            Test::Invalid(least) => profile.permille(isa::Family::Invalid) >= least,
        }
    }
}

/// A taxon of the table: it takes what passes all tests and no earlier row of its rank has taken.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its rank.
    pub rank: Rank,
    /// Its name; of a genus, the stem.
    pub name: &'static str,
    /// All of these must hold; the last row of a rank has none.
    pub tests: &'static [Test],
    /// What its members have in common.
    pub sentence: &'static str,
}

const fn row(
    rank: Rank,
    name: &'static str,
    tests: &'static [Test],
    sentence: &'static str,
) -> Row {
    Row {
        rank,
        name,
        tests,
        sentence,
    }
}

/// Each rank asks one question of the profile; the first row of the rank that holds is the answer.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    // What it can bring forth.
    row(Kingdom, "Digitalis Anomalica", &[All(&[op::MAL, op::DIVIDE])], "can ask for memory and divide: bytes that make more of themselves"),
    row(Kingdom, "Digitalis Vestigia", &[Any(&[op::MAL, op::DIVIDE])], "keeps one half of reproduction, the remnant of a line that bred, or its first step"),
    row(Kingdom, "Digitalis Fragmenta", &[Invalid(500)], "at least half of it means nothing to the machine"),
    row(Kingdom, "Digitalis Sterilis", &[], "code that runs and leaves no child"),
    // How many kinds of instructions it is made of.
    row(Phylum, "Polymorphid", &[Families(6)], "of many parts: six families of instructions or more"),
    row(Phylum, "Oligomorphid", &[Families(3)], "of few parts: three to five families"),
    row(Phylum, "Monomorphid", &[], "of one or two families, or of none"),
    // How bytes get from one place to another.
    row(Class, "Migrata", &[All(&[op::MOV_MR, op::MOV_RM])], "reads bytes and writes them elsewhere: it can carry its own genome"),
    row(Class, "Vocata", &[Any(&[op::CALL_TEMPLATE])], "cannot carry bytes itself, but calls code that may belong to another"),
    row(Class, "Scribata", &[Any(&[op::MOV_RM])], "writes what it has not read"),
    row(Class, "Sessilia", &[], "neither writes nor calls"),
    // How it finds its way through its own code.
    row(Order, "Linearis", &[Any(&[op::JZ, op::JNZ])], "steps along its own line by counted jumps"),
    row(Order, "Orbicularis", &[Any(&[op::JMP_BACK_TEMPLATE, op::JMP_FWD_TEMPLATE])], "circles from template to template"),
    row(Order, "Errantis", &[], "runs straight on into whatever lies behind it"),
    // How long it is.
    row(Family, "Grandidae", &[Bytes(128)], "128 bytes and more"),
    row(Family, "Standardidae", &[Bytes(42)], "42 to 127 bytes, like the ancestor"),
    row(Family, "Brevidae", &[Bytes(30)], "30 to 41 bytes"),
    row(Family, "Minutidae", &[Bytes(18)], "18 to 29 bytes"),
    row(Family, "Nanidae", &[], "shorter than 18 bytes"),
    // What it lives on.
    row(Genus, "Opifex", &[All(&[op::HARVEST_ENERGY, op::READ_TASK, op::SUBMIT_TASK])], "the craftsman: harvests, and works for its living too"),
    row(Genus, "Faber", &[All(&[op::READ_TASK, op::SUBMIT_TASK])], "the smith: lives on tasks alone"),
    row(Genus, "Venator", &[All(&[op::HARVEST_ENERGY]), Any(&[op::SENSE_ENV, op::SENSE_GRADIENT, op::SENSE_SIGNAL])], "the hunter: harvests where its senses lead it"),
    row(Genus, "Messor", &[All(&[op::HARVEST_ENERGY])], "the reaper of fields: harvests what lies before it"),
    row(Genus, "Signifer", &[Any(&[op::EMIT_SIGNAL])], "the bearer of signs: emits signals, and eats nothing"),
    row(Genus, "Scriptor", &[Any(&[op::READ_STORAGE, op::WRITE_STORAGE])], "the writer: uses the shared storage, and eats nothing"),
    row(Genus, "Replicatus", &[All(&[op::MAL, op::DIVIDE, op::MOV_MR, op::MOV_RM])], "does one thing: copies itself"),
    row(Genus, "Inquilinus", &[All(&[op::DIVIDE, op::CALL_TEMPLATE])], "the lodger: divides, but calls for a copying procedure that it has not"),
    row(Genus, "Otiosus", &[], "the idle one"),
];

/// A path from kingdom to family, and the stems that are whole names there.
#[derive(Clone, Copy, Debug)]
pub struct Home {
    /// Stems of genera; each is at home in one place.
    pub stems: &'static [&'static str],
    /// Kingdom, phylum, class, order, family.
    pub path: [&'static str; 5],
}

/// The homes of genera: there the bare stem is the name. Elsewhere two syllables stand before it.
#[rustfmt::skip]
pub const HOMES: &[Home] = &[
    Home {
        stems: &["Opifex", "Faber", "Venator", "Messor", "Signifer", "Scriptor", "Replicatus", "Otiosus"],
        path: ["Digitalis Anomalica", "Polymorphid", "Migrata", "Linearis", "Standardidae"],
    },
    Home {
        stems: &["Inquilinus"],
        path: ["Digitalis Anomalica", "Polymorphid", "Vocata", "Orbicularis", "Brevidae"],
    },
];

/// A species that has a name of its own: genus, epithet, and the instructions that occur in it.
#[derive(Clone, Copy, Debug)]
pub struct NamedSpecies {
    /// The whole name of the genus.
    pub genus: &'static str,
    /// The second word of the species' name.
    pub epithet: &'static str,
    /// Canonical bytes of its instructions, template symbols left out, ascending.
    pub words: &'static [u8],
    /// Who it is.
    pub sentence: &'static str,
}

/// The species that were written by hand.
#[rustfmt::skip]
pub const NAMED_SPECIES: &[NamedSpecies] = &[
    NamedSpecies {
        genus: "Replicatus", epithet: "vulgaris",
        words: &[
            op::MOV_RM, op::MOV_MR, op::SUB, op::JNZ, op::JMP_BACK_TEMPLATE, op::CALL_TEMPLATE, op::RET,
            op::MAL, op::DIVIDE, op::PUSH_BX, op::PUSH_CX, op::POP_BX, op::POP_CX, op::XCHG_BX_DX,
            op::MOV_BX_AX, op::MOV_CX_AX, op::MOV_DX_AX, op::INC_BX, op::DEC_CX, op::INC_DX,
            op::ADR_FWD_TEMPLATE, op::ADR_BACK_TEMPLATE,
        ],
        sentence: "the ancestor and those who still speak with its words",
    },
    NamedSpecies {
        genus: "Opifex", epithet: "agrestis",
        words: &[
            op::MOV_RM, op::MOV_MR, op::SUB, op::JNZ, op::JMP_BACK_TEMPLATE, op::CALL_TEMPLATE, op::RET,
            op::MAL, op::DIVIDE, op::PUSH_BX, op::PUSH_CX, op::POP_BX, op::POP_CX, op::XCHG_BX_DX,
            op::MOV_BX_AX, op::MOV_CX_AX, op::MOV_DX_AX, op::INC_BX, op::DEC_CX, op::INC_DX,
            op::ADR_FWD_TEMPLATE, op::ADR_BACK_TEMPLATE, op::HARVEST_ENERGY, op::READ_TASK, op::SUBMIT_TASK,
        ],
        sentence: "the forager, founder of the default world",
    },
    NamedSpecies {
        genus: "Inquilinus", epithet: "minor",
        words: &[
            op::SUB, op::JMP_BACK_TEMPLATE, op::CALL_TEMPLATE, op::MAL, op::DIVIDE, op::MOV_BX_AX,
            op::MOV_CX_AX, op::INC_DX, op::ADR_FWD_TEMPLATE, op::ADR_BACK_TEMPLATE,
        ],
        sentence: "the parasite written by hand",
    },
];

/// The rows of a rank, in order.
pub fn rows(rank: Rank) -> impl Iterator<Item = &'static Row> {
    TABLE.iter().filter(move |row| row.rank == rank)
}

/// The row that takes a profile, for a rank.
pub fn find(rank: Rank, profile: &OpcodeProfile) -> &'static Row {
    let takes = |row: &&Row| row.tests.iter().all(|test| test.holds(profile));
    // The last row of each rank takes whatever is left, as a test of the table proves.
    rows(rank).find(takes).unwrap_or(&TABLE[TABLE.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_of_each_rank_and_no_other_takes_the_rest() {
        for rank in Rank::ALL {
            let open: Vec<bool> = rows(rank).map(|row| row.tests.is_empty()).collect();
            assert_eq!(open.iter().filter(|open| **open).count(), 1, "{rank:?}");
            assert_eq!(open.last(), Some(&true), "{rank:?}");
        }
    }

    #[test]
    fn names_are_unique_and_every_row_has_a_sentence() {
        let mut names: Vec<&str> = TABLE.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), TABLE.len());
        assert!(TABLE.iter().all(|row| row.sentence.len() > 10));
    }

    #[test]
    fn every_genus_has_one_home() {
        let mut housed: Vec<&str> = HOMES.iter().flat_map(|home| home.stems).copied().collect();
        let mut stems: Vec<&str> = rows(Rank::Genus).map(|row| row.name).collect();
        housed.sort_unstable();
        stems.sort_unstable();
        assert_eq!(housed, stems);
    }

    #[test]
    fn homes_are_paths_of_the_table_and_words_ascend() {
        for home in HOMES {
            for (rank, name) in Rank::ALL.into_iter().zip(home.path) {
                assert!(rows(rank).any(|row| row.name == name), "{name}");
            }
        }
        assert!(NAMED_SPECIES.iter().all(|named| named.words.is_sorted()));
    }
}
