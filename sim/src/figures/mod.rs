//! Figures: what trust costs and what it lets through, for visits of so many units and each kind of cheat, beside the rule
//! that BOINC projects use. Knows no network fault: the laws are tried elsewhere.

pub mod cheat;
mod house;
mod rival;
pub mod sybils;

pub use house::{Count, measure};
pub use rival::rival;

use crate::laws::Breach;
use crate::seeds::spread;
use bytebiota_server::verification::Policy;
use cheat::Cheat;
use std::collections::BTreeMap;

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// What a tenth of the guests does.
    pub cheat: Cheat,
    /// Units of a visit.
    pub visit: u64,
    /// Units to be confirmed at least.
    pub units: u64,
    /// Whom the server believes.
    pub policy: Policy,
}

/// Cheats among a thousand visits.
pub const CHEATS_PER_MILLE: u64 = 100;

/// Lengths of visits, units.
pub const VISITS: [u64; 6] = [5, 10, 20, 50, 200, 1_000];

/// The first lines of the table.
pub const HEADING: &str = "\
| cheat | units a visit | extra work | wrong, of those confirmed | built on them | acted on | BOINC: extra work | BOINC: wrong |
|---|---:|---:|---:|---:|---:|---:|---:|";

/// A line of the table.
pub fn line(cell: &Cell, ours: &Count, theirs: &Count) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        cell.cheat.name(),
        cell.visit,
        percent(ours),
        share(ours.wrong, ours.confirmed),
        share(ours.descended, ours.confirmed),
        ours.acted_on,
        percent(theirs),
        share(theirs.wrong, theirs.confirmed),
    )
}

/// Measures rows with so many threads; `tell` gets the lines in their order, each as soon as those before it are there.
pub fn table(
    cells: &[Cell],
    first_seed: u64,
    threads: usize,
    mut tell: impl FnMut(Result<String, Breach>),
) {
    let row = |place: u64| {
        let cell = &cells[place as usize];
        let theirs = rival(cell, first_seed);
        measure(cell, first_seed).map(|ours| line(cell, &ours, &theirs))
    };
    let (mut waiting, mut told) = (BTreeMap::new(), 0);
    spread(cells.len() as u64, threads, row, |place, line| {
        waiting.insert(place, line);
        while let Some(line) = waiting.remove(&told) {
            told += 1;
            tell(line);
        }
    });
}

/// Ticks computed beyond those confirmed, in percent of these.
fn percent(count: &Count) -> String {
    let extra = count.extra_per_million();
    format!("{}.{} %", extra / 10_000, extra % 10_000 / 1_000)
}

/// A part of many; what did not happen at all says out of how many.
fn share(part: u64, of: u64) -> String {
    match part {
        0 => format!("0 of {of}"),
        _ => format!("{:.1e}", part as f64 / of.max(1) as f64),
    }
}
