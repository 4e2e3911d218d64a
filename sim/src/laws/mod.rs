//! The laws: what the design promises, each in a file of its own, told of everything that happens and asked at the end. A law
//! that is broken stops the simulation. Knows no cause.

mod acknowledged;
mod belief;
mod bounds;
mod contested;
mod counted_once;
mod dashboard;
mod headers;
mod honest;
mod ledger;
mod mailbox;
mod progress;
mod replay;
mod trust;
mod verdicts;

pub use progress::Progress;

use crate::disk::{Answer, Disk, Filing, Job};
use crate::record::Record;
use bytebiota_core::assignment::Check;
use bytebiota_core::{Assignment, Digest, UnitKey};
use bytebiota_server::assignment_book::AssignmentBook;
use bytebiota_server::state_aggregator::StateAggregator;
use bytebiota_server::verification::{Policy, Verifier};
use std::fmt;

/// A law that was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breach {
    /// Which.
    pub law: &'static str,
    /// When, virtual ms since the beginning.
    pub at_ms: u64,
    /// How.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.at_ms as f64 / 1_000.0;
        write!(f, "law \"{}\" at {seconds:.3} s: {}", self.law, self.what)
    }
}

/// What a law is told.
#[derive(Debug)]
pub enum Seen<'a> {
    /// Somebody has begun to compute this.
    Began(&'a Assignment),
    /// Somebody was told that a unit is on disk; the states it may have ended with.
    Acked(UnitKey, &'a [Digest]),
    /// A job is on disk.
    Committed(&'a Job, &'a Answer),
    /// A docket is on disk; of each conviction whether what the server found is right.
    Filed(&'a Filing, &'a [Option<bool>]),
    /// A quarter of a second has passed; so many lines are open.
    Polled(usize),
    /// A life of the server has begun.
    Restarted,
    /// Everybody has gone, nothing waits any more, and nothing will happen.
    Quiet,
}

/// A server as the laws see it.
#[derive(Debug)]
pub struct Shown<'a> {
    /// Which slot computes what.
    pub book: &'a AssignmentBook,
    /// Whom to believe.
    pub verifier: &'a Verifier,
    /// What is shown.
    pub view: &'a StateAggregator,
    /// Connections it holds.
    pub connections: usize,
    /// Frames that wait to be read, and dockets that wait to be filed.
    pub waiting: (usize, usize),
}

/// Computes a check as it should be; laws do not know by what.
pub type Compute<'a> = &'a dyn Fn(&Check) -> Option<Vec<Digest>>;

/// The world as a law finds it.
pub struct Scene<'a> {
    /// What was committed.
    pub disk: &'a Disk,
    /// The server, unless it is down.
    pub server: Option<Shown<'a>>,
    /// What only the simulation knows.
    pub record: &'a Record,
    /// The policy in force.
    pub policy: &'a Policy,
    /// The single machine that computes everything again.
    pub compute: Compute<'a>,
}

/// What the design promises.
pub trait Law {
    /// Its name.
    fn name(&self) -> &'static str;

    /// Something has happened; an error says how the law is broken.
    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String>;
}

/// All of them.
pub fn all() -> Vec<Box<dyn Law>> {
    vec![
        Box::new(headers::Headers::default()),
        Box::new(acknowledged::Acknowledged::default()),
        Box::new(mailbox::Mailbox::default()),
        Box::new(verdicts::Verdicts::default()),
        Box::new(trust::Trust::default()),
        Box::new(belief::Belief::default()),
        Box::new(contested::Contested),
        Box::new(honest::Honest),
        Box::new(ledger::LedgerLaw::default()),
        Box::new(counted_once::CountedOnce),
        Box::new(replay::Replay),
        Box::new(dashboard::Dashboard),
        Box::new(bounds::Bounds),
    ]
}
