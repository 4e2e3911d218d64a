//! What the API answers and the pages show, as JSON. Only confirmed facts; knows neither server nor page.

mod analytics;
mod life;
mod series;

pub use analytics::{AnalyticsView, DiversityView, MutationView, NamedCount, SelectionView};
pub use life::{
    DominantView, DominantsView, EdgeView, GenotypeIsland, GenotypeSummary, GenotypesPage,
    KnownGenotype, PhylogenyPage, ReseedingView, RulerView, SampleView, SeedBankView, SeedView,
    SpeciesView, TaxaPage, TaxonView,
};
pub use series::{EcologyPoint, Grain, SeriesPoint, SeriesView};

use serde::{Deserialize, Serialize};

/// Deaths by cause, since the world began.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeathsView {
    /// Too old.
    pub age: u64,
    /// Too many errors.
    pub errors: u64,
    /// Too much unpaid rent.
    pub arrears: u64,
    /// Could not pay an instruction.
    pub starvation: u64,
    /// Swept to make room.
    pub memory_pressure: u64,
    /// Removed by an operator.
    pub operator: u64,
}

/// The world in numbers: `GET /api/v1/world`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WorldView {
    /// The world's id, 16 hex digits.
    pub world: String,
    /// Semantics version it is computed under.
    pub semantics_version: u32,
    /// Grows with every change; a view with a smaller one is older.
    pub revision: u64,
    /// When the world was made, Unix milliseconds.
    pub created_ms: u64,
    /// Now by the server, Unix milliseconds.
    pub now_ms: u64,
    /// Islands.
    pub islands: u32,
    /// Connected clients that compute: native processes and browser workers.
    pub workers: u32,
    /// Slots that hold an assignment.
    pub slots: u32,
    /// The living on all islands.
    pub population: u64,
    /// Births since the world began.
    pub births: u64,
    /// Deaths since the world began, by cause.
    pub deaths: DeathsView,
    /// Living genotypes, summed over islands.
    pub genotypes: u64,
    /// Mean length of the living, bytes; 0 with nobody alive.
    pub mean_genome_length: f64,
    /// Ticks computed and confirmed.
    pub instructions: u64,
    /// Ticks per second confirmed, over the last 10 s.
    pub instructions_per_second: f64,
    /// Units stored.
    pub units_acked: u64,
    /// Units confirmed.
    pub units_confirmed: u64,
    /// Units acknowledged and not confirmed yet: nothing of them is shown or built on.
    #[serde(default)]
    pub units_provisional: u64,
    /// Units that were acknowledged and do not count.
    #[serde(default)]
    pub units_void: u64,
    /// What is wrong with the world, in a sentence; none if nothing is.
    #[serde(default)]
    pub alarm: Option<String>,
    /// Who computes while no volunteer does: true if the server itself is the only one.
    pub idle_work: bool,
}

/// An island in numbers: `GET /api/v1/islands` and `/api/v1/islands/{id}`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IslandView {
    /// Its number, from 1.
    pub island: u32,
    /// The line of history.
    pub branch: u32,
    /// The next epoch to be computed.
    pub epoch: u64,
    /// Ticks computed.
    pub tick: u64,
    /// Digest of its newest confirmed state, hex.
    pub state: String,
    /// The newest link of its chain, hex.
    pub link: String,
    /// Units confirmed.
    pub units: u64,
    /// Units acknowledged and not confirmed yet.
    #[serde(default)]
    pub provisional_units: u64,
    /// `asleep`, `leased`, `waiting`, `in_check`, `damaged`.
    pub status: String,
    /// The living.
    pub population: u64,
    /// Births since genesis.
    pub births: u64,
    /// Deaths since genesis.
    pub deaths: DeathsView,
    /// Living genotypes.
    pub genotypes: u64,
    /// Mean length, bytes.
    pub mean_genome_length: f64,
    /// When the newest unit was stored, Unix milliseconds; 0 for never.
    pub updated_ms: u64,
}

/// Who computes: `GET /api/v1/workers`. No token, no address.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct WorkerView {
    /// Nick with fingerprint, or only the fingerprint.
    pub name: String,
    /// `browser`, `native` or `server`.
    pub kind: String,
    /// Slots it offers.
    pub slots: u32,
    /// Islands it holds now.
    pub islands: Vec<u32>,
    /// Measured by the server, ticks per second over all slots; 0 while unknown.
    pub instructions_per_second: f64,
    /// Units acked in this connection.
    pub units_acked: u64,
    /// Ticks credited to its token since ever.
    pub credit: u64,
    /// Seconds since it connected.
    pub connected_s: u64,
}

/// Somebody with a name and confirmed work: `GET /api/v1/leaderboard`, most first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LeaderView {
    /// Nick with fingerprint.
    pub name: String,
    /// Ticks confirmed and credited.
    pub credit: u64,
    /// Units confirmed.
    pub units: u64,
}

/// A genotype with living members in a memory map.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GenotypeView {
    /// 32 hex digits.
    pub hash: String,
    /// Bytes at birth.
    pub length: u32,
    /// Members alive on this island.
    pub living: u32,
}

