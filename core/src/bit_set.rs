//! A ladder of sets of addresses, each within the one before, that find neighbours quickly. Knows no meaning of an address.
//!
//! One bit an address, and one bit per non-empty word; the words of all sets lie side by side, so that entering and leaving
//! touch one place.

/// `N` sets over `0..size`.
#[derive(Clone, Debug)]
pub struct BitSets<const N: usize> {
    words: Vec<[u64; N]>,
    summary: Vec<[u64; N]>,
}

impl<const N: usize> BitSets<N> {
    /// Empty sets.
    pub fn new(size: u32) -> Self {
        let words = (size as usize).div_ceil(64);
        Self {
            words: vec![[0; N]; words],
            summary: vec![[0; N]; words.div_ceil(64)],
        }
    }

    /// Adds an address to the first `sets` sets.
    #[inline]
    pub fn insert(&mut self, address: u32, sets: usize) {
        let word = (address >> 6) as usize;
        let (bit, filled) = (1 << (address & 63), 1 << (word & 63));
        let chosen = |bit: u64| std::array::from_fn(|set| if set < sets { bit } else { 0 });
        add(&mut self.words[word], chosen(bit));
        add(&mut self.summary[word >> 6], chosen(filled));
    }

    /// Takes an address out of all sets.
    #[inline]
    pub fn remove(&mut self, address: u32) {
        let word = (address >> 6) as usize;
        let (bit, filled) = (1u64 << (address & 63), 1u64 << (word & 63));
        let words = &mut self.words[word];
        for (bits, filled_words) in words.iter_mut().zip(&mut self.summary[word >> 6]) {
            *bits &= !bit;
            *filled_words &= if *bits == 0 { !filled } else { !0 };
        }
    }

    /// The smallest member of a set that is at least `address`.
    #[inline]
    pub fn at_or_above(&self, set: usize, address: u32) -> Option<u32> {
        let word = (address >> 6) as usize;
        let bits = self.words.get(word)?[set] & (!0 << (address & 63));
        if bits != 0 {
            return Some(word as u32 * 64 + bits.trailing_zeros());
        }
        let next = self.first_from(set, word + 1)?;
        Some(next as u32 * 64 + self.words[next][set].trailing_zeros())
    }

    /// The largest member of a set that is less than `address`.
    #[inline]
    pub fn below(&self, set: usize, address: u32) -> Option<u32> {
        let word = (address >> 6) as usize;
        let bits = self
            .words
            .get(word)
            .map_or(0, |words| words[set] & !(!0 << (address & 63)));
        if bits != 0 {
            return Some(word as u32 * 64 + 63 - bits.leading_zeros());
        }
        let next = self.last_before(set, word)?;
        Some(next as u32 * 64 + 63 - self.words[next][set].leading_zeros())
    }

    /// The first non-empty word at `from` or above.
    fn first_from(&self, set: usize, from: usize) -> Option<usize> {
        let mut at = from >> 6;
        let mut filled = self.summary.get(at)?[set] & (!0 << (from & 63));
        while filled == 0 {
            at += 1;
            filled = self.summary.get(at)?[set];
        }
        Some(at * 64 + filled.trailing_zeros() as usize)
    }

    /// The last non-empty word below `before`.
    fn last_before(&self, set: usize, before: usize) -> Option<usize> {
        let mut at = before >> 6;
        let below = !(!0 << (before & 63));
        let mut filled = self.summary.get(at).map_or(0, |words| words[set] & below);
        while filled == 0 {
            at = at.checked_sub(1)?;
            filled = self.summary[at][set];
        }
        Some(at * 64 + 63 - filled.leading_zeros() as usize)
    }
}

fn add<const N: usize>(words: &mut [u64; N], bits: [u64; N]) {
    words
        .iter_mut()
        .zip(bits)
        .for_each(|(word, bits)| *word |= bits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};
    use std::collections::BTreeMap;

    #[test]
    fn neighbours_are_those_of_ordered_sets() {
        let mut rng = Rng::stream(WorldSeed(6), IslandId(1), "bits");
        for size in [4_096, 65_536] {
            let (mut sets, mut plain) = (BitSets::<3>::new(size), BTreeMap::new());
            for round in 0..20_000u32 {
                let (address, at) = (rng.below(size), rng.below(size));
                let set = rng.below(3) as usize;
                if round % 3 == 0 || round > 18_000 {
                    let gone = plain.range(address..).next().map(|(&at, _)| at);
                    plain.remove(&gone.unwrap_or(address));
                    sets.remove(gone.unwrap_or(address));
                } else if !(200..=10_000).contains(&round) && !plain.contains_key(&address) {
                    plain.insert(address, set);
                    sets.insert(address, set + 1);
                }
                let member = |(&at, &last): (&u32, &usize)| (last >= set).then_some(at);
                assert_eq!(
                    sets.at_or_above(set, at),
                    plain.range(at..).find_map(member)
                );
                assert_eq!(
                    sets.below(set, at),
                    plain.range(..at).rev().find_map(member)
                );
            }
        }
    }
}
