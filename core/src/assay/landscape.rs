//! The landscape around a genome: every genome one step away, and how fast each multiplies. Knows no picture.

use super::{
    AssayError, DISTANCES, LATER_BIRTHS, TRUE_GENERATIONS, TicksPerBirth, arena, arena_config,
    check, inhabit,
    witness::{Kind, Witness},
};
use crate::{Config, isa};
use serde::{Deserialize, Serialize};

/// Bytes that are put in the place of another: each instruction once, by its canonical byte, and last one that is none.
pub const PUT_IN: usize = isa::TABLE.len() + 1;
/// The byte that is no instruction: put in, it knocks its place out.
pub const KNOCK_OUT: u8 = crate::memory::VIRGIN;
/// Per thousand that the time per birth must differ to count as slower or faster.
const PER_MILLE: u64 = 10;
/// Ticks without a true birth after which a soup has answered.
const BARREN_TICKS: u64 = 20_000;
/// Ticks of a soup at most.
const MAX_TICKS: u64 = 100_000;

/// One step from a genome.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum OneStep {
    /// This byte stands at this place instead.
    Put(u32, u8),
    /// The byte at this place is gone.
    Leave(u32),
}

impl OneStep {
    /// All steps from a genome of a length: first every place knocked out, then every place left out, then one
    /// instruction after the other.
    pub fn all(length: u32) -> impl Iterator<Item = Self> {
        let knock_out = (0..length).map(|place| Self::Put(place, KNOCK_OUT));
        let leave = (0..length).map(Self::Leave);
        let put = move |row: &isa::Instruction| {
            let byte = row.byte;
            (0..length).map(move |place| Self::Put(place, byte))
        };
        knock_out
            .chain(leave)
            .chain(isa::TABLE.iter().flat_map(put))
    }

    /// The genome after the step.
    pub fn take(self, genome: &[u8]) -> Vec<u8> {
        let mut mutant = genome.to_vec();
        match self {
            Self::Put(place, byte) => {
                if let Some(old) = mutant.get_mut(place as usize) {
                    *old = byte;
                }
            }
            Self::Leave(place) if (place as usize) < mutant.len() => {
                mutant.remove(place as usize);
            }
            Self::Leave(_) => {}
        }
        mutant
    }
}

/// What becomes of a mutant, compared with the genome it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It does not breed true.
    Lethal,
    /// It needs longer for a child.
    Worse,
    /// It is as fast, within a hundredth.
    Neutral,
    /// It is faster.
    Better,
}

/// A genome and the rules under which those around it are tried.
pub struct Landscape {
    config: Config,
    host: Option<Vec<u8>>,
    genome: Vec<u8>,
    pace: Option<TicksPerBirth>,
}

impl Landscape {
    /// Tries the genome itself, beside a host if there is one.
    pub fn new(genome: &[u8], host: Option<&[u8]>, config: &Config) -> Result<Self, AssayError> {
        check("the genome", genome, config)?;
        if let Some(host) = host {
            check("the host", host, config)?;
        }
        let config = arena_config(config)?;
        let host = host.map(<[u8]>::to_vec);
        Ok(Self {
            pace: pace(genome, host.as_deref(), &config),
            genome: genome.to_vec(),
            config,
            host,
        })
    }

    /// How fast the genome itself multiplies; `None` if it does not breed true, and nothing can be compared with it.
    pub fn pace(&self) -> Option<TicksPerBirth> {
        self.pace
    }

    /// What becomes of a mutant, and its mean ticks per birth if it has children.
    pub fn fate(&self, step: OneStep) -> (Fate, Option<u64>) {
        let mutant = step.take(&self.genome);
        if mutant == self.genome {
            return (Fate::Neutral, self.pace.and_then(TicksPerBirth::mean));
        }
        let found = match mutant.is_empty() {
            true => None,
            false => pace(&mutant, self.host.as_deref(), &self.config),
        };
        let fate = match (found, self.pace) {
            (Some(found), Some(own)) => compare(found, own),
            _ => Fate::Lethal,
        };
        (fate, found.and_then(TicksPerBirth::mean))
    }
}

