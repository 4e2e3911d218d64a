//! Genesis of an island and the ancestors: a pure function of world seed, number and Config. Knows no history.

use crate::{
    Config, Counters, EnergyFlow, Halo, IslandId, WorldSeed,
    assembler::assemble,
    config::Founder,
    energy::Prices,
    environment::Environment,
    genealogy::Genealogy,
    island::Island,
    memory::{SoupMemory, VIRGIN},
    mutation::MutationEngine,
    organism::NONE,
    os_calls::{self, Newborn},
    reaper::Reaper,
    region::Region,
    report::{EdgeMutations, Origin},
    rng::Rng,
    scheduler::Scheduler,
};

/// Bytes of a random body in a world without founders.
const RANDOM_BODY_BYTES: u32 = 64;

/// The ancestors by name, as text.
pub const GENOMES: &[(&str, &str)] = &[
    ("ancestor", include_str!("../genomes/ancestor.asm")),
    ("forager", include_str!("../genomes/forager.asm")),
    ("pupil", include_str!("../genomes/pupil.asm")),
    ("parasite", include_str!("../genomes/parasite.asm")),
    (
        "hyperparasite",
        include_str!("../genomes/hyperparasite.asm"),
    ),
];

/// The genome of an ancestor by name.
pub fn genome(name: &str) -> Option<Vec<u8>> {
    let (_, text) = GENOMES.iter().find(|entry| entry.0 == name)?;
    assemble(text).ok()
}

impl Founder {
    /// The genome that a world begins with; `None` where it begins with chance or with nobody.
    pub fn genome(&self) -> Option<Vec<u8>> {
        match self {
            Self::Forager => genome("forager"),
            Self::Ancestor => genome("ancestor"),
            Self::Pupil => genome("pupil"),
            Self::Genome(genome) => Some(genome.clone()),
            Self::Random | Self::Nobody => None,
        }
    }
}

impl Island {
    /// The island at tick 0.
    pub fn genesis(seed: WorldSeed, id: IslandId, config: &Config) -> Self {
        let stream = |name| Rng::stream(seed, id, name);
        let (mut weather, mut task_rng) = (stream("environment"), stream("tasks"));
        let region = Region::genesis(&config.environment, &mut weather, &mut task_rng);
        let mut island = Self {
            id,
            prices: Prices::new(config),
            soup: SoupMemory::new(virgin(config, &mut weather)),
            organisms: Vec::new(),
            vacant: Vec::new(),
            population: 0,
            scheduler: Scheduler::default(),
            reaper: Reaper::default(),
            mutation: MutationEngine::new(stream("mutation"), &config.mutation),
            environment: Environment::new(region, config, Halo::default()),
            genealogy: Genealogy::default(),
            random: stream("random"),
            weather,
            task_rng,
            tick: 0,
            busy: 0,
            round: 0,
            counters: Counters::default(),
            config: config.clone(),
        };
        island.place_founders();
        island
    }

    fn place_founders(&mut self) {
        let founder = &self.config.evolution.founder;
        if *founder == Founder::Nobody {
            return;
        }
        let (genome, count) = (founder.genome(), self.config.evolution.founders);
        for number in 0..count {
            let target =
                (u64::from(number) * u64::from(self.soup.size()) / u64::from(count)) as u32;
            self.found(target, genome.as_deref());
        }
    }

    /// Lets a founder live at `target`: of a genome, or of the random bytes that lie there.
    fn found(&mut self, target: u32, genome: Option<&[u8]>) {
        let length = genome.map_or(RANDOM_BODY_BYTES, |genome| genome.len() as u32);
        let Some(start) = self.soup.allocate(target, length, NONE) else {
            return;
        };
        let origin = if genome.is_some() {
            Origin::Founder
        } else {
            Origin::Abiogenesis
        };
        if let Some(genome) = genome {
            self.put(start, genome);
        }
        self.settle(start, length, origin, EnergyFlow::Founders);
    }

    /// Writes a genome into the soup.
    pub(crate) fn put(&mut self, start: u32, genome: &[u8]) {
        for (address, &byte) in (start..).zip(genome) {
            self.soup.write(address, byte);
        }
    }

    /// Lets a newcomer without a parent live in a block that holds its genome.
    pub(crate) fn settle(&mut self, start: u32, length: u32, origin: Origin, flow: EnergyFlow) {
        let genome = self.soup.block(start, length);
        let taxon = self.root_of(origin, genome).unwrap_or_else(|| {
            let genome = self.soup.block(start, length);
            self.genealogy
                .begin(origin, self.tick, genome, EdgeMutations::default(), None)
        });
        let energy = i64::from(self.config.energy.founder) * 1_000;
        self.counters.flow(flow, energy);
        self.counters.arrivals += 1;
        os_calls::enter(
            self,
            Newborn {
                merit: 0,
                start,
                length,
                energy,
                generation: 0,
                taxon,
            },
            None,
        );
    }

    /// Founders of one genome are one taxon.
    fn root_of(&self, origin: Origin, genome: &[u8]) -> Option<u32> {
        if origin != Origin::Founder {
            return None;
        }
        let same = |row: &(u32, &crate::genealogy::Taxon)| {
            row.1.record.origin == origin
                && row.1.record.genome == genome
                && row.1.record.origin_tick == self.tick
        };
        let row = self.genealogy.rows().into_iter().find(same)?;
        Some(row.0)
    }
}

/// The bytes of a soup in which nobody has lived.
fn virgin(config: &Config, rng: &mut Rng) -> Vec<u8> {
    let size = config.soup.size as usize;
    match config.evolution.founder {
        Founder::Random => (0..size).map(|_| rng.below(128) as u8).collect(),
        _ => vec![VIRGIN; size],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancestors_assemble_and_are_as_short_as_they_say() {
        let lengths: Vec<_> = GENOMES
            .iter()
            .map(|(name, _)| (*name, genome(name).map(|g| g.len())))
            .collect();
        assert_eq!(lengths[0], ("ancestor", Some(60)));
        assert_eq!(lengths[1], ("forager", Some(68)));
        assert_eq!(lengths[2], ("pupil", Some(68)));
        assert!(
            lengths[3].1.is_some_and(|length| length < 40),
            "{lengths:?}"
        );
    }

    #[test]
    fn founders_stand_evenly_and_share_a_taxon() {
        let island = Island::genesis(WorldSeed(1), IslandId(1), &Config::default());
        let starts: Vec<u32> = island.bodies().iter().map(|body| body.start).collect();
        assert_eq!(starts, (0..8).map(|k| k * 8_192).collect::<Vec<_>>());
        assert_eq!(
            (island.genealogy.living_taxa(), island.population()),
            (1, 8)
        );
    }

    #[test]
    fn islands_and_seeds_differ_and_a_genesis_repeats() {
        let bytes = |seed, id| {
            Island::genesis(WorldSeed(seed), IslandId(id), &Config::default()).to_bytes()
        };
        assert_eq!(bytes(1, 1), bytes(1, 1));
        assert_ne!(bytes(1, 1), bytes(1, 2));
        assert_ne!(bytes(1, 1), bytes(2, 1));
    }
}
