//! Entry: one thing that happened to the parameters, as it is written down. Knows neither what is in force nor the disk.

use super::{Decision, Metrics};
use bytebiota_protocol::parameters::Delta;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// The server decided by rule.
    Decided {
        /// The numbers it decided by.
        metrics: Metrics,
        /// What it came to.
        decision: Decision,
    },
    /// An operator set knobs.
    Set,
    /// An operator went back to an earlier version.
    RolledBack {
        /// To which one.
        to: u64,
    },
}

/// What happened, and what it changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When, Unix ms; shown, never computed with.
    pub time_ms: u64,
    /// What.
    pub event: Kind,
    /// What is in force since; none where nothing changed, or it was a dry run.
    pub delta: Option<Delta>,
    /// Whether it was only a dry run.
    pub dry_run: bool,
}

impl Entry {
    /// Why, in a sentence.
    pub fn reason(&self) -> String {
        match &self.event {
            Kind::Decided { decision, .. } => decision.reason.clone(),
            Kind::Set => "set by an operator".into(),
            Kind::RolledBack { to } => format!("an operator went back to version {to}"),
        }
    }
}
