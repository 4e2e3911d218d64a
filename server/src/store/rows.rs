//! What goes into and comes out of the Store. Knows no SQL beyond the errors it brings.

use crate::migration::Traveller;
use crate::seed_bank::Candidate;
use crate::verification::{CheckDone, Docket, Seal, Standing};
use bytebiota_core::assignment::HaloCell;
use bytebiota_core::{
    Branch, Config, Digest, Epoch, GenotypeHash, Halo, IslandId, Sample, StretchHeader,
    TaxonRecord, UnitKey, WorldId, WorldSeed,
};
use std::path::{Path, PathBuf};

/// Why the Store cannot do what it should.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Made by a later release.
    #[error("{} was made by a newer version of ByteBiota; run that version, or choose another --data-dir", .0.display())]
    Newer(PathBuf),
    /// Made by an earlier release, and opened by somebody who only reads.
    #[error("{} was made by an older version of ByteBiota; start the server on it once, which converts it", .0.display())]
    Older(PathBuf),
    /// Not a database of this program.
    #[error("{} is not a ByteBiota database; move it away, or choose another --data-dir", .0.display())]
    Foreign(PathBuf),
    /// Computed under another meaning of instructions.
    #[error("the world was computed under semantics version {0}, this program computes version {own}", own = bytebiota_core::SEMANTICS_VERSION)]
    Semantics(u32),
    /// Something essential cannot be read.
    #[error("{0} in the database is damaged")]
    Damaged(&'static str),
    /// The writer has ended.
    #[error("the database is closed")]
    Closed,
    /// The file cannot be opened or written.
    #[error("{} cannot be used: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// SQLite says no.
    #[error("the database failed: {0}")]
    Sql(#[from] sqlx::Error),
}

/// SQLite's code for a file that is no database.
const NOT_A_DATABASE: &str = "26";

pub(super) fn open_error(path: &Path, error: sqlx::Error) -> StoreError {
    let path = path.to_path_buf();
    let code = error.as_database_error().and_then(|error| error.code());
    if code.is_some_and(|code| code == NOT_A_DATABASE) {
        return StoreError::Foreign(path);
    }
    let reason = error.to_string();
    StoreError::Unusable { path, reason }
}

/// The world.
#[derive(Clone, Debug)]
pub struct WorldRow {
    /// Its name in every key.
    pub id: WorldId,
    /// What everything derives from.
    pub seed: WorldSeed,
    /// When it was made, Unix ms.
    pub created_ms: u64,
    /// Its Config.
    pub config: Config,
    /// Whether it was made just now.
    pub made: bool,
}

/// An island as it stands.
#[derive(Clone, Debug)]
pub struct IslandRow {
    /// Its number.
    pub island: IslandId,
    /// The line of history that is being continued.
    pub branch: Branch,
    /// The first epoch not confirmed yet.
    pub head_epoch: Epoch,
    /// Digest of the state there.
    pub head_state: Digest,
    /// The newest link.
    pub link: Digest,
    /// Units stored.
    pub units: u64,
    /// The numbers at the head.
    pub sample: Sample,
    /// When the newest unit was stored, Unix ms; 0 for never.
    pub updated_ms: u64,
    /// The newest stretch, if it goes beyond the head.
    pub open: Option<StretchHeader>,
}

/// A state on its way in or out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StateRow {
    /// Digest of the canonical bytes.
    pub digest: Digest,
    /// Canonical bytes, deflated.
    pub deflated: Vec<u8>,
}

/// A unit on its way in: provisional until a docket says otherwise.
#[derive(Clone, Debug)]
pub struct NewUnit {
    /// Its key.
    pub key: UnitKey,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the header of its stretch.
    pub header: Digest,
    /// Digest of the state it began with.
    pub base: Digest,
    /// What its maker commits to, segment by segment.
    pub seals: Vec<Seal>,
    /// The state it ended with.
    pub state: StateRow,
    /// The numbers at its end.
    pub sample: Sample,
    /// What it put out, packed.
    pub outputs: Vec<u8>,
    /// Ticks to credit.
    pub ticks: u64,
    /// The volunteer's number.
    pub volunteer: i64,
    /// Whether it is the very first of its slot.
    pub is_first: bool,
    /// Now, Unix ms.
    pub time_ms: u64,
}

/// A unit as it waits for its verdict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProvisionalRow {
    /// Its stretch.
    pub header: StretchHeader,
    /// The unit.
    pub key: UnitKey,
    /// The first epoch after it.
    pub end_epoch: Epoch,
    /// Digest of the state it began with.
    pub base: Digest,
    /// What its maker committed to.
    pub seals: Vec<Seal>,
    /// The maker.
    pub volunteer: i64,
    /// Whether it was the very first of its slot.
    pub is_first: bool,
    /// How the maker stands.
    pub standing: Standing,
    /// What he computed with.
    pub engine: String,
}

