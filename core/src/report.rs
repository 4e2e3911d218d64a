//! What a worker hands in for one unit, and the digests that bind it. Knows nothing of trust or storage.

use crate::{
    Branch, Config, Digest, Epoch, GenotypeHash, IslandId, Sample, TaxonId, WorldId, codec,
};
use serde::{Deserialize, Serialize};

/// A unit is cut into at most this many segments.
pub const MAX_SEGMENTS: usize = 16;
/// Samples of the series that one report may carry.
pub const MAX_SAMPLES: usize = 512;
/// Taxa that one report may name.
pub const MAX_TAXA: usize = 512;
/// No more extinct ancestors of the living are told in a unit: a report has room for them.
const MAX_TOLD: u64 = 500;
/// Births after which a taxon is named even if it dies out.
pub const NAMED_AFTER_BIRTHS: u32 = 5;
/// Bytes of genomes that one report may name in all.
pub const MAX_NAMED_GENOME_BYTES: usize = 131_072;

/// A unit of a world is no longer than this, ticks.
pub fn largest_unit_ticks(config: &Config) -> u64 {
    config.evolution.ancestor_interval.saturating_mul(MAX_TOLD)
}

/// The key of a unit everywhere: reports, links, acknowledgements.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct UnitKey {
    /// The world.
    pub world: WorldId,
    /// The line of history.
    pub branch: Branch,
    /// The island.
    pub island: IslandId,
    /// The unit's own first epoch.
    pub first_epoch: Epoch,
}

/// How a taxon began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Origin {
    /// Put there at genesis.
    Founder,
    /// Arose from random bytes in a soup without founders.
    Abiogenesis,
    /// Born of another taxon of this island.
    Birth {
        /// The parent's serial number on this island.
        parent: u64,
    },
    /// Copied from another island.
    Immigrant {
        /// Its taxon there.
        origin: TaxonId,
    },
    /// Sown from the seed bank.
    Reseed,
    /// Placed by an operator.
    Operator,
}

/// Mutations on the edge from the named parent to a taxon.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct EdgeMutations {
    /// Births the edge stands for, at least 1 for a birth.
    pub steps: u32,
    /// Copied bytes changed without effect on the decoded instruction.
    pub synonymous: u32,
    /// Copied bytes changed with effect.
    pub nonsynonymous: u32,
    /// Insertions.
    pub insertions: u32,
    /// Deletions.
    pub deletions: u32,
    /// Births that differed by other means (flaws, self-modification, partial copies).
    pub other: u32,
}

impl EdgeMutations {
    /// Puts another edge in front of this one.
    pub fn add(&mut self, other: Self) {
        self.steps = self.steps.saturating_add(other.steps);
        self.synonymous = self.synonymous.saturating_add(other.synonymous);
        self.nonsynonymous = self.nonsynonymous.saturating_add(other.nonsynonymous);
        self.insertions = self.insertions.saturating_add(other.insertions);
        self.deletions = self.deletions.saturating_add(other.deletions);
        self.other = self.other.saturating_add(other.other);
    }
}

/// A taxon as reports name it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaxonRecord {
    /// Its serial number on the island.
    pub serial: u64,
    /// How it began.
    pub origin: Origin,
    /// When it began.
    pub origin_tick: u64,
    /// Births by its members so far.
    pub births: u32,
    /// Members alive at the line.
    pub living: u32,
    /// Its genotype.
    pub genotype: GenotypeHash,
    /// Its genome at birth.
    #[serde(with = "serde_bytes")]
    pub genome: Vec<u8>,
    /// What lies between it and its parent.
    pub edge: EdgeMutations,
}

/// An organism copied to the outbox.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Emigrant {
    /// The epoch line at which it left.
    pub epoch: Epoch,
    /// Its taxon.
    pub taxon: TaxonId,
    /// Whether it goes to the neighbour above on the ring.
    pub upward: bool,
    /// Its genome.
    #[serde(with = "serde_bytes")]
    pub genome: Vec<u8>,
}

/// What leaves a segment beside the state.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Outputs {
    /// Samples of the series, ordered by epoch.
    pub samples: Vec<Sample>,
    /// Taxa named by the threshold rule, ordered by serial number.
    pub taxa: Vec<TaxonRecord>,
    /// Taxa that the limit left out.
    pub taxa_left_out: u32,
    /// The outbox.
    pub emigrants: Vec<Emigrant>,
}

/// A part of a unit: the atom of verification.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// Whole epochs, at least 1.
    pub epochs: u32,
    /// Digest of the canonical state at its end.
    pub state: Digest,
    /// What it put out.
    pub outputs: Outputs,
}

/// One unit's result: a pure function of its assignment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// The unit.
    pub key: UnitKey,
    /// Digest of the stretch's header.
    pub header: Digest,
    /// Digest of the state at the unit's start.
    pub base: Digest,
    /// 1 to `MAX_SEGMENTS` parts.
    pub segments: Vec<Segment>,
    /// Canonical bytes of the state at the end.
    #[serde(with = "serde_bytes")]
    pub state: Vec<u8>,
}

