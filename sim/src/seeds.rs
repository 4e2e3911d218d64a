//! Many seeds on a few threads: each town lives in one of them, none knows of the others. Knows no law.

use crate::flaw::Flaw;
use crate::laws::Breach;
use crate::simulate;
use crate::town::Summary;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What came of many seeds.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Seeds that were lived through.
    pub seeds: u64,
    /// All of them together.
    pub sum: Summary,
    /// Those that broke a law, in order.
    pub broken: Vec<(u64, Breach)>,
}

impl Tally {
    fn add(&mut self, seed: u64, outcome: Result<Summary, Breach>) {
        self.seeds += 1;
        match outcome {
            Ok(one) => self.sum.add(&one),
            Err(breach) => self.broken.push((seed, breach)),
        }
    }
}

/// Lives `seeds` seeds from `first` on with so many threads; `on_breach` is told at once of a law that was broken.
pub fn run(first: u64, seeds: u64, jobs: usize, on_breach: impl Fn(u64, &Breach) + Sync) -> Tally {
    let next = AtomicU64::new(0);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= seeds {
                        return;
                    }
                    let seed = first.saturating_add(number);
                    let outcome = simulate(seed, Flaw::None);
                    if let Err(breach) = &outcome {
                        on_breach(seed, breach);
                    }
                    if let Ok(mut tally) = tally.lock() {
                        tally.add(seed, outcome);
                    }
                }
            });
        }
    });
    let mut tally = tally.into_inner().unwrap_or_default();
    tally.broken.sort_by_key(|(seed, _)| *seed);
    tally
}
