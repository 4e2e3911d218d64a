//! The cheats of the figures: what each does during a visit. Knows no server.

use crate::dice::Dice;
use crate::people::Kind;

/// What a cheat does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Cheat {
    /// Nothing: everybody is honest.
    Nobody,
    /// Invents every unit.
    Lazy,
    /// Computes ten units, then invents all.
    Sleeper,
    /// Invents the last eight segments of every unit.
    HalfLazy,
    /// Invents one segment of one unit.
    SingleLie,
    /// Computes ten units, then invents all and speaks for every accomplice.
    Colluder,
    /// One of those above, each as likely as every other.
    Mixed,
}

/// Honest units of those who first make themselves believed.
const HONEST_UNITS: u64 = 10;

impl Cheat {
    /// All, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Nobody,
        Self::Lazy,
        Self::Sleeper,
        Self::HalfLazy,
        Self::SingleLie,
        Self::Colluder,
        Self::Mixed,
    ];

    /// As the table calls him.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Lazy => "lazy",
            Self::Sleeper => "sleeper",
            Self::HalfLazy => "half-lazy",
            Self::SingleLie => "single lie",
            Self::Colluder => "colluders",
            Self::Mixed => "mixed",
        }
    }

    /// Somebody who cheats so in a visit of so many units.
    pub fn kind(self, dice: &mut Dice, visit: u64) -> Kind {
        match self {
            Self::Nobody => Kind::Honest,
            Self::Lazy => Kind::Lazy,
            Self::Sleeper => Kind::Sleeper(HONEST_UNITS),
            Self::HalfLazy => Kind::HalfLazy,
            Self::SingleLie => Kind::SingleLie(dice.below(visit)),
            Self::Colluder => Kind::Colluder(HONEST_UNITS),
            Self::Mixed => {
                let one = dice.below(Self::ALL.len() as u64 - 2) as usize;
                Self::ALL[1 + one].kind(dice, visit)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixed_crowd_has_every_cheat_and_nobody_honest() {
        let mut dice = Dice::new(1, "mixed");
        let mut seen: Vec<_> = (0..200)
            .map(|_| std::mem::discriminant(&Cheat::Mixed.kind(&mut dice, 20)))
            .collect();
        let honest = std::mem::discriminant(&Kind::Honest);
        assert!(!seen.contains(&honest));
        seen.sort_by_key(|kind| format!("{kind:?}"));
        seen.dedup();
        assert_eq!(seen.len(), 5);
    }
}
