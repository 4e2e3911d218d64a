//! How a life of the server begins with what is on disk, and how an island is read again, as the coordinator does it.
//! Knows no report.

use super::{Errand, Server};
use crate::dice::Dice;
use crate::disk::Disk;
use crate::executor::Executor;
use crate::flaw::Flaw;
use bytebiota_core::{Inputs, IslandId, codec};
use bytebiota_server::ServerConfig;
use bytebiota_server::assignment_book::{
    AssignmentBook, BookConfig, FIRST_ISLANDS, IslandStart, VolunteerId,
};
use bytebiota_server::state_aggregator::{IslandFacts, StateAggregator};
use bytebiota_server::store::{IslandRow, ProvisionalRow};
use bytebiota_server::verification::{CommittedUnit, Verifier};
use bytebiota_server::worker_manager::WorkerManager;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

/// The engine that the server itself computes with.
const OWN_ENGINE: &str = "native 1 sim";

/// What stays the same over all lives of a server.
#[derive(Clone, Debug)]
pub struct Commons<E> {
    /// What computes.
    pub executor: Rc<E>,
    /// The settings.
    pub config: ServerConfig,
    /// What is broken on purpose.
    pub flaw: Flaw,
    /// How fast its auditor is.
    pub auditor_ticks_per_s: u64,
}

impl<E: Executor> Server<E> {
    /// A life that begins with what is on disk. Checks are drawn anew.
    pub fn open(commons: &Commons<E>, disk: &Disk, dice: Dice, now_ms: u64) -> Self {
        let mut dice = dice;
        let config = commons.config.clone();
        let epoch_ticks = commons.executor.world().config.evolution.epoch_ticks;
        let (units, void) = disk.units();
        let first_lease = dice.below(u64::from(u32::MAX));
        let first_check = dice.below(u64::from(u32::MAX));
        let engine = OWN_ENGINE.to_owned();
        let mut verifier = Verifier::new(config.policy, epoch_ticks, engine, first_check);
        for engine in &disk.blocked {
            verifier.handle_blocked_engine(engine.clone());
        }
        for engine in disk.sound_engines(config.policy.proving_reports) {
            verifier.handle_sound_engine(engine);
        }
        let since_ms = now_ms.saturating_sub(config.policy.alarm_ms);
        for (conviction, _, is_lifted) in &disk.convictions {
            if conviction.was_proven && !is_lifted && conviction.time_ms >= since_ms {
                verifier.handle_past_conviction(conviction.time_ms);
            }
        }
        let book_config = book_config(&*commons.executor, &config);
        let mut server = Self {
            executor: commons.executor.clone(),
            flaw: commons.flaw,
            auditor_ticks_per_s: commons.auditor_ticks_per_s,
            now_ms,
            book: AssignmentBook::new(book_config, first_lease),
            verifier,
            view: StateAggregator::new(epoch_ticks, units, void),
            workers: WorkerManager::new(now_ms),
            seats: BTreeMap::new(),
            moves: BTreeMap::new(),
            dockets: VecDeque::new(),
            is_filing: false,
            outs: Vec::new(),
            audited_ticks: 0,
            config,
            dice,
        };
        server.restore_all(disk);
        server
    }

    fn restore_all(&mut self, disk: &Disk) {
        let rows = disk.island_rows();
        for row in &rows {
            let claim = disk.pending_rows(Some(row.island));
            let held = row.open.is_some() || !claim.is_empty();
            let grace_ms = if held { self.config.grace_ms } else { 0 };
            self.view.put(row.island, facts(row));
            let not_before_ms = self.now_ms + grace_ms;
            self.book
                .add_island(row.island, start(row, &claim), not_before_ms);
            self.take_up(row.island, claim);
            self.carry_out();
        }
        for number in rows.len() as u32..FIRST_ISLANDS {
            self.create(vec![IslandId(number + 1)]);
        }
    }

    /// Reads an island; what was read is acted upon a little later.
    pub(super) fn read_island(&mut self, disk: &Disk, island: IslandId) {
        let mut rows = disk.island_rows().into_iter();
        if let Some(row) = rows.find(|row| row.island == island) {
            let claim = disk.pending_rows(Some(island));
            let before = self.moves.get(&island).copied();
            self.later(Errand::Restored(before, Box::new(row), claim));
        }
    }

    /// Takes an island as it is on disk, whatever was believed of it.
    pub(super) fn restored(
        &mut self,
        before: Option<u64>,
        row: &IslandRow,
        claim: Vec<ProvisionalRow>,
    ) {
        if self.moves.get(&row.island).copied() != before {
            return self.later(Errand::Restore(row.island));
        }
        self.view.restore(row.island, facts(row));
        self.verifier.forget_claim(row.island);
        let start = start(row, &claim);
        self.book.handle_restored(self.now_ms, row.island, start);
        self.take_up(row.island, claim);
    }

    /// Tells the Verifier of units whose makers are not here yet.
    fn take_up(&mut self, island: IslandId, claim: Vec<ProvisionalRow>) {
        self.view.set_provisional(island, claim.len() as u64);
        for row in claim {
            let (maker, random) = (VolunteerId(row.volunteer), self.dice.bits());
            self.verifier.handle_known(maker, row.standing, &row.engine);
            self.verifier
                .handle_committed(self.now_ms, random, unit(row));
        }
    }
}

/// A row as the Verifier needs to know it.
pub(super) fn unit(row: ProvisionalRow) -> CommittedUnit {
    CommittedUnit {
        header: Arc::new(row.header),
        key: row.key,
        end_epoch: row.end_epoch,
        base: row.base,
        seals: row.seals,
        maker: VolunteerId(row.volunteer),
        seat: None,
        is_first: row.is_first,
    }
}

fn start(row: &IslandRow, claim: &[ProvisionalRow]) -> IslandStart {
    let good = (row.head_epoch, row.head_state);
    let last = claim.last();
    let head = last.and_then(|unit| Some((unit.end_epoch, unit.seals.last()?.state)));
    IslandStart {
        branch: row.branch,
        good,
        head: head.unwrap_or(good),
        claim: last.map(|unit| (VolunteerId(unit.volunteer), claim.len() as u32)),
        open: row.open.clone(),
    }
}

fn facts(row: &IslandRow) -> IslandFacts {
    IslandFacts {
        branch: row.branch,
        epoch: row.head_epoch,
        state: row.head_state,
        link: row.link,
        units: row.units,
        sample: row.sample.clone(),
        updated_ms: row.updated_ms,
    }
}

/// The settings of the book, as the coordinator takes them from those of the server.
pub fn book_config<E: Executor>(executor: &E, config: &ServerConfig) -> BookConfig {
    let world = executor.world();
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
