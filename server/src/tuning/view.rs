//! How it stands with the parameters, as API and command line show it. Knows no rule.

use super::{BOUNDS, Bounds, Decision, Entry, Health, Metrics, Mode, Overridden, Tuner};
use bytebiota_protocol::parameters::{Change, Delta};
use serde::{Deserialize, Serialize};

/// A knob that may change while the world lives.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BoundsView {
    /// Which one.
    pub path: String,
    /// Its value now.
    pub value: u64,
    /// Its value when the world was made.
    pub origin: u64,
    /// Never below this.
    pub lowest: u64,
    /// Never above this.
    pub highest: u64,
    /// The server itself never goes further at once.
    pub step: u64,
}

/// The parameters, how the world lives, and what would be decided now: `GET /api/v1/tuning`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TuningView {
    /// `off`, `dry-run` or `on`; none where no server says so.
    pub mode: Option<String>,
    /// The version in force; 0 is how the world was made.
    pub version: u64,
    /// Digest of the Config in force, hex.
    pub config: String,
    /// The knobs that may change.
    pub bounds: Vec<BoundsView>,
    /// What the islands brought over the last window.
    pub metrics: Metrics,
    /// How that is judged.
    pub health: Health,
    /// What would be changed now.
    pub proposal: Option<Change>,
    /// Why, or why nothing.
    pub reason: String,
}

impl TuningView {
    /// Of the parameters in force and the numbers of now.
    pub fn of(mode: Option<Mode>, tuner: &Tuner, metrics: Metrics) -> Self {
        let Decision {
            health,
            change,
            reason,
        } = tuner.decide(&metrics);
        let config = &tuner.parameters().config;
        let bounds = |bounds: &Bounds| BoundsView {
            path: bounds.path.to_owned(),
            value: bounds.value(config).unwrap_or(0),
            origin: bounds.value(tuner.origin()).unwrap_or(0),
            lowest: bounds.lowest,
            highest: bounds.highest,
            step: bounds.step,
        };
        Self {
            mode: mode.map(|mode| mode.word().to_owned()),
            version: tuner.parameters().version,
            config: config.digest().to_string(),
            bounds: BOUNDS.iter().map(bounds).collect(),
            metrics,
            health,
            proposal: change,
            reason,
        }
    }
}

/// What was changed: the answer to `POST /api/v1/operator/tuning`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChangeView {
    /// The version in force now; each island lives under it from its next stretch on.
    pub version: u64,
    /// What it changes.
    pub delta: Delta,
    /// Digest of all that the delta says, hex.
    pub signature: String,
    /// Why, in a sentence.
    pub reason: String,
    /// Decisions by rule that it contradicts.
    pub overridden: Vec<Overridden>,
}

impl ChangeView {
    /// Of an entry; none if it changed nothing.
    pub fn of(entry: &Entry) -> Option<Self> {
        let delta = entry.delta.clone()?;
        Some(Self {
            version: delta.version,
            signature: delta.signature.clone(),
            delta,
            reason: entry.reason(),
            overridden: entry.overridden.clone(),
        })
    }
}
