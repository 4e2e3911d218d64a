//! Ecology: which of the living are parasites, and which parents have fed. Knows no series and no goal.
//!
//! The search for parasites is driven by births: whoever has given birth is judged once, by brief assays; what never
//! breeds is no parasite, whatever it does.

use crate::{
    Config, GenotypeHash, Island, LivingGenotype,
    assay::{AssayError, arena_config, breeds_alone, lives_off},
    island::ROUND_TICKS,
};
use std::collections::BTreeMap;

/// Births after which a genotype is judged: with the first, for whether it breeds true is what the assay finds out.
pub const JUDGED_AFTER_BIRTHS: u64 = 1;
/// Hosts beside which a genotype that does not live alone is tried at most.
const MAX_HOSTS: u8 = 3;

/// What is known of a genotype.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Has not bred yet.
    Unjudged,
    /// Breeds true alone.
    Free,
    /// Fails alone, and breeds true beside a host out of whose bytes it lives.
    Parasite,
    /// Neither, beside as many hosts as were tried.
    Unproven(u8),
}

/// A look at an island.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ecology {
    /// The genotypes of the living, commonest first, and what is known of each.
    pub kinds: Vec<(LivingGenotype, Standing)>,
}

impl Ecology {
    /// Living organisms.
    pub fn living(&self) -> u32 {
        self.kinds.iter().map(|(kind, _)| kind.living).sum()
    }

    /// The genotypes of one standing, commonest first.
    pub fn of(&self, standing: Standing) -> impl Iterator<Item = &LivingGenotype> {
        let these = self.kinds.iter().filter(move |(_, is)| *is == standing);
        these.map(|(kind, _)| kind)
    }

    /// The commonest genotype that breeds true alone.
    pub fn host(&self) -> Option<&LivingGenotype> {
        self.of(Standing::Free).next()
    }

    /// Confirmed parasites per thousand of the living.
    pub fn parasites_per_mille(&self) -> u32 {
        let parasites: u32 = self.of(Standing::Parasite).map(|kind| kind.living).sum();
        (parasites * 1_000).checked_div(self.living()).unwrap_or(0)
    }
}

/// Finds parasites among the living of one island, look by look.
#[derive(Clone, Debug)]
pub struct ParasiteDetector {
    config: Config,
    known: BTreeMap<GenotypeHash, Standing>,
}

impl ParasiteDetector {
    /// A detector for islands of a Config.
    pub fn new(config: &Config) -> Result<Self, AssayError> {
        Ok(Self {
            config: arena_config(config)?,
            known: BTreeMap::new(),
        })
    }

    /// Judges the genotypes that have bred since the last look.
    pub fn look(&mut self, island: &Island) -> Ecology {
        let kinds = island.living_genotypes();
        let mut known = std::mem::take(&mut self.known);
        for kind in &kinds {
            let before = known.remove(&kind.genotype).unwrap_or(Standing::Unjudged);
            self.known.insert(kind.genotype, self.alone(kind, before));
        }
        let is_free =
            |kind: &&LivingGenotype| self.known.get(&kind.genotype) == Some(&Standing::Free);
        let host = kinds.iter().find(is_free);
        let judged = |kind: &LivingGenotype| {
            let before = self.known.get(&kind.genotype).copied();
            self.beside(host, kind, before.unwrap_or(Standing::Unjudged))
        };
        let standings: Vec<Standing> = kinds.iter().map(judged).collect();
        let of = |kind: &LivingGenotype| kind.genotype;
        self.known = kinds
            .iter()
            .map(of)
            .zip(standings.iter().copied())
            .collect();
        Ecology {
            kinds: kinds.into_iter().zip(standings).collect(),
        }
    }

    fn alone(&self, kind: &LivingGenotype, before: Standing) -> Standing {
        if before != Standing::Unjudged || kind.births < JUDGED_AFTER_BIRTHS {
            before
        } else if breeds_alone(&kind.genome, &self.config) {
            Standing::Free
        } else {
            Standing::Unproven(0)
        }
    }

    fn beside(
        &self,
        host: Option<&LivingGenotype>,
        kind: &LivingGenotype,
        before: Standing,
    ) -> Standing {
        match (before, host) {
            (Standing::Unproven(tries), Some(host)) if tries < MAX_HOSTS => {
                if lives_off(&kind.genome, &host.genome, &self.config) {
                    Standing::Parasite
                } else {
                    Standing::Unproven(tries + 1)
                }
            }
            _ => before,
        }
    }
}

/// How parents lived, seen at their births.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Parents {
    /// Births seen.
    pub births: u64,
    /// Those by organisms that HARVEST_ENERGY has given something since their own birth, or since the watch began.
    pub fed: u64,
}

/// Runs an island to tick `stop` and watches who of the parents has harvested with gain. The first `settle` ticks
/// only find out who has, so that most parents are watched from their birth on.
pub fn watch_parents(island: &mut Island, settle: u64, stop: u64) -> Parents {
    let (mut parents, mut fed) = (Parents::default(), Vec::new());
    let counted_from = island.tick.saturating_add(settle);
    while island.tick < stop && island.population > 0 {
        island.tick += std::mem::take(&mut island.busy);
        let Some(touch) = island.next_touch() else {
            break;
        };
        let (slot, newborn) = (touch.slot as usize, island.next_slot() as usize);
        let (births, harvests) = (island.counters.births, island.counters.harvests);
        island.run_part(island.tick + 1);
        if fed.len() <= slot.max(newborn) {
            fed.resize(slot.max(newborn) + 1, false);
        }
        fed[slot] |= island.counters.harvests > harvests;
        if island.counters.births > births {
            if island.tick >= counted_from {
                parents.births += 1;
                parents.fed += u64::from(fed[slot]);
            }
            fed[newborn] = false;
        }
    }
    debug_assert!(island.tick < stop + ROUND_TICKS || island.population == 0);
    parents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, genesis::genome, report::Origin};

    #[test]
    fn a_parasite_is_known_by_its_first_birth_and_no_earlier() {
        let mut config = Config::preset("tierra").expect("a preset");
        config.set("evolution.founder", "nobody").expect("a knob");
        config.set("mutation.copy_rate", "0").expect("a knob");
        let mut island = Island::genesis(WorldSeed(1), IslandId(1), &config);
        let named = |name| genome(name).expect("a genome of core/genomes");
        for (address, name) in [
            (1_000, "ancestor"),
            (1_100, "parasite"),
            (1_200, "ancestor"),
        ] {
            island
                .place(address, &named(name), Origin::Founder)
                .expect("there is room");
        }
        let mut detector = ParasiteDetector::new(&config).expect("it is sound");
        let standing = |ecology: &Ecology| {
            let parasite = named("parasite");
            let mut kinds = ecology.kinds.iter();
            let found = kinds
                .find(|(kind, _)| kind.genome == parasite)
                .expect("it lives");
            (found.0.births, found.1)
        };
        let young = detector.look(&island);
        assert_eq!(standing(&young), (0, Standing::Unjudged));
        assert_eq!((young.parasites_per_mille(), young.host()), (0, None));

        // A parasite that breeds before its host waits for a host to be tried beside.
        while standing(&detector.look(&island)).0 == 0 || detector.look(&island).host().is_none() {
            island.run_until(island.tick() + 100);
        }
        let grown = detector.look(&island);
        assert_eq!(standing(&grown).1, Standing::Parasite);
        assert!(grown.parasites_per_mille() > 0 && grown.host().is_some());
    }
}
