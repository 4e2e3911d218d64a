//! What computes in a simulation: a toy whose truth is a hash, for volume, and the real executor on small soups. Both
//! can compute wrongly on purpose. Knows no network and no server.

pub mod real;
pub mod toy;

use crate::people::Habit;
use bytebiota_core::{
    Assignment, Config, Digest, Emigrant, Epoch, IslandId, Sample, StretchHeader, UnitKey, WorldId,
    WorldSeed, assignment::Check,
};
use bytebiota_protocol::session::Fact;
use bytebiota_server::verification::{Refusal, Seal};

/// The world that is computed.
#[derive(Clone, Debug)]
pub struct World {
    /// Its name in every key.
    pub id: WorldId,
    /// What everything derives from.
    pub seed: WorldSeed,
    /// Its Config.
    pub config: Config,
}

/// A report that passed the gate, as far as a server needs it.
#[derive(Clone, Debug)]
pub struct Sound {
    /// The unit.
    pub key: UnitKey,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the header of its stretch.
    pub header: Digest,
    /// Digest of the state it began with.
    pub base: Digest,
    /// What it commits to.
    pub seals: Vec<Seal>,
    /// Canonical bytes of the state at its end.
    pub state: Vec<u8>,
    /// The numbers there.
    pub sample: Sample,
    /// Ticks computed.
    pub ticks: u64,
    /// Who wants to leave the island, with the segment out of which.
    pub emigrants: Vec<(u32, Emigrant)>,
}

/// Computes islands, honestly or by a habit.
pub trait Executor {
    /// A lease under way.
    type Run;

    /// The world.
    fn world(&self) -> &World;

    /// The state of an island at its genesis, and the numbers there.
    fn genesis(&self, island: IslandId) -> (Vec<u8>, Sample);

    /// The numbers of a state.
    fn sample(&self, state: &[u8]) -> Sample;

    /// Begins a lease; `made` counts the units that whoever computes has made before.
    fn begin(
        &self,
        assignment: &Assignment,
        held: Option<&[u8]>,
        habit: Habit,
        made: u64,
    ) -> Result<Self::Run, String>;

    /// Epochs of the segment to come; 0 once the stretch is over.
    fn due_epochs(&self, run: &Self::Run) -> u64;

    /// Computes the segment to come.
    fn advance(&self, run: &mut Self::Run) -> Fact;

    /// The digests of a check, as somebody of this habit computes them; `None` if it cannot be computed.
    fn answer(&self, check: &Check, habit: Habit) -> Option<Vec<Digest>>;

    /// Reads, checks and condenses a report, as the server does.
    fn examine(&self, header: &StretchHeader, packed: &[u8]) -> Result<Sound, Refusal>;
}

/// Epochs of segment number `done` of a unit of `epochs`; 0 behind its last.
pub(crate) fn segment_epochs(epochs: u32, done: usize) -> u64 {
    let cut = bytebiota_core::report::cut(epochs);
    cut.get(done).copied().map_or(0, u64::from)
}

/// Who wants to leave, with the segment out of which.
fn emigrants(report: &bytebiota_core::Report) -> Vec<(u32, Emigrant)> {
    let numbered = report.segments.iter().zip(0..);
    let leaving = numbered.flat_map(|(segment, number)| {
        let emigrants = segment.outputs.emigrants.iter();
        emigrants.map(move |emigrant| (number, emigrant.clone()))
    });
    leaving.collect()
}