/// Ticks per birth of a mutant against those of the genome it comes from, exactly.
fn compare(mutant: TicksPerBirth, own: TicksPerBirth) -> Fate {
    let (mutant, own) = (mutant.ticks * own.births, own.ticks * mutant.births);
    if mutant * 1_000 > own * (1_000 + PER_MILLE) {
        Fate::Worse
    } else if mutant * 1_000 < own * (1_000 - PER_MILLE) {
        Fate::Better
    } else {
        Fate::Neutral
    }
}

/// How fast a genome multiplies, in one soup for speed: alone, or beside a host.
fn pace(genome: &[u8], host: Option<&[u8]>, config: &Config) -> Option<TicksPerBirth> {
    let mut island = arena(config, 1);
    inhabit(&mut island, genome, host, DISTANCES[1]);
    let mut witness = Witness::new(&island, genome, host);
    let (mut births, mut last_birth) = (0, 0);
    while island.tick < MAX_TICKS && island.population > 0 {
        witness.step(&mut island);
        let life = witness.life(Kind::Subject);
        if life.generations >= TRUE_GENERATIONS && life.later_births.births >= LATER_BIRTHS {
            return Some(life.later_births);
        }
        if life.true_births > births {
            (births, last_birth) = (life.true_births, island.tick);
        }
        if island.tick > last_birth + BARREN_TICKS {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesis;

    fn landscape(rules: &str, genome: &str, host: Option<&str>) -> Landscape {
        let genome_of = |name| genesis::genome(name).expect("a genome");
        let host = host.map(genome_of);
        let config = Config::preset(rules).expect("a preset");
        Landscape::new(&genome_of(genome), host.as_deref(), &config).expect("a landscape")
    }

    #[test]
    fn steps_are_all_different_and_one_step_away() {
        let genome = genesis::genome("parasite").expect("a genome");
        let length = genome.len() as u32;
        let steps: Vec<OneStep> = OneStep::all(length).collect();
        assert_eq!(steps.len(), genome.len() * (PUT_IN + 1));
        for step in steps {
            let mutant = step.take(&genome);
            let changed = mutant.iter().zip(&genome).filter(|(a, b)| a != b).count();
            match step {
                OneStep::Put(..) => assert!(changed <= 1 && mutant.len() == genome.len()),
                OneStep::Leave(_) => assert_eq!(mutant.len(), genome.len() - 1),
            }
        }
        assert_eq!(OneStep::Put(99, 1).take(&[0]), [0]);
        assert_eq!(OneStep::Leave(99).take(&[0]), [0]);
    }

    #[test]
    fn what_the_ancestor_needs_is_lethal_to_lose_and_what_it_never_runs_is_not() {
        let around = landscape("tierra", "ancestor", None);
        let place = |byte| {
            let found = around.genome.iter().position(|&b| b == byte);
            found.expect("it has it") as u32
        };
        use crate::isa::op;
        let lost = |byte| around.fate(OneStep::Put(place(byte), KNOCK_OUT)).0;
        assert_eq!(lost(op::MAL), Fate::Lethal);
        assert_eq!(lost(op::DIVIDE), Fate::Lethal);
        assert_eq!(lost(op::INC_DX), Fate::Neutral, "it is never executed");
        let (fate, ticks) = around.fate(OneStep::Put(place(op::INC_DX), op::YIELD));
        assert_eq!(
            (fate, ticks),
            (Fate::Neutral, around.pace().and_then(TicksPerBirth::mean))
        );
    }

    #[test]
    fn who_lives_off_a_host_has_a_landscape_only_beside_it() {
        assert_eq!(landscape("tierra", "parasite", None).pace(), None);
        assert!(
            landscape("tierra", "parasite", Some("ancestor"))
                .pace()
                .is_some()
        );
        assert_eq!(
            landscape("default", "ancestor", None).pace(),
            None,
            "it does not harvest"
        );
        assert!(landscape("default", "forager", None).pace().is_some());
    }

    #[test]
    fn fates_follow_the_time_per_birth() {
        let pace = |ticks, births| TicksPerBirth { ticks, births };
        assert_eq!(compare(pace(2_000, 2), pace(1_000, 1)), Fate::Neutral);
        assert_eq!(compare(pace(1_011, 1), pace(1_000, 1)), Fate::Worse);
        assert_eq!(compare(pace(1_978, 2), pace(1_000, 1)), Fate::Better);
    }
}
