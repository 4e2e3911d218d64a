//! Manifest: the whole story of a world's parameters as JSON lines, and making every decision of it again. Knows no disk.
//!
//! The first line says how the world was made, each further one is an `Entry`. Replaying begins with the first line,
//! decides again by the numbers of each entry, and applies what it says: the first thing that differs is named.

use super::{Decision, Entry, Kind, Tuner, TunerError, check_changes};
use bytebiota_core::Config;
use bytebiota_protocol::parameters::{Delta, DeltaError};
use serde::{Deserialize, Serialize};

/// What the file is.
const FORMAT: &str = "bytebiota-tuning";
/// How it is written; another one is refused.
const FORMAT_VERSION: u32 = 1;
/// Bytes of the longest file that is read.
pub const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The first line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    format: String,
    format_version: u32,
    /// The world's id, 16 hex digits.
    pub world: String,
    /// How the world was made.
    pub origin: Config,
}

/// The whole story.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// The beginning.
    pub head: Head,
    /// Everything since, in order.
    pub entries: Vec<Entry>,
}

/// Why a file cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not such a file at all.
    #[error("it is no list of decisions: the first line must begin with {{\"format\":\"{FORMAT}\"")]
    Foreign,
    /// Of another release.
    #[error(
        "it is written in version {0} of its format, this program reads version {FORMAT_VERSION}"
    )]
    Version(u32),
    /// A line says nothing.
    #[error("line {line} cannot be read: {reason}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

/// The first thing that is not as it was written down.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct ReplayFault {
    /// Counted from 1.
    pub line: usize,
    /// What.
    pub fault: Fault,
}

/// What differs.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Fault {
    /// Another decision.
    #[error("decided again it is {}, it was {}", said(again), said(was))]
    Decision {
        /// Now.
        again: Box<Decision>,
        /// Then.
        was: Box<Decision>,
    },
    /// What was put in force is not what was decided.
    #[error("what was put in force is not what was decided")]
    Unfit,
    /// It says that it contradicted something else than it did.
    #[error("what it says that it overrode is not what was in force by the other hand")]
    Overridden,
    /// What was put in force does not fit what was before.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// An operator did what he may not.
    #[error(transparent)]
    Refused(#[from] TunerError),
}

fn said(decision: &Decision) -> String {
    let change = decision.change.as_ref();
    let change = change.map_or("no change".to_owned(), |c| {
        format!("{} = {}", c.path, c.value)
    });
    format!("{change} ({})", decision.reason)
}

/// What a replay came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Replayed {
    /// Decisions made again.
    pub decisions: usize,
    /// Changes that were put in force.
    pub changes: usize,
    /// The version in force at the end.
    pub version: u64,
}

impl Manifest {
    /// The story of a world.
    pub fn new(world: String, origin: Config, entries: Vec<Entry>) -> Self {
        let head = Head {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            world,
            origin,
        };
        Self { head, entries }
    }

    /// As JSON lines.
    pub fn write(&self) -> String {
        // These types have nothing that JSON cannot say.
        let mut text = serde_json::to_string(&self.head).unwrap_or_default() + "\n";
        for entry in &self.entries {
            text += &serde_json::to_string(entry).unwrap_or_default();
            text.push('\n');
        }
        text
    }

    /// Reads what `write` wrote.
    pub fn read(text: &str) -> Result<Self, ManifestError> {
        #[derive(Deserialize)]
        struct Kind {
            format: String,
            format_version: u32,
        }
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        let kind: Kind = serde_json::from_str(first).map_err(|_| ManifestError::Foreign)?;
        match (kind.format.as_str(), kind.format_version) {
            (FORMAT, FORMAT_VERSION) => {}
            (FORMAT, version) => return Err(ManifestError::Version(version)),
            _ => return Err(ManifestError::Foreign),
        }
        let fault = |line: usize, reason: &dyn ToString| ManifestError::Line {
            line,
            reason: reason.to_string(),
        };
        let head: Head = serde_json::from_str(first).map_err(|error| fault(1, &error))?;
        head.origin.validate().map_err(|error| fault(1, &error))?;
        let entry = |(place, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|error| fault(place + 2, &error))
        };
        let entries = lines.enumerate().map(entry).collect::<Result<_, _>>()?;
        Ok(Self { head, entries })
    }

    /// Makes every decision again.
    pub fn replay(&self) -> Result<Replayed, ReplayFault> {
        let mut tuner = Tuner::new(self.head.origin.clone());
        let mut replayed = Replayed::default();
        for (place, entry) in self.entries.iter().enumerate() {
            let line = place + 2;
            check(&tuner, entry)
                .and_then(|()| Ok(tuner.take(entry)?))
                .map_err(|fault| ReplayFault { line, fault })?;
            replayed.decisions += usize::from(matches!(entry.event, Kind::Decided { .. }));
            replayed.changes += usize::from(entry.delta.is_some());
        }
        replayed.version = tuner.parameters().version;
        Ok(replayed)
    }
}

