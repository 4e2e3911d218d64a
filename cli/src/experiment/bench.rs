//! The bench: runs the cultures of all arms and seeds on several threads. The numbers do not depend on how many. Knows no file.

use super::{culture::Culture, plan::Arm};
use crate::error::CliError;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// What one culture showed.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// Its seed.
    pub seed: u64,
    /// A number for each column of the arm.
    pub seen: Vec<f64>,
}

/// Runs every seed of every arm; the rows of each arm, in order of seeds.
pub fn run(
    arms: &[Arm],
    seeds: &[u64],
    jobs: usize,
    quiet: bool,
) -> Result<Vec<Vec<Row>>, CliError> {
    let cultures: Vec<(usize, u64)> = (0..arms.len())
        .flat_map(|arm| seeds.iter().map(move |&seed| (arm, seed)))
        .collect();
    let ticks: u64 = arms.iter().map(|arm| arm.ticks).sum();
    let bar = progress(ticks.saturating_mul(seeds.len() as u64), quiet);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(&(index, seed)) = cultures.get(next.fetch_add(1, Ordering::Relaxed)) {
            let arm = &arms[index];
            let mut culture = Culture::genesis(seed, &arm.config);
            let seen = (arm.observe)(&mut culture, arm, &|ticks| bar.inc(ticks));
            let row = seen.map(|seen| (index, Row { seed, seen }));
            done.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(row);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(cultures.len()) {
            scope.spawn(work);
        }
    });
    bar.finish_and_clear();
    let mut rows = vec![Vec::new(); arms.len()];
    for row in done.into_inner().unwrap_or_else(PoisonError::into_inner) {
        let (index, row) = row?;
        rows[index].push(row);
    }
    for rows in &mut rows {
        rows.sort_by_key(|row| seeds.iter().position(|&seed| seed == row.seed));
    }
    Ok(rows)
}

fn progress(ticks: u64, quiet: bool) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(ticks);
    let template =
        "{bar:40} {percent:>3} %  {human_pos} of {human_len} ticks, {per_sec}, {eta} left";
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
