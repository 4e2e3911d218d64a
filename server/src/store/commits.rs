//! How commits go: how long each takes, and since when reports wait for one in vain. Knows no job and no SQL.

use crate::clock::Stopwatch;
use crate::metrics::seconds_histogram;
use prometheus_client::metrics::histogram::Histogram;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of commits; clones share it.
#[derive(Clone, Debug)]
pub struct Commits {
    seconds: Histogram,
    watch: Arc<Mutex<Watch>>,
    since_open: Stopwatch,
}

/// Reports that wait, and since when nothing was committed for them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Watch {
    waiting: u64,
    in_vain_since_ms: Option<u64>,
}

impl Watch {
    fn came(&mut self, now_ms: u64) {
        self.waiting += 1;
        self.in_vain_since_ms.get_or_insert(now_ms);
    }

    fn answered(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
        if self.waiting == 0 {
            self.in_vain_since_ms = None;
        }
    }

    fn committed(&mut self, now_ms: u64) {
        self.in_vain_since_ms = (self.waiting > 0).then_some(now_ms);
    }

    fn in_vain_ms(&self, now_ms: u64) -> u64 {
        let since_ms = self.in_vain_since_ms.unwrap_or(now_ms);
        now_ms.saturating_sub(since_ms)
    }
}

/// A report that waits for its commit, until this is dropped.
#[derive(Debug)]
pub(super) struct Waiting(Commits);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.lock().answered();
    }
}

impl Commits {
    pub(super) fn new() -> Self {
        Self {
            seconds: seconds_histogram(),
            watch: Arc::default(),
            since_open: Stopwatch::start(),
        }
    }

    pub(super) fn wait(&self) -> Waiting {
        self.lock().came(self.since_open.ms());
        Waiting(self.clone())
    }

    pub(super) fn committed(&self, took: Stopwatch) {
        self.seconds.observe(took.seconds());
        self.lock().committed(self.since_open.ms());
    }

    /// How long each commit took.
    pub fn seconds(&self) -> Histogram {
        self.seconds.clone()
    }

    /// Reports that wait.
    pub fn reports_waiting(&self) -> u64 {
        self.lock().waiting
    }

    /// How long reports have waited without any commit, ms.
    pub fn in_vain_ms(&self) -> u64 {
        self.lock().in_vain_ms(self.since_open.ms())
    }

    fn lock(&self) -> MutexGuard<'_, Watch> {
        self.watch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_is_in_vain_only_without_any_commit() {
        let mut watch = Watch::default();
        assert_eq!(watch.in_vain_ms(50_000), 0, "nobody waits");
        watch.came(1_000);
        watch.came(2_000);
        assert_eq!(watch.in_vain_ms(11_000), 10_000, "since the first one");
        watch.committed(11_000);
        assert_eq!(watch.in_vain_ms(12_000), 1_000, "something got through");
        watch.answered();
        assert_eq!(watch.in_vain_ms(14_000), 3_000, "one still waits");
        watch.answered();
        assert_eq!(watch.in_vain_ms(99_000), 0);
        watch.committed(100_000);
        assert_eq!(watch.in_vain_ms(200_000), 0, "a commit of something else");
    }

    #[test]
    fn whoever_waits_is_counted_until_he_leaves() {
        let commits = Commits::new();
        let (first, second) = (commits.wait(), commits.wait());
        assert_eq!(commits.reports_waiting(), 2);
        drop((first, second));
        assert_eq!(commits.reports_waiting(), 0);
    }
}
