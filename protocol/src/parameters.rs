//! Versions of the parameters: what a change says, and what is wrong with one that does not fit. Knows no storage and no
//! reason for a change.
//!
//! A `Delta` names only the paths it changes. It fits exactly one version of exactly one Config, and its signature is a
//! digest of everything it says: whoever applies the same deltas to the same Config comes to the same Config.

use bytebiota_core::config::{KnobError, When};
use bytebiota_core::{Config, Digest, codec};
use serde::{Deserialize, Serialize};

/// Paths that one delta may change.
pub const MAX_CHANGES: usize = 64;

/// One knob and its new value, as text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Change {
    /// The knob, such as `mutation.copy_rate`.
    pub path: String,
    /// Its new value.
    pub value: String,
}

/// From one version of the parameters to the next.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Delta {
    /// The version it leads to: one more than the one it fits.
    pub version: u64,
    /// Digest of the Config it fits, hex.
    pub base: String,
    /// What it changes, in the order of the table of knobs.
    pub changes: Vec<Change>,
    /// Digest of the Config it leads to, hex.
    pub config: String,
    /// Digest of all of the above, hex.
    pub signature: String,
}

/// Why a delta is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DeltaError {
    /// It leads to a version that is here already.
    #[error("version {version} is stale: version {own} is in force")]
    Stale {
        /// Where it leads.
        version: u64,
        /// What is here.
        own: u64,
    },
    /// One in between is missing.
    #[error("version {version} does not follow version {own}")]
    Gap {
        /// Where it leads.
        version: u64,
        /// What is here.
        own: u64,
    },
    /// Something in it was changed.
    #[error("the signature of version {0} is not that of its content")]
    Signature(u64),
    /// It fits another Config, or leads to another one than it says.
    #[error("version {0} belongs to another Config")]
    Foreign(u64),
    /// Nothing, or too much.
    #[error("a change names 1 to {MAX_CHANGES} knobs, not {0}")]
    Count(usize),
    /// Fixed for the life of the world.
    #[error("{0} is fixed when a world is made and cannot change while it lives")]
    Genesis(&'static str),
    /// No such knob, or no such value.
    #[error(transparent)]
    Knob(#[from] KnobError),
}

/// The parameters in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameters {
    /// Grows by one with every change; 0 is how the world was made.
    pub version: u64,
    /// All of them.
    pub config: Config,
}

impl Parameters {
    /// The parameters a world was made with.
    pub fn of_genesis(config: Config) -> Self {
        Self { version: 0, config }
    }

    /// The delta that makes these changes, if all of them may be made while a world lives.
    pub fn delta(&self, changes: &[Change]) -> Result<Delta, DeltaError> {
        let changed = changed(&self.config, changes)?;
        let changes = difference(&self.config, &changed);
        if changes.is_empty() {
            return Err(DeltaError::Count(0));
        }
        let mut delta = Delta {
            version: self.version + 1,
            base: self.config.digest().to_string(),
            changes,
            config: changed.digest().to_string(),
            signature: String::new(),
        };
        delta.signature = delta.sign();
        Ok(delta)
    }

    /// Makes a change, or none at all.
    pub fn apply(&mut self, delta: &Delta) -> Result<(), DeltaError> {
        let (version, own) = (delta.version, self.version);
        if version <= own {
            return Err(DeltaError::Stale { version, own });
        }
        if version - own > 1 {
            return Err(DeltaError::Gap { version, own });
        }
        if delta.signature != delta.sign() {
            return Err(DeltaError::Signature(version));
        }
        let config = changed(&self.config, &delta.changes)?;
        let digests = (
            self.config.digest().to_string(),
            config.digest().to_string(),
        );
        if (&delta.base, &delta.config) != (&digests.0, &digests.1) {
            return Err(DeltaError::Foreign(version));
        }
        *self = Self { version, config };
        Ok(())
    }
}

impl Delta {
    /// What the signature must be.
    fn sign(&self) -> String {
        let said = (self.version, &self.base, &self.changes, &self.config);
        codec::digest(&said).to_string()
    }

    /// Digest of the Config it leads to; `None` if that is no digest.
    pub fn config_digest(&self) -> Option<Digest> {
        Digest::from_hex(&self.config)
    }
}

/// What leads from one Config to another.
pub fn difference(from: &Config, to: &Config) -> Vec<Change> {
    let differs = |knob: &&bytebiota_core::config::Knob| (knob.get)(from) != (knob.get)(to);
    let change = |knob: &bytebiota_core::config::Knob| Change {
        path: knob.path.to_owned(),
        value: (knob.get)(to),
    };
    Config::knobs().iter().filter(differs).map(change).collect()
}

