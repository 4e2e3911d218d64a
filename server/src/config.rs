//! What an operator can set on the server. A plain value: where it was read from is not known here.

use crate::metrics::machine::FreeDisk;
use crate::proxies::Proxies;
use crate::seed_bank::{SeedKnobs, reseeding::ReseedKnobs};
use crate::store::{Retention, SeriesShelf, Shelf};
use crate::tuning::TuningKnobs;
use crate::verification::Policy;
use bytebiota_core::{Config, WorldSeed};
use bytebiota_protocol::limits;
use std::{net::SocketAddr, path::PathBuf};

/// Settings of one server. `default()` is what `bytebiota server` runs with when nothing else is said.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whose forwarding header says where a request comes from.
    pub trusted_proxies: Proxies,
    /// The folder of the world; made if missing.
    pub data_dir: PathBuf,
    /// Config of a new world; an existing world keeps its own.
    pub world: Config,
    /// Seed of a new world; drawn at random without one.
    pub seed: Option<WorldSeed>,
    /// How long a unit should take, ms.
    pub target_interval_ms: u64,
    /// Units of a stretch at most.
    pub stretch_units: u32,
    /// How long a stretch should take at most, ms.
    pub stretch_ms: u64,
    /// There are never more islands.
    pub max_islands: u32,
    /// Receipt of an assignment must be acknowledged within this, ms.
    pub accept_ms: u64,
    /// A lease lives at least so long without progress, ms.
    pub progress_min_ms: u64,
    /// A lease lives at most so long without progress, ms.
    pub progress_max_ms: u64,
    /// What a vanished connection held is kept for it so long, and what was held at the last stop after a start, ms.
    pub grace_ms: u64,
    /// A slot without work asks again after this, ms.
    pub retry_ms: u32,
    /// Slots a newcomer may use at once.
    pub newcomer_slots: u32,
    /// Distance of two points of the world's series, ms.
    pub series_interval_ms: u64,
    /// Distance of two updates of a live stream at least, ms.
    pub live_interval_ms: u64,
    /// On a stop, what workers deliver is taken for so long at most, ms.
    pub drain_ms: u64,
    /// Bases of its newest units that an island keeps beside its head: where a replay can begin.
    pub kept_states: u32,
    /// Distance of two checkpoints of the world, ms.
    pub checkpoint_interval_ms: u64,
    /// How many months the first checkpoint of each is kept; 0 for ever.
    pub checkpoint_months: u32,
    /// Whether the server itself computes a little while no volunteer does.
    pub idle_work: bool,
    /// How long nobody must compute before that, ms.
    pub idle_after_ms: u64,
    /// Share of one core for that, percent.
    pub idle_percent: u32,
    /// Whom to believe.
    pub policy: Policy,
    /// How much of what islands put out is kept.
    pub shelf: Shelf,
    /// How long points of the world's series are kept.
    pub series: SeriesShelf,
    /// How much is kept of what would grow for ever.
    pub retention: Retention,
    /// How much of the disk must be free for leasing.
    pub free_disk: FreeDisk,
    /// Which genomes become seeds.
    pub seeds: SeedKnobs,
    /// When and what is sown.
    pub reseeding: ReseedKnobs,
    /// Whether and how the parameters of the living world are tuned.
    pub tuning: TuningKnobs,
    /// How much a connection may say.
    pub budgets: Budgets,
}

/// How much workers may say before they are slowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budgets {
    /// Asks and answers to assignments per slot and minute.
    pub assignments_per_minute: u32,
    /// Reports per slot and minute.
    pub reports_per_minute: u32,
    /// Progress notes per slot and minute.
    pub progress_per_minute: u32,
    /// Bytes per slot and minute.
    pub bytes_per_minute: u32,
    /// Everything else per connection and minute.
    pub other_per_minute: u32,
    /// Sockets per address.
    pub sockets_per_address: u32,
    /// Sockets per address and minute that are opened.
    pub sockets_per_minute: u32,
    /// A socket that has not said Hello is closed after this, ms.
    pub hello_timeout_ms: u64,
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            assignments_per_minute: limits::ASSIGNMENTS_PER_MINUTE,
            reports_per_minute: limits::REPORTS_PER_MINUTE,
            progress_per_minute: limits::PROGRESS_PER_MINUTE,
            bytes_per_minute: limits::BYTES_PER_MINUTE,
            other_per_minute: limits::OTHER_PER_MINUTE,
            sockets_per_address: limits::MAX_SOCKETS_PER_ADDRESS,
            sockets_per_minute: limits::SOCKETS_PER_MINUTE,
            hello_timeout_ms: limits::HELLO_TIMEOUT_MS,
        }
    }
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            trusted_proxies: Proxies::default(),
            data_dir: PathBuf::from("data"),
            world: Config::default(),
            seed: None,
            target_interval_ms: 20_000,
            stretch_units: limits::MAX_STRETCH_UNITS,
            stretch_ms: 600_000,
            max_islands: 1_024,
            accept_ms: 5_000,
            progress_min_ms: 15_000,
            progress_max_ms: 60_000,
            grace_ms: 10_000,
            retry_ms: 1_000,
            newcomer_slots: 4,
            series_interval_ms: 2_000,
            live_interval_ms: 500,
            drain_ms: 10_000,
            kept_states: 32,
            checkpoint_interval_ms: 600_000,
            checkpoint_months: 24,
            idle_work: true,
            idle_after_ms: 60_000,
            idle_percent: 10,
            policy: Policy::default(),
            shelf: Shelf::default(),
            series: SeriesShelf::default(),
            retention: Retention::default(),
            free_disk: FreeDisk::default(),
            seeds: SeedKnobs::default(),
            reseeding: ReseedKnobs::default(),
            tuning: TuningKnobs::default(),
            budgets: Budgets::default(),
        }
    }
}
