//! The walk along the chains: which stretch of history each thread computes again, and what it comes to. Knows no command
//! line and not where history is read.

use super::source::{Fault, Page, Source};
use crate::error::CliError;
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::history::{Difference, Line, LinkedUnit, stored_state};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is to be replayed.
pub struct Range {
    /// One island, or all.
    pub island: Option<IslandId>,
    /// From the unit that holds this epoch on.
    pub from: Option<Epoch>,
    /// Up to the unit that holds the epoch before this one.
    pub to: Option<Epoch>,
}

/// A part of one island's chain that is computed in one go.
pub struct Run {
    island: IslandId,
    /// Where the chain stands at its beginning.
    start: Line,
    /// The state there, deflated; none for genesis.
    base: Option<Vec<u8>>,
    /// The first epoch that is not wanted any more.
    until: Epoch,
    /// Where the island stood when the replay began.
    head: Line,
}

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
    /// Epochs it covers.
    pub fn epochs(&self) -> u64 {
        self.until.0.saturating_sub(self.start.epoch.0)
    }

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

/// The runs of a range, in order of island and epoch; the result does not depend on `jobs`.
pub fn plan(source: &Source, range: &Range, jobs: usize) -> Result<Vec<Run>, CliError> {
    let mut heads = source.heads()?;
    let last = heads.len();
    if let Some(island) = range.island {
        heads.retain(|(number, _)| *number == island);
        if heads.is_empty() {
            let text = format!("there is no island {island}; the world has islands 1 to {last}");
            return Err(CliError::usage(text));
        }
    }
    let cuts = jobs.div_ceil(heads.len().max(1)) - 1;
    let mut runs = Vec::new();
    for (island, head) in heads {
        plan_island(source, range, (island, head), cuts, &mut runs)?;
    }
    match runs.is_empty() {
        true => Err(CliError::usage("there is no confirmed unit in this range")),
        false => Ok(runs),
    }
}

fn plan_island(
    source: &Source,
    range: &Range,
    (island, head): (IslandId, Line),
    cuts: usize,
    runs: &mut Vec<Run>,
) -> Result<(), CliError> {
    let from = range.from.unwrap_or(Epoch(0));
    let until = range.to.unwrap_or(head.epoch);
    let is_asked = range.island.is_some();
    if (from >= head.epoch || until > head.epoch) && is_asked {
        let text = format!(
            "the history of island {island} ends before epoch {}",
            head.epoch
        );
        return Err(CliError::usage(text));
    }
    let until = until.min(head.epoch);
    if from >= until {
        return Ok(());
    }
    let page = single(source, range, island)?;
    let first = page.units.first().map_or(from, |unit| unit.first_epoch);
    let inside: Vec<Epoch> = page
        .states
        .iter()
        .copied()
        .filter(|e| (Epoch(first.0 + 1)..until).contains(e))
        .collect();
    if first != Epoch(0) && !page.states.contains(&first) {
        return Err(no_state(&page, island, first));
    }
    let mut starts = vec![first];
    starts.extend((1..=cuts).filter_map(|cut| inside.get(inside.len() * cut / (cuts + 1))));
    starts.dedup();
    let begin = runs.len();
    for start in starts {
        let base = match start {
            Epoch(0) => None,
            start => match source.state(island, start)? {
                // It was let go meanwhile: the run before it goes on.
                None if start != first => continue,
                base => base,
            },
        };
        let start = line(source, island, start)?;
        if let Some(before) = runs.get_mut(begin..).and_then(|own| own.last_mut()) {
            before.until = start.epoch;
        }
        runs.push(Run {
            island,
            start,
            base,
            until,
            head,
        });
    }
    Ok(())
}

/// Said where a replay cannot begin.
fn no_state(page: &Page, island: IslandId, first: Epoch) -> CliError {
    let kept = match (page.states.first(), page.states.last()) {
        (Some(oldest), Some(newest)) => format!("kept are {oldest} to {newest}"),
        _ => "none is kept".into(),
    };
    let genesis = match page.folded {
        Epoch(0) => "; --from 0 begins with genesis",
        _ => "",
    };
    CliError::usage(format!(
        "the state of island {island} at epoch {first} is not kept any more, so nothing can begin there; {kept}{genesis}"
    ))
}

/// The history from an epoch on, as far as its links stand singly: by default it begins at the first state from there on.
fn single(source: &Source, range: &Range, island: IslandId) -> Result<Page, CliError> {
    let from = range.from.unwrap_or(Epoch(0));
    let page = source.page(island, from)?;
    let folded = page.folded;
    if from >= folded {
        return Ok(page);
    }
    if range.from.is_some() {
        let text = format!(
            "the links of island {island} before epoch {folded} are folded: what they came to is kept, how is not; \
             begin later, with --from"
        );
        return Err(CliError::usage(text));
    }
    let first = page.states.iter().find(|epoch| **epoch >= folded);
    Ok(source.page(island, first.copied().unwrap_or(folded))?)
}

/// Where a chain stands at an epoch line, by the unit before it; at genesis by the first unit's own word.
fn line(source: &Source, island: IslandId, epoch: Epoch) -> Result<Line, CliError> {
    let at = Epoch(epoch.0.saturating_sub(1));
    let page = source.page(island, at)?;
    let unit = page.units.first();
    let line = match epoch {
        Epoch(0) => unit.map(|unit| Line {
            epoch,
            state: unit.base,
            link: bytebiota_core::Digest::default(),
        }),
        _ => unit.map(LinkedUnit::end),
    };
    if epoch != Epoch(0) && unit.is_some_and(|unit| unit.first_epoch == epoch) {
        return Err(CliError::usage(format!(
            "what island {island} was before epoch {epoch} is not kept here, so its next link cannot be checked; begin later, with --from"
        )));
    }
    line.filter(|line| line.epoch == epoch).ok_or_else(|| {
        CliError::differs(format!(
            "island {island}: no unit ends at epoch {epoch}, where a state is kept"
        ))
    })
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
