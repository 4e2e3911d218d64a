//! SeedBankService: which genomes are kept for islands that stand still. A plain value: told of candidates and of what
//! their assay came to, it says what to try next and what to store. Knows no disk, no thread and no clock.
//!
//! `niche` says what lives alike, `kinship` how like two genomes are, `reseeding` when and what is sown, `assayer` is
//! the thread that tries candidates, `exchange` the file in which seeds travel, `keeper` what the command line asks.

pub mod assayer;
pub mod exchange;
pub mod keeper;
mod kinship;
mod niche;
pub mod reseeding;
#[cfg(test)]
mod tests;

pub use niche::Niche;

use bytebiota_core::assay::{Assay, Class};
use bytebiota_core::taxonomy::{OpcodeProfile, Taxonomy};
use bytebiota_core::{Epoch, GenotypeHash, IslandId, TaxonId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The knobs of admission.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeedKnobs {
    /// Seeds at most.
    pub capacity: u32,
    /// Seeds of one niche at most.
    pub niche_seeds: u32,
    /// A seed differs from every other of its niche by so much, percent of their parts.
    pub novelty_percent: u32,
    /// Candidates that may wait for their assay; the least fertile gives way.
    pub queue: u32,
}

impl Default for SeedKnobs {
    fn default() -> Self {
        Self {
            capacity: 512,
            niche_seeds: 8,
            novelty_percent: 10,
            queue: 64,
        }
    }
}

/// Genotypes that are not tried again for a while.
const REMEMBERED: usize = 4_096;

/// Where a genome was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its taxon.
    pub taxon: TaxonId,
    /// The epoch line at which it was reported.
    pub epoch: Epoch,
}

/// A genome that may become a seed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The bytes.
    pub genome: Vec<u8>,
    /// Births by its taxon.
    pub births: u32,
    /// Where it was found; none for one from a file.
    pub found: Option<Found>,
    /// Beside whom it is tried if it cannot live alone: the commonest genome of its island.
    pub host: Option<Vec<u8>>,
}

/// A genome that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seed {
    /// Its hash.
    pub genotype: GenotypeHash,
    /// The bytes.
    pub genome: Vec<u8>,
    /// How it lives.
    pub way: Class,
    /// Ticks from child to child; 0 if none followed the first.
    pub ticks_per_birth: u64,
    /// Tasks it solves, one bit each.
    pub tasks: u32,
    /// Where it was found; none for one from a file.
    pub found: Option<Found>,
    /// When it was admitted, Unix ms.
    pub admitted_ms: u64,
    /// How often it was sown.
    pub uses: u32,
    /// How often it took root.
    pub successes: u32,
}

impl Seed {
    /// A seed of an assay; `None` for what bred true nowhere.
    fn of(candidate: &Candidate, assay: &Assay, now_ms: u64) -> Option<Self> {
        let life = match (assay.class, &assay.beside) {
            (Class::Sterile, _) => return None,
            (Class::Parasite, Some(beside)) => &beside.life,
            _ => &assay.alone,
        };
        Some(Self {
            genotype: assay.genotype,
            genome: candidate.genome.clone(),
            way: assay.class,
            ticks_per_birth: life.later_births.mean().unwrap_or(0),
            tasks: assay.tasks.iter().fold(0, |bits, task| bits | 1 << task),
            found: candidate.found,
            admitted_ms: now_ms,
            uses: 0,
            successes: 0,
        })
    }

    /// Whether it needs nobody.
    pub fn breeds_alone(&self) -> bool {
        self.way != Class::Parasite && self.way != Class::Sterile
    }

    /// Of two that are alike the worthier stays: who took root, who can more, who is faster; the rest is order.
    fn worth(&self) -> impl Ord + use<> {
        let is_timed = self.ticks_per_birth > 0;
        let speed = (is_timed, Reverse(self.ticks_per_birth));
        let skills = self.tasks.count_ones();
        (self.successes, skills, speed, Reverse(self.genotype))
    }
}

/// What is to be stored after an assay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedChange {
    /// Who is new.
    pub admitted: Seed,
    /// Who made room.
    pub evicted: Vec<GenotypeHash>,
}

/// The seeds, and who wants to be one.
#[derive(Clone, Debug)]
pub struct SeedBank {
    knobs: SeedKnobs,
    seeds: BTreeMap<GenotypeHash, Seed>,
    queue: VecDeque<Candidate>,
    is_trying: bool,
    tried: VecDeque<GenotypeHash>,
    known: BTreeSet<GenotypeHash>,
}

impl SeedBank {
    /// A bank with what is on disk.
    pub fn new(knobs: SeedKnobs, seeds: Vec<Seed>) -> Self {
        let seeds = seeds.into_iter().map(|seed| (seed.genotype, seed));
        Self {
            knobs,
            seeds: seeds.collect(),
            queue: VecDeque::new(),
            is_trying: false,
            tried: VecDeque::new(),
            known: BTreeSet::new(),
        }
    }

    /// All seeds, in order of their hashes.
    pub fn seeds(&self) -> impl Iterator<Item = &Seed> {
        self.seeds.values()
    }

