//! What goes onto the disk and what lies there. Knows no rule.

use crate::disk::Person;
use bytebiota_core::{
    Branch, Digest, Emigrant, Epoch, Inputs, IslandId, Sample, StretchHeader, UnitKey,
    assignment::Check,
};
use bytebiota_server::store::{Appended, Filed};
use bytebiota_server::verification::{CheckDone, Docket, Seal};

/// A job for the writer.
#[derive(Clone, Debug)]
pub enum Job {
    /// An island at its genesis.
    Island(IslandId, Vec<u8>, Box<Sample>),
    /// The header of a stretch, with its inputs; and who of the mailbox enters at which line.
    Header(StretchHeader, Inputs, Vec<(i64, Epoch)>),
    /// A unit, provisionally.
    Unit(Box<Pending>),
    /// A volunteer shows a token: its hash and his engine.
    Visit([u8; 32], String),
    /// What was decided.
    File(Box<Filing>),
}

/// What became of a job.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is there.
    Done,
    /// Whether a stretch could be opened so: all who enter still may.
    Opened(bool),
    /// What became of a unit.
    Appended(Appended),
    /// The volunteer of a token.
    Visited(i64, Box<Person>),
    /// What became of a docket.
    Filed(Box<Filed>),
}

/// A docket on its way in.
#[derive(Clone, Debug)]
pub struct Filing {
    /// What was decided.
    pub docket: Docket,
    /// The question of each conviction.
    pub questions: Vec<Option<Check>>,
    /// The state an island goes back to, and the numbers there.
    pub back_to: Option<(Vec<u8>, Sample)>,
}

/// A line of an island.
#[derive(Clone, Debug)]
pub struct Island {
    /// The first epoch not confirmed yet.
    pub head_epoch: Epoch,
    /// Digest of the state there.
    pub head_state: Digest,
    /// The newest link.
    pub link: Digest,
    /// Units confirmed.
    pub units: u64,
    /// The numbers at the head.
    pub sample: Sample,
    /// When it last moved, ms.
    pub updated_ms: u64,
    /// Why it is not continued.
    pub superseded: Option<&'static str>,
}

/// A unit that waits for its verdict.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its key.
    pub key: UnitKey,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the header of its stretch.
    pub header: Digest,
    /// Digest of the state it began with.
    pub base: Digest,
    /// What its maker committed to.
    pub seals: Vec<Seal>,
    /// Digest of the state at its end.
    pub end_state: Digest,
    /// That state.
    pub state: Vec<u8>,
    /// The numbers there.
    pub sample: Sample,
    /// Ticks to credit.
    pub ticks: u64,
    /// The maker.
    pub volunteer: i64,
    /// Whether it is the very first of its slot.
    pub is_first: bool,
    /// When it came, ms.
    pub time_ms: u64,
    /// Who wants to leave, with the segment out of which.
    pub emigrants: Vec<(u32, Emigrant)>,
}

impl Pending {
    /// How long it was when it was begun: that decides how it is cut.
    pub fn begun_epochs(&self) -> u32 {
        let epochs = (self.end_epoch.0 - self.key.first_epoch.0) as u32;
        bytebiota_core::report::begun(epochs, self.seals.len()).unwrap_or(epochs)
    }
}

/// A confirmed unit.
#[derive(Clone, Debug)]
pub struct Link {
    /// The unit as it waited.
    pub unit: Pending,
    /// The chain up to here.
    pub link: Digest,
    /// Whether its line was left before it.
    pub is_superseded: bool,
}

/// A unit that does not count.
#[derive(Clone, Debug)]
pub struct Void {
    /// Its key.
    pub key: UnitKey,
    /// Digest of the state at its end.
    pub end_state: Digest,
    /// The maker.
    pub volunteer: i64,
    /// Why.
    pub reason: &'static str,
}

/// Something that left its island.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// Out of which unit.
    pub unit: UnitKey,
    /// Digest of the state at that unit's end.
    pub end_state: Digest,
    /// Out of which segment.
    pub segment: u32,
    /// Who left.
    pub emigrant: Emigrant,
    /// Where he goes.
    pub to: IslandId,
    /// The stretch he entered with, if he has; and at which line.
    pub entered: Option<(Branch, Epoch, Epoch)>,
    /// He came from what turned out false.
    pub is_withdrawn: bool,
}

/// A row of the ledger.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ledger {
    /// Whose.
    pub volunteer: i64,
    /// The unit made or checked.
    pub unit: UnitKey,
    /// Ticks; negative where they were taken back.
    pub ticks: i64,
    /// What for.
    pub reason: Reason,
}

/// What somebody is credited for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reason {
    /// A confirmed unit.
    Unit,
    /// A check that was right.
    Check,
    /// A confirmed unit that turned out false.
    TakenBack,
}

/// A check that counts, with what its maker had committed to.
#[derive(Clone, Copy, Debug)]
pub struct CheckRow {
    /// The check.
    pub done: CheckDone,
    /// Digest of the state at the end of the unit it speaks for; none where the unit is not waiting.
    pub end_state: Option<Digest>,
    /// The maker of that unit.
    pub maker: Option<i64>,
}
