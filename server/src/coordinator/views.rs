//! What is shown of the whole: book, workers and confirmed numbers put together. Changes nothing.

use super::{Coordinator, State};
use crate::assignment_book::IslandStatus;
use crate::readiness::disk_fault;
use crate::run_logger::{self, RunEvent};
use crate::store::StoreError;
use bytebiota_core::{IslandId, SEMANTICS_VERSION};
use bytebiota_protocol::view::{IslandView, SeriesPoint, WorkerView, WorldView};

/// What is said while nobody is punished.
const ALARM: &str = "unusually many results of proven volunteers did not match; nobody is suspended until this is understood";

/// The log tells the world's numbers so often.
const LOG_METRICS_MS: u64 = 60_000;

/// The world and the islands that changed after some revision.
#[derive(Clone, Debug)]
pub struct WorldSnapshot {
    /// The world now.
    pub world: WorldView,
    /// The islands, in order.
    pub islands: Vec<IslandView>,
}

impl State {
    fn island(&self, island: IslandId) -> Option<IslandView> {
        let status = self
            .book
            .status(island)
            .map_or("asleep", IslandStatus::word);
        self.view.island_view(island, status)
    }
}

impl Coordinator {
    /// The world in numbers.
    pub fn world_view(&self) -> WorldView {
        self.complete(&mut self.lock())
    }

    fn complete(&self, state: &mut State) -> WorldView {
        let world = self.store.world();
        let alarm = state.verifier.is_alarmed().then(|| ALARM.to_owned());
        let disk = || disk_fault(&state.disk, &self.config.free_disk);
        WorldView {
            world: format!("{:016x}", world.id.0),
            semantics_version: SEMANTICS_VERSION,
            created_ms: world.created_ms,
            workers: state.workers.volunteers(),
            slots: state.book.busy_slots(),
            alarm: alarm.or_else(disk),
            idle_work: state.workers.is_alone() && state.book.busy_slots() > 0,
            ..state.view.world_view(self.clock.now_ms())
        }
    }

    /// The world, and the islands that changed after `revision`; 0 for all.
    pub fn snapshot(&self, revision: u64) -> WorldSnapshot {
        let mut state = self.lock();
        let changed: Vec<_> = state.view.changed_since(revision).collect();
        let islands = changed
            .into_iter()
            .filter_map(|island| state.island(island))
            .collect();
        let world = self.complete(&mut state);
        WorldSnapshot { world, islands }
    }

    /// The revision now; it also moves while the shown speed does.
    pub fn revision(&self) -> u64 {
        let mut state = self.lock();
        if state.view.is_rate_moving() {
            state.view.touch([]);
        }
        state.view.revision()
    }

    /// One island in numbers.
    pub fn island_view(&self, island: IslandId) -> Option<IslandView> {
        self.lock().island(island)
    }

    /// Who computes now.
    pub fn workers_view(&self) -> Vec<WorkerView> {
        let state = self.lock();
        let now_ms = self.clock.now_ms();
        let view = |connection| {
            let islands = state.book.islands_of(connection);
            let islands = islands.into_iter().map(|island| island.0).collect();
            let speed = state.book.speed_of(connection);
            state.workers.view(now_ms, connection, islands, speed)
        };
        state.workers.connections().filter_map(view).collect()
    }

    /// Keeps a point of the world's series; the first of each minute goes into the log.
    pub async fn add_point(&self, point: SeriesPoint) -> Result<(), StoreError> {
        if point.time_ms % LOG_METRICS_MS < self.config.series_interval_ms {
            run_logger::log(RunEvent::Metrics(&point));
        }
        self.store.add_point(point, self.config.series).await
    }

    /// How long no volunteer has been here, ms.
    pub fn lonely_ms(&self) -> u64 {
        self.lock().workers.lonely_ms(self.clock.now_ms())
    }
}
