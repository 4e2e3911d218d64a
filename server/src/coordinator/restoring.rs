//! How an island is read from disk: at the start, after a roll-back, and whenever the book was mistaken. Knows no report.

use super::{Coordinator, State, draw};
use crate::assignment_book::{IslandStart, VolunteerId};
use crate::memory_map;
use crate::run_logger::{self, RunEvent};
use crate::state_aggregator::IslandFacts;
use crate::store::{IslandRow, ProvisionalRow, StoreError};
use crate::verification::CommittedUnit;
use bytebiota_core::IslandId;
use std::sync::Arc;

impl Coordinator {
    /// Every island as it stands, with what waits for its verdict. Checks are drawn anew.
    pub(super) async fn restore_all(
        self: &Arc<Self>,
        islands: &[IslandRow],
    ) -> Result<(), StoreError> {
        let mut waiting = self.store.provisional(None).await?;
        for row in islands {
            let is_intact = self.is_intact(row).await?;
            let of_it = |unit: &mut ProvisionalRow| unit.key.island == row.island;
            let claim: Vec<ProvisionalRow> = waiting.extract_if(.., of_it).collect();
            let held = row.open.is_some() || !claim.is_empty();
            let grace_ms = if held { self.config.grace_ms } else { 0 };
            self.act(|state, now_ms| {
                state.view.put(row.island, facts(row));
                let start = start(row, &claim);
                state.book.add_island(row.island, start, now_ms + grace_ms);
                state.take_up(now_ms, row.island, claim);
                if !is_intact {
                    state.book.mark_damaged(now_ms, row.island);
                    run_logger::log(RunEvent::Damaged(row.island));
                }
            });
        }
        Ok(())
    }

    /// Takes an island as it is on disk, whatever was believed of it.
    pub(super) async fn restore_again(
        self: &Arc<Self>,
        island: IslandId,
    ) -> Result<(), StoreError> {
        loop {
            let before = self.lock().moves.get(&island).copied();
            let islands = self.store.islands().await?;
            let Some(row) = islands.into_iter().find(|row| row.island == island) else {
                return Ok(());
            };
            let claim = self.store.provisional(Some(island)).await?;
            // What was stored and noted while this was read must not be forgotten by it.
            if self.restored(before, &row, claim) {
                return Ok(());
            }
        }
    }

    /// Takes an island as it was read; `false` if something has happened to it since.
    fn restored(
        self: &Arc<Self>,
        before: Option<u64>,
        row: &IslandRow,
        claim: Vec<ProvisionalRow>,
    ) -> bool {
        let island = row.island;
        self.act(|state, now_ms| {
            if state.moves.get(&island).copied() != before {
                return false;
            }
            state.view.restore(island, facts(row));
            state.verifier.forget_claim(island);
            let start = start(row, &claim);
            state.book.handle_restored(now_ms, island, start);
            state.take_up(now_ms, island, claim);
            true
        })
    }

    async fn is_intact(&self, row: &IslandRow) -> Result<bool, StoreError> {
        let stored = self.store.state(row.branch, row.island, row.head_epoch);
        let (stored, digest) = (stored.await?, row.head_state);
        let check =
            move || stored.is_some_and(|s| memory_map::intact(&s.deflated, digest).is_some());
        Ok(self.in_workshop(check).await.unwrap_or(false))
    }
}

impl State {
    /// Tells the Verifier of units whose makers are not here yet.
    fn take_up(&mut self, now_ms: u64, island: IslandId, claim: Vec<ProvisionalRow>) {
        self.view.set_provisional(island, claim.len() as u64);
        for row in claim {
            let maker = VolunteerId(row.volunteer);
            self.verifier.handle_known(maker, row.standing, &row.engine);
            self.verifier.handle_committed(now_ms, draw(), unit(row));
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
