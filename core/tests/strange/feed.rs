//! Bytes of unknown origin, eaten from the front as numbers, choices and genomes; where none are left, zero. Knows no world.

/// What is left to eat.
pub struct Feed<'a>(pub &'a [u8]);

impl<'a> Feed<'a> {
    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    /// A number of 1, 2, 4 or 8 bytes, small ones as likely as large ones.
    pub fn number(&mut self) -> u64 {
        let bytes = 1 << (self.byte() % 4);
        (0..bytes).fold(0, |number, _| number << 8 | u64::from(self.byte()))
    }

    /// A choice among `bound`, at least 1, at most 65,536.
    pub fn below(&mut self, bound: u32) -> u32 {
        let (high, low) = match bound {
            0..=256 => (0, self.byte()),
            _ => (self.byte(), self.byte()),
        };
        (u32::from(high) << 8 | u32::from(low)) % bound
    }

    /// Up to `most` bytes as they come; fewer, if fewer are left.
    pub fn bytes(&mut self, most: u32) -> &'a [u8] {
        let (taken, rest) = self.0.split_at((most as usize).min(self.0.len()));
        self.0 = rest;
        taken
    }
}
