//! MutationEngine: when a change happens and which. Knows bytes and rates, no organism.

use crate::{
    config::{MILLION, MutationConfig},
    rng::{NEVER, Rng},
};
use serde::{Deserialize, Serialize};

/// The stream of mutations and the distance to the next of each kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MutationEngine {
    /// The stream.
    pub rng: Rng,
    /// Copied bytes until the next copy mutation, counting the mutated one.
    pub copies_left: u64,
    /// The tick of the next flip in a living genome.
    pub next_background: u64,
    /// The tick from which the next instruction is flawed.
    pub next_flaw: u64,
}

/// A change of length at birth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Indel {
    /// More bytes.
    Insertion,
    /// Fewer bytes.
    Deletion,
}

/// The mean distance of an event that has a chance of `per_million` in a million; 0 for never.
fn mean(per_million: u32) -> u64 {
    u64::from(MILLION.checked_div(per_million).unwrap_or(0))
}

impl MutationEngine {
    /// An engine at tick 0.
    pub fn new(rng: Rng, config: &MutationConfig) -> Self {
        let mut engine = Self {
            rng,
            copies_left: NEVER,
            next_background: NEVER,
            next_flaw: NEVER,
        };
        engine.adopt(config, 0);
        engine
    }

    /// Starts what a new Config switches on and stops what it switches off; without a switch it does nothing.
    pub fn adopt(&mut self, config: &MutationConfig, tick: u64) {
        let mut switch = |next: &mut u64, mean: u64, base: u64| {
            if mean == 0 {
                *next = NEVER;
            } else if *next == NEVER {
                *next = base + self.rng.gap(mean);
            }
        };
        switch(&mut self.copies_left, mean(config.copy_rate), 0);
        switch(&mut self.next_background, config.background_interval, tick);
        switch(&mut self.next_flaw, mean(config.flaw_rate), tick);
    }

    /// The byte that arrives instead of `byte`, and whether it was substituted; draws the next distance.
    pub fn miscopy(&mut self, byte: u8, config: &MutationConfig) -> (u8, bool) {
        self.copies_left = self.rng.gap(mean(config.copy_rate));
        let substituted = self.rng.chance(config.substitution_share);
        let arrived = if substituted {
            self.rng.below(256) as u8
        } else {
            byte ^ (1 << self.rng.below(8))
        };
        (arrived, substituted)
    }

    /// The tick of the next flip by radiation or flaw, whichever is first.
    #[inline]
    pub fn next_event(&self) -> u64 {
        self.next_background.min(self.next_flaw)
    }

    /// Draws the tick of the next background flip.
    pub fn background_done(&mut self, tick: u64, config: &MutationConfig) {
        self.next_background = tick.saturating_add(self.rng.gap(config.background_interval));
    }

    /// Draws the next flaw, and whether this one adds (1) or takes (-1).
    pub fn flaw(&mut self, tick: u64, config: &MutationConfig) -> i32 {
        let bits = self.rng.bits();
        self.next_flaw = tick.saturating_add(self.rng.gap(mean(config.flaw_rate)));
        if bits & 1 == 1 { 1 } else { -1 }
    }

    /// Whether a birth of this length changes it, how, and by how many bytes.
    pub fn indel(&mut self, length: u32, config: &MutationConfig) -> Option<(Indel, u32)> {
        if !self.rng.chance(config.indel_rate) {
            return None;
        }
        let small = length < config.small_genome;
        let bias = if small {
            config.small_genome_insert_bias
        } else {
            config.indel_insertion_bias
        };
        let kind = if self.rng.chance(bias) {
            Indel::Insertion
        } else {
            Indel::Deletion
        };
        Some((kind, 1 + self.rng.below(config.indel_max)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed};

    fn engine(config: &MutationConfig) -> MutationEngine {
        MutationEngine::new(Rng::stream(WorldSeed(2), IslandId(1), "mutation"), config)
    }

    #[test]
    fn adopting_the_same_config_changes_nothing_and_a_switch_takes_effect() {
        let config = MutationConfig::default();
        let mut first = engine(&config);
        let before = first.clone();
        first.adopt(&config, 77);
        assert_eq!(first, before);
        let off = MutationConfig {
            flaw_rate: 0,
            ..config.clone()
        };
        first.adopt(&off, 77);
        assert_eq!(first.next_flaw, NEVER);
        first.adopt(&config, 77);
        assert!((78..=77 + 2 * 5_000).contains(&first.next_flaw));
    }

    #[test]
    fn a_flip_changes_one_bit_and_shares_are_kept() {
        let config = MutationConfig {
            substitution_share: 0,
            ..MutationConfig::default()
        };
        let mut flips = engine(&config);
        for byte in 0..=255 {
            let (arrived, substituted) = flips.miscopy(byte, &config);
            assert!(!substituted && (arrived ^ byte).count_ones() == 1);
        }
        let config = MutationConfig {
            indel_rate: MILLION,
            ..MutationConfig::default()
        };
        let mut indels = engine(&config);
        let insertions = |engine: &mut MutationEngine, length| {
            let kinds = (0..4_000).filter_map(|_| engine.indel(length, &config));
            kinds.filter(|(kind, _)| *kind == Indel::Insertion).count()
        };
        assert!((2_300..=2_500).contains(&insertions(&mut indels, 30)));
        assert!((1_900..=2_100).contains(&insertions(&mut indels, 60)));
    }
}
