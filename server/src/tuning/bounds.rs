//! Which knobs may be touched while a world lives, how far, and how fast: one table. Knows no reason to touch them.

use bytebiota_core::config::KnobError;
use bytebiota_core::{Config, config::Knob};
use bytebiota_protocol::parameters::Change;

/// A knob that may be touched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Which one; always a number.
    pub path: &'static str,
    /// Never below this.
    pub lowest: u64,
    /// Never above this.
    pub highest: u64,
    /// The server itself never goes further at once; an operator may.
    pub step: u64,
}

const fn bounds(path: &'static str, lowest: u64, highest: u64, step: u64) -> Bounds {
    Bounds {
        path,
        lowest,
        highest,
        step,
    }
}

/// All of them. Everything else stays as the world was made.
pub const BOUNDS: &[Bounds] = &[
    // Ten copy errors for each that a genome of 80 bytes bears are an error catastrophe; a fifth of one is a standstill.
    bounds("mutation.copy_rate", 400, 8_000, 400),
    bounds("mutation.indel_rate", 20_000, 300_000, 20_000),
    // Too long a life fills the soup with the old, too short a one ends before the first child.
    bounds("reaper.max_age", 5_000, 100_000, 5_000),
    // What grows decides how many live by foraging.
    bounds("environment.resource_regen_amount", 40, 300, 20),
    bounds("environment.task_reward", 20, 600, 20),
];

/// Why a change is not allowed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BoundError {
    /// No such knob at all.
    #[error(transparent)]
    Knob(#[from] KnobError),
    /// A knob that is left alone.
    #[error("{path} may not change while a world lives; those that may are {list}", list = list())]
    Unsafe {
        /// Which one.
        path: &'static str,
    },
    /// Beyond what is safe.
    #[error("`{value}` is not a safe value of {}: {} to {} ({unit})", bounds.path, bounds.lowest, bounds.highest)]
    Outside {
        /// What was asked for.
        value: String,
        /// What is allowed.
        bounds: Bounds,
        /// The knob's unit.
        unit: &'static str,
    },
}

fn list() -> String {
    let one = |b: &Bounds| format!("{} ({} to {})", b.path, b.lowest, b.highest);
    let all: Vec<String> = BOUNDS.iter().map(one).collect();
    all.join(", ")
}

impl Bounds {
    /// Of a knob; the error names what may be touched, or the nearest name.
    pub fn of(path: &str) -> Result<&'static Self, BoundError> {
        let found = BOUNDS.iter().find(|bounds| bounds.path == path);
        match found {
            Some(bounds) => Ok(bounds),
            None => Err(BoundError::Unsafe {
                path: Config::knob(path)?.path,
            }),
        }
    }

    /// The value in a Config; `None` if it is no number, which the tests rule out.
    pub fn value(&self, config: &Config) -> Option<u64> {
        config.get(self.path).ok()?.parse().ok()
    }

    /// One step up or down, not beyond the bounds; `None` where there is none left, or the value lies outside: such a
    /// world was made so on purpose.
    pub fn step(&self, config: &Config, up: bool) -> Option<Change> {
        let value = self.value(config)?;
        let next = match up {
            true => value.saturating_add(self.step).min(self.highest),
            false => value.saturating_sub(self.step).max(self.lowest),
        };
        let is_within = (self.lowest..=self.highest).contains(&value);
        (is_within && next != value).then(|| self.change(next))
    }

    fn change(&self, value: u64) -> Change {
        Change {
            path: self.path.to_owned(),
            value: value.to_string(),
        }
    }
}

/// Whether an operator may make these changes.
pub fn check_changes(changes: &[Change]) -> Result<(), BoundError> {
    for change in changes {
        let bounds = Bounds::of(&change.path)?;
        let value = change.value.trim().replace('_', "");
        let number = value.parse().ok();
        let is_safe = number.is_some_and(|n: u64| (bounds.lowest..=bounds.highest).contains(&n));
        if !is_safe {
            let knob: &Knob = Config::knob(bounds.path)?;
            return Err(BoundError::Outside {
                value: change.value.chars().take(40).collect(),
                bounds: *bounds,
                unit: knob.unit,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::config::{Range, When};

    #[test]
    fn what_may_be_touched_is_live_and_within_the_range_of_its_knob() {
        for bounds in BOUNDS {
            let knob = Config::knob(bounds.path).expect("a knob");
            assert_eq!(knob.when, When::Live, "{}", bounds.path);
            let Range::Between(low, high) = knob.range else {
                panic!("{} is no number", bounds.path)
            };
            assert!(
                low <= bounds.lowest && bounds.highest <= high,
                "{}",
                bounds.path
            );
            let default = bounds.value(&Config::default()).expect("a number");
            assert!(
                (bounds.lowest..=bounds.highest).contains(&default),
                "{}",
                bounds.path
            );
            assert!(bounds.step > 0 && bounds.step <= (bounds.highest - bounds.lowest) / 4);
            for edge in [bounds.lowest, bounds.highest] {
                let mut config = Config::default();
                config
                    .set(bounds.path, &edge.to_string())
                    .expect("in range");
                assert_eq!(config.validate(), Ok(()), "{} = {edge}", bounds.path);
            }
        }
    }

    #[test]
    fn steps_stop_at_the_bounds_and_leave_alone_what_lies_outside() {
        let bounds = Bounds::of("mutation.copy_rate").expect("may be touched");
        let mut config = Config::default();
        let mut steps = 0;
        while let Some(change) = bounds.step(&config, true) {
            config.set(&change.path, &change.value).expect("in range");
            steps += 1;
        }
        assert_eq!((config.mutation.copy_rate, steps), (8_000, 15));
        config.mutation.copy_rate = 20_000;
        assert_eq!(bounds.step(&config, false), None);
    }

    #[test]
    fn unknown_unsafe_and_outside_are_refused_with_what_is_allowed() {
        let refused = |path: &str, value: &str| {
            let change = Change {
                path: path.into(),
                value: value.into(),
            };
            check_changes(&[change]).expect_err("refused").to_string()
        };
        assert!(refused("mutation.copy_rat", "1000").contains("`mutation.copy_rate`"));
        let left_alone = refused("energy.rent", "11");
        assert!(left_alone.contains("energy.rent") && left_alone.contains("(400 to 8000)"));
        assert!(refused("soup.size", "4096").contains("may not change"));
        for value in ["0", "8001", "fast", "-4", ""] {
            let text = refused("mutation.copy_rate", value);
            assert!(
                text.contains("400 to 8000") && text.contains("copy_rate"),
                "{text}"
            );
        }
        let fine = Change {
            path: "mutation.copy_rate".into(),
            value: " 2_400 ".into(),
        };
        assert_eq!(check_changes(&[fine]), Ok(()));
    }
}