/// Whether an entry follows from what was before it.
fn check(tuner: &Tuner, entry: &Entry) -> Result<(), Fault> {
    let expected = match &entry.event {
        Kind::Decided { metrics, decision } => {
            let metrics = metrics.clone();
            let again = tuner.decided(entry.time_ms, metrics, entry.dry_run)?;
            if let Kind::Decided { decision: new, .. } = &again.event
                && new != decision
            {
                return Err(Fault::Decision {
                    again: Box::new(new.clone()),
                    was: Box::new(decision.clone()),
                });
            }
            again.delta
        }
        Kind::Set { .. } => {
            let delta: &Delta = entry.delta.as_ref().ok_or(Fault::Unfit)?;
            check_changes(&delta.changes).map_err(TunerError::from)?;
            entry.delta.clone()
        }
        Kind::RolledBack { to, reason } => {
            let back = tuner.rolled_back(entry.time_ms, *to, reason.clone());
            back?.delta
        }
    };
    if expected != entry.delta {
        return Err(Fault::Unfit);
    }
    // Entries of before this was noted say nothing.
    let overridden = tuner.overridden(&entry.event, entry.delta.as_ref());
    match entry.overridden.is_empty() || entry.overridden == overridden {
        true => Ok(()),
        false => Err(Fault::Overridden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tuning::Metrics;
    use crate::tuning::health::tests::well;
    use bytebiota_protocol::parameters::Change;

    type Step<'a> = &'a dyn Fn(&Tuner) -> Result<Entry, TunerError>;

    /// A story with every kind of entry: two decisions of which one changes something, a dry run, a set, a way back.
    fn story() -> Manifest {
        let origin = Config::default();
        let mut tuner = Tuner::new(origin.clone());
        let mut entries = Vec::new();
        let poor = |world_epochs| Metrics {
            shannon_millibits: 10,
            world_epochs,
            ..well()
        };
        let set = [Change {
            path: "mutation.indel_rate".into(),
            value: "50000".into(),
        }];
        let steps: [Step; 6] = [
            &|tuner| tuner.decided(1, well(), false),
            &|tuner| tuner.decided(2, poor(4_000), true),
            &|tuner| tuner.decided(3, poor(4_000), false),
            &|tuner| tuner.set(4, &set, "to see".into()),
            &|tuner| tuner.decided(5, poor(9_000), false),
            &|tuner| tuner.rolled_back(6, 1, String::new()),
        ];
        for step in steps {
            let entry = step(&tuner).expect("follows");
            tuner.take(&entry).expect("fits");
            entries.push(entry);
        }
        Manifest::new("0000000000000007".into(), origin, entries)
    }

    #[test]
    fn a_story_is_written_read_and_told_again_the_same() {
        let story = story();
        let read = Manifest::read(&story.write()).expect("readable");
        assert_eq!(read, story);
        let expected = Replayed {
            decisions: 4,
            changes: 4,
            version: 4,
        };
        assert_eq!(read.replay(), Ok(expected));
    }

    #[test]
    fn the_first_thing_that_was_changed_is_named_by_its_line() {
        let fault = |change: &dyn Fn(&mut Manifest)| {
            let mut story = story();
            change(&mut story);
            story.replay().expect_err("differs")
        };
        let numbers = fault(&|story| {
            if let Kind::Decided { metrics, .. } = &mut story.entries[2].event {
                metrics.shannon_millibits = 9_000;
            }
        });
        let text = numbers.to_string();
        assert!(
            text.starts_with("line 4: decided again it is no change"),
            "{text}"
        );
        let dropped = fault(&|story| story.entries[2].delta = None);
        assert_eq!((dropped.line, dropped.fault), (4, Fault::Unfit));
        let skipped = fault(&|story| drop(story.entries.remove(2)));
        assert_eq!(skipped.line, 4, "the next change does not fit any more");
        let twice = fault(&|story| story.entries.insert(4, story.entries[3].clone()));
        assert!(matches!(
            twice.fault,
            Fault::Delta(DeltaError::Stale { .. })
        ));
        let elsewhere = fault(&|story| story.head.origin.mutation.copy_rate = 2_100);
        assert_eq!(elsewhere.line, 3, "even the dry run decides otherwise");
        let strange = fault(&|story| story.entries[3].event = back_to(0));
        assert_eq!((strange.line, strange.fault), (5, Fault::Unfit));
        let boast = fault(&|story| story.entries[5].overridden[0].version = 1);
        assert_eq!((boast.line, boast.fault), (7, Fault::Overridden));
    }

    fn back_to(to: u64) -> Kind {
        let reason = String::new();
        Kind::RolledBack { to, reason }
    }

    #[test]
    fn a_story_of_before_reasons_and_conflicts_were_noted_is_still_told() {
        let mut story = story();
        for entry in &mut story.entries {
            entry.overridden.clear();
        }
        let text = story.write().replace(",\"reason\":\"to see\"", "");
        assert!(text.contains("{\"kind\":\"set\"}") && !text.contains("overridden"));
        let read = Manifest::read(&text).expect("readable");
        assert_eq!(read.replay().map(|replayed| replayed.version), Ok(4));
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_the_line() {
        let text = story().write();
        assert_eq!(Manifest::read(""), Err(ManifestError::Foreign));
        assert_eq!(
            Manifest::read("{\"format\":\"x\",\"format_version\":1}"),
            Err(ManifestError::Foreign)
        );
        let newer = text.replace("\"format_version\":1", "\"format_version\":2");
        assert_eq!(Manifest::read(&newer), Err(ManifestError::Version(2)));
        let cut = &text[..text.len() - 20];
        assert!(matches!(
            Manifest::read(cut),
            Err(ManifestError::Line { line: 7, .. })
        ));
        let strange = text.replace("\"dry_run\":true", "\"dry_run\":true,\"more\":1");
        assert!(matches!(
            Manifest::read(&strange),
            Err(ManifestError::Line { line: 3, .. })
        ));
    }
}
