//! People of every kind and what they compute. The truth of the toy world: a state follows from the one before and its epoch.

use bytebiota_core::{Digest, Epoch};
use bytebiota_server::verification::{Question, Seal};

/// How somebody computes, answers and checks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// As everybody should.
    Honest,
    /// Honest, and never answers challenges or checks.
    Silent,
    /// Invents every segment.
    Lazy,
    /// Honest for so many units, then invents everything.
    Sleeper(u64),
    /// Honest but for the second segment of one unit, the so-manieth.
    SingleLie(u64),
    /// Invents after so many units, and agrees with whatever others of the kind say.
    Colluder(u64),
    /// An engine with a fault: every epoch divisible by five comes out wrong.
    Outdated,
    /// Works honestly and says that others are wrong.
    Slanderer,
}

fn hash(parts: &[&[u8]]) -> Digest {
    Digest::of(&parts.concat())
}

/// The state after an epoch, by the laws of the world.
pub fn after(state: Digest, epoch: u64) -> Digest {
    hash(&[&state.0, &epoch.to_le_bytes()])
}

/// The digest of a segment that ends with this state.
fn sealed(state: Digest) -> Seal {
    Seal {
        digest: hash(&[b"segment", &state.0]),
        state,
        running: hash(&[b"outputs", &state.0]),
    }
}

impl Kind {
    /// What a unit comes to, one segment an epoch; `nth` counts his units from 0.
    pub fn make(self, who: i64, nth: u64, base: Digest, first: u64, epochs: u64) -> Vec<Seal> {
        let mut state = base;
        let seal = |epoch: u64| {
            let invented = hash(&[b"lie", &who.to_le_bytes(), &epoch.to_le_bytes()]);
            state = match self {
                Self::Lazy => invented,
                Self::Sleeper(honest) | Self::Colluder(honest) if nth >= honest => invented,
                Self::SingleLie(unit) if nth == unit && epoch == first + 1 => invented,
                Self::Outdated if epoch.is_multiple_of(5) => hash(&[b"fault", &state.0]),
                _ => after(state, epoch),
            };
            sealed(state)
        };
        (first..first + epochs).map(seal).collect()
    }

    /// Whether he tells the truth about this unit of his.
    pub fn is_true(self, nth: u64, first: u64, epochs: u64) -> bool {
        match self {
            Self::Lazy => false,
            Self::Sleeper(honest) | Self::Colluder(honest) => nth < honest,
            Self::SingleLie(unit) => nth != unit || epochs < 2,
            Self::Outdated => (first..first + epochs).all(|epoch| !epoch.is_multiple_of(5)),
            Self::Honest | Self::Silent | Self::Slanderer => true,
        }
    }

    /// What he answers to a check; nothing if he does not.
    pub fn answer(self, question: &Question, maker: Kind) -> Vec<Digest> {
        let truth = compute(question, self == Self::Outdated);
        match self {
            Self::Silent => Vec::new(),
            Self::Slanderer => truth.iter().map(|d| hash(&[b"no", &d.0])).collect(),
            Self::Colluder(_) if matches!(maker, Self::Colluder(_)) => committed(question),
            _ => truth,
        }
    }
}

/// What was said of the segments of a question; only accomplices can know it.
fn committed(question: &Question) -> Vec<Digest> {
    match question {
        Question::Segments {
            unit, from, until, ..
        } => unit.seals[*from as usize..*until as usize]
            .iter()
            .map(|seal| seal.digest)
            .collect(),
        Question::Whole(_) => Vec::new(),
    }
}

/// The answer to a question, by an engine that is sound or has the fault.
pub fn compute(question: &Question, is_faulty: bool) -> Vec<Digest> {
    let (from, until) = question.segments();
    let Epoch(first) = question.unit().first_epoch;
    let (mut state, _) = question.start();
    let step = |segment: u32| {
        let epoch = first + u64::from(segment);
        state = match is_faulty && epoch.is_multiple_of(5) {
            true => hash(&[b"fault", &state.0]),
            false => after(state, epoch),
        };
        sealed(state).digest
    };
    (from..until).map(step).collect()
}
