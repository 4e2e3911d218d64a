//! Competitions: two genomes in one soup without mutation, seed by seed, from several starting frequencies. Knows no
//! instruction; all numbers are whole, statistics that need more are left to who shows them.

use crate::{
    Config, GenotypeHash, Island, IslandId, WorldSeed,
    assay::{AssayError, arena, arena_config, check},
    report::Origin,
    rng::Rng,
};
use serde::{Deserialize, Serialize};
use std::{cmp::Ordering, collections::BTreeMap};

/// Ticks of a bout at most.
pub const MAX_TICKS: u64 = 10_000_000;
/// Ticks between two looks at who lives.
const LOOK_TICKS: u64 = 100_000;
/// A bout is over when one side is less than one in so many of the living.
const BEATEN: u64 = 20;
/// Tenths of the founders that are of the first genome, contest by contest.
pub const FREQUENCIES: [u32; 3] = [5, 1, 9];
/// Founders of a bout at most; fewer where genomes are long.
const MAX_FOUNDERS: u32 = 40;
/// Seeds of a competition at most.
pub const MAX_SEEDS: u32 = 10_000;

/// One side of a bout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Lineage {
    /// Founders.
    pub start: u32,
    /// Living descendants at the end, founders included, whatever their genome.
    pub end: u32,
    /// Generations since the founders, summed over the living descendants.
    pub generations: u64,
}

/// One soup.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bout {
    /// Its seed.
    pub seed: u64,
    /// Ticks until it was decided, or `MAX_TICKS`.
    pub ticks: u64,
    /// The first genome's side.
    pub a: Lineage,
    /// The second genome's side.
    pub b: Lineage,
}

impl Bout {
    /// Greater if the first side's share has grown, less if it has shrunk.
    pub fn outcome(&self) -> Ordering {
        let gained = u64::from(self.a.end) * u64::from(self.b.start);
        gained.cmp(&(u64::from(self.b.end) * u64::from(self.a.start)))
    }

    /// The first side's part of the living at the end, per million; half if nobody lives.
    pub fn share(&self) -> u64 {
        let living = u64::from(self.a.end) + u64::from(self.b.end);
        (u64::from(self.a.end) * 1_000_000)
            .checked_div(living)
            .unwrap_or(500_000)
    }
}

/// All bouts from one starting frequency.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Contest {
    /// Tenths of the founders that were of the first genome.
    pub tenths: u32,
    /// One for each seed.
    pub bouts: Vec<Bout>,
}

/// A mean with its 95 % confidence interval, per million.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Interval {
    /// The mean.
    pub mean: u64,
    /// Half the width of the interval; `None` for a single bout.
    pub half_width: Option<u64>,
}

impl Contest {
    /// Bouts in which the first side's share grew.
    pub fn won(&self) -> u32 {
        self.count(Ordering::Greater)
    }

    /// Bouts in which it shrank.
    pub fn lost(&self) -> u32 {
        self.count(Ordering::Less)
    }

    fn count(&self, outcome: Ordering) -> u32 {
        let bouts = self.bouts.iter();
        bouts.filter(|bout| bout.outcome() == outcome).count() as u32
    }

    /// The first side's share at the end, over the seeds.
    pub fn share(&self) -> Interval {
        interval(&self.bouts.iter().map(Bout::share).collect::<Vec<_>>())
    }
}

/// Two genomes, compared.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Competition {
    /// The first genome.
    pub a: GenotypeHash,
    /// The second genome.
    pub b: GenotypeHash,
    /// One for each of `FREQUENCIES`.
    pub contests: Vec<Contest>,
}

/// Lets two genomes compete with seeds 1 to `seeds`, from each of `FREQUENCIES`.
pub fn compete(a: &[u8], b: &[u8], seeds: u32, config: &Config) -> Result<Competition, AssayError> {
    let mut competition = Competition {
        a: GenotypeHash::of(a),
        b: GenotypeHash::of(b),
        contests: Vec::new(),
    };
    for tenths in FREQUENCIES {
        let seeds = 1..=u64::from(seeds.min(MAX_SEEDS));
        let bouts = seeds.map(|seed| bout(a, b, tenths, seed, config));
        let bouts = bouts.collect::<Result<Vec<_>, _>>()?;
        if bouts.is_empty() {
            return Err(AssayError::NoSeeds);
        }
        competition.contests.push(Contest { tenths, bouts });
    }
    Ok(competition)
}

/// One bout; `tenths` of the founders are of the first genome.
pub fn bout(
    a: &[u8],
    b: &[u8],
    tenths: u32,
    seed: u64,
    config: &Config,
) -> Result<Bout, AssayError> {
    check("the first genome", a, config)?;
    check("the second genome", b, config)?;
    let config = arena_config(config)?;
    let mut island = arena(&config, seed);
    place_founders(&mut island, a, b, tenths, seed);
    let mut sides = Sides::default();
    let start = sides.count(&mut island);
    let mut end = start;
    while island.tick < MAX_TICKS && !is_decided(&end) {
        island.run_until(island.tick + LOOK_TICKS);
        end = sides.count(&mut island);
    }
    let side = |k: usize| Lineage {
        start: start[k].0,
        end: end[k].0,
        generations: end[k].1,
    };
    Ok(Bout {
        seed,
        ticks: island.tick,
        a: side(0),
        b: side(1),
    })
}

