//! The canonical state as the tests read it: the shape of the bytes written down a second time. Knows no behaviour.

use bytebiota_core::TaxonId;
use serde::{Deserialize, Serialize};

/// An island, organisms in order of the scheduler.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct State {
    pub semantics: u32,
    pub island: u32,
    pub tick: u64,
    pub busy: u64,
    pub round: u64,
    #[serde(with = "serde_bytes")]
    pub soup: Vec<u8>,
    pub organisms: Vec<Organism>,
    pub cursor: u32,
    pub slice_left: u32,
    pub reaper_order: Vec<u32>,
    pub taxa: Vec<Taxon>,
    pub next_serial: u64,
    pub mutation: Mutation,
    pub random: [u64; 4],
    pub weather: [u64; 4],
    pub tasks: [u64; 4],
    pub region: Region,
    pub counters: Counters,
}

/// One living organism.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Organism {
    pub registers: [i32; 4],
    pub zero: bool,
    pub ip: u32,
    pub stack: Vec<i32>,
    pub start: u32,
    pub length: u32,
    pub child: Child,
    pub energy: i64,
    pub arrears: i64,
    pub born: u64,
    pub errors: u32,
    pub births: u32,
    pub generation: u32,
    pub taxon: u32,
    pub challenge: u64,
    pub done_since_birth: u32,
    pub done_ever: u32,
    pub merit: u32,
}

/// A child between MAL and DIVIDE.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Child {
    Absent,
    Pending {
        start: u32,
        length: u32,
        since: u64,
        #[serde(with = "serde_bytes")]
        written: Vec<u8>,
    },
}

/// One row of the genealogy.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Taxon {
    pub serial: u64,
    pub origin: Origin,
    pub origin_tick: u64,
    pub births: u32,
    #[serde(with = "serde_bytes")]
    pub genome: Vec<u8>,
    pub edge: Edge,
    pub named: bool,
}

/// How a taxon began.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub enum Origin {
    Founder,
    Abiogenesis,
    Birth { parent: u64 },
    Immigrant { origin: TaxonId },
    Reseed,
    Operator,
}

/// Births and mutations between a taxon and its parent.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Edge {
    pub steps: u32,
    pub synonymous: u32,
    pub nonsynonymous: u32,
    pub insertions: u32,
    pub deletions: u32,
    pub other: u32,
}

/// The generator of mutations and when the next ones come.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Mutation {
    pub rng: [u64; 4],
    pub copies_left: u64,
    pub next_background: u64,
    pub next_flaw: u64,
}

/// The cells.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Region {
    pub resource: Vec<u16>,
    pub signal: Vec<u32>,
    #[serde(with = "serde_bytes")]
    pub storage: Vec<u8>,
    pub deposit: Vec<u16>,
    pub hotspots: Vec<Hotspot>,
    pub pool: u64,
    pub season: u32,
    pub challenge_key: u64,
}

/// A place of rich regrowth.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hotspot {
    pub cell: u32,
    pub next: Option<u32>,
    pub moves: u64,
}

/// What was counted; the order within the arrays is that of the enums.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Counters {
    pub instructions: u64,
    pub births: u64,
    pub true_births: u64,
    pub arrivals: u64,
    pub arrivals_refused: u64,
    pub deaths: [u64; 6],
    pub mutations: [u64; 7],
    pub energy: [u64; 10],
    pub tasks: [u64; 32],
    pub errors: u64,
    pub allocations: u64,
    pub allocations_failed: u64,
    pub divides_failed: u64,
    pub children_released: u64,
    pub harvested: u64,
    pub harvests: u64,
}

impl State {
    /// The state that canonical bytes spell.
    pub fn decode(bytes: &[u8]) -> Self {
        let spelled: Self =
            postcard::from_bytes(bytes).expect("the mirror has the shape of the state");
        spelled.meant()
    }

    /// Its canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_allocvec(&self.clone().spelled()).expect("encodable")
    }
}
