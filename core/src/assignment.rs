//! A closed piece of work: the header of a stretch, its fixed inputs, and one lease of it. Knows no worker and no server.

use crate::{
    Branch, Config, Digest, Epoch, IslandId, TaxonId, WorldId, WorldSeed,
    codec::{self, CodecError},
    report,
};
use serde::{Deserialize, Serialize};

/// Cells of the neighbours' regions seen beyond each edge.
pub const HALO_CELLS: usize = 64;
/// Arrivals that one stretch may carry.
pub const MAX_ARRIVALS: usize = 64;
/// Bytes of the longest genome that travels outside a state.
pub const MAX_TRAVELLING_GENOME_BYTES: usize = 4_096;

/// What a stretch is: stored before it is first sent and never changed; each lease of it repeats it exactly.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StretchHeader {
    /// The world; a report from another is refused.
    pub world: WorldId,
    /// The line of history.
    pub branch: Branch,
    /// The island to be advanced.
    pub island: IslandId,
    /// The meaning of instructions and bytes.
    pub semantics: u32,
    /// The first epoch of the stretch.
    pub first_epoch: Epoch,
    /// The first epoch after the stretch.
    pub end_epoch: Epoch,
    /// Digest of the state at `first_epoch`.
    pub base: Digest,
    /// Digest of the Config in force.
    pub config: Digest,
    /// Digest of the inputs.
    pub inputs: Digest,
}

impl StretchHeader {
    /// Digest of the canonical bytes of the header.
    pub fn digest(&self) -> Digest {
        codec::digest(self)
    }

    /// How many epochs the stretch has.
    pub fn epochs(&self) -> u64 {
        self.end_epoch.0.saturating_sub(self.first_epoch.0)
    }
}

/// Why an organism arrives from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ArrivalCause {
    /// Copied from a neighbouring island: an edge of the genealogy.
    Immigrant {
        /// Its taxon where it came from.
        origin: TaxonId,
    },
    /// Sown again from the seed bank: a root.
    Reseed,
    /// Placed by an operator: a root.
    Operator,
}

/// One organism that enters at an epoch line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Arrival {
    /// Enters when this epoch begins.
    pub epoch: Epoch,
    /// Why it comes.
    pub cause: ArrivalCause,
    /// Its genome, 1 to `MAX_TRAVELLING_GENOME_BYTES` bytes.
    #[serde(with = "serde_bytes")]
    pub genome: Vec<u8>,
}

/// A cell beyond the region's edge as the neighbour last confirmed it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct HaloCell {
    /// Resource units.
    pub resource: u16,
    /// Signal, fixed point with 8 fractional bits.
    pub signal: u32,
}

/// The frozen border: nearest cell first on both sides; empty means nothing is known there (read as zero).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Halo {
    /// Below the first cell of the region, at most `HALO_CELLS`.
    pub below: Vec<HaloCell>,
    /// Above the last cell of the region, at most `HALO_CELLS`.
    pub above: Vec<HaloCell>,
}

/// Everything that enters a stretch from outside, fixed before its first instruction.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Inputs {
    /// Which version of the parameters the Config is.
    pub parameters_version: u64,
    /// Who arrives, ordered by epoch, at most `MAX_ARRIVALS`.
    pub arrivals: Vec<Arrival>,
    /// The border.
    pub halo: Halo,
}

/// Where the state at the start of a lease comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Start {
    /// The island's genesis, a pure function of seed, number and Config; epoch 0 only.
    Genesis,
    /// Canonical bytes of the state.
    State(#[serde(with = "serde_bytes")] Vec<u8>),
    /// The worker still holds the state of `Assignment::from_digest`.
    Held,
}

/// The lease of what remains of one stretch to one slot.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Assignment {
    /// What the stretch is.
    pub header: StretchHeader,
    /// The seed of the world, for genesis.
    pub world_seed: WorldSeed,
    /// Full Config; its digest is in the header.
    pub config: Config,
    /// What enters; its digest is in the header.
    pub inputs: Inputs,
    /// The first epoch not yet acknowledged, within the header's range.
    pub from_epoch: Epoch,
    /// Digest of the state at `from_epoch`.
    pub from_digest: Digest,
    /// Epochs per unit at most, at least 1: the budget of this slot.
    pub unit_epochs: u32,
    /// The state at `from_epoch`.
    pub start: Start,
}

/// Some segments of a unit, to be computed again from a boundary: the whole question, and nothing of the first answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// The stretch.
    pub header: StretchHeader,
    /// The seed of the world, for genesis.
    pub world_seed: WorldSeed,
    /// Full Config; its digest is in the header.
    pub config: Config,
    /// What enters; its digest is in the header.
    pub inputs: Inputs,
    /// The first epoch of the unit.
    pub first_epoch: Epoch,
    /// Epochs of the unit: they decide how it is cut.
    pub unit_epochs: u32,
    /// The first segment wanted, from 0.
    pub from_segment: u32,
    /// The first segment not wanted.
    pub until_segment: u32,
    /// Digest of the state at the start of the first segment wanted.
    pub from_digest: Digest,
    /// Running digest of the unit's outputs before it.
    pub running: Digest,
    /// The state there; genesis for epoch 0 only.
    pub start: Start,
}

