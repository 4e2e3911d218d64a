//! The shell around the plain values: one lock holds book, workers and view; what they decide is done here, outside
//! of it. Knows no socket: a connection is a queue of frames.
//!
//! `joining` is how workers come, `forgetting` how a volunteer goes for good, `delivery` the way of a report, `effects` what the book wants done, `trust` what the
//! Verifier wants done, `filing` how verdicts go to disk, `restoring` how an island is read from disk, `sowing` the seed bank, `tuning` the parameters, `checkpoints` the whole world of a moment, `views` what is shown,
//! `tidying` what is kept, `health` what the operator sees.

mod analytics;
mod checkpoints;
pub mod delivery;
mod effects;
mod filing;
mod forgetting;
mod health;
mod joining;
mod raising;
mod restoring;
mod sowing;
mod tidying;
mod trust;
pub mod tuning;
mod views;

pub use analytics::FRESH_MS;
pub(crate) use checkpoints::run as take_checkpoints;
pub use forgetting::ForgetError;
pub use joining::{Joined, OUTBOX_FRAMES, Outbox, Refused, fingerprint};
pub(crate) use tidying::run as tidy;
pub use views::WorldSnapshot;

use crate::assignment_book::{AssignmentBook, BookConfig, ConnectionId, FIRST_ISLANDS, SlotId};
use crate::auditor::Auditor;
use crate::clock::Clock;
use crate::config::ServerConfig;
use crate::error::ServerError;
use crate::metrics::{Metrics, machine::Disk};
use crate::run_logger::{self, RunEvent};
use crate::seed_bank::{SeedBank, assayer::Assayer};
use crate::state_aggregator::StateAggregator;
use crate::store::Store;
use crate::token_list::TokenList;
use crate::tuning::{Tuner, keeper};
use crate::verification::{Docket, Verifier};
use crate::worker_manager::WorkerManager;
use bytebiota_core::{Inputs, IslandId, codec};
use bytebiota_protocol::message::{self, ClientMessage, ServerMessage};
use bytebiota_protocol::view::AnalyticsView;
use rand::TryRng;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Semaphore, mpsc};

/// A random number of the operating system, for one decision of trust; drawn after what it decides about is on disk.
fn draw() -> u64 {
    let mut bytes = [0; 8];
    match rand::rngs::SysRng.try_fill_bytes(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes),
        // A system without randomness: the generator that was seeded when there was some.
        Err(_) => rand::random(),
    }
}

/// Workers that are sent away come back so far apart, ms.
const RETURN_SPACING_MS: u32 = 5;
/// However many they are, the last one comes back after this, ms.
const LONGEST_RETURN_MS: u32 = 20_000;

/// How often leases are looked at, ms.
pub const POLL_MS: u64 = 250;

/// The one place where everything comes together.
pub struct Coordinator {
    clock: Clock,
    config: ServerConfig,
    store: Store,
    operators: TokenList,
    forgotten: TokenList,
    auditor: Auditor,
    assayer: Assayer,
    /// Verdicts reach the disk one after the other, in the order in which they were made.
    dockets: mpsc::UnboundedSender<Docket>,
    metrics: Metrics,
    state: Mutex<State>,
    /// Heavy work at a time: inflating, checking, packing.
    workshop: Semaphore,
    /// Who holds it may change the parameters.
    tuning_turn: tokio::sync::Mutex<()>,
    /// The whole world as it was last counted.
    counted: tokio::sync::Mutex<Option<AnalyticsView>>,
}

/// All that changes.
struct State {
    book: AssignmentBook,
    verifier: Verifier,
    workers: WorkerManager,
    view: StateAggregator,
    seed_bank: SeedBank,
    tuner: Tuner,
    outboxes: BTreeMap<ConnectionId, Outbox>,
    /// How often something stored was taken note of, by island: whoever reads an island from disk must not act on
    /// what was true before.
    moves: BTreeMap<IslandId, u64>,
    born: u64,
    draining: bool,
    /// The disk as it was when it was last decided whether anything may be leased.
    disk: Disk,
}

impl Coordinator {
    /// Rebuilds everything from the Store.
    pub async fn open(
        clock: Clock,
        config: ServerConfig,
        store: Store,
    ) -> Result<Arc<Self>, ServerError> {
        let world = store.world().clone();
        let epoch_ticks = world.config.evolution.epoch_ticks;
        let (units, void) = store.units().await?;
        let now_ms = clock.now_ms();
        let state = State {
            book: AssignmentBook::new(book_config(&config, &store), rand::random::<u32>().into()),
            verifier: trust::open_verifier(&config, &store, now_ms).await?,
            workers: WorkerManager::new(now_ms),
            view: StateAggregator::new(epoch_ticks, units, void),
            seed_bank: SeedBank::new(config.seeds, store.seeds().await?),
            tuner: keeper::open(world.config.clone(), store.tuning().await?)?,
            outboxes: BTreeMap::new(),
            moves: BTreeMap::new(),
            born: 0,
            draining: false,
            disk: Disk::default(),
        };
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let (dockets, to_file) = mpsc::unbounded_channel();
        let (auditor, questions) = Auditor::new();
        let (assayer, trials) = Assayer::new();
        let coordinator = Arc::new(Self {
            operators: TokenList::operators(&config.data_dir),
            forgotten: TokenList::forgotten(&config.data_dir),
            auditor,
            assayer,
            dockets,
            metrics: Metrics::new(store.commits().seconds()),
            state: Mutex::new(state),
            workshop: Semaphore::new(cores),
            tuning_turn: tokio::sync::Mutex::default(),
            counted: tokio::sync::Mutex::default(),
            clock,
            config,
            store,
        });
        let own = Arc::downgrade(&coordinator);
        tokio::spawn(filing::file_dockets(own.clone(), to_file));
        trust::start_auditor(own, coordinator.clock.clone(), questions)
            .map_err(ServerError::Thread)?;
        sowing::start_assayer(&coordinator, trials).map_err(ServerError::Thread)?;
        coordinator.forget_again().await?;
        let islands = coordinator.store.islands().await?;
        coordinator.restore_all(&islands).await?;
        let first = FIRST_ISLANDS.min(coordinator.config.max_islands);
        let missing = islands.len() as u32..first;
        let missing = missing.map(|number| IslandId(number + 1)).collect();
        coordinator.clone().create_islands(missing).await?;
        coordinator.look_at_disk();
        run_logger::log(RunEvent::Startup {
            world: format!("{:016x}", world.id.0),
            islands: islands.len(),
            new: world.made,
        });
        Ok(coordinator)
    }

