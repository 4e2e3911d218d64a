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
    Set {
        /// Why, in his words; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// An operator went back to an earlier version.
    RolledBack {
        /// To which one.
        to: u64,
        /// Why, in his words; may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
}

/// Who turned a knob.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hand {
    /// The server, by rule.
    Rule,
    /// An operator.
    Operator,
}

impl Kind {
    pub(super) fn hand(&self) -> Hand {
        match self {
            Self::Decided { .. } => Hand::Rule,
            Self::Set { .. } | Self::RolledBack { .. } => Hand::Operator,
        }
    }
}

/// What the other hand had decided about a knob, and does not hold any more: a rule was overridden by an operator, or an
/// operator by a rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Overridden {
    /// The knob.
    pub path: String,
    /// The version that had turned it and was still in force.
    pub version: u64,
    /// The version that turned it otherwise.
    pub by: u64,
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
    /// What of the other hand it contradicted; entries of before this was noted have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overridden: Vec<Overridden>,
}

impl Entry {
    /// Why, in a sentence.
    pub fn reason(&self) -> String {
        let (what, why) = match &self.event {
            Kind::Decided { decision, .. } => return decision.reason.clone(),
            Kind::Set { reason } => ("set by an operator".to_owned(), reason),
            Kind::RolledBack { to, reason } => {
                (format!("an operator went back to version {to}"), reason)
            }
        };
        match why.is_empty() {
            true => what,
            false => format!("{what}: {why}"),
        }
    }
}
