//! Xoshiro256++ and the bounded draws, written from their definitions.

/// A generator; its four words are its state.
#[derive(Clone, Copy, Debug)]
pub struct Dice(pub [u64; 4]);

impl Dice {
    pub fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// The upper 32 bits times the bound, divided by 2^32.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.bits() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// Upper half first, lower half second, of one step.
    pub fn below_twice(&mut self, bound: u32) -> (u32, u32) {
        let bits = self.bits();
        let scale = |half: u64| ((half * u64::from(bound)) >> 32) as u32;
        (scale(bits >> 32), scale(bits & 0xFFFF_FFFF))
    }

    pub fn chance(&mut self, per_million: u32) -> bool {
        self.below(1_000_000) < per_million
    }

    /// Uniform in 1..=2 * mean - 1; never, if the mean is 0.
    pub fn gap(&mut self, mean: u64) -> u64 {
        if mean == 0 {
            return u64::MAX;
        }
        1 + ((u128::from(self.bits()) * u128::from(2 * mean - 1)) >> 64) as u64
    }
}
