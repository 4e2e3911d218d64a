//! When an island stands still, and what is sown there: the policy of reseeding, with its knobs. The same numbers and the
//! same seeds give the same decision. Knows no disk, no time and no randomness.
//!
//! In one paragraph: an island that is empty, has borne nobody, or was nearly all one genotype for a whole window of
//! epochs gets a few seeds, each from another niche and none of a genotype that lives there; then it is left alone for
//! a while. Controls never get any.

use super::{Niche, Seed};
use crate::migration;
use bytebiota_core::{Digest, Epoch, GenotypeHash, IslandId, Sample, codec};
use std::collections::BTreeSet;

/// The knobs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReseedKnobs {
    /// Whether anything is ever sown.
    pub is_on: bool,
    /// How long an island must stand still, epochs.
    pub window_epochs: u32,
    /// It is one genotype if the commonest has so many of its bodies, percent.
    pub uniform_percent: u32,
    /// How long it is left alone after a reseeding, epochs.
    pub cooling_epochs: u32,
    /// Seeds that are sown at a time.
    pub seeds: u32,
    /// A seed has taken root if it or its descendants live so long after it entered, epochs.
    pub trial_epochs: u32,
}

impl Default for ReseedKnobs {
    fn default() -> Self {
        Self {
            is_on: true,
            window_epochs: 1_000,
            uniform_percent: 95,
            cooling_epochs: 2_000,
            seeds: 4,
            trial_epochs: 100,
        }
    }
}

/// Fewer samples than this in a window prove nothing.
const LEAST_SAMPLES: usize = 4;

/// How an island stands still.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stagnation {
    /// Nobody lives there.
    Extinct,
    /// Nobody was born for a window.
    Barren,
    /// Nearly all were of one genotype for a window.
    Uniform,
}

impl Stagnation {
    /// The word in the log and on disk.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Extinct => "extinct",
            Self::Barren => "barren",
            Self::Uniform => "uniform",
        }
    }
}

impl ReseedKnobs {
    /// Whether an island may be reseeded at all, by its number and by when it was last.
    pub fn may_reseed(&self, island: IslandId, head: Epoch, last: Option<Epoch>) -> bool {
        let cool = |last: Epoch| head.0 >= last.0.saturating_add(self.cooling_epochs.into());
        self.is_on && !migration::is_control(island) && last.is_none_or(cool)
    }

    /// The epoch from which samples are needed.
    pub fn window_start(&self, head: Epoch) -> Epoch {
        Epoch(head.0.saturating_sub(self.window_epochs.into()))
    }

    /// Whether an island stands still; `samples` are in order, the newest is its head, the first at or before the start
    /// of the window.
    pub fn stagnation(&self, samples: &[Sample]) -> Option<Stagnation> {
        let (first, last) = (samples.first()?, samples.last()?);
        if last.population == 0 {
            return Some(Stagnation::Extinct);
        }
        let has_lasted = last.epoch.0 >= first.epoch.0.saturating_add(self.window_epochs.into());
        if !has_lasted || samples.len() < LEAST_SAMPLES {
            return None;
        }
        let is_uniform = |sample: &Sample| {
            u64::from(sample.commonest) * 100
                >= u64::from(sample.population) * u64::from(self.uniform_percent)
        };
        if first.counters.births == last.counters.births {
            Some(Stagnation::Barren)
        } else if samples.iter().all(is_uniform) {
            Some(Stagnation::Uniform)
        } else {
            None
        }
    }

    /// What is sown: of each niche one, first those that failed least, among equals in an order that differs from island
    /// to island and time to time. Where nobody could feed it no parasite is sown.
    pub fn choose<'a>(
        &self,
        (island, head, why): (IslandId, Epoch, Stagnation),
        seeds: impl Iterator<Item = &'a Seed>,
        present: &BTreeSet<GenotypeHash>,
    ) -> Vec<&'a Seed> {
        let fits = |seed: &&Seed| {
            let has_hosts = why == Stagnation::Uniform || seed.breeds_alone();
            has_hosts && !present.contains(&seed.genotype)
        };
        let lot = |seed: &Seed| {
            let place = Digest::of(&codec::encode(&(island, head, seed.genotype)));
            (seed.uses.saturating_sub(seed.successes), place)
        };
        let mut seeds: Vec<&Seed> = seeds.filter(fits).collect();
        seeds.sort_by_cached_key(|seed| lot(seed));
        let mut niches = BTreeSet::new();
        seeds.retain(|seed| niches.insert(Niche::of(seed)));
        seeds.truncate(self.seeds as usize);
        seeds
    }
}
