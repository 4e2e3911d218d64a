//! One knob: how a setting is named, read, shown and checked. Knows no setting in particular.

use super::{Config, Founder, IsaLogic, ReaperInsert, RewardRule};

/// What a knob accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Range {
    /// A whole number, both ends included.
    Between(u64, u64),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of these words, or a genome as hex digits.
    GenomeOr(&'static [&'static str]),
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Between(low, high) => write!(f, "{low} to {high}"),
            Self::OneOf(words) => f.write_str(&words.join(", ")),
            Self::GenomeOr(words) => write!(f, "{} or hex digits", words.join(", ")),
        }
    }
}

/// When a knob may change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// From the next stretch on, while the world runs.
    Live,
    /// Fixed for the life of the world.
    Genesis,
}

/// A setting of the Config tree.
pub struct Knob {
    /// `section.name`.
    pub path: &'static str,
    /// What it accepts.
    pub range: Range,
    /// The unit of its value.
    pub unit: &'static str,
    /// When it may change.
    pub when: When,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Shows the value in a Config.
    pub get: fn(&Config) -> String,
    pub(super) read: fn(&mut Config, &str) -> bool,
    pub(super) number: fn(&Config) -> Option<u64>,
}

impl Knob {
    /// The default as text.
    pub fn default(&self) -> String {
        (self.get)(&Config::default())
    }

    /// Sets the value from text, within the range or not at all.
    pub fn set(&self, config: &mut Config, text: &str) -> Result<(), KnobError> {
        let mut changed = config.clone();
        if !(self.read)(&mut changed, text.trim()) {
            return Err(self.out_of_range(text));
        }
        self.check(&changed)?;
        *config = changed;
        Ok(())
    }

    /// Whether the value in a Config is within the range.
    pub fn check(&self, config: &Config) -> Result<(), KnobError> {
        match ((self.number)(config), self.range) {
            (Some(value), Range::Between(low, high)) if !(low..=high).contains(&value) => {
                Err(self.out_of_range(&value.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn out_of_range(&self, text: &str) -> KnobError {
        KnobError::Range {
            path: self.path,
            text: text.chars().take(40).collect(),
            range: self.range,
            unit: self.unit,
        }
    }
}

/// Why a setting was refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KnobError {
    /// No such knob.
    #[error("there is no knob `{path}`; did you mean `{nearest}`?")]
    Unknown {
        /// What was asked for.
        path: String,
        /// The most similar path.
        nearest: &'static str,
    },
    /// Not a value of this knob.
    #[error("`{text}` is not a value of {path}: {range} ({unit})")]
    Range {
        /// The knob.
        path: &'static str,
        /// What was given.
        text: String,
        /// What it accepts.
        range: Range,
        /// Its unit.
        unit: &'static str,
    },
    /// Two knobs contradict one another.
    #[error("{0}")]
    Conflict(&'static str),
    /// No such preset.
    #[error("there is no preset `{0}`; there are: {names}", names = preset_names())]
    NoPreset(String),
}

fn preset_names() -> String {
    let names: Vec<&str> = super::PRESETS.iter().map(|preset| preset.name).collect();
    names.join(", ")
}

impl KnobError {
    pub(super) fn unknown(path: &str) -> Self {
        let path: String = path.chars().take(80).collect();
        let distance = |knob: &&Knob| edit_distance(&path, knob.path);
        let nearest = Config::knobs()
            .iter()
            .min_by_key(distance)
            .map_or("", |knob| knob.path);
        Self::Unknown { path, nearest }
    }
}

/// How many single-character edits lie between two words.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// A type that a knob can hold.
pub trait KnobValue: Sized {
    /// The value as text.
    fn show(&self) -> String;
    /// Reads what `show` writes, and friendly variants of it.
    fn read(text: &str) -> Option<Self>;
    /// The value as a number, where a range applies.
    fn number(&self) -> Option<u64> {
        None
    }
}

macro_rules! number_knob {
    ($($number:ty),+) => {$(
        impl KnobValue for $number {
            fn show(&self) -> String { self.to_string() }
            fn read(text: &str) -> Option<Self> { text.replace('_', "").parse().ok() }
            fn number(&self) -> Option<u64> { Some(u64::from(*self)) }
        }
    )+};
}
number_knob!(u16, u32, u64);

macro_rules! word_knob {
    ($kind:ty: $($text:literal => $value:expr),+) => {
        impl KnobValue for $kind {
            fn show(&self) -> String {
                $(if *self == $value { return $text.into(); })+
                String::new()
            }
            fn read(text: &str) -> Option<Self> {
                match text { $($text => Some($value),)+ _ => None }
            }
        }
    };
}
word_knob!(bool: "on" => true, "off" => false);
word_knob!(IsaLogic: "full" => IsaLogic::Full, "nand" => IsaLogic::Nand);
word_knob!(RewardRule: "earned" => RewardRule::Earned, "shuffled" => RewardRule::Shuffled);
word_knob!(ReaperInsert: "tail" => ReaperInsert::Tail, "behind_parent" => ReaperInsert::BehindParent);

impl KnobValue for Founder {
    fn show(&self) -> String {
        match self {
            Self::Forager => "forager".into(),
            Self::Ancestor => "ancestor".into(),
            Self::Pupil => "pupil".into(),
            Self::Random => "random".into(),
            Self::Nobody => "nobody".into(),
            Self::Genome(genome) => genome.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text {
            "forager" => Some(Self::Forager),
            "ancestor" => Some(Self::Ancestor),
            "pupil" => Some(Self::Pupil),
            "random" => Some(Self::Random),
            "nobody" => Some(Self::Nobody),
            _ => {
                let digits = text.as_bytes();
                let byte =
                    |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
                let whole = !digits.is_empty() && digits.len().is_multiple_of(2);
                let genome: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
                genome.filter(|_| whole).map(Self::Genome)
            }
        }
    }
}