fn changed(config: &Config, changes: &[Change]) -> Result<Config, DeltaError> {
    if !(1..=MAX_CHANGES).contains(&changes.len()) {
        return Err(DeltaError::Count(changes.len()));
    }
    let mut changed = config.clone();
    for change in changes {
        let knob = Config::knob(&change.path)?;
        if knob.when == When::Genesis {
            return Err(DeltaError::Genesis(knob.path));
        }
        knob.set(&mut changed, &change.value)?;
    }
    changed.validate()?;
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, value: &str) -> Change {
        Change {
            path: path.into(),
            value: value.into(),
        }
    }

    fn one() -> (Parameters, Delta) {
        let parameters = Parameters::of_genesis(Config::default());
        let changes = [
            change("mutation.copy_rate", "2_500"),
            change("soup.template_max", "9"),
        ];
        let delta = parameters.delta(&changes).expect("may be changed");
        (parameters, delta)
    }

    #[test]
    fn a_delta_says_what_it_changes_and_leads_to_one_config() {
        let (mut parameters, delta) = one();
        // In the order of the table, and as the table writes it.
        let expected = [
            change("soup.template_max", "9"),
            change("mutation.copy_rate", "2500"),
        ];
        assert_eq!(delta.changes, expected);
        assert_eq!(parameters.apply(&delta), Ok(()));
        assert_eq!(
            (parameters.version, parameters.config.mutation.copy_rate),
            (1, 2_500)
        );
        assert_eq!(delta.config_digest(), Some(parameters.config.digest()));
        assert_eq!(difference(&Config::default(), &parameters.config), expected);
    }

    #[test]
    fn what_is_stale_or_early_or_foreign_is_refused_and_changes_nothing() {
        let (mut parameters, delta) = one();
        let before = parameters.clone();
        let later = Delta {
            version: 2,
            ..delta.clone()
        };
        assert_eq!(
            parameters.apply(&later),
            Err(DeltaError::Gap { version: 2, own: 0 })
        );
        let mut foreign = Parameters::of_genesis(Config::preset("avida").expect("a preset"));
        assert_eq!(foreign.apply(&delta), Err(DeltaError::Foreign(1)));
        assert_eq!(parameters, before);
        parameters.apply(&delta).expect("fits");
        assert_eq!(
            parameters.apply(&delta),
            Err(DeltaError::Stale { version: 1, own: 1 })
        );
    }

    #[test]
    fn whatever_is_changed_in_a_delta_breaks_its_signature() {
        let (parameters, delta) = one();
        let mut forged = vec![delta.clone(); 4];
        forged[0].changes[0].value = "10".into();
        forged[1].changes.pop();
        forged[2].config = delta.base.clone();
        forged[3].base = delta.config.clone();
        for forged in forged {
            let refused = parameters.clone().apply(&forged);
            assert_eq!(refused, Err(DeltaError::Signature(1)), "{forged:?}");
        }
        // A signature of one's own does not help where the content is wrong.
        let mut lying = Delta {
            config: delta.base.clone(),
            ..delta
        };
        lying.signature = lying.sign();
        assert_eq!(
            parameters.clone().apply(&lying),
            Err(DeltaError::Foreign(1))
        );
    }

    #[test]
    fn keys_that_do_not_exist_or_may_not_change_are_named() {
        let parameters = Parameters::of_genesis(Config::default());
        let refused = |path: &str, value: &str| {
            let refused = parameters.delta(&[change(path, value)]);
            refused.expect_err("refused").to_string()
        };
        assert!(refused("mutation.copy_rat", "1").contains("`mutation.copy_rate`"));
        assert!(refused("mutation.copy_rate", "1000001").contains("0 to 1000000"));
        assert!(refused("soup.size", "4096").contains("soup.size is fixed"));
        assert!(
            refused("mutation.copy_rate", "2000").contains("not 0"),
            "no change"
        );
        // A delta from elsewhere with a key unknown here, soundly signed.
        let mut strange = parameters
            .delta(&[change("soup.template_max", "9")])
            .expect("fits");
        strange.changes[0].path = "soup.depth".into();
        strange.signature = strange.sign();
        let refused = parameters.clone().apply(&strange);
        assert!(matches!(
            refused,
            Err(DeltaError::Knob(KnobError::Unknown { .. }))
        ));
    }
}
