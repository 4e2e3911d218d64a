//! The walk along the chains: what each run comes to when it is computed again. Knows no command line and not where history is
//! read.

use super::plan::Run;
use super::source::{Fault, Source};
use crate::error::CliError;
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::history::{Difference, LinkedUnit, stored_state};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a run came to.
#[derive(Default)]
pub struct Tally {
    /// Units computed again.
    pub units: u64,
    /// Epochs of them.
    pub epochs: u64,
}

/// The first thing that is not as it was said to be.
pub struct Found {
    island: IslandId,
    first_epoch: Epoch,
    end_epoch: Epoch,
    difference: Difference,
}

impl Run {
    fn found(&self, unit: &LinkedUnit, difference: Difference) -> CliError {
        CliError::from(Found {
            island: self.island,
            first_epoch: unit.first_epoch,
            end_epoch: unit.end_epoch,
            difference,
        })
    }
}

impl From<Found> for CliError {
    fn from(found: Found) -> Self {
        let Found {
            island,
            first_epoch,
            end_epoch,
            difference,
        } = found;
        Self::differs(format!(
            "island {island}, unit of epochs {first_epoch} to {}: {difference}",
            end_epoch.0.saturating_sub(1)
        ))
    }
}

/// Computes all runs again, several at a time; the first difference in order of island and epoch.
pub fn replay(
    source: &Source,
    runs: &[Run],
    jobs: usize,
    progress: &(impl Fn(u64) + Sync),
) -> Result<Tally, CliError> {
    let next = AtomicUsize::new(0);
    // Runs behind the first that failed need not be computed.
    let failed = AtomicUsize::new(usize::MAX);
    let work = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(run) = runs.get(index) else {
                return results;
            };
            let goes_on = || failed.load(Ordering::Relaxed) > index;
            let result = walk(source, run, &goes_on, progress);
            if result.is_err() {
                failed.fetch_min(index, Ordering::Relaxed);
            }
            results.push((index, result));
        }
    };
    let mut results = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..jobs.min(runs.len()))
            .map(|_| scope.spawn(work))
            .collect();
        let mut results = Vec::new();
        for thread in threads {
            match thread.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_unstable_by_key(|(index, _)| *index);
    let mut sum = Tally::default();
    for (_, result) in results {
        let tally = result?;
        sum.units += tally.units;
        sum.epochs += tally.epochs;
    }
    Ok(sum)
}

fn walk(
    source: &Source,
    run: &Run,
    goes_on: &impl Fn() -> bool,
    progress: &impl Fn(u64),
) -> Result<Tally, CliError> {
    let mut tally = Tally::default();
    let mut line = run.start;
    let mut state: Option<Vec<u8>> = None;
    while line.epoch < run.until {
        let page = source.page(run.island, line.epoch)?;
        if page.units.is_empty() {
            let (island, epoch) = (run.island, line.epoch);
            let text = format!("island {island}: no unit begins at epoch {epoch}, where one ended");
            return Err(CliError::differs(text));
        }
        for unit in &page.units {
            if line.epoch >= run.until || !goes_on() {
                return Ok(tally);
            }
            let found = |difference| run.found(unit, difference);
            unit.follows(line).map_err(found)?;
            let base = match (state.take(), &run.base) {
                (Some(state), _) => Some(state),
                (None, Some(kept)) => {
                    let base = stored_state(kept, unit.base);
                    Some(base.map_err(|fault| found(Difference::StoredState(fault)))?)
                }
                (None, None) => None,
            };
            let question = named(run, unit, source.question(unit))?;
            state = Some(unit.replay(question, base).map_err(found)?);
            if page.states.contains(&unit.end_epoch) {
                compare_kept(source, run, unit)?;
            }
            line = unit.end();
            if line.epoch == run.head.epoch && line != run.head {
                return Err(found(Difference::Head));
            }
            (tally.units, tally.epochs) = (tally.units + 1, tally.epochs + unit.epochs());
            progress(unit.epochs());
        }
    }
    Ok(tally)
}

/// The state that is kept at the end of a unit is the one it ended with.
fn compare_kept(source: &Source, run: &Run, unit: &LinkedUnit) -> Result<(), CliError> {
    let kept = named(run, unit, source.state(run.island, unit.end_epoch))?;
    // What was let go meanwhile is no difference.
    let Some(kept) = kept else {
        return Ok(());
    };
    let intact = stored_state(&kept, unit.state);
    intact.map_err(|fault| run.found(unit, Difference::KeptState(fault)))?;
    Ok(())
}

fn named<T>(run: &Run, unit: &LinkedUnit, result: Result<T, Fault>) -> Result<T, CliError> {
    result.map_err(|fault| match fault {
        Fault::Damaged(difference) => run.found(unit, difference),
        Fault::Failed(error) => error,
    })
}
