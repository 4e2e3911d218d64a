//! The kinds of volunteers, and how each computes. Knows no session, no network and no server.

use crate::dice::Dice;
use bytebiota_core::Epoch;

/// Who somebody is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// As everybody should be.
    Honest,
    /// Honest, and needs far longer than others.
    Slow,
    /// Honest, and goes without a word in the middle of things.
    Vanishing,
    /// Honest, and never answers a challenge or a check.
    Silent,
    /// Throws away results that he does not like, and asks for others.
    Picky,
    /// Invents every unit.
    Lazy,
    /// Honest for so many units, then invents everything.
    Sleeper(u64),
    /// Invents the last eight segments of every unit.
    HalfLazy,
    /// Invents one segment of one unit.
    SingleLie(u64),
    /// After so many units he invents everything, and agrees with whatever his accomplices said.
    Colluder(u64),
    /// Works with an engine that computes something wrong.
    Outdated,
    /// Works honestly and says that others are wrong.
    Slanderer,
    /// One of a flood of new identities: asks for much, invents, and goes.
    Flooder,
}

/// What comes out wrong where somebody computes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Habit {
    /// Nothing.
    #[default]
    Sound,
    /// Everything from the so-manieth unit on, each with his own salt.
    From(u64, u64),
    /// The last eight segments of each unit.
    LastEight(u64),
    /// One segment of the so-manieth unit.
    Once(u64, u64),
    /// Segments that begin at an epoch divisible by three: the same for all who have the engine.
    Fault,
}

impl Habit {
    /// The salt of a segment that comes out wrong; `made` counts the units before, `place` the segments of this one.
    pub fn salt(self, made: u64, place: usize, segments: usize, epoch: Epoch) -> Option<u64> {
        let (is_wrong, salt) = match self {
            Self::Sound => (false, 0),
            Self::From(honest, salt) => (made >= honest, salt),
            Self::LastEight(salt) => (place + 8 >= segments, salt),
            Self::Once(unit, salt) => (made == unit && place == segments / 2, salt),
            Self::Fault => return self.fault(epoch),
        };
        is_wrong.then_some(salt)
    }

    /// The salt of a segment that the engine itself gets wrong, in work and in checks.
    pub fn fault(self, epoch: Epoch) -> Option<u64> {
        (self == Self::Fault && epoch.0.is_multiple_of(3)).then_some(u64::MAX)
    }
}

impl Kind {
    /// How he computes; `number` tells him from others, accomplices share a salt.
    pub fn habit(self, number: u64) -> Habit {
        let salt = number + 1;
        match self {
            Self::Lazy | Self::Flooder => Habit::From(0, salt),
            Self::Sleeper(honest) => Habit::From(honest, salt),
            Self::Colluder(honest) => Habit::From(honest, u64::MAX / 2),
            Self::HalfLazy => Habit::LastEight(salt),
            Self::SingleLie(unit) => Habit::Once(unit, salt),
            Self::Outdated => Habit::Fault,
            Self::Honest | Self::Slow | Self::Vanishing => Habit::Sound,
            Self::Silent | Self::Picky | Self::Slanderer => Habit::Sound,
        }
    }

    /// Whether whatever he says is true: he must never be blamed.
    pub fn is_honest(self) -> bool {
        let honest = [Self::Honest, Self::Slow, Self::Vanishing, Self::Silent];
        honest.contains(&self) || self == Self::Picky
    }

    /// Whether every segment of a unit of his is invented: the first check of any of them finds it.
    pub fn invents_all(self, made: u64) -> bool {
        match self {
            Self::Lazy | Self::Flooder => true,
            Self::Sleeper(honest) => made >= honest,
            _ => false,
        }
    }

    /// The program he runs.
    pub fn engine(self) -> &'static str {
        match self {
            Self::Outdated => "wasm 0.0.9 Browser/9",
            _ => "native 1 sim",
        }
    }

    /// Somebody for a town: about half of the people are honest.
    pub fn drawn(dice: &mut Dice) -> Self {
        match dice.below(20) {
            0..=6 => Self::Honest,
            7 => Self::Slow,
            8 | 9 => Self::Vanishing,
            10 => Self::Silent,
            11 => Self::Picky,
            12 => Self::Lazy,
            13 => Self::Sleeper(dice.between(5, 60)),
            14 => Self::HalfLazy,
            15 => Self::SingleLie(dice.between(3, 40)),
            16 | 17 => Self::Colluder(dice.between(0, 40)),
            18 => Self::Outdated,
            _ => Self::Slanderer,
        }
    }
}