/// One organism in a memory map.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BodyView {
    /// First address.
    pub start: u32,
    /// Bytes.
    pub length: u32,
    /// First address of the child being written; equal to `start` when there is none.
    pub child_start: u32,
    /// Bytes of the child being written; 0 for none.
    pub child_length: u32,
    /// Instruction pointer.
    pub ip: u32,
    /// Index into `MemoryMapView::genotypes`.
    pub genotype: u32,
    /// Energy, whole units.
    pub energy: u32,
    /// Rounds since birth.
    pub age: u32,
    /// Errors since birth.
    pub errors: u32,
    /// Births by it.
    pub births: u32,
}

/// The soup of one island with real addresses: `GET /api/v1/islands/{id}/memory-map`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MemoryMapView {
    /// The island.
    pub island: u32,
    /// The epoch that begins here.
    pub epoch: u64,
    /// Ticks since genesis.
    pub tick: u64,
    /// Bytes of the soup.
    pub memory_size: u32,
    /// Bytes that belong to nobody.
    pub free_bytes: u32,
    /// Living genotypes, commonest first.
    pub genotypes: Vec<GenotypeView>,
    /// Every organism, by address.
    pub organisms: Vec<BodyView>,
}

/// What the live stream says. A snapshot comes first; updates replace what they name and may be repeated.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveMessage {
    /// First on `/api/v1/live/world`.
    WorldSnapshot {
        /// The world now.
        world: WorldView,
        /// The newest points of the series, oldest first, at most 600.
        series: Vec<SeriesPoint>,
        /// All islands.
        islands: Vec<IslandView>,
    },
    /// Then, at most twice a second, when something changed.
    WorldUpdate {
        /// The world now.
        world: WorldView,
        /// A new point of the series, if one was added.
        point: Option<SeriesPoint>,
        /// Islands that changed.
        islands: Vec<IslandView>,
    },
    /// First on `/api/v1/live/islands/{id}`, then at most twice a second when the island changed.
    Island {
        /// The revision of the world view it belongs to.
        revision: u64,
        /// Its numbers.
        island: IslandView,
        /// Its soup.
        map: MemoryMapView,
    },
}

/// A confirmed unit of an island's chain; digests as hex.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnitView {
    /// The island.
    pub island: u32,
    /// The line of history under which it was computed.
    pub branch: u32,
    /// Its first epoch.
    pub first_epoch: u64,
    /// The first epoch after it.
    pub end_epoch: u64,
    /// Digest of the header of its stretch.
    pub header: String,
    /// Digest of the state it began with.
    pub base: String,
    /// Digest of the state it ended with.
    pub state: String,
    /// Its segment digests, at most 16.
    pub segments: Vec<String>,
    /// blake3 of the link before it, the header digest and the segment digests.
    pub link: String,
}

/// A part of an island's history: `GET /api/v1/units/{island}?from=E&limit=N`. What computing one of its units again takes
/// is at `/api/v1/units/{island}/{first_epoch}` (a packed question) and `/api/v1/states/{island}/{epoch}` (deflated).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HistoryView {
    /// The island.
    pub island: u32,
    /// The next epoch to be computed.
    pub head_epoch: u64,
    /// Digest of the state there.
    pub head_state: String,
    /// The newest link.
    pub head_link: String,
    /// Before this epoch links are folded: only those at checkpoints stand singly.
    #[serde(default)]
    pub folded_epoch: u64,
    /// Where history begins, if that is at a checkpoint and not before epoch `from`: what came before it is kept elsewhere.
    #[serde(default)]
    pub begins: Option<BeginningView>,
    /// Epochs whose states are kept, in order: a replay can begin at each that is not folded, and at epoch 0.
    pub states: Vec<u64>,
    /// Units in order, from the one that holds epoch `from` on.
    pub units: Vec<UnitView>,
}

/// Where the history of an island begins that was begun here with a checkpoint.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BeginningView {
    /// The first epoch.
    pub epoch: u64,
    /// Digest of the state there, hex.
    pub state: String,
    /// The newest link there, hex: the first unit's follows from it.
    pub link: String,
}

/// The whole world of a moment, kept to go back to: `GET /api/v1/checkpoints`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckpointView {
    /// Its number.
    pub number: i64,
    /// When it was taken, Unix milliseconds.
    pub time_ms: u64,
    /// Why: `interval`, `by hand`, `before a restore`, `import`.
    pub cause: String,
    /// Islands in it.
    pub islands: u32,
    /// Epochs that they had lived in all.
    pub epochs: u64,
}

/// A result that did not match: `GET /api/v1/mismatches`. No nick, no token.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MismatchView {
    /// When it was found, Unix milliseconds.
    pub time_ms: u64,
    /// Four letters of the token's hash.
    pub fingerprint: String,
    /// `results did not match`, and whether it turned out to be the program.
    pub text: String,
}

/// Every error of the API.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ErrorView {
    /// A word for programs: `not_found`, `bad_request`, `unavailable`, ..
    pub error: String,
    /// A sentence for people; what is allowed, never an internal detail.
    pub message: String,
}
