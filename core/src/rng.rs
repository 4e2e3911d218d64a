//! The one generator and its bounded draws. Four streams live in an island's state; knows no use of them.

use crate::{IslandId, WorldSeed, config::MILLION};
use rand_core::{Rng as _, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use serde::{Deserialize, Serialize};

/// Xoshiro256++ with draws pinned by tests; its state travels with the island.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rng(Xoshiro256PlusPlus);

impl Rng {
    /// The stream `name` of an island, from the world's seed.
    pub fn stream(seed: WorldSeed, island: IslandId, name: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.0.to_le_bytes());
        hasher.update(&island.0.to_le_bytes());
        hasher.update(name.as_bytes());
        Self(Xoshiro256PlusPlus::from_seed(*hasher.finalize().as_bytes()))
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `0..bound` by multiply and shift; 0 for a bound of 0.
    #[inline]
    pub fn below(&mut self, bound: u32) -> u32 {
        scale(self.bits() >> 32, bound)
    }

    /// Two independent draws of `below(bound)` out of one step of the generator.
    #[inline]
    pub fn below_twice(&mut self, bound: u32) -> (u32, u32) {
        let bits = self.bits();
        (scale(bits >> 32, bound), scale(bits & 0xFFFF_FFFF, bound))
    }

    /// True with a chance of `per_million` in a million.
    #[inline]
    pub fn chance(&mut self, per_million: u32) -> bool {
        self.below(MILLION) < per_million
    }

    /// The distance to the next event of mean distance `mean`: uniform in `1..=2 * mean - 1`; never for 0.
    pub fn gap(&mut self, mean: u64) -> u64 {
        if mean == 0 {
            return NEVER;
        }
        let width = u128::from(2 * mean.min(1 << 60) - 1);
        1 + ((u128::from(self.bits()) * width) >> 64) as u64
    }

    /// Whether the state is one that the generator can have; all zeros is not.
    pub fn is_valid(&self) -> bool {
        crate::codec::encode(self) != [0; 4]
    }
}

/// A distance that is never reached.
pub const NEVER: u64 = u64::MAX;

#[inline]
fn scale(bits: u64, bound: u32) -> u32 {
    ((bits * u64::from(bound)) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rng() -> Rng {
        Rng::stream(WorldSeed(7), IslandId(1), "test")
    }

    #[test]
    fn draws_are_pinned() {
        let mut rng = rng();
        let drawn: Vec<u32> = (0..6).map(|_| rng.below(1000)).collect();
        assert_eq!(drawn, PINNED);
        let mut other = Rng::stream(WorldSeed(7), IslandId(2), "test");
        assert_ne!(drawn, (0..6).map(|_| other.below(1000)).collect::<Vec<_>>());
    }

    const PINNED: [u32; 6] = [519, 644, 237, 360, 9, 996];

    #[test]
    fn draws_keep_their_bounds_and_means() {
        let mut rng = rng();
        let mut sum = 0;
        for _ in 0..20_000 {
            let gap = rng.gap(50);
            assert!((1..=99).contains(&gap));
            sum += gap;
            assert!(rng.below(3) < 3);
        }
        assert!((48..=52).contains(&(sum / 20_000)), "mean {}", sum / 20_000);
        assert_eq!((rng.gap(0), rng.gap(1), rng.below(0)), (NEVER, 1, 0));
        assert!(!rng.chance(0) && rng.chance(MILLION));
    }
}
