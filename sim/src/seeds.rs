//! Many seeds, or other jobs, on a few threads: each is done in one of them, none knows of the others. Knows no law.

use crate::flaw::Flaw;
use crate::laws::Breach;
use crate::simulate;
use crate::town::Summary;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;

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
pub fn run(first: u64, seeds: u64, jobs: usize, on_breach: impl Fn(u64, &Breach)) -> Tally {
    let mut tally = Tally::default();
    let live = |number| simulate(first.saturating_add(number), Flaw::None);
    spread(seeds, jobs, live, |number, outcome| {
        let seed = first.saturating_add(number);
        if let Err(breach) = &outcome {
            on_breach(seed, breach);
        }
        tally.add(seed, outcome);
    });
    tally.broken.sort_by_key(|(seed, _)| *seed);
    tally
}

/// Does the jobs 0 to `jobs` with so many threads; `done` is told what came of each, on the caller's thread, in whatever order they end.
pub fn spread<T: Send>(
    jobs: u64,
    threads: usize,
    work: impl Fn(u64) -> T + Sync,
    mut done: impl FnMut(u64, T),
) {
    let next = AtomicU64::new(0);
    let (send, outcomes) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // Nobody listens any more only where the caller's thread has come to grief.
                    if number >= jobs || send.send((number, work(number))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        outcomes
            .iter()
            .for_each(|(number, outcome)| done(number, outcome));
    });
}