fn is_decided(sides: &[(u32, u64); 2]) -> bool {
    let (a, b) = (u64::from(sides[0].0), u64::from(sides[1].0));
    a.min(b) * BEATEN < a + b || a + b == 0
}

/// Founders evenly spaced; which place is whose is drawn.
fn place_founders(island: &mut Island, a: &[u8], b: &[u8], tenths: u32, seed: u64) {
    let size = island.soup.size();
    let longest = a.len().max(b.len()) as u32;
    let count = (size / (8 * longest)).clamp(10, MAX_FOUNDERS) / 10 * 10;
    let mut rng = Rng::stream(WorldSeed(seed), IslandId(1), "compete");
    let mut of_a = count * tenths.min(10) / 10;
    for number in 0..count {
        let target = (u64::from(number) * u64::from(size) / u64::from(count)) as u32;
        let is_a = rng.below(count - number) < of_a;
        of_a -= u32::from(is_a);
        // Two origins tell the sides apart even where both genomes are the same.
        if is_a {
            island.place(target, a, Origin::Founder);
        } else {
            island.place(target, b, Origin::Operator);
        }
    }
}

/// Which side each taxon descends from, by serial number.
#[derive(Default)]
struct Sides(BTreeMap<u64, usize>);

impl Sides {
    /// Living descendants of each side, and their generations.
    fn count(&mut self, island: &mut Island) -> [(u32, u64); 2] {
        self.learn(island);
        let mut count = [(0, 0); 2];
        for slot in island.scheduler.queue.slots() {
            let organism = &island.organisms[slot as usize];
            let serial = island.genealogy.taxon(organism.taxon).record.serial;
            if let Some(&side) = self.0.get(&serial) {
                count[side].0 += 1;
                count[side].1 += u64::from(organism.generation);
            }
        }
        count
    }

    /// Every taxon with descendants is either in the table or among those that died out since the last look.
    fn learn(&mut self, island: &mut Island) {
        let mut finished = island.genealogy.take_finished();
        finished.append(&mut island.genealogy.take_told());
        let rows = island.genealogy.rows();
        let living = rows.iter().map(|(_, taxon)| &taxon.record);
        let mut new: Vec<(u64, Origin)> = finished
            .iter()
            .chain(living)
            .map(|record| (record.serial, record.origin))
            .filter(|(serial, _)| !self.0.contains_key(serial))
            .collect();
        // A parent has a lower number than its children.
        new.sort_unstable_by_key(|(serial, _)| *serial);
        for (serial, origin) in new {
            let side = match origin {
                Origin::Founder => Some(0),
                Origin::Operator => Some(1),
                Origin::Birth { parent } => self.0.get(&parent).copied(),
                Origin::Abiogenesis | Origin::Immigrant { .. } | Origin::Reseed => None,
            };
            if let Some(side) = side {
                self.0.insert(serial, side);
            }
        }
    }
}

/// Student's t for 95 %, in thousandths, by degrees of freedom from 1.
const STUDENT: [u64; 30] = [
    12_706, 4_303, 3_182, 2_776, 2_571, 2_447, 2_365, 2_306, 2_262, 2_228, 2_201, 2_179, 2_160,
    2_145, 2_131, 2_120, 2_110, 2_101, 2_093, 2_086, 2_080, 2_074, 2_069, 2_064, 2_060, 2_056,
    2_052, 2_048, 2_045, 2_042,
];

/// Student's t for 95 % in thousandths; 0 degrees of freedom have none.
pub fn student(freedom: usize) -> Option<u64> {
    let index = freedom.checked_sub(1)?;
    Some(STUDENT.get(index).copied().unwrap_or(1_960))
}

/// The mean of numbers up to a million with its confidence interval.
fn interval(values: &[u64]) -> Interval {
    let n = values.len() as u64;
    let mean = values.iter().sum::<u64>().checked_div(n).unwrap_or(0);
    let half_width = student(values.len().saturating_sub(1)).map(|t| {
        let squares: u64 = values.iter().map(|value| value.abs_diff(mean).pow(2)).sum();
        (squares / (n - 1) / n).isqrt() * t / 1_000
    });
    Interval { mean, half_width }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_the_textbook() {
        // Mean 3, standard deviation 1.5811, standard error 0.7071, t = 2.776: 3 +- 1.963.
        let values = [1, 2, 3, 4, 5].map(|value| value * 100_000);
        let interval = interval(&values);
        assert_eq!(interval.mean, 300_000);
        let half = interval.half_width.expect("five values have one");
        assert!(half.abs_diff(196_290) < 10, "{half}");
        assert_eq!(super::interval(&[7]).half_width, None);
        assert_eq!((student(0), student(1_000)), (None, Some(1_960)));
    }

    #[test]
    fn a_bout_is_judged_by_shares_not_by_heads() {
        let side = |start, end| Lineage {
            start,
            end,
            generations: 0,
        };
        let bout = |a, b| Bout {
            seed: 1,
            ticks: 1,
            a,
            b,
        };
        let grown = bout(side(4, 100), side(36, 300));
        assert_eq!(
            (grown.outcome(), grown.share()),
            (Ordering::Greater, 250_000)
        );
        assert_eq!(bout(side(4, 10), side(36, 90)).outcome(), Ordering::Equal);
        assert_eq!(bout(side(5, 0), side(5, 1)).outcome(), Ordering::Less);
        assert_eq!(bout(side(5, 0), side(5, 0)).share(), 500_000);
    }
}
