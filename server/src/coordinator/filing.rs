//! Verdicts on their way to disk: in the order in which they were made, and as many at a time as wait, so that one commit
//! serves them all. Decides nothing.

use super::{Coordinator, State, draw};
use crate::assignment_book::VolunteerId;
use crate::run_logger::{self, RunEvent};
use crate::store::{Filed, Filing, StoreError};
use crate::verification::{Docket, Judgement, Mode};
use bytebiota_core::assignment::Check;
use bytebiota_protocol::message::{self, Outcome};
use std::sync::{Arc, Weak};
use tokio::sync::mpsc;

/// Dockets that are filed together, at most: whatever is filed waits for the commit under way, so few at a time would be
/// few a second.
const MOST_TOGETHER: usize = 1_024;

/// A docket as it goes to disk, with the reproducers of its convictions.
struct Prepared {
    filing: Filing,
    checks: Vec<Option<Check>>,
}

/// Files dockets until the coordinator is gone or nothing can be stored any more.
pub(super) async fn file_dockets(
    own: Weak<Coordinator>,
    mut dockets: mpsc::UnboundedReceiver<Docket>,
) {
    let mut waiting = Vec::new();
    while dockets.recv_many(&mut waiting, MOST_TOGETHER).await > 0 {
        let Some(coordinator) = own.upgrade() else {
            return;
        };
        let groups = waiting.chunk_by(|docket, next| is_plain(docket) && is_plain(next));
        for together in groups {
            if let Err(error) = coordinator.file(together).await {
                tracing::error!(%error, "a verdict was not stored; what it is about is checked again");
                return;
            }
        }
        waiting.clear();
    }
}

/// Whether nothing must be read for it that an earlier one may change.
fn is_plain(docket: &Docket) -> bool {
    docket.convictions.is_empty() && docket.roll_back.is_none()
}

impl Coordinator {
    /// Stores dockets and tells everybody concerned.
    async fn file(self: &Arc<Self>, dockets: &[Docket]) -> Result<(), StoreError> {
        let mut prepared = Vec::with_capacity(dockets.len());
        for docket in dockets {
            prepared.push(self.prepare(docket.clone()).await?);
        }
        let filings = prepared.iter().map(|prepared| prepared.filing.clone());
        let filed = self.store.file(filings.collect()).await?;
        let done: Vec<_> = prepared.into_iter().zip(filed).collect();
        // One event for all: after each event everybody who waits is looked at.
        self.act(|state, now_ms| {
            for (prepared, filed) in &done {
                self.note(state, now_ms, prepared, filed);
            }
        });
        for (prepared, filed) in done {
            self.tell(prepared.filing, &filed).await?;
        }
        Ok(())
    }

    async fn prepare(&self, docket: Docket) -> Result<Prepared, StoreError> {
        let mut checks = Vec::new();
        for conviction in &docket.convictions {
            checks.push(self.question(&conviction.question).await?);
        }
        let questions = checks.iter().map(|check| check.as_ref().map(message::pack));
        let back_to = match &docket.roll_back {
            Some(roll_back) => self.good_state(roll_back).await?,
            None => None,
        };
        let filing = Filing {
            questions: questions.collect(),
            back_to,
            kept_states: self.config.kept_states,
            shelf: self.config.shelf,
            trial_epochs: self.config.reseeding.trial_epochs,
            lets_all_go: self.config.policy.mode == Mode::Accept,
            time_ms: self.clock.now_ms(),
            docket,
        };
        Ok(Prepared { filing, checks })
    }

    /// It is on disk: whoever decides takes note.
    fn note(self: &Arc<Self>, state: &mut State, now_ms: u64, prepared: &Prepared, filed: &Filed) {
        let docket = &prepared.filing.docket;
        state.view.note_void(filed.void);
        state.note_seeds(filed);
        if let Some(roll_back) = docket.roll_back.as_ref().filter(|_| filed.went_back) {
            let unit = roll_back.unit;
            state.seed_bank.withdraw(unit.island, unit.first_epoch);
        }
        self.try_next(state);
        if let Some(judgement) = docket.judgement.as_ref().filter(|_| filed.fits) {
            state.judged(now_ms, judgement, filed);
        }
        for (volunteer, credit) in &filed.credits {
            state.workers.credited(VolunteerId(*volunteer), *credit);
        }
        state.verifier.handle_stored(now_ms, draw(), docket);
        for (conviction, check) in docket.convictions.iter().zip(&prepared.checks) {
            let (number, check) = (conviction.number, check.clone().map(Arc::new));
            state
                .verifier
                .handle_reproducer(now_ms, draw(), number, check);
        }
    }

    /// It is on disk: the log and the metrics hear of it, and its island goes on.
    async fn tell(self: &Arc<Self>, filing: Filing, filed: &Filed) -> Result<(), StoreError> {
        let lost = filing.docket.roll_back.filter(|_| filing.back_to.is_none());
        let docket = filing.docket;
        run_logger::log_docket(&docket);
        for conviction in &docket.convictions {
            self.metrics.mismatch(&conviction.engine);
        }
        if let Some(judgement) = docket.judgement.as_ref().filter(|_| filed.fits) {
            self.metrics.judged(judgement.outcome(), judgement.units());
            let (island, head) = (judgement.island(), judgement.end_epoch());
            if judgement.outcome() == Outcome::Confirmed {
                self.spawn(|own| own.reseed(island, head));
            }
        }
        if let Some(roll_back) = lost {
            run_logger::log(RunEvent::NoWayBack(roll_back.unit));
        }
        let unfit = docket.judgement.as_ref().filter(|_| !filed.fits);
        let back = docket.roll_back.map(|roll_back| roll_back.unit.island);
        if let Some(island) = unfit.map(Judgement::island).or(back) {
            self.restore_again(island).await?;
        }
        Ok(())
    }
}
