//! Template search over two bit planes of the soup, 64 candidates at a time. Knows no opcode and no organism.
//!
//! A plane has one bit per byte of the soup: `zeros` where the byte is symbol 0, `ones` where it is
//! symbol 1. A candidate matches where every symbol of the template meets its complement, so a search
//! is a few shifts and ANDs per 64 bytes, and nothing needs to be remembered between searches.

use crate::isa;

/// Where the symbols of a soup are; follows every write.
#[derive(Clone, Debug)]
pub struct TemplateIndex {
    zeros: Vec<u64>,
    ones: Vec<u64>,
}

/// A template: up to 16 symbols, first symbol in bit 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Template {
    /// Symbols.
    pub length: u32,
    /// Their values.
    pub symbols: u32,
}

/// The outcome of a search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found {
    /// Address of the first symbol of the complement; `None` if there is none within the radius.
    pub start: Option<u32>,
    /// Candidates looked at.
    pub scanned: u32,
}

impl TemplateIndex {
    /// The index of a whole soup, whose length is a power of two and at least 64.
    pub fn new(soup: &[u8]) -> Self {
        let mut index = Self {
            zeros: vec![0; soup.len() / 64],
            ones: vec![0; soup.len() / 64],
        };
        for (address, &byte) in soup.iter().enumerate() {
            index.note(address as u32, byte);
        }
        index
    }

    /// Records that `byte` now stands at `address`.
    #[inline]
    pub fn note(&mut self, address: u32, byte: u8) {
        let word = (address >> 6) as usize & (self.zeros.len() - 1);
        let bit = 1u64 << (address & 63);
        let symbol = isa::is_symbol(byte);
        let value = byte & 1 == 1;
        let zero = if symbol && !value { bit } else { 0 };
        let one = if symbol && value { bit } else { 0 };
        if let (Some(zeros), Some(ones)) = (self.zeros.get_mut(word), self.ones.get_mut(word)) {
            *zeros = *zeros & !bit | zero;
            *ones = *ones & !bit | one;
        }
    }

    /// Records that no symbol stands at the addresses of `bits` in a word of 64.
    pub fn forget(&mut self, word: usize, bits: u64) {
        self.zeros[word] &= !bits;
        self.ones[word] &= !bits;
    }

    /// The template that starts at `address`: its leading symbols, at most `max`.
    #[inline]
    pub fn template_at(&self, address: u32, max: u32) -> Template {
        let zeros = window(&self.zeros, address);
        let ones = window(&self.ones, address);
        let length = (zeros | ones).trailing_ones().min(max);
        let symbols = ones as u32 & ((1 << length) - 1);
        Template { length, symbols }
    }

    /// The nearest complement that starts at `from`, `from + 1`, ..; `radius` candidates.
    #[inline]
    pub fn search_forward(&self, template: Template, from: u32, radius: u32) -> Found {
        let mut offset = 0;
        while offset < radius {
            let mut matches = self.matches(template, from.wrapping_add(offset));
            let left = radius - offset;
            if left < 64 {
                matches &= (1 << left) - 1;
            }
            if matches != 0 {
                let distance = offset + matches.trailing_zeros();
                return self.found(from.wrapping_add(distance), distance);
            }
            offset += 64;
        }
        Found {
            start: None,
            scanned: radius,
        }
    }

    /// The nearest complement that starts at `from`, `from - 1`, ..; `radius` candidates.
    #[inline]
    pub fn search_backward(&self, template: Template, from: u32, radius: u32) -> Found {
        let mut offset = 0;
        while offset < radius {
            let mut matches = self.matches(template, from.wrapping_sub(offset + 63));
            let left = radius - offset;
            if left < 64 {
                matches &= !0 << (64 - left);
            }
            if matches != 0 {
                let distance = offset + matches.leading_zeros();
                return self.found(from.wrapping_sub(distance), distance);
            }
            offset += 64;
        }
        Found {
            start: None,
            scanned: radius,
        }
    }

