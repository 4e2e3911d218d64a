//! Wish: what an operator wants of the parameters, and the JSON in which a running server is asked for it. Knows neither what is
//! in force nor what may be.

use super::{Entry, Tuner, TunerError};
use bytebiota_protocol::parameters::Change;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Characters of the longest reason.
pub const MAX_REASON_CHARS: usize = 200;

/// What is to become of the parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Want {
    /// Other values.
    Set(Vec<Change>),
    /// How an earlier version was.
    RollBack(u64),
}

/// What an operator wants, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// What.
    pub want: Want,
    /// Why; may be empty.
    pub reason: String,
}

impl Wish {
    /// The entry that fulfils it.
    pub fn entry(&self, tuner: &Tuner, now_ms: u64) -> Result<Entry, TunerError> {
        let reason = self.reason.trim();
        if reason.chars().count() > MAX_REASON_CHARS || reason.contains(char::is_control) {
            return Err(TunerError::Reason);
        }
        match &self.want {
            Want::Set(changes) => tuner.set(now_ms, changes, reason.to_owned()),
            Want::RollBack(version) => tuner.rolled_back(now_ms, *version, reason.to_owned()),
        }
    }
}

/// What a running server is asked for: either `set` or `rollback`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TuningWish {
    /// Knobs and their new values, such as `{"mutation.copy_rate": 2400}`: all of them, or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, u64>>)]
    pub set: Option<Map<String, Value>>,
    /// The version whose Config is to be in force again; 0 is how the world was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<u64>,
    /// Why, in at most 200 characters; everybody can read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why what was sent is no wish.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum WishFault {
    /// Not such JSON.
    #[error(
        "it is no wish, such as {{\"set\": {{\"mutation.copy_rate\": 2400}}, \"reason\": \"too few mutants\"}} or {{\"rollback\": 0}}: {0}"
    )]
    Json(String),
    /// Both, or neither.
    #[error("a wish has either `set` or `rollback`")]
    Either,
    /// A value that is neither a number nor its digits.
    #[error("the value of {0} must be a number")]
    Value(String),
}

impl TuningWish {
    /// Reads what was sent.
    pub fn read(body: &[u8]) -> Result<Wish, WishFault> {
        let wish: Self =
            serde_json::from_slice(body).map_err(|error| WishFault::Json(error.to_string()))?;
        let want = match (wish.set, wish.rollback) {
            (Some(set), None) => Want::Set(set.into_iter().map(change).collect::<Result<_, _>>()?),
            (None, Some(version)) => Want::RollBack(version),
            _ => return Err(WishFault::Either),
        };
        let reason = wish.reason.unwrap_or_default();
        Ok(Wish { want, reason })
    }
}

fn change((path, value): (String, Value)) -> Result<Change, WishFault> {
    let value = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text,
        _ => return Err(WishFault::Value(path.chars().take(80).collect())),
    };
    Ok(Change { path, value })
}

impl From<&Wish> for TuningWish {
    fn from(wish: &Wish) -> Self {
        let (set, rollback) = match &wish.want {
            Want::Set(changes) => {
                let pair = |c: &Change| (c.path.clone(), Value::String(c.value.clone()));
                (Some(changes.iter().map(pair).collect()), None)
            }
            Want::RollBack(version) => (None, Some(*version)),
        };
        let reason = Some(wish.reason.clone()).filter(|reason| !reason.is_empty());
        Self {
            set,
            rollback,
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::Config;

    fn set(path: &str, value: &str) -> Wish {
        let change = Change {
            path: path.into(),
            value: value.into(),
        };
        Wish {
            want: Want::Set(vec![change]),
            reason: "too few mutants".into(),
        }
    }

    #[test]
    fn a_wish_is_read_as_it_was_written_and_numbers_as_their_digits() {
        let back = Wish {
            want: Want::RollBack(3),
            reason: String::new(),
        };
        for wish in [set("mutation.copy_rate", "2_400"), back] {
            let body = serde_json::to_vec(&TuningWish::from(&wish)).expect("JSON");
            assert_eq!(TuningWish::read(&body), Ok(wish));
        }
        let number = br#"{"set": {"mutation.copy_rate": 2400}, "reason": "too few mutants"}"#;
        let read = TuningWish::read(number);
        assert_eq!(read, Ok(set("mutation.copy_rate", "2400")));
    }

    #[test]
    fn what_is_no_wish_is_refused_with_what_is_wrong() {
        let refused = |text: &str| {
            let refused = TuningWish::read(text.as_bytes());
            refused.expect_err("refused").to_string()
        };
        assert!(refused("").contains("\"rollback\": 0"));
        assert!(refused("{\"sett\": {}}").contains("sett"));
        assert!(refused("{\"rollback\": -1}").contains("it is no wish"));
        for neither in ["{}", "{\"set\": {}, \"rollback\": 0}"] {
            assert!(refused(neither).contains("either `set` or `rollback`"));
        }
        let value = refused("{\"set\": {\"reaper.max_age\": [1]}}");
        assert!(value.contains("reaper.max_age must be a number"), "{value}");
    }

    #[test]
    fn a_reason_is_short_and_plain() {
        let tuner = Tuner::new(Config::default());
        let mut wish = set("mutation.copy_rate", "2400");
        let entry = wish.entry(&tuner, 1).expect("safe");
        assert_eq!(entry.reason(), "set by an operator: too few mutants");
        for wrong in ["a\nb".to_owned(), "x".repeat(MAX_REASON_CHARS + 1)] {
            wish.reason = wrong;
            assert_eq!(wish.entry(&tuner, 1), Err(TunerError::Reason));
        }
        wish.reason = String::from(" ");
        let entry = wish.entry(&tuner, 1).expect("safe");
        assert_eq!(entry.reason(), "set by an operator");
    }
}
