//! Dashboard: the feed of the live streams and the world's series. One round builds what all viewers get; a slow
//! viewer skips rounds and delays nobody. Knows no socket.

use crate::census::Census;
use crate::clock::sleep_ms;
use crate::coordinator::Coordinator;
use crate::state_aggregator;
use crate::store::StoreError;
use bytebiota_core::IslandId;
use bytebiota_protocol::view::{IslandView, LiveMessage, MemoryMapView, SeriesPoint};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Points of the series in a snapshot.
pub const SNAPSHOT_POINTS: usize = 600;
/// Memory maps kept ready.
const KEPT_MAPS: usize = 64;
/// A point is written at least this often, also when nothing happens.
const QUIET_POINT_MS: u64 = 60_000;

/// One round of the live stream.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// The update holds everything that changed after this revision.
    pub since: u64,
    /// The revision it leads to.
    pub revision: u64,
    /// The update as JSON.
    pub text: String,
    /// The point of the series that came with it.
    pub point: Option<SeriesPoint>,
}

type Maps = BTreeMap<IslandId, (String, Arc<MemoryMapView>)>;

/// What viewers are fed with.
pub struct Dashboard {
    coordinator: Arc<Coordinator>,
    rounds: watch::Sender<Arc<Round>>,
    series: Mutex<VecDeque<SeriesPoint>>,
    maps: Mutex<Maps>,
    census: Census,
}

impl Dashboard {
    /// A dashboard with the newest stored points.
    pub async fn open(coordinator: Arc<Coordinator>) -> Result<Arc<Self>, StoreError> {
        let mut points = coordinator
            .store()
            .series(0, u64::MAX, SNAPSHOT_POINTS as u32)
            .await?;
        points.iter_mut().for_each(|point| point.ecology = None);
        Ok(Arc::new(Self {
            coordinator,
            rounds: watch::Sender::default(),
            series: Mutex::new(points.into()),
            maps: Mutex::default(),
            census: Census::default(),
        }))
    }

    /// Where viewers wait for rounds.
    pub fn subscribe(&self) -> watch::Receiver<Arc<Round>> {
        self.rounds.subscribe()
    }

    /// Everything a new viewer of the world needs, and the revision it stands for.
    pub fn snapshot(&self) -> (u64, LiveMessage) {
        let now = self.coordinator.snapshot(0);
        let revision = now.world.revision;
        let message = LiveMessage::WorldSnapshot {
            world: now.world,
            series: lock(&self.series).iter().cloned().collect(),
            islands: now.islands,
        };
        (revision, message)
    }

    /// What changed after a revision, for a viewer that has skipped rounds.
    pub fn update_since(&self, revision: u64, point: Option<SeriesPoint>) -> (u64, LiveMessage) {
        let now = self.coordinator.snapshot(revision);
        let message = LiveMessage::WorldUpdate {
            point,
            islands: now.islands,
            world: now.world,
        };
        let revision = match &message {
            LiveMessage::WorldUpdate { world, .. } => world.revision,
            _ => revision,
        };
        (revision, message)
    }

    /// An island with its soup; `None` if there is none, or its state is damaged.
    pub async fn island(
        &self,
        island: IslandId,
    ) -> Result<Option<(IslandView, Arc<MemoryMapView>)>, StoreError> {
        let Some(view) = self.coordinator.island_view(island) else {
            return Ok(None);
        };
        let known = lock(&self.maps).get(&island).cloned();
        if let Some((_, map)) = known.filter(|(state, _)| *state == view.state) {
            return Ok(Some((view, map)));
        }
        let Some(map) = self.coordinator.memory_map(island).await? else {
            return Ok(None);
        };
        let map = Arc::new(map);
        let mut maps = lock(&self.maps);
        if maps.len() >= KEPT_MAPS {
            maps.pop_first();
        }
        maps.insert(island, (view.state.clone(), map.clone()));
        Ok(Some((view, map)))
    }

    /// Makes rounds until it is dropped; counting a large world delays none of them.
    pub async fn run(self: Arc<Self>) {
        tokio::join!(
            self.make_rounds(),
            self.census.run(self.coordinator.clone())
        );
    }

    async fn make_rounds(&self) {
        let mut last_point_ms = 0;
        let mut last = self.coordinator.revision();
        let interval_ms = self.coordinator.config().live_interval_ms.max(1);
        loop {
            sleep_ms(interval_ms).await;
            let revision = self.coordinator.revision();
            let point = self.take_point(&mut last_point_ms, revision != last).await;
            if revision == last && point.is_none() {
                continue;
            }
            let (revision, message) = self.update_since(last, point.clone());
            let text = serde_json::to_string(&message).unwrap_or_default();
            let since = last;
            last = revision;
            self.rounds.send_replace(Arc::new(Round {
                since,
                revision,
                text,
                point,
            }));
        }
    }

    /// A point of the series when one is due.
    async fn take_point(&self, last_ms: &mut u64, has_changed: bool) -> Option<SeriesPoint> {
        let now_ms = self.coordinator.clock().now_ms();
        let passed_ms = now_ms.saturating_sub(*last_ms);
        let wanted_ms = match has_changed {
            true => self.coordinator.config().series_interval_ms,
            false => QUIET_POINT_MS,
        };
        if passed_ms < wanted_ms {
            return None;
        }
        *last_ms = now_ms;
        let world = self.coordinator.world_view();
        let point = {
            let mut series = lock(&self.series);
            let point = state_aggregator::point(&world, series.back());
            series.push_back(point.clone());
            let surplus = series.len().saturating_sub(SNAPSHOT_POINTS);
            series.drain(..surplus);
            point
        };
        // What the living are like goes to disk alone: viewers of the stream have no use for it.
        let stored = SeriesPoint {
            ecology: self.census.take(),
            ..point.clone()
        };
        if let Err(error) = self.coordinator.add_point(stored).await {
            tracing::warn!(%error, "a point of the series was not stored");
        }
        Some(point)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
