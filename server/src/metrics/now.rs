//! What is true at the moment somebody asks: lengths of queues, ages, sizes. Knows nothing of where it comes from.

use super::machine::Machine;
use crate::assignment_book::{IslandStatus, Losses};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::{family::Family, gauge::Gauge};
use prometheus_client::registry::{Registry, Unit};
use std::sync::atomic::AtomicU64;

/// The facts of one moment.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Now {
    /// Leases that ended early, since the start.
    pub losses: Losses,
    /// What the auditor has before it, ms.
    pub auditor_queue_ms: u64,
    /// How long the oldest provisional unit has waited for its verdict, ms.
    pub oldest_provisional_ms: u64,
    /// How old the newest checkpoint is, ms; 0 without any.
    pub checkpoint_age_ms: u64,
    /// Reports that wait for their commit.
    pub reports_waiting: u64,
    /// Sockets of workers and viewers.
    pub sockets: u64,
    /// Programs of volunteers that are welcome.
    pub workers: u64,
    /// Slots they offer.
    pub slots: u64,
    /// Slots that compute.
    pub slots_busy: u64,
    /// Islands by what they are doing.
    pub islands: Vec<(IslandStatus, u64)>,
    /// Units that are history.
    pub units_confirmed: u64,
    /// Their ticks.
    pub ticks_confirmed: u64,
    /// Below so much free disk nothing is leased.
    pub disk_wanted_bytes: u64,
    /// Disk and memory.
    pub machine: Machine,
}

/// A gauge of whole numbers that are never negative.
type Whole = Gauge<u64, AtomicU64>;
/// A gauge of seconds.
type Seconds = Gauge<f64, AtomicU64>;

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ByState {
    state: &'static str,
}

/// The gauges that show them.
#[derive(Debug, Default)]
pub(super) struct Gauges {
    auditor_queue: Seconds,
    oldest_provisional: Seconds,
    checkpoint_age: Seconds,
    reports_waiting: Whole,
    sockets: Whole,
    workers: Whole,
    slots: Whole,
    slots_busy: Whole,
    islands: Family<ByState, Whole>,
    units_confirmed: Whole,
    ticks_confirmed: Whole,
    database: Whole,
    wal: Whole,
    disk_free: Whole,
    disk_wanted: Whole,
    resident_memory: Whole,
}

impl Gauges {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let own = Self::default();
        own.register_ages(registry);
        own.register_counts(registry);
        own.register_sizes(registry);
        let help = "Islands by what they are doing";
        registry.register("islands", help, own.islands.clone());
        own
    }

    fn register_ages(&self, registry: &mut Registry) {
        let mut age = |name, help, gauge: &Seconds| {
            registry.register_with_unit(name, help, Unit::Seconds, gauge.clone());
        };
        let help = "How long the auditor needs for what waits";
        age("auditor_queue", help, &self.auditor_queue);
        let help = "How long the oldest unit without a verdict has waited";
        age("oldest_provisional", help, &self.oldest_provisional);
        let help = "How old the newest checkpoint of the world is; 0 before the first";
        age("checkpoint_age", help, &self.checkpoint_age);
    }

    fn register_counts(&self, registry: &mut Registry) {
        let mut count = |name, help, gauge: &Whole| registry.register(name, help, gauge.clone());
        let help = "Reports that wait for their commit";
        count("reports_waiting", help, &self.reports_waiting);
        count("sockets", "Sockets of workers and viewers", &self.sockets);
        let help = "Programs of volunteers that are connected";
        count("workers", help, &self.workers);
        count("slots", "Slots that they offer", &self.slots);
        count("slots_busy", "Slots that compute", &self.slots_busy);
        let help = "Units that are history; a roll-back lowers it";
        count("units_confirmed", help, &self.units_confirmed);
        let help = "Ticks that are history; a roll-back lowers it";
        count("ticks_confirmed", help, &self.ticks_confirmed);
    }

    fn register_sizes(&self, registry: &mut Registry) {
        let mut size = |name, help, gauge: &Whole| {
            registry.register_with_unit(name, help, Unit::Bytes, gauge.clone());
        };
        size("database", "The database file", &self.database);
        let help = "The log of the database that is not folded in yet";
        size("wal", help, &self.wal);
        let help = "Free space where the data folder is";
        size("disk_free", help, &self.disk_free);
        let help = "Below so much free space nothing is leased";
        size("disk_wanted", help, &self.disk_wanted);
        let help = "Memory of this process; 0 where the system does not say";
        size("resident_memory", help, &self.resident_memory);
    }

    pub(super) fn set(&self, now: &Now) {
        let seconds = |ms: u64| ms as f64 / 1_000.0;
        self.auditor_queue.set(seconds(now.auditor_queue_ms));
        self.oldest_provisional
            .set(seconds(now.oldest_provisional_ms));
        self.checkpoint_age.set(seconds(now.checkpoint_age_ms));
        self.reports_waiting.set(now.reports_waiting);
        self.sockets.set(now.sockets);
        self.workers.set(now.workers);
        self.slots.set(now.slots);
        self.slots_busy.set(now.slots_busy);
        for (status, count) in &now.islands {
            let state = status.word();
            self.islands.get_or_create(&ByState { state }).set(*count);
        }
        self.units_confirmed.set(now.units_confirmed);
        self.ticks_confirmed.set(now.ticks_confirmed);
        self.database.set(now.machine.database_bytes);
        self.wal.set(now.machine.wal_bytes);
        self.disk_free.set(now.machine.disk.free_bytes);
        self.disk_wanted.set(now.disk_wanted_bytes);
        self.resident_memory.set(now.machine.resident_memory_bytes);
    }
}
