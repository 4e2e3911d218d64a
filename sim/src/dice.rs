//! Dice: every random decision of a simulation, from one seed and one stream for each who throws. Knows no use of them.

use rand_core::{Rng as _, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The stream `name` of a seed.
    pub fn new(seed: u64, name: &str) -> Self {
        let text = format!("{seed} {name}");
        let digest = bytebiota_core::Digest::of(text.as_bytes());
        Self(Xoshiro256PlusPlus::from_seed(digest.0))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `0..sides`; 0 for no sides.
    pub fn below(&mut self, sides: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(sides)) >> 64) as u64
    }

    /// Uniform in `low..=high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True with a chance of `per_mille` in a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1_000) < per_mille
    }

    /// One of them.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len() as u64) as usize).copied()
    }
}
