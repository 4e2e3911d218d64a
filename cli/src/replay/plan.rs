//! What a replay computes again: which parts of each island's chain, and where each of them begins. Knows no instruction and not
//! where history is read.

use super::source::{Page, Source};
use crate::error::CliError;
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::history::{Line, LinkedUnit};

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
    pub(super) island: IslandId,
    /// Where the chain stands at its beginning.
    pub(super) start: Line,
    /// The state there, deflated; none for genesis.
    pub(super) base: Option<Vec<u8>>,
    /// The first epoch that is not wanted any more.
    pub(super) until: Epoch,
    /// Where the island stood when the replay began.
    pub(super) head: Line,
}

impl Run {
    /// Epochs it covers.
    pub fn epochs(&self) -> u64 {
        self.until.0.saturating_sub(self.start.epoch.0)
    }
}

/// What is computed, and where it begins other than at genesis or a kept state.
#[derive(Default)]
pub struct Plan {
    /// The runs, in order of island and epoch.
    pub runs: Vec<Run>,
    /// Islands whose history begins at a checkpoint, and where.
    pub begun: Vec<(IslandId, Line)>,
}

impl Plan {
    /// A sentence for each island whose history begins at a checkpoint.
    pub fn beginnings(&self) -> Vec<String> {
        self.begun.iter().map(beginning).collect()
    }
}

fn beginning((island, line): &(IslandId, Line)) -> String {
    format!(
        "the history of island {island} begins here at a checkpoint, at epoch {} with state {}",
        line.epoch, line.state
    )
}

/// The runs of a range; the result of computing them does not depend on `jobs`.
pub fn plan(source: &Source, range: &Range, jobs: usize) -> Result<Plan, CliError> {
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
    let mut plan = Plan::default();
    for (island, head) in heads {
        plan_island(source, range, (island, head), cuts, &mut plan)?;
    }
    match (plan.runs.is_empty(), plan.begun.is_empty()) {
        (false, _) => Ok(plan),
        (true, true) => Err(CliError::usage("there is no confirmed unit in this range")),
        (true, false) => {
            let beginnings = plan.beginnings().join("; ");
            let text = format!("there is no confirmed unit in this range: {beginnings}");
            Err(CliError::usage(text))
        }
    }
}

fn plan_island(
    source: &Source,
    range: &Range,
    (island, head): (IslandId, Line),
    cuts: usize,
    plan: &mut Plan,
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
    let first = match page.begins {
        Some(begun) => begin_at_checkpoint(range, (island, begun), plan)?,
        None => first,
    };
    if first >= until {
        return Ok(());
    }
    if first != Epoch(0) && !page.states.contains(&first) {
        return Err(no_state(&page, island, first));
    }
    let whole = Run {
        island,
        start: Line {
            epoch: first,
            ..head
        },
        base: None,
        until,
        head,
    };
    plan.runs.extend(cut(source, &page, whole, cuts)?);
    Ok(())
}

/// History before a checkpoint that the world began with here is not to be had.
fn begin_at_checkpoint(
    range: &Range,
    begun: (IslandId, Line),
    plan: &mut Plan,
) -> Result<Epoch, CliError> {
    let first = begun.1.epoch;
    if range.from.is_some_and(|from| from < first) {
        let text = beginning(&begun);
        return Err(CliError::usage(format!(
            "{text}; what came before it stayed in the folder that it came from: begin there or later, with --from"
        )));
    }
    plan.begun.push(begun);
    Ok(first)
}

/// Cuts a run at states that are kept, so that several can be computed at the same time.
fn cut(source: &Source, page: &Page, whole: Run, cuts: usize) -> Result<Vec<Run>, CliError> {
    let (island, first) = (whole.island, whole.start.epoch);
    let range = Epoch(first.0 + 1)..whole.until;
    let inside = page.states.iter().filter(|epoch| range.contains(epoch));
    let inside: Vec<Epoch> = inside.copied().collect();
    let mut starts = vec![first];
    starts.extend((1..=cuts).filter_map(|cut| inside.get(inside.len() * cut / (cuts + 1))));
    starts.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for start in starts {
        let base = match start {
            Epoch(0) => None,
            start => match source.state(island, start)? {
                // It was let go meanwhile: the run before it goes on.
                None if start != first => continue,
                base => base,
            },
        };
        let start = match page.begins.filter(|begun| begun.epoch == start) {
            Some(begun) => begun,
            None => line(source, island, start)?,
        };
        if let Some(before) = runs.last_mut() {
            before.until = start.epoch;
        }
        runs.push(Run {
            start,
            base,
            ..whole
        });
    }
    Ok(runs)
}

/// Said where a replay cannot begin.
fn no_state(page: &Page, island: IslandId, first: Epoch) -> CliError {
    let kept = match (page.states.first(), page.states.last()) {
        (Some(oldest), Some(newest)) => format!("kept are {oldest} to {newest}"),
        _ => "none is kept".into(),
    };
    let genesis = match page.folded {
        Epoch(0) if page.begins.is_none() => "; --from 0 begins with genesis",
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
