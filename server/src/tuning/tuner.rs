//! Tuner: the parameters in force, all versions before them, and what is decided next. Knows no disk and no time; an
//! entry is made here, stored by the caller, and then taken.

use super::entry::Hand;
use super::metrics::Metrics;
use super::wish::MAX_REASON_CHARS;
use super::{BoundError, Decision, Entry, Kind, Overridden, check_changes, decide};
use crate::migration;
use bytebiota_core::{Config, Digest, Epoch, IslandId};
use bytebiota_protocol::parameters::{Change, Delta, DeltaError, Parameters, difference};
use std::collections::BTreeMap;

/// Why nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TunerError {
    /// Not within the bounds.
    #[error(transparent)]
    Bounds(#[from] BoundError),
    /// Not a change of the parameters in force.
    #[error(transparent)]
    Delta(DeltaError),
    /// All is as it is wanted already.
    #[error("that is how it stands already")]
    NoChange,
    /// Nobody would read it.
    #[error("a reason has at most {MAX_REASON_CHARS} characters, in one line")]
    Reason,
    /// There is nothing to go back to.
    #[error("there is no version {0} to go back to; the newest is {1}")]
    NoVersion(u64, u64),
}

impl From<DeltaError> for TunerError {
    fn from(error: DeltaError) -> Self {
        match error {
            DeltaError::Count(0) => Self::NoChange,
            error => Self::Delta(error),
        }
    }
}

/// The parameters of a world over time.
#[derive(Clone, Debug)]
pub struct Tuner {
    parameters: Parameters,
    /// Every Config that was ever in force, by version.
    versions: BTreeMap<u64, Config>,
    by_digest: BTreeMap<Digest, u64>,
    /// The newest version that turned a knob, and whose it was, by path.
    turned: BTreeMap<String, (u64, Hand)>,
    /// How far the world had come at the newest change that was decided.
    changed_at: Option<u64>,
}

impl Tuner {
    /// A world as it was made.
    pub fn new(origin: Config) -> Self {
        Self {
            by_digest: BTreeMap::from([(origin.digest(), 0)]),
            versions: BTreeMap::from([(0, origin.clone())]),
            parameters: Parameters::of_genesis(origin),
            turned: BTreeMap::new(),
            changed_at: None,
        }
    }

    /// The parameters in force.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// How the world was made.
    pub fn origin(&self) -> &Config {
        self.versions.get(&0).unwrap_or(&self.parameters.config)
    }

    /// The Config of a digest, if it was ever in force.
    pub fn config(&self, digest: Digest) -> Option<&Config> {
        self.versions.get(self.by_digest.get(&digest)?)
    }

    /// What a stretch is computed under that begins now: version and Config. Controls stay as the world was made, and the
    /// first stretch of every island does, as its genesis is.
    pub fn of_stretch(&self, island: IslandId, first_epoch: Epoch) -> (u64, &Config) {
        match migration::is_control(island) || first_epoch == Epoch(0) {
            true => (0, self.origin()),
            false => (self.parameters.version, &self.parameters.config),
        }
    }

    /// What is decided by these numbers. After a change the world lives on for a window before the next.
    pub fn decide(&self, metrics: &Metrics) -> Decision {
        let pause = u64::from(metrics.islands).saturating_mul(metrics.window_epochs.into());
        let cool = |at: u64| metrics.world_epochs >= at.saturating_add(pause);
        let decision = decide(&self.parameters.config, metrics);
        match self.changed_at.is_none_or(cool) {
            true => decision,
            false => Decision {
                change: None,
                reason: "the newest change has not been lived with for a window yet".into(),
                ..decision
            },
        }
    }

    /// The entry of a decision; in a dry run it changes nothing.
    pub fn decided(
        &self,
        time_ms: u64,
        metrics: Metrics,
        dry_run: bool,
    ) -> Result<Entry, TunerError> {
        let decision = self.decide(&metrics);
        let change = decision.change.as_ref().filter(|_| !dry_run);
        let delta = change.map(|change| self.parameters.delta(std::slice::from_ref(change)));
        let delta = delta.transpose()?;
        let event = Kind::Decided { metrics, decision };
        let entry = self.entry(time_ms, event, delta);
        Ok(Entry { dry_run, ..entry })
    }