/// What an island goes back to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GoodState {
    /// The state.
    pub state: StateRow,
    /// The numbers there.
    pub sample: Sample,
    /// Taxa that had begun there.
    pub begun: u64,
    /// The table of taxa there.
    pub taxa: Vec<TaxonRecord>,
    /// The edges of the region there.
    pub edges: (Vec<HaloCell>, Vec<HaloCell>),
}

/// Seeds on their way to an island.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sowing {
    /// Where to.
    pub island: IslandId,
    /// The epoch line at which it was decided.
    pub epoch: Epoch,
    /// Why, in a word.
    pub reason: &'static str,
    /// What is sown.
    pub seeds: Vec<(GenotypeHash, Vec<u8>)>,
    /// Now, Unix ms.
    pub time_ms: u64,
}

/// What is there for the next stretch of an island.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Post {
    /// Who waits to enter, in order.
    pub waiting: Vec<Traveller>,
    /// What lies beyond its edges.
    pub halo: Halo,
}

/// How much of what islands put out is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shelf {
    /// Extinct taxa of an island from which nothing descends; the oldest go first.
    pub extinct_taxa: u32,
    /// Extinct taxa of an island with a single line of descent; the oldest are joined to the edge below them.
    pub ancestors: u32,
    /// Epoch lines of an island with a sample each; of older ones ever fewer stay.
    pub samples: u32,
    /// Forgetting is done once in so many units of an island.
    pub prune_units: u32,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            extinct_taxa: 2_000,
            ancestors: 10_000,
            samples: 512,
            prune_units: 32,
        }
    }
}

/// A docket on its way in, with what only the disk needs.
#[derive(Clone, Debug)]
pub struct Filing {
    /// What was decided.
    pub docket: Docket,
    /// The question of each conviction, packed as it travels.
    pub questions: Vec<Option<Vec<u8>>>,
    /// What an island goes back to.
    pub back_to: Option<GoodState>,
    /// How much of what islands put out is kept.
    pub shelf: Shelf,
    /// Seeds are judged so long after they entered, epochs.
    pub trial_epochs: u32,
    /// Whether what nobody computed again may leave its island: where everything sound is believed.
    pub lets_all_go: bool,
    /// Bases of its newest units that an island keeps beside its head.
    pub kept_states: u32,
    /// Now, Unix ms.
    pub time_ms: u64,
}

impl Filing {
    /// Whether something that came out of a segment of a unit may leave the island: somebody else computed it again.
    pub fn may_leave(&self, unit: &UnitKey, segment: u32) -> bool {
        let covers = |check: &CheckDone| {
            check.confirms && check.unit == *unit && (check.from..check.until).contains(&segment)
        };
        self.lets_all_go || self.docket.checks.iter().any(covers)
    }
}

/// What became of a docket.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filed {
    /// Whether the judgement met what it speaks of; if not, the island is to be read from disk again.
    pub fits: bool,
    /// The newest link and the units of the island judged.
    pub link: Digest,
    /// Units of it that are confirmed.
    pub units: u64,
    /// The numbers at its head.
    pub sample: Sample,
    /// Credit of everybody whose credit changed.
    pub credits: Vec<(i64, u64)>,
    /// The number on disk of each conviction.
    pub convictions: Vec<i64>,
    /// Whether an island went back.
    pub went_back: bool,
    /// Who may become a seed.
    pub candidates: Vec<Candidate>,
    /// Seeds of which it is known now that they took root.
    pub rooted: Vec<GenotypeHash>,
    /// Units that were acknowledged, or even confirmed, and do not count any more.
    pub void: u64,
}

/// A conviction as the public sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mismatch {
    /// When, Unix ms.
    pub time_ms: u64,
    /// blake3 of the token.
    pub token_hash: Vec<u8>,
    /// Whether it was lifted.
    pub is_lifted: bool,
}

/// What became of a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Appended {
    /// It is on disk now.
    Stored {
        /// Ticks credited to the volunteer in all.
        credit: u64,
    },
    /// It was on disk before; nothing was counted.
    Repeated {
        /// Ticks credited to the volunteer in all.
        credit: u64,
    },
    /// The island has moved on without it.
    Stale,
    /// Its stretch was never opened here.
    Foreign,
}

/// A volunteer shows a token.
#[derive(Clone, Debug)]
pub struct VolunteerVisit {
    /// blake3 of the token.
    pub token_hash: [u8; 32],
    /// The cleaned nick, if any was given.
    pub nick: Option<String>,
    /// What he computes with.
    pub engine: String,
    /// Now, Unix ms.
    pub time_ms: u64,
}

/// A volunteer as known here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Volunteer {
    /// Number in this database.
    pub number: i64,
    /// The cleaned nick; empty for none.
    pub nick: String,
    /// Ticks credited.
    pub credit: u64,
    /// Units confirmed.
    pub units: u64,
    /// How he stands.
    pub standing: Standing,
}
