//! Template search over two bit planes of the soup, 64 candidates at a time. Knows no opcode and no organism.
//!
//! A plane has one bit per byte of the soup: `zeros` where the byte is symbol 0, `ones` where it is
//! symbol 1. A candidate matches where every symbol of the template meets its complement, so a search
//! is a few shifts and ANDs per 64 bytes, and nothing needs to be remembered between searches.

use crate::isa;

/// What is known of 64 addresses, one bit each: all that a write touches lies together.
#[derive(Clone, Copy, Default, Debug)]
pub struct Marks {
    /// Where symbol 0 stands, and where symbol 1.
    symbols: [u64; 2],
    /// What the parent has written since the block was given.
    pub written: u64,
}

impl Marks {
    /// Records that `byte` now stands at the address of `bit`.
    #[inline]
    pub fn note(&mut self, bit: u64, byte: u8) {
        // Without a branch: whether the next byte of a genome is a symbol cannot be predicted.
        for (value, symbols) in (0..).zip(&mut self.symbols) {
            let stands = u64::from(byte & !isa::ALIAS_BIT == value).wrapping_neg();
            *symbols = *symbols & !bit | bit & stands;
        }
    }
}

/// Where the symbols of a soup are; follows every write.
#[derive(Clone, Debug)]
pub struct TemplateIndex {
    words: Vec<Marks>,
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
            words: vec![Marks::default(); soup.len() / 64],
        };
        // Most of a new soup is virgin; bytes that are no symbol leave an empty index as it is.
        let marked = |&(_, byte): &(usize, &u8)| byte & !isa::ALIAS_BIT <= 1;
        for (address, &byte) in soup.iter().enumerate().filter(marked) {
            index.note(address as u32, byte);
        }
        index
    }

    /// The marks of all addresses, 64 a word.
    #[inline]
    pub fn words_mut(&mut self) -> &mut [Marks] {
        &mut self.words
    }

    /// The marks of an address, and its bit in them.
    #[inline]
    fn at(&mut self, address: u32) -> (&mut Marks, u64) {
        (
            &mut self.words[(address >> 6) as usize],
            1 << (address & 63),
        )
    }

    /// Looks at the marks of an address, so that they are fetched.
    #[inline]
    pub fn glance(&self, address: u32) -> u64 {
        self.words[(address >> 6) as usize & (self.words.len() - 1)].written
    }

    /// Records that `byte` now stands at `address`.
    pub fn note(&mut self, address: u32, byte: u8) {
        let (marks, bit) = self.at(address);
        marks.note(bit, byte);
    }

    /// Records that the parent has written at `address`.
    pub fn note_written(&mut self, address: u32) {
        let (marks, bit) = self.at(address);
        marks.written |= bit;
    }

    /// Whether an address was written since its block was given.
    pub fn is_written(&self, address: u32) -> bool {
        self.words[(address >> 6) as usize].written & (1 << (address & 63)) != 0
    }

    /// Records that nothing is written at the addresses of a block and that no symbol stands there.
    pub fn forget(&mut self, start: u32, length: u32) {
        for (word, bits) in words(start, length) {
            let marks = &mut self.words[word];
            marks.symbols = marks.symbols.map(|symbols| symbols & !bits);
            marks.written &= !bits;
        }
    }

    /// The template that starts at `address`: its leading symbols, at most `max`.
    #[inline]
    pub fn template_at(&self, address: u32, max: u32) -> Template {
        let [zeros, ones] = [0, 1].map(|symbol| self.window(symbol, address));
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
            let wanted = !template.symbols >> k & 1;
            matches &= self.window(wanted as usize, base.wrapping_add(k));
            if matches == 0 {
                break;
            }
        }
        matches
    }

    /// Where a symbol stands among the 64 addresses from `address` on, wrapping.
    #[inline]
    fn window(&self, symbol: usize, address: u32) -> u64 {
        let mask = self.words.len() - 1;
        let word = (address >> 6) as usize;
        let shift = address & 63;
        let low = self.words[word & mask].symbols[symbol] >> shift;
        // Shifting twice keeps a shift of 0 from becoming one of 64.
        let high = self.words[(word + 1) & mask].symbols[symbol] << 1 << (63 - shift);
        low | high
    }

    fn found(&self, start: u32, distance: u32) -> Found {
        let mask = (self.words.len() * 64 - 1) as u32;
        Found {
            start: Some(start & mask),
            scanned: distance + 1,
        }
    }
}

/// The words of 64 addresses that a block touches, with its addresses in each as bits.
fn words(start: u32, length: u32) -> impl Iterator<Item = (usize, u64)> {
    let end = start + length;
    (start >> 6..end.div_ceil(64)).map(move |word| {
        let first = start.saturating_sub(word * 64);
        let last = (end - word * 64).min(64);
        (word as usize, !0 << first & !0 >> (64 - last))
    })
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