    /// The entry of an operator who sets knobs, and says why or nothing.
    pub fn set(
        &self,
        time_ms: u64,
        changes: &[Change],
        reason: String,
    ) -> Result<Entry, TunerError> {
        check_changes(changes)?;
        let delta = self.parameters.delta(changes)?;
        Ok(self.entry(time_ms, Kind::Set { reason }, Some(delta)))
    }

    /// The entry of an operator who goes back to how an earlier version was, as a new version, and says why or nothing.
    pub fn rolled_back(&self, time_ms: u64, to: u64, reason: String) -> Result<Entry, TunerError> {
        let newest = self.parameters.version;
        let goal = self.versions.get(&to).filter(|_| to < newest);
        let goal = goal.ok_or(TunerError::NoVersion(to, newest))?;
        let changes = difference(&self.parameters.config, goal);
        if changes.is_empty() {
            return Err(TunerError::NoChange);
        }
        let delta = self.parameters.delta(&changes)?;
        Ok(self.entry(time_ms, Kind::RolledBack { to, reason }, Some(delta)))
    }

    fn entry(&self, time_ms: u64, event: Kind, delta: Option<Delta>) -> Entry {
        Entry {
            time_ms,
            overridden: self.overridden(&event, delta.as_ref()),
            event,
            delta,
            dry_run: false,
        }
    }

    /// What a change contradicts: knobs that the other hand had turned, and nobody since.
    pub(super) fn overridden(&self, event: &Kind, delta: Option<&Delta>) -> Vec<Overridden> {
        let Some(delta) = delta else {
            return Vec::new();
        };
        let others = |change: &Change| {
            let (version, hand) = *self.turned.get(&change.path)?;
            (hand != event.hand()).then(|| Overridden {
                path: change.path.clone(),
                version,
                by: delta.version,
            })
        };
        delta.changes.iter().filter_map(others).collect()
    }

