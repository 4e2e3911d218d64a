//! The world of ByteBiota: what one island computes. Pure: no I/O, clock, thread, float or hash order.
//!
//! In reading order: `ids` and `config` (what is named and set), `isa` (the one instruction table), `memory`
//! with `owner_map`, `range_index` and `template`, `organism`, `energy`, `interpreter` (the hot match), `services`, `os_calls`, `mutation`,
//! `queue`, `scheduler`, `reaper`, `region`, `environment`, `weather`, `tasks`, `genealogy`, `island` (how they play together),
//! `genesis`, `epoch`, `state`, `relative` and `restore` (canonical bytes), `census`, `executor` (assignment in, report out), `assembler`,
//! `sample` (an island in numbers), `taxonomy` (names for genomes), `selection` (chances of silent change).
//! Beside the world stand its observers: `contact` (who runs whom), `assay` (what a genome can do), `compete` (who is fitter),
//! `lab` (one organism under the glass, step by step and back), `ecology` (parasites among the living, who of the parents feeds).

pub mod assay;
pub mod assembler;
pub mod assignment;

mod census;
pub mod codec;
pub mod compete;
pub mod config;
pub mod contact;
mod copy_step;
mod counters;
pub mod ecology;
mod energy;
mod environment;
mod epoch;
mod executor;

mod genealogy;
pub mod genesis;
mod ids;
mod interpreter;
pub mod isa;
mod island;
pub mod lab;
mod memory;
mod mutation;
mod organism;
mod os_calls;
mod owner_map;
mod queue;
mod range_index;
mod reaper;
mod region;
mod relative;
pub mod report;
mod restore;
mod rng;
pub mod sample;
mod scheduler;
pub mod selection;
mod services;
mod state;
pub mod tasks;
pub mod taxonomy;
mod template;
mod weather;

pub use assignment::{
    Arrival, ArrivalCause, Assignment, AssignmentError, Halo, HaloCell, Inputs, Start,
    StretchHeader,
};
pub use census::{Body, LivingGenotype};
pub use codec::CodecError;
pub use config::Config;
pub use counters::{Counters, DeathCause, EnergyFlow, MAX_TASKS, MutationKind};
pub use epoch::CONTROL_ISLAND_EVERY;
pub use executor::{LocalExecutor, Step};
pub use ids::{
    Branch, Digest, Epoch, GenotypeHash, IslandId, SEMANTICS_VERSION, TaxonId, WorldId, WorldSeed,
};
pub use island::Island;
pub use report::{Emigrant, Origin, Outputs, Report, Segment, TaxonRecord, UnitKey};
pub use sample::Sample;
pub use state::MAX_STATE_BYTES;
