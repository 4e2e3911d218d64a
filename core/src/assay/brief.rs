//! Brief questions to a genome, answered as soon as the answer is certain: for who must ask thousands.
//! Knows no table of facts.

use super::{
    DISTANCES, arena, inhabit,
    witness::{Kind, Witness},
};
use crate::{Config, Island, assay::TRUE_GENERATIONS};

/// Ticks without a true birth after which a soup has answered; twenty times what a founder needs for its first.
const BARREN_TICKS: u64 = 50_000;
/// Ticks of a soup at most.
const MAX_TICKS: u64 = 200_000;
/// How often the barren are looked for; too short a time for three generations of anybody.
const GLANCE_TICKS: u64 = 1_000;

/// Whether a genome breeds true alone in at least one of the soups of an assay. `config` is that of an arena.
pub(crate) fn breeds_alone(genome: &[u8], config: &Config) -> bool {
    breeds_in_any_soup(genome, None, config)
}

/// Whether a genome that does not breed true alone does so beside a host, out of whose bytes it executes or copies.
pub(crate) fn lives_off(genome: &[u8], host: &[u8], config: &Config) -> bool {
    breeds_in_any_soup(genome, Some(host), config)
}

fn breeds_in_any_soup(genome: &[u8], host: Option<&[u8]>, config: &Config) -> bool {
    (1..).zip(DISTANCES).any(|(seed, distance)| {
        let mut island = arena(config, seed);
        inhabit(&mut island, genome, host, distance);
        !is_barren(island.clone(), genome) && breeds(&mut island, genome, host)
    })
}

/// Whether a genome dies out, or lets `BARREN_TICKS` pass, and nobody who was born is seen to have it. Most of what is
/// asked about is like that, and this runs ten times as fast as a witness steps.
fn is_barren(mut island: Island, genome: &[u8]) -> bool {
    for stop in (GLANCE_TICKS..=BARREN_TICKS).step_by(GLANCE_TICKS as usize) {
        island.run_until(stop);
        match island.generation_of(genome) {
            None => return true,
            Some(0) => {}
            Some(_) => return false,
        }
    }
    true
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{WorldSeed, assay::arena_config, genesis::genome, ids::IslandId, rng::Rng};

    fn named(name: &str) -> Vec<u8> {
        genome(name).expect("a genome of core/genomes")
    }

    /// The same answer without looking for the barren first.
    fn breeds_by_witness_alone(genome: &[u8], host: Option<&[u8]>, config: &Config) -> bool {
        (1..).zip(DISTANCES).any(|(seed, distance)| {
            let mut island = arena(config, seed);
            inhabit(&mut island, genome, host, distance);
            breeds(&mut island, genome, host)
        })
    }

    #[test]
    fn who_is_called_barren_is_never_seen_to_breed() {
        let config = Config::preset("tierra").expect("a preset");
        let config = arena_config(&config).expect("it is sound");
        let host = named("ancestor");
        let mut dice = Rng::stream(WorldSeed(1), IslandId(1), "mutants");
        let (mut bred, mut failed) = (0, 0);
        for mutant in 0..24 {
            let mut genome = named(if mutant % 2 == 0 {
                "ancestor"
            } else {
                "parasite"
            });
            let place = dice.below(genome.len() as u32) as usize;
            genome[place] = dice.below(64) as u8;
            let alone = breeds_alone(&genome, &config);
            assert_eq!(
                alone,
                breeds_by_witness_alone(&genome, None, &config),
                "{genome:?}"
            );
            let beside = lives_off(&genome, &host, &config);
            let seen = breeds_by_witness_alone(&genome, Some(&host), &config);
            assert_eq!(beside, seen, "{genome:?}");
            bred += u32::from(alone || beside);
            failed += u32::from(!alone && !beside);
        }
        assert!(bred > 4 && failed > 4, "{bred} bred and {failed} failed");
    }
}