    /// The clock of this server.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The settings of this server.
    pub fn config(&self) -> &ServerConfig {
        &self.config
    }

    /// The database of this server.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Time passes.
    pub fn poll(self: &Arc<Self>) {
        self.act(|state, now_ms| {
            state.book.poll(now_ms);
            state.verifier.poll(now_ms, draw());
        });
    }

    /// A worker says something, other than delivering a report.
    pub fn hear(self: &Arc<Self>, connection: ConnectionId, message: &ClientMessage) {
        let at = |slot: u32| SlotId { connection, slot };
        self.act(|state, now_ms| match message {
            ClientMessage::Ask { slot } => state.book.handle_ask(now_ms, at(*slot)),
            ClientMessage::Accepted { slot, lease } => {
                state.book.handle_accepted(now_ms, at(*slot), *lease);
            }
            ClientMessage::Declined {
                slot,
                lease,
                reason,
            } => {
                run_logger::log(RunEvent::Declined { reason });
                state.book.handle_declined(now_ms, at(*slot), *lease);
            }
            ClientMessage::Progress {
                slot, lease, unit, ..
            } => {
                state.book.handle_progress(now_ms, at(*slot), *lease, unit);
            }
            ClientMessage::Holding {
                slot,
                lease,
                header,
                next_epoch,
            } => {
                state
                    .book
                    .handle_holding(now_ms, at(*slot), *lease, header, *next_epoch);
            }
            ClientMessage::Pause => state.book.handle_pause(now_ms, connection),
            ClientMessage::Goodbye => state.book.handle_goodbye(now_ms, connection),
            ClientMessage::Checked { check, digests, .. } => {
                if let Some(volunteer) = state.volunteer(connection) {
                    let random = draw();
                    let verifier = &mut state.verifier;
                    verifier.handle_checked(now_ms, random, volunteer, *check, digests);
                }
            }
            // These take the long ways of `deliver` and `take_state`.
            ClientMessage::Report { .. } | ClientMessage::StateAt { .. } => {}
        });
    }

    /// Tells all workers that the server goes, and leases nothing more.
    pub fn drain(&self) {
        let mut state = self.lock();
        state.draining = true;
        state.book.drain();
        for (place, outbox) in state.outboxes.values().enumerate() {
            let retry_ms = return_slot_ms(self.config.retry_ms, place);
            let frame = message::encode(&ServerMessage::Drain { retry_ms });
            // A worker whose queue is full learns it from the closing socket.
            let _ = outbox.try_send(frame.into());
        }
    }

    /// Whether `drain` was called.
    pub fn is_draining(&self) -> bool {
        self.lock().draining
    }

    /// Lets every connection go.
    pub fn dismiss(&self) {
        self.lock().outboxes.clear();
    }

    /// Connections that are still there.
    pub fn connections(&self) -> usize {
        self.lock().workers.volunteers() as usize
    }

    /// Changes the state under the lock and does afterwards what the book wants done.
    fn act<T>(self: &Arc<Self>, change: impl FnOnce(&mut State, u64) -> T) -> T {
        let now_ms = self.clock.now_ms();
        let mut state = self.lock();
        let result = change(&mut state, now_ms);
        self.carry_out(&mut state, now_ms);
        result
    }

    /// A panic under the lock is a bug of one event; the values are whole between events, so others go on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs heavy work on a thread for it, a few at a time; `None` if it panicked.
    pub async fn in_workshop<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _turn = self.workshop.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

/// When each of those who are sent away should come back: one after the other, so that no crowd stands at the door.
fn return_slot_ms(retry_ms: u32, place: usize) -> u32 {
    let place = u32::try_from(place).unwrap_or(u32::MAX);
    let turn_ms = place.saturating_mul(RETURN_SPACING_MS);
    retry_ms.saturating_add(turn_ms.min(LONGEST_RETURN_MS))
}

fn book_config(config: &ServerConfig, store: &Store) -> BookConfig {
    let world = store.world();
    BookConfig {
        world: world.id,
        config: world.config.digest(),
        inputs: codec::digest(&Inputs::default()),
        epoch_ticks: world.config.evolution.epoch_ticks,
        target_interval_ms: config.target_interval_ms,
        stretch_ms: config.stretch_ms,
        stretch_units: config.stretch_units,
        accept_ms: config.accept_ms,
        progress_min_ms: config.progress_min_ms,
        progress_max_ms: config.progress_max_ms,
        grace_ms: config.grace_ms,
        retry_ms: config.retry_ms,
        max_islands: config.max_islands,
        newcomer_slots: config.newcomer_slots,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crowd_that_is_sent_away_comes_back_one_by_one() {
        let slots: Vec<u32> = (0..10_000)
            .map(|place| return_slot_ms(1_000, place))
            .collect();
        assert_eq!(slots[..3], [1_000, 1_005, 1_010]);
        assert!(slots.is_sorted() && slots[9_999] == 21_000);
    }
}