    /// Takes an entry that is on disk: what it says is in force from now on.
    pub fn take(&mut self, entry: &Entry) -> Result<(), DeltaError> {
        let Some(delta) = &entry.delta else {
            return Ok(());
        };
        self.parameters.apply(delta)?;
        let Parameters { version, config } = self.parameters.clone();
        self.by_digest.entry(config.digest()).or_insert(version);
        self.versions.insert(version, config);
        let turned = delta.changes.iter().map(|change| change.path.clone());
        let how = (version, entry.event.hand());
        self.turned.extend(turned.map(|path| (path, how)));
        if let Kind::Decided { metrics, .. } = &entry.event {
            self.changed_at = Some(metrics.world_epochs);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::health::tests::well;

    fn change(path: &str, value: &str) -> Vec<Change> {
        vec![Change {
            path: path.into(),
            value: value.into(),
        }]
    }

    fn poor(world_epochs: u64) -> Metrics {
        Metrics {
            shannon_millibits: 10,
            world_epochs,
            ..well()
        }
    }

    fn rate(tuner: &Tuner) -> u32 {
        tuner.parameters().config.mutation.copy_rate
    }

    #[test]
    fn a_change_is_lived_with_for_a_window_before_the_next() {
        let mut tuner = Tuner::new(Config::default());
        let at = |tuner: &mut Tuner, epochs: u64| {
            let entry = tuner.decided(1, poor(epochs), false).expect("decides");
            tuner.take(&entry).expect("fits");
            rate(tuner)
        };
        assert_eq!(at(&mut tuner, 4_000), 2_400);
        assert_eq!(at(&mut tuner, 4_799), 2_400, "four islands, 200 epochs");
        assert_eq!(at(&mut tuner, 4_800), 2_800);
        assert_eq!(tuner.parameters().version, 2);
    }

    #[test]
    fn a_dry_run_decides_and_changes_nothing() {
        let mut tuner = Tuner::new(Config::default());
        let entry = tuner.decided(1, poor(4_000), true).expect("decides");
        assert!(
            matches!(&entry.event, Kind::Decided { decision, .. } if decision.change.is_some())
        );
        tuner.take(&entry).expect("nothing to take");
        assert_eq!((tuner.parameters().version, rate(&tuner)), (0, 2_000));
    }

    #[test]
    fn going_back_is_a_new_version_with_an_old_config() {
        let mut tuner = Tuner::new(Config::default());
        for value in ["3000", "4000"] {
            let entry = tuner
                .set(1, &change("mutation.copy_rate", value), String::new())
                .expect("safe");
            tuner.take(&entry).expect("fits");
        }
        let back = tuner
            .rolled_back(2, 1, String::new())
            .expect("there is one");
        tuner.take(&back).expect("fits");
        assert_eq!((tuner.parameters().version, rate(&tuner)), (3, 3_000));
        let digest = tuner.parameters().config.digest();
        assert_eq!(tuner.config(digest), Some(&tuner.parameters().config));
        assert_eq!(tuner.config(Digest::of(b"none")), None);
        let none = tuner
            .rolled_back(3, 7, String::new())
            .expect_err("there is none")
            .to_string();
        assert!(
            none.contains("no version 7") && none.contains('3'),
            "{none}"
        );
        assert_eq!(
            tuner.rolled_back(3, 1, String::new()),
            Err(TunerError::NoChange)
        );
        let same = tuner.set(3, &change("mutation.copy_rate", "3000"), String::new());
        assert_eq!(same, Err(TunerError::NoChange));
        assert!(matches!(
            tuner.set(3, &change("mutation.flaw_rate", "1"), String::new()),
            Err(TunerError::Bounds(_))
        ));
    }

    #[test]
    fn controls_and_first_stretches_stay_as_the_world_was_made() {
        let mut tuner = Tuner::new(Config::default());
        let entry = tuner
            .set(1, &change("mutation.copy_rate", "3000"), String::new())
            .expect("safe");
        tuner.take(&entry).expect("fits");
        let version = |island, epoch| tuner.of_stretch(IslandId(island), Epoch(epoch)).0;
        assert_eq!((version(1, 0), version(1, 1), version(9, 50)), (0, 1, 1));
        assert_eq!((version(10, 50), version(20, 1), version(11, 3)), (0, 0, 1));
        assert_eq!(
            tuner.of_stretch(IslandId(10), Epoch(5)).1,
            &Config::default()
        );
    }

    #[test]
    fn whoever_contradicts_the_other_hand_is_noted_with_both_versions() {
        let mut tuner = Tuner::new(Config::default());
        let mut take = |entry: Entry| {
            tuner.take(&entry).expect("fits");
            (entry.overridden, tuner.clone())
        };
        let copy_rate = |version, by| {
            vec![Overridden {
                path: "mutation.copy_rate".into(),
                version,
                by,
            }]
        };
        let by_rule = |tuner: &Tuner, at| tuner.decided(1, poor(at), false).expect("decides");
        let by_hand = |tuner: &Tuner, path: &str, value: &str| {
            let set = tuner.set(1, &change(path, value), "to see".into());
            set.expect("safe")
        };
        let start = Tuner::new(Config::default());
        let (none, tuner) = take(by_rule(&start, 4_000));
        assert_eq!(none, [], "nobody had turned it before");
        let (none, tuner) = take(by_hand(&tuner, "reaper.max_age", "40000"));
        assert_eq!(none, [], "another knob");
        let (noted, tuner) = take(by_hand(&tuner, "mutation.copy_rate", "3000"));
        assert_eq!(noted, copy_rate(1, 3), "the operator overrides the rule");
        let (none, tuner) = take(by_hand(&tuner, "mutation.copy_rate", "3200"));
        assert_eq!(none, [], "and then himself");
        let (noted, tuner) = take(by_rule(&tuner, 9_000));
        assert_eq!(noted, copy_rate(4, 5), "the rule overrides the operator");
        let back = tuner
            .rolled_back(1, 4, String::new())
            .expect("there is one");
        assert_eq!(take(back).0, copy_rate(5, 6), "going back does so, too");
    }
}
