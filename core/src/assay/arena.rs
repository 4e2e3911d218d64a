//! Arenas: small empty soups without mutation in which assays and competitions take place. Knows no genome in particular.

use crate::{
    Config, EnergyFlow, Island, IslandId, WorldSeed,
    config::{Founder, KnobError},
    organism::NONE,
    report::Origin,
};

/// Bytes of the largest soup in an arena: a larger world is tried in a part of it.
const MAX_ARENA_BYTES: u32 = 65_536;

/// Why something cannot be tried.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AssayError {
    /// A genome of no bytes, or of more than live in this Config.
    #[error("{what} is {length} bytes long; it must have 1 to {most} (evolution.max_genome)")]
    Length {
        /// Which genome.
        what: &'static str,
        /// Its bytes.
        length: usize,
        /// How many are allowed.
        most: u32,
    },
    /// The Config has a fault.
    #[error(transparent)]
    Config(#[from] KnobError),
    /// A competition of no bouts.
    #[error("a competition needs at least one seed")]
    NoSeeds,
}

/// Checks a genome that is to be tried.
pub(crate) fn check(what: &'static str, genome: &[u8], config: &Config) -> Result<(), AssayError> {
    let most = config.evolution.max_genome;
    let fits = !genome.is_empty() && genome.len() <= most as usize;
    fits.then_some(()).ok_or(AssayError::Length {
        what,
        length: genome.len(),
        most,
    })
}

/// The Config of an arena: the world's, without mutation, founders and migration.
pub(crate) fn arena_config(config: &Config) -> Result<Config, AssayError> {
    config.validate()?;
    let mut arena = config.clone();
    let shrink = (config.soup.size / MAX_ARENA_BYTES).max(1);
    arena.soup.size /= shrink;
    arena.soup.search_radius = arena.soup.search_radius.min(arena.soup.size / 2);
    // The same cells per byte, so that bodies reach as far as in the world.
    arena.environment.length = (arena.environment.length / shrink).max(256);
    arena.mutation.copy_rate = 0;
    arena.mutation.background_interval = 0;
    arena.mutation.indel_rate = 0;
    arena.mutation.flaw_rate = 0;
    arena.evolution.founder = Founder::Nobody;
    arena.evolution.founders = 0;
    arena.evolution.migration_interval = 0;
    Ok(arena)
}

/// An empty soup of virgin bytes.
pub(crate) fn arena(config: &Config, seed: u64) -> Island {
    Island::genesis(WorldSeed(seed), IslandId(1), config)
}

impl Island {
    /// Lets an organism of a genome live as near to `target` as there is room; its slot, unless there is none.
    pub(crate) fn place(&mut self, target: u32, genome: &[u8], origin: Origin) -> Option<u32> {
        let length = genome.len() as u32;
        let start = self.soup.allocate(target, length, NONE)?;
        let slot = self.next_slot();
        self.put(start, genome);
        self.settle(start, length, origin, EnergyFlow::Founders);
        Some(slot)
    }

    /// The slot that the next newcomer will have.
    pub(crate) fn next_slot(&self) -> u32 {
        let fresh = self.organisms.len() as u32;
        self.vacant.last().copied().unwrap_or(fresh)
    }
}
