//! Decision: what follows from the health of a world. One change at a time, one step far; the same parameters and the same
//! numbers always give the same. Knows no history and no island.

use super::bounds::Bounds;
use super::{Health, Level, Metrics};
use bytebiota_core::Config;
use bytebiota_protocol::parameters::Change;
use serde::{Deserialize, Serialize};

/// What was decided, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// How the world was judged.
    pub health: Health,
    /// What is changed; nothing, most of the time.
    pub change: Option<Change>,
    /// Why, in a sentence.
    pub reason: String,
}

/// What helps against something that is wrong: knobs in turn, each up or down.
struct Rule {
    applies: fn(&Health) -> bool,
    remedies: &'static [(&'static str, bool)],
    reason: &'static str,
}

const UP: bool = true;
const DOWN: bool = false;

/// In order of urgency; of those that apply the first that can still do something does it.
const RULES: &[Rule] = &[
    Rule {
        applies: |health| health.mutation_load == Level::High,
        remedies: &[("mutation.copy_rate", DOWN), ("mutation.indel_rate", DOWN)],
        reason: "too many births differ from their parent",
    },
    Rule {
        applies: |health| health.hunger == Level::High && health.births == Level::Low,
        remedies: &[("environment.resource_regen_amount", UP)],
        reason: "few are born and most die for want of energy",
    },
    Rule {
        applies: |health| health.ageing == Level::High && health.births == Level::Low,
        remedies: &[("reaper.max_age", UP)],
        reason: "few are born and most die of age",
    },
    Rule {
        applies: |health| health.diversity == Level::Low || health.stagnation == Level::High,
        remedies: &[
            ("mutation.copy_rate", UP),
            ("environment.task_reward", UP),
            ("mutation.indel_rate", UP),
        ],
        reason: "too little that is new comes up",
    },
    Rule {
        applies: |health| health.mutation_load == Level::Low,
        remedies: &[("mutation.copy_rate", UP)],
        reason: "hardly a birth differs from its parent",
    },
    Rule {
        applies: |health| health.hunger == Level::High,
        remedies: &[("environment.resource_regen_amount", UP)],
        reason: "most die for want of energy",
    },
];

/// Decides for a world that lives under `config`.
pub fn decide(config: &Config, metrics: &Metrics) -> Decision {
    let health = Health::of(metrics);
    let nothing = |reason: &str| Decision {
        health,
        change: None,
        reason: reason.to_owned(),
    };
    if metrics.islands == 0 || u64::from(metrics.ripe_islands) * 2 < u64::from(metrics.islands) {
        return nothing("fewer than half of the islands have lived a whole window");
    }
    let applying = || RULES.iter().filter(|rule| (rule.applies)(&health));
    let found = applying().find_map(|rule| Some((remedy(rule, config)?, rule.reason)));
    if let Some((change, reason)) = found {
        return Decision {
            health,
            change: Some(change),
            reason: reason.to_owned(),
        };
    }
    if applying().next().is_some() {
        return nothing("what would help is at its bound already");
    }
    nothing("nothing needs a change")
}

