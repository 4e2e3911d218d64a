//! Brief questions to a genome, answered as soon as the answer is certain: for who must ask thousands.
//! Knows no table of facts.

use super::{
    DISTANCES, SOUPS, arena, inhabit,
    witness::{Kind, Witness},
};
use crate::{Config, Island, assay::TRUE_GENERATIONS};

/// Ticks without a true birth after which a soup has answered; twenty times what a founder needs for its first.
const BARREN_TICKS: u64 = 50_000;
/// Ticks of a soup at most.
const MAX_TICKS: u64 = 200_000;

/// Whether a genome breeds true alone in at least one of the soups of an assay. `config` is that of an arena.
pub(crate) fn breeds_alone(genome: &[u8], config: &Config) -> bool {
    (1..=SOUPS).any(|seed| {
        let mut island = arena(config, seed);
        inhabit(&mut island, genome, None, 0);
        breeds(&mut island, genome, None)
    })
}

/// Whether a genome that does not breed true alone does so beside a host, out of whose bytes it executes or copies.
pub(crate) fn lives_off(genome: &[u8], host: &[u8], config: &Config) -> bool {
    (1..).zip(DISTANCES).any(|(seed, distance)| {
        let mut island = arena(config, seed);
        inhabit(&mut island, genome, Some(host), distance);
        breeds(&mut island, genome, Some(host))
    })
}

/// Steps on until the genome has bred true for some generations, and beside a host has borrowed of it.
fn breeds(island: &mut Island, genome: &[u8], host: Option<&[u8]>) -> bool {
    let mut witness = Witness::new(island, genome, host);
    let (mut births, mut last_birth) = (0, 0);
    while island.tick < MAX_TICKS && island.population > 0 {
        witness.step(island);
        let life = witness.life(Kind::Subject);
        if life.true_births > births {
            (births, last_birth) = (life.true_births, island.tick);
            let borrows = host.is_none() || life.borrows.lives_on_others();
            if life.generations >= TRUE_GENERATIONS && borrows {
                return true;
            }
        }
        if island.tick > last_birth + BARREN_TICKS {
            return false;
        }
    }
    false
}
