//! Draw: who checks, what is checked, and in full or not, by chance that nobody can foresee. Knows no rule and no source of
//! randomness: whoever asks brings the random number.

/// Numbers drawn from one random number that the caller brings: from the operating system, or from a simulation.
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The draws of an event.
    pub fn new(random: u64) -> Self {
        Self(random)
    }

    /// A number below `sides`; 0 for no sides. SplitMix64, and a bias far below what anybody could use.
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        ((u128::from(mixed) * sides as u128) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_even() {
        let mut draw = Draw::new(7);
        let mut seen = [0; 16];
        (0..16_000).for_each(|_| seen[draw.below(16)] += 1);
        assert!(
            seen.iter().all(|count| (850..1_150).contains(count)),
            "{seen:?}"
        );
        assert_eq!(draw.below(0), 0);
    }
}
