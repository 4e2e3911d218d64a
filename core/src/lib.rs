//! The world of ByteBiota: what one island computes. Pure: no I/O, clock, thread, float or hash order.
//!
//! In reading order: `ids`, `config`, `isa` (the table), `memory`, `organism`, `interpreter`, `executor`,
//! `assignment` (what goes in), `report` (what comes out), `codec` (canonical bytes).

pub mod assignment;
pub mod codec;
pub mod config;
mod counters;
pub mod executor;
mod ids;
mod island;
pub mod report;

pub use assignment::{
    Arrival, ArrivalCause, Assignment, AssignmentError, Halo, HaloCell, Inputs, Start,
    StretchHeader,
};
pub use codec::CodecError;
pub use config::Config;
pub use counters::{Counters, DeathCause, EnergyFlow, MAX_TASKS, MutationKind};
pub use executor::{LocalExecutor, Step};
pub use ids::{
    Branch, Digest, Epoch, GenotypeHash, IslandId, SEMANTICS_VERSION, TaxonId, WorldId, WorldSeed,
};
pub use island::{Body, Island};
pub use report::{Emigrant, Origin, Outputs, Report, Sample, Segment, TaxonRecord, UnitKey};