/// The running digest of all outputs before the first segment of a unit.
pub const NO_OUTPUTS: Digest = Digest([0; 32]);

/// The running digest after one more segment.
pub fn running_outputs(before: Digest, outputs: &Outputs) -> Digest {
    Digest::chain(&[before, codec::digest(outputs)])
}

/// The digest of a segment: the state at its end and all outputs of the unit so far.
pub fn segment_digest(state: Digest, running: Digest) -> Digest {
    Digest::chain(&[state, running])
}

impl Report {
    /// The digest of each segment, in order.
    pub fn segment_digests(&self) -> Vec<Digest> {
        let mut running = NO_OUTPUTS;
        let digest = |segment: &Segment| {
            running = running_outputs(running, &segment.outputs);
            segment_digest(segment.state, running)
        };
        self.segments.iter().map(digest).collect()
    }

    /// Epochs covered.
    pub fn epochs(&self) -> u64 {
        self.segments.iter().map(|s| u64::from(s.epochs)).sum()
    }

    /// How long the unit was when it was begun; `None` if no unit is cut like this. See `begun`.
    pub fn begun_epochs(&self) -> Option<u32> {
        begun(u32::try_from(self.epochs()).ok()?, self.segments.len())
    }

    /// The first epoch after the unit.
    pub fn end_epoch(&self) -> Epoch {
        Epoch(self.key.first_epoch.0.saturating_add(self.epochs()))
    }

    /// Digest of the state at the end; `None` for a report without segments.
    pub fn end_state(&self) -> Option<Digest> {
        self.segments.last().map(|segment| segment.state)
    }
}

/// The next link of an island's chain.
pub fn link(previous: Digest, header: Digest, segments: &[Digest]) -> Digest {
    let mut parts = vec![previous, header];
    parts.extend_from_slice(segments);
    Digest::chain(&parts)
}

/// Samples of the series are taken at the lines that are multiples of this, in a unit of so many epochs.
pub fn sample_stride(epochs: u32) -> u64 {
    (epochs as usize).div_ceil(MAX_SAMPLES).next_power_of_two() as u64
}

/// How `epochs` epochs are cut into segments: at most `MAX_SEGMENTS`, as equal as possible, longer ones first.
pub fn cut(epochs: u32) -> Vec<u32> {
    let parts = epochs.min(MAX_SEGMENTS as u32);
    (0..parts)
        .map(|k| epochs / parts + u32::from(k < epochs % parts))
        .collect()
}

/// How long a unit was when it was begun that covers `epochs` epochs in so many segments; `None` if no unit does.
///
/// A unit of more than `MAX_SEGMENTS` epochs may be left at the end of any of its segments. It has more epochs than segments
/// then, which tells it from a whole one, and all units that begin with these segments compute them alike: told is the
/// shortest of them.
pub fn begun(epochs: u32, segments: usize) -> Option<u32> {
    let parts = u32::try_from(segments).ok().filter(|parts| *parts > 0)?;
    if parts == epochs.min(MAX_SEGMENTS as u32) {
        return Some(epochs);
    }
    if parts >= MAX_SEGMENTS as u32 || epochs <= parts {
        return None;
    }
    let (length, longer) = match (epochs / parts, epochs % parts) {
        (length, 0) => (length - 1, parts),
        cut => cut,
    };
    length.checked_mul(MAX_SEGMENTS as u32)?.checked_add(longer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_cut_into_equal_parts_longer_first() {
        assert_eq!(cut(1), vec![1]);
        assert_eq!(cut(16), vec![1; 16]);
        assert_eq!(cut(18)[..3], [2, 2, 1]);
        for epochs in 1..500 {
            let parts = cut(epochs);
            assert_eq!(parts.iter().sum::<u32>(), epochs);
            assert!(parts.iter().all(|&part| part >= 1) && parts.is_sorted_by(|a, b| a >= b));
        }
    }

    #[test]
    fn epochs_and_segments_say_how_a_unit_was_begun() {
        for epochs in 1..2_000 {
            let parts = cut(epochs);
            assert_eq!(begun(epochs, parts.len()), Some(epochs));
            for left in 1..parts.len() {
                let done: u32 = parts[..left].iter().sum();
                let told = begun(done, left);
                if epochs <= MAX_SEGMENTS as u32 {
                    assert_eq!(told, Some(done), "a short unit is told by its epochs alone");
                    continue;
                }
                let told = told.expect("it was left at a boundary");
                assert!((17..=epochs).contains(&told), "{told} of {epochs}");
                assert_eq!(cut(told)[..left], parts[..left]);
                assert_eq!(sample_stride(told), sample_stride(epochs));
            }
        }
    }

    #[test]
    fn no_unit_is_cut_into_no_more_or_empty_segments() {
        for (epochs, segments) in [(0, 0), (0, 1), (5, 0), (5, 6), (100, 17), (u32::MAX, 1)] {
            assert_eq!(begun(epochs, segments), None, "{epochs} in {segments}");
        }
        assert_eq!(begun(u32::MAX, 16), Some(u32::MAX));
    }
}
