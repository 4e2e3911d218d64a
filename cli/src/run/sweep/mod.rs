//! `bytebiota run --sweep`: worlds that differ in listed knobs and seeds, side by side, in one table. A killed sweep goes on where it ended.

mod folder;
mod grid;
mod row;
mod table;

use super::{RunArgs, archipelago::Archipelago, cores};
use crate::{error::CliError, print, settings::Settings};
use folder::SweepFolder;
pub use grid::Seeds;
use grid::{Cell, Grid};
use indicatif::{ProgressBar, ProgressStyle};
use row::Row;
use serde_json::json;
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

pub fn run(args: &RunArgs) -> Result<(), CliError> {
    let settings = Settings::load(&args.settings)?;
    let seeds = args.seeds.unwrap_or(Seeds::one(args.seed));
    let grid = Grid::new(&args.sweep, seeds, &settings)?;
    let folder = match &args.out {
        Some(path) => {
            let identity = folder::identity(&grid, args.instructions, args.islands);
            Some(SweepFolder::open(path, &identity, args.force)?)
        }
        None => None,
    };
    let mut rows: Vec<Option<Row>> = vec![None; grid.cells.len()];
    if let Some(folder) = &folder {
        for (row, cell) in rows.iter_mut().zip(&grid.cells) {
            *row = folder.row(cell)?;
        }
    }
    let todo: Vec<&Cell> = grid
        .cells
        .iter()
        .filter(|cell| rows[cell.number - 1].is_none())
        .collect();
    let skipped = grid.cells.len() - todo.len();
    if skipped > 0 {
        let which = ranges((1..=rows.len()).filter(|&number| rows[number - 1].is_some()));
        let all = rows.len();
        eprintln!("bytebiota: {skipped} of {all} cells are finished and skipped: {which}");
    }
    for (cell, row) in compute(args, &todo, folder.as_ref())? {
        rows[cell.number - 1] = Some(row);
    }
    let rows: Vec<Row> = rows.into_iter().flatten().collect();
    if let Some(folder) = &folder {
        folder.finish(&table::csv(&grid.axes, &rows))?;
    }
    report(args, &grid, &rows, skipped)
}

/// Computes the cells, several at a time; each is kept as soon as it is finished. The first mistake ends them all.
fn compute<'a>(
    args: &RunArgs,
    todo: &[&'a Cell],
    folder: Option<&SweepFolder>,
) -> Result<Vec<(&'a Cell, Row)>, CliError> {
    let bar = progress(args, todo.len());
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Ok(Vec::new()));
    let work = || {
        while let Some(&cell) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
            let row = live(args, cell, &bar);
            let kept = folder.map_or(Ok(()), |folder| folder.keep(cell, &row));
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            match (kept, done.as_mut()) {
                (Ok(()), Ok(rows)) => rows.push((cell, row)),
                (Err(error), Ok(_)) => *done = Err(error),
                (_, Err(_)) => {}
            }
            if done.is_err() {
                next.store(todo.len(), Ordering::Relaxed);
            }
        }
    };
    let jobs = args.jobs.map_or_else(cores, |jobs| jobs as usize);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(todo.len()) {
            scope.spawn(work);
        }
    });
    bar.finish_and_clear();
    done.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// The life of one cell.
fn live(args: &RunArgs, cell: &Cell, bar: &ProgressBar) -> Row {
    let threads = args.threads.unwrap_or(1) as usize;
    let mut world = Archipelago::genesis(cell.seed, args.islands, &cell.config);
    while world.tick() < args.instructions {
        let before = world.tick();
        world.advance(args.instructions, threads);
        bar.inc((world.tick() - before).saturating_mul(u64::from(args.islands)));
    }
    Row::of(cell, &world)
}

fn progress(args: &RunArgs, cells: usize) -> ProgressBar {
    if args.quiet {
        return ProgressBar::hidden();
    }
    let ticks = args.instructions.saturating_mul(u64::from(args.islands));
    let bar = ProgressBar::new(ticks.saturating_mul(cells as u64));
    let template = "{bar:40} {percent:>3} %  {human_pos} of {human_len} ticks, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn report(args: &RunArgs, grid: &Grid, rows: &[Row], skipped: usize) -> Result<(), CliError> {
    if !args.json {
        return print(&table::text(&grid.axes, rows));
    }
    let names: Vec<&str> = grid.axes.iter().map(|axis| axis.path).collect();
    let summary = json!({ "swept": names, "skipped": skipped, "rows": rows });
    print(&format!("{summary}\n"))
}

/// `1-3, 5` for the numbers 1, 2, 3 and 5.
fn ranges(numbers: impl Iterator<Item = usize>) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = runs.iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_in_a_row_are_told_as_one() {
        assert_eq!(super::ranges([1, 2, 3, 5, 8, 9].into_iter()), "1-3, 5, 8-9");
        assert_eq!(super::ranges(std::iter::empty()), "");
    }
}