    /// Bit k: a complement starts at `base + k`.
    #[inline]
    fn matches(&self, template: Template, base: u32) -> u64 {
        let mut matches = !0;
        for k in 0..template.length {
            let is_one = template.symbols >> k & 1 == 1;
            let plane = if is_one { &self.zeros } else { &self.ones };
            matches &= window(plane, base.wrapping_add(k));
            if matches == 0 {
                break;
            }
        }
        matches
    }

    fn found(&self, start: u32, distance: u32) -> Found {
        let mask = (self.zeros.len() * 64 - 1) as u32;
        Found {
            start: Some(start & mask),
            scanned: distance + 1,
        }
    }
}

/// The words of 64 addresses that a block touches, with its addresses in each as bits.
pub fn words(start: u32, length: u32) -> impl Iterator<Item = (usize, u64)> {
    let end = start + length;
    (start >> 6..end.div_ceil(64)).map(move |word| {
        let first = start.saturating_sub(word * 64);
        let last = (end - word * 64).min(64);
        (word as usize, !0 << first & !0 >> (64 - last))
    })
}

/// The 64 bits of a plane from `address` on, wrapping.
#[inline]
fn window(plane: &[u64], address: u32) -> u64 {
    let mask = plane.len() - 1;
    let word = (address >> 6) as usize;
    let shift = address & 63;
    let low = plane[word & mask] >> shift;
    // Shifting twice keeps a shift of 0 from becoming one of 64.
    let high = plane[(word + 1) & mask] << 1 << (63 - shift);
    low | high
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};

    fn symbol(soup: &[u8], address: u32) -> Option<bool> {
        let byte = soup[address as usize & (soup.len() - 1)];
        isa::is_symbol(byte).then_some(byte & 1 == 1)
    }

    fn plain(soup: &[u8], template: Template, from: u32, radius: u32, step: u32) -> Found {
        for distance in 0..radius {
            let start = from.wrapping_add(step.wrapping_mul(distance)) & (soup.len() as u32 - 1);
            let fits = |k| symbol(soup, start + k) == Some(template.symbols >> k & 1 == 0);
            if (0..template.length).all(fits) {
                return Found {
                    start: Some(start),
                    scanned: distance + 1,
                };
            }
        }
        Found {
            start: None,
            scanned: radius,
        }
    }

    #[test]
    fn words_cover_a_block_and_nothing_else() {
        for (start, length) in [(0, 64), (3, 1), (60, 10), (63, 130), (128, 64), (5, 0)] {
            let covered: Vec<u32> = words(start, length)
                .flat_map(|(word, bits)| {
                    (0..64)
                        .filter(move |bit| bits >> bit & 1 == 1)
                        .map(move |bit| word as u32 * 64 + bit)
                })
                .collect();
            assert_eq!(covered, (start..start + length).collect::<Vec<_>>());
        }
    }

    #[test]
    fn planes_find_what_a_plain_search_finds() {
        let mut rng = Rng::stream(WorldSeed(1), IslandId(1), "templates");
        let mut soup: Vec<u8> = (0..4096).map(|_| rng.below(256) as u8).collect();
        let mut index = TemplateIndex::new(&soup);
        for round in 0..30_000 {
            let address = rng.below(4096);
            let byte = [0, 1, 64, 65, 9, 200][rng.below(6) as usize];
            soup[address as usize] = byte;
            index.note(address, byte);
            let from = rng.below(4096);
            let template = index.template_at(from, 8);
            let naive = (0..8)
                .take_while(|&k| symbol(&soup, from + k).is_some())
                .count();
            assert_eq!(template.length as usize, naive, "round {round}");
            if template.length > 0 {
                let radius = [1, 63, 64, 65, 200, 2048][rng.below(6) as usize];
                let forward = index.search_forward(template, from + template.length, radius);
                assert_eq!(
                    forward,
                    plain(&soup, template, from + template.length, radius, 1)
                );
                let back = from.wrapping_sub(1 + template.length);
                let backward = index.search_backward(template, back, radius);
                assert_eq!(backward, plain(&soup, template, back, radius, u32::MAX));
            }
        }
    }
}