fn remedy(rule: &Rule, config: &Config) -> Option<Change> {
    let step = |(path, up): &(&str, bool)| Bounds::of(path).ok()?.step(config, *up);
    rule.remedies.iter().find_map(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::BOUNDS;
    use crate::tuning::health::tests::well;
    use proptest::prelude::*;

    fn decided(config: &Config, change: impl FnOnce(&mut Metrics)) -> Decision {
        let mut metrics = well();
        change(&mut metrics);
        decide(config, &metrics)
    }

    fn set(path: &str, value: u64) -> Config {
        let mut config = Config::default();
        config.set(path, &value.to_string()).expect("in range");
        config
    }

    fn said(decision: &Decision) -> Option<(&str, &str)> {
        let change = decision.change.as_ref()?;
        Some((&change.path, &change.value))
    }

    #[test]
    fn every_rule_names_knobs_that_may_be_touched() {
        for rule in RULES {
            assert!(!rule.remedies.is_empty());
            for (path, _) in rule.remedies {
                assert!(Bounds::of(path).is_ok(), "{path}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_met_by_one_step_and_the_urgent_comes_first() {
        let plain = Config::default();
        assert_eq!(said(&decided(&plain, |_| ())), None);
        let poor = decided(&plain, |m| m.shannon_millibits = 10);
        assert_eq!(said(&poor), Some(("mutation.copy_rate", "2400")));
        let both = decided(&plain, |m| {
            (m.shannon_millibits, m.mutant_births) = (10, 300_000)
        });
        assert_eq!(said(&both), Some(("mutation.copy_rate", "1600")));
        let hungry = decided(&plain, |m| m.deaths = [0, 0, 0, 9, 0, 0]);
        assert_eq!(
            said(&hungry),
            Some(("environment.resource_regen_amount", "120"))
        );
        let aged = |m: &mut Metrics| {
            (m.births, m.mutant_births, m.deaths) = (100, 20, [9, 0, 0, 0, 0, 0]);
        };
        assert_eq!(
            said(&decided(&plain, aged)),
            Some(("reaper.max_age", "25000"))
        );
        // The first remedy is at its bound, then the last one is.
        let poor = |m: &mut Metrics| m.still_islands = 4;
        let full = set("mutation.copy_rate", 8_000);
        assert_eq!(
            said(&decided(&full, poor)),
            Some(("environment.task_reward", "75"))
        );
        let fed = set("environment.resource_regen_amount", 300);
        let none = decided(&fed, |m| m.deaths = [0, 0, 0, 9, 0, 0]);
        assert!(
            none.change.is_none() && none.reason.contains("bound"),
            "{none:?}"
        );
    }

    #[test]
    fn a_world_that_is_well_or_young_is_left_alone() {
        let well = decided(&set("mutation.copy_rate", 2_500), |_| ());
        assert!(well.change.is_none() && well.health.is_fair());
        let young = decided(&Config::default(), |m| {
            (m.ripe_islands, m.shannon_millibits) = (1, 0)
        });
        assert!(young.change.is_none() && young.reason.contains("window"));
        let nobody = decide(&Config::default(), &Metrics::default());
        assert_eq!(nobody.change, None);
    }

    proptest! {
        #[test]
        fn whatever_the_numbers_a_decision_is_one_step_within_the_bounds(
            metrics in numbers(), values in prop::collection::vec(any::<u64>(), BOUNDS.len()),
        ) {
            let mut config = Config::default();
            for (bounds, value) in BOUNDS.iter().zip(values) {
                let value = bounds.lowest + value % (bounds.highest - bounds.lowest + 1);
                config.set(bounds.path, &value.to_string()).expect("in range");
            }
            let decision = decide(&config, &metrics);
            prop_assert_eq!(&decision, &decide(&config, &metrics));
            if let Some(change) = &decision.change {
                let bounds = Bounds::of(&change.path).expect("may be touched");
                let before = bounds.value(&config).expect("a number");
                let after: u64 = change.value.parse().expect("a number");
                prop_assert!((bounds.lowest..=bounds.highest).contains(&after));
                prop_assert!(after != before && after.abs_diff(before) <= bounds.step);
            }
        }
    }

    fn numbers() -> impl Strategy<Value = Metrics> {
        let counts = (any::<u32>(), any::<u32>(), any::<u32>(), any::<[u64; 6]>());
        (counts, any::<[u64; 6]>()).prop_map(|(counts, sums)| {
            let (islands, ripe_islands, still_islands, deaths) = counts;
            let [
                world_epochs,
                epochs,
                population,
                shannon_millibits,
                births,
                mutant_births,
            ] = sums;
            Metrics {
                window_epochs: 200,
                islands,
                ripe_islands,
                still_islands,
                world_epochs,
                epochs,
                population,
                richness: 0,
                commonest: 0,
                shannon_millibits,
                births,
                mutant_births,
                deaths,
            }
        })
    }
}
