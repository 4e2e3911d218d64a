//! A set of addresses that finds its neighbours quickly: one bit each, and one bit per non-empty word. Knows no meaning of an address.

/// A set over `0..size`.
#[derive(Clone, Debug)]
pub struct BitSet {
    words: Vec<u64>,
    summary: Vec<u64>,
}

impl BitSet {
    /// An empty set.
    pub fn new(size: u32) -> Self {
        let words = (size as usize).div_ceil(64);
        Self {
            words: vec![0; words],
            summary: vec![0; words.div_ceil(64)],
        }
    }

    /// Adds an address.
    #[inline]
    pub fn insert(&mut self, address: u32) {
        let word = (address >> 6) as usize;
        self.words[word] |= 1 << (address & 63);
        self.summary[word >> 6] |= 1 << (word & 63);
    }

    /// Takes an address out.
    #[inline]
    pub fn remove(&mut self, address: u32) {
        let word = (address >> 6) as usize;
        self.words[word] &= !(1 << (address & 63));
        if self.words[word] == 0 {
            self.summary[word >> 6] &= !(1 << (word & 63));
        }
    }

    /// The smallest member that is at least `address`.
    #[inline]
    pub fn at_or_above(&self, address: u32) -> Option<u32> {
        let word = (address >> 6) as usize;
        let bits = self.words.get(word)? & (!0 << (address & 63));
        if bits != 0 {
            return Some(word as u32 * 64 + bits.trailing_zeros());
        }
        let next = first_from(&self.summary, word + 1)?;
        Some(next as u32 * 64 + self.words[next].trailing_zeros())
    }

    /// The largest member that is less than `address`.
    #[inline]
    pub fn below(&self, address: u32) -> Option<u32> {
        let word = (address >> 6) as usize;
        let bits = self
            .words
            .get(word)
            .map_or(0, |bits| bits & !(!0 << (address & 63)));
        if bits != 0 {
            return Some(word as u32 * 64 + 63 - bits.leading_zeros());
        }
        let next = last_before(&self.summary, word)?;
        Some(next as u32 * 64 + 63 - self.words[next].leading_zeros())
    }
}

/// The first set bit at `from` or above.
fn first_from(bits: &[u64], from: usize) -> Option<usize> {
    let mut at = from >> 6;
    let mut word = bits.get(at)? & (!0 << (from & 63));
    while word == 0 {
        at += 1;
        word = *bits.get(at)?;
    }
    Some(at * 64 + word.trailing_zeros() as usize)
}

/// The last set bit below `before`.
fn last_before(bits: &[u64], before: usize) -> Option<usize> {
    let mut at = before >> 6;
    let mut word = bits.get(at).map_or(0, |word| word & !(!0 << (before & 63)));
    while word == 0 {
        at = at.checked_sub(1)?;
        word = *bits.get(at)?;
    }
    Some(at * 64 + 63 - word.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};
    use std::collections::BTreeSet;

    #[test]
    fn neighbours_are_those_of_an_ordered_set() {
        let mut rng = Rng::stream(WorldSeed(6), IslandId(1), "bits");
        for size in [4_096, 65_536] {
            let (mut set, mut plain) = (BitSet::new(size), BTreeSet::new());
            for round in 0..20_000u32 {
                let (address, at) = (rng.below(size), rng.below(size));
                if round % 3 == 0 || round > 18_000 {
                    let gone = plain.range(address..).next().copied().unwrap_or(address);
                    plain.remove(&gone);
                    set.remove(gone);
                } else if !(200..=10_000).contains(&round) {
                    plain.insert(address);
                    set.insert(address);
                }
                assert_eq!(set.at_or_above(at), plain.range(at..).next().copied());
                assert_eq!(set.below(at), plain.range(..at).next_back().copied());
            }
        }
    }
}
