//! What an operator's Prometheus reads: counters of what happened, and what is true at the moment it asks. Knows no
//! handler and decides nothing.

pub mod machine;
mod now;

pub use now::Now;

use crate::assignment_book::Loss;
use bytebiota_protocol::message::{Outcome, RejectReason};
use now::Gauges;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::{counter::Counter, family::Family, histogram::Histogram};
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Every name begins with it.
const PREFIX: &str = "bytebiota";
/// Engines that are counted by name: what a worker calls itself is his own invention.
const MAX_ENGINES: usize = 32;
/// The name of all further ones.
const OTHER_ENGINES: &str = "other";

/// What a report was answered with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// It is on disk since now.
    Stored,
    /// It was on disk before.
    Repeated,
    /// It was not taken.
    Rejected(RejectReason),
}

impl Answer {
    const ALL: [Self; 5] = [
        Self::Stored,
        Self::Repeated,
        Self::Rejected(RejectReason::Stale),
        Self::Rejected(RejectReason::Foreign),
        Self::Rejected(RejectReason::Invalid),
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Repeated => "repeated",
            Self::Rejected(RejectReason::Stale) => "stale",
            Self::Rejected(RejectReason::Foreign) => "foreign",
            Self::Rejected(RejectReason::Invalid) => "invalid",
        }
    }
}

const OUTCOMES: [Outcome; 3] = [Outcome::Confirmed, Outcome::Mismatch, Outcome::Superseded];

fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirmed => "confirmed",
        Outcome::Mismatch => "mismatch",
        Outcome::Superseded => "superseded",
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ByAnswer {
    answer: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ByVerdict {
    verdict: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ByCause {
    cause: &'static str,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct ByEngine {
    engine: String,
}

/// All metrics of one server.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    reports: Family<ByAnswer, Counter>,
    judged: Family<ByVerdict, Counter>,
    lost: Family<ByCause, Counter>,
    mismatches: Family<ByEngine, Counter>,
    /// Engines that asked for a name of their own.
    engines: AtomicUsize,
    ack_seconds: Histogram,
    gauges: Gauges,
}

/// Half a millisecond to half a minute, each bound twice the one before.
pub fn seconds_histogram() -> Histogram {
    use prometheus_client::metrics::histogram::exponential_buckets;
    Histogram::new(exponential_buckets(0.000_5, 2.0, 17))
}

impl Metrics {
    /// All at zero; the Store measures its commits itself.
    pub fn new(commit_seconds: Histogram) -> Self {
        let mut registry = Registry::with_prefix(PREFIX);
        let metrics = Self {
            reports: Family::default(),
            judged: Family::default(),
            lost: Family::default(),
            mismatches: Family::default(),
            engines: AtomicUsize::new(0),
            ack_seconds: seconds_histogram(),
            gauges: Gauges::register(&mut registry),
            registry,
        };
        metrics.registered(commit_seconds)
    }

    fn registered(mut self, commit_seconds: Histogram) -> Self {
        let registry = &mut self.registry;
        let help = "Reports by what they were answered with";
        registry.register("reports", help, self.reports.clone());
        let help = "Acknowledged reports by their verdict";
        registry.register("reports_judged", help, self.judged.clone());
        let help = "Leases that ended before their stretch did, by cause";
        registry.register("leases_lost", help, self.lost.clone());
        let help = "Results that did not match, by what computed them";
        registry.register("mismatches", help, self.mismatches.clone());
        let help = "From the arrival of a report to its acknowledgement";
        let (unit, histogram) = (Unit::Seconds, self.ack_seconds.clone());
        registry.register_with_unit("ack", help, unit, histogram);
        let help = "One transaction of the writer, until it is on disk";
        registry.register_with_unit("commit", help, Unit::Seconds, commit_seconds);
        // What never happened is 0, not missing: an alert on its growth works from the first time on.
        for answer in Answer::ALL.map(Answer::word) {
            drop(self.reports.get_or_create(&ByAnswer { answer }));
        }
        for verdict in OUTCOMES.map(outcome_word) {
            drop(self.judged.get_or_create(&ByVerdict { verdict }));
        }
        self
    }

    /// A report was answered, so long after it arrived.
    pub fn answered(&self, answer: Answer, seconds: f64) {
        let label = ByAnswer {
            answer: answer.word(),
        };
        self.reports.get_or_create(&label).inc();
        if matches!(answer, Answer::Stored | Answer::Repeated) {
            self.ack_seconds.observe(seconds);
        }
    }

    /// Acknowledged units have their verdict.
    pub fn judged(&self, outcome: Outcome, units: u32) {
        let verdict = outcome_word(outcome);
        let counter = self.judged.get_or_create(&ByVerdict { verdict });
        counter.inc_by(units.into());
    }

    /// Something computed by this engine did not match.
    pub fn mismatch(&self, engine: &str) {
        let named = ByEngine {
            engine: engine.to_owned(),
        };
        let other = ByEngine {
            engine: OTHER_ENGINES.to_owned(),
        };
        let is_new = self.mismatches.get(&named).is_none();
        let is_one_too_many = is_new && self.engines.fetch_add(1, Ordering::Relaxed) >= MAX_ENGINES;
        let label = if is_one_too_many { other } else { named };
        self.mismatches.get_or_create(&label).inc();
    }

    /// Everything, as text of the OpenMetrics format.
    pub fn show(&self, now: &Now) -> Result<String, fmt::Error> {
        for loss in Loss::ALL {
            let cause = loss.word();
            let counter = self.lost.get_or_create(&ByCause { cause });
            // The book counts; it cannot forget while the server lives.
            counter
                .inner()
                .store(now.losses.of(loss), Ordering::Relaxed);
        }
        self.gauges.set(now);
        let mut shown = String::new();
        text::encode(&mut shown, &self.registry)?;
        Ok(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(metrics: &Metrics) -> String {
        metrics.show(&Now::default()).expect("text")
    }

    #[test]
    fn what_never_happened_is_zero_and_names_carry_their_units() {
        let metrics = Metrics::new(seconds_histogram());
        let text = shown(&metrics);
        for line in [
            "bytebiota_reports_total{answer=\"stored\"} 0",
            "bytebiota_reports_judged_total{verdict=\"mismatch\"} 0",
            "bytebiota_leases_lost_total{cause=\"no_progress\"} 0",
            "bytebiota_ack_seconds_count 0",
            "bytebiota_commit_seconds_bucket{le=\"+Inf\"} 0",
            "bytebiota_auditor_queue_seconds 0.0",
            "bytebiota_wal_bytes 0",
        ] {
            assert!(text.lines().any(|own| own == line), "{line} in\n{text}");
        }
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn only_acknowledged_reports_are_timed() {
        let metrics = Metrics::new(seconds_histogram());
        metrics.answered(Answer::Stored, 0.25);
        metrics.answered(Answer::Repeated, 0.25);
        metrics.answered(Answer::Rejected(RejectReason::Invalid), 9.0);
        metrics.judged(Outcome::Confirmed, 10);
        let text = shown(&metrics);
        for line in [
            "bytebiota_reports_total{answer=\"invalid\"} 1",
            "bytebiota_ack_seconds_count 2",
            "bytebiota_ack_seconds_sum 0.5",
            "bytebiota_reports_judged_total{verdict=\"confirmed\"} 10",
        ] {
            assert!(text.lines().any(|own| own == line), "{line} in\n{text}");
        }
    }

    #[test]
    fn invented_engines_do_not_grow_the_list() {
        let metrics = Metrics::new(seconds_histogram());
        (0..1_000).for_each(|number| metrics.mismatch(&format!("mine {number}")));
        metrics.mismatch("mine 3");
        let text = shown(&metrics);
        let engines = text.matches("bytebiota_mismatches_total{").count();
        assert_eq!(engines, MAX_ENGINES + 1);
        assert!(text.contains("mismatches_total{engine=\"mine 3\"} 2"));
        assert!(text.contains("mismatches_total{engine=\"other\"} 968"));
        // Whatever a name holds, it stays one line.
        metrics.mismatch("a\"b\nc");
        let broken = shown(&metrics).lines().any(|line| line.starts_with('c'));
        assert!(!broken);
    }
}