impl Check {
    /// The epoch at which the first wanted segment begins.
    pub fn from_epoch(&self) -> Epoch {
        let cut = report::cut(self.unit_epochs);
        let before = cut.iter().take(self.from_segment as usize);
        let before: u64 = before.map(|epochs| u64::from(*epochs)).sum();
        Epoch(self.first_epoch.0.saturating_add(before))
    }

    /// Epochs to be computed.
    pub fn epochs(&self) -> u64 {
        let cut = report::cut(self.unit_epochs);
        let wanted = cut.iter().take(self.until_segment as usize);
        let wanted = wanted.skip(self.from_segment as usize);
        wanted.map(|epochs| u64::from(*epochs)).sum()
    }

    /// Checks everything that can be checked without the state; the assignment that leads to the first wanted segment.
    pub fn assignment(&self) -> Result<Assignment, AssignmentError> {
        let end = self.first_epoch.0.checked_add(u64::from(self.unit_epochs));
        let segments = report::cut(self.unit_epochs).len() as u32;
        let reason = if end.is_none_or(|end| end > self.header.end_epoch.0) {
            Some("the unit ends outside its stretch")
        } else if self.first_epoch < self.header.first_epoch {
            Some("the unit begins outside its stretch")
        } else if self.from_segment >= self.until_segment || self.until_segment > segments {
            Some("the unit has no such segments")
        } else {
            None
        };
        if let Some(reason) = reason {
            return Err(AssignmentError::Inconsistent(reason));
        }
        let assignment = Assignment {
            header: self.header.clone(),
            world_seed: self.world_seed,
            config: self.config.clone(),
            inputs: self.inputs.clone(),
            from_epoch: self.from_epoch(),
            from_digest: self.from_digest,
            unit_epochs: self.unit_epochs,
            start: self.start.clone(),
        };
        assignment.validate()?;
        Ok(assignment)
    }
}

/// Why an assignment cannot be executed as it stands.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AssignmentError {
    /// Made for another meaning of instructions.
    #[error("the assignment is of semantics version {0}, this program computes version {own}", own = crate::SEMANTICS_VERSION)]
    Semantics(u32),
    /// Digest and content differ, or numbers contradict one another.
    #[error("the assignment contradicts itself: {0}")]
    Inconsistent(&'static str),
    /// The state is not one.
    #[error("the state of the assignment is damaged: {0}")]
    State(#[from] CodecError),
    /// `Start::Held` and the host has no such state.
    #[error("the state of digest {0} is not held here")]
    NotHeld(Digest),
}

impl Assignment {
    /// Checks everything that can be checked without the state.
    pub fn validate(&self) -> Result<(), AssignmentError> {
        use AssignmentError::{Inconsistent, Semantics};
        if self.header.semantics != crate::SEMANTICS_VERSION {
            return Err(Semantics(self.header.semantics));
        }
        let reason = if self.header.first_epoch >= self.header.end_epoch {
            Some("the stretch has no epochs")
        } else if !(self.header.first_epoch..self.header.end_epoch).contains(&self.from_epoch) {
            Some("it starts outside its stretch")
        } else if self.unit_epochs == 0 {
            Some("a unit needs at least one epoch")
        } else if self.start == Start::Genesis && self.from_epoch != Epoch(0) {
            Some("only epoch 0 begins with genesis")
        } else if codec::digest(&self.config) != self.header.config {
            Some("the Config is not the one of the header")
        } else if codec::digest(&self.inputs) != self.header.inputs {
            Some("the inputs are not those of the header")
        } else if self.config.validate().is_err() {
            Some("the Config has a value out of range")
        } else {
            self.inputs.fault()
        };
        reason.map_or(Ok(()), |reason| Err(Inconsistent(reason)))
    }
}

impl Inputs {
    fn fault(&self) -> Option<&'static str> {
        let genome_ok = |a: &Arrival| (1..=MAX_TRAVELLING_GENOME_BYTES).contains(&a.genome.len());
        if self.arrivals.len() > MAX_ARRIVALS {
            Some("too many arrivals")
        } else if !self.arrivals.is_sorted_by_key(|arrival| arrival.epoch) {
            Some("arrivals are not in order")
        } else if !self.arrivals.iter().all(genome_ok) {
            Some("an arrival's genome is empty or too long")
        } else if self.halo.below.len() > HALO_CELLS || self.halo.above.len() > HALO_CELLS {
            Some("the halo is too wide")
        } else {
            None
        }
    }
}