    /// Somebody worth a try, perhaps. What is known or was tried lately is not.
    pub fn offer(&mut self, candidate: Candidate) {
        let genotype = GenotypeHash::of(&candidate.genome);
        if self.seeds.contains_key(&genotype) || !self.known.insert(genotype) {
            return;
        }
        self.tried.push_back(genotype);
        if self.tried.len() > REMEMBERED
            && let Some(oldest) = self.tried.pop_front()
        {
            self.known.remove(&oldest);
        }
        self.queue.push_back(candidate);
        if self.queue.len() > self.knobs.queue as usize {
            let least = (0..self.queue.len()).min_by_key(|place| self.queue[*place].births);
            self.queue.remove(least.unwrap_or(0));
        }
    }

    /// The next to be tried, the most fertile first; one at a time.
    pub fn next_trial(&mut self) -> Option<Candidate> {
        if self.is_trying {
            return None;
        }
        let most = (0..self.queue.len())
            .max_by_key(|place| (self.queue[*place].births, Reverse(*place)))?;
        let candidate = self.queue.remove(most);
        self.is_trying = candidate.is_some();
        candidate
    }

    /// What an assay came to; nothing if it could not be made. What is to be stored is stored before the next trial, so
    /// that changes reach the disk in their order: then `handle_stored` is called.
    pub fn handle_assayed(
        &mut self,
        now_ms: u64,
        candidate: &Candidate,
        assay: Option<&Assay>,
    ) -> Option<SeedChange> {
        let seed = assay.and_then(|assay| Seed::of(candidate, assay, now_ms));
        let change = seed.and_then(|seed| self.admit(seed));
        self.is_trying = change.is_some();
        change
    }

    /// The newest change is on disk.
    pub fn handle_stored(&mut self) {
        self.is_trying = false;
    }

    /// Admits a seed if there is room for it beside those it is like.
    fn admit(&mut self, seed: Seed) -> Option<SeedChange> {
        let niche = Niche::of(&seed);
        let rivals = || {
            self.seeds
                .values()
                .filter(|other| Niche::of(other) == niche)
        };
        let is_like = |other: &&Seed| {
            kinship::difference_percent(&other.genome, &seed.genome) < self.knobs.novelty_percent
        };
        let alike: Vec<&Seed> = rivals().filter(is_like).collect();
        if alike.iter().any(|other| other.worth() >= seed.worth()) {
            return None;
        }
        let alike: Vec<GenotypeHash> = alike.iter().map(|other| other.genotype).collect();
        let genotype = seed.genotype;
        let mut seeds = self.seeds.clone();
        seeds.retain(|other, _| !alike.contains(other));
        seeds.insert(genotype, seed.clone());
        make_room(&mut seeds, &self.knobs);
        if !seeds.contains_key(&genotype) {
            return None;
        }
        let gone = self.seeds.keys().filter(|other| !seeds.contains_key(other));
        let evicted = gone.copied().collect();
        self.seeds = seeds;
        Some(SeedChange {
            admitted: seed,
            evicted,
        })
    }

    /// Seeds were sown.
    pub fn note_used(&mut self, genotypes: &[GenotypeHash]) {
        for genotype in genotypes {
            if let Some(seed) = self.seeds.get_mut(genotype) {
                seed.uses = seed.uses.saturating_add(1);
            }
        }
    }

    /// A seed that was sown has taken root.
    pub fn note_success(&mut self, genotype: GenotypeHash) {
        if let Some(seed) = self.seeds.get_mut(&genotype) {
            seed.successes = seed.successes.saturating_add(1);
        }
    }

    /// An island has gone back to an epoch: what was found there later is withdrawn.
    pub fn withdraw(&mut self, island: IslandId, epoch: Epoch) {
        let is_false = |found: &Found| found.taxon.island == island && found.epoch > epoch;
        self.seeds
            .retain(|_, seed| !seed.found.as_ref().is_some_and(is_false));
        self.queue
            .retain(|candidate| !candidate.found.as_ref().is_some_and(is_false));
    }
}

/// Kingdom to species of a genome.
pub fn lineage_of(genome: &[u8]) -> Vec<String> {
    let lineage = Taxonomy::lineage(&OpcodeProfile::of(genome));
    let mut path: Vec<String> = lineage.path().map(str::to_owned).to_vec();
    path.push(lineage.species);
    path
}

/// Evicts until niches and the whole keep within their numbers: out of the fullest niche, of the two most alike the
/// less worthy.
fn make_room(seeds: &mut BTreeMap<GenotypeHash, Seed>, knobs: &SeedKnobs) {
    loop {
        let mut niches: BTreeMap<Niche, Vec<&Seed>> = BTreeMap::new();
        for seed in seeds.values() {
            niches.entry(Niche::of(seed)).or_default().push(seed);
        }
        let Some(fullest) = niches.values().max_by_key(|members| members.len()) else {
            return;
        };
        let is_full = fullest.len() > knobs.niche_seeds as usize;
        if !is_full && seeds.len() <= knobs.capacity as usize {
            return;
        }
        let Some(genotype) = least_missed(fullest) else {
            return;
        };
        seeds.remove(&genotype);
    }
}

/// Whose loss takes the least variety from a niche.
fn least_missed(members: &[&Seed]) -> Option<GenotypeHash> {
    let others = |seed: &Seed| {
        let others = members
            .iter()
            .filter(|other| other.genotype != seed.genotype);
        let differences =
            others.map(|other| kinship::difference_percent(&seed.genome, &other.genome));
        differences.min().unwrap_or(100)
    };
    let least = members
        .iter()
        .min_by_key(|seed| (others(seed), seed.worth()));
    least.map(|seed| seed.genotype)
}
