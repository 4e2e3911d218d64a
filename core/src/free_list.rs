//! The free ranges of a soup: give, take, find the nearest that fits. Knows no owner and no byte.
//!
//! Ranges never touch and never cross the end of the soup. Each range stores its length at both of its
//! ends, so neighbours merge without a search, and one bit per range start lets a walk skip 64 addresses
//! at a time. `bound` is an upper bound of the longest range, which makes the usual case of a full soup,
//! nothing fits, cost one comparison.

/// The free ranges.
#[derive(Clone, Debug)]
pub struct FreeList {
    starts: Vec<u64>,
    length_at_start: Vec<u32>,
    length_at_end: Vec<u32>,
    free_bytes: u32,
    bound: u32,
}

impl FreeList {
    /// A list of no ranges over `size` addresses, a power of two and at least 64.
    pub fn empty(size: u32) -> Self {
        Self {
            starts: vec![0; size as usize / 64],
            length_at_start: vec![0; size as usize],
            length_at_end: vec![0; size as usize],
            free_bytes: 0,
            bound: 0,
        }
    }

    /// Bytes in all ranges.
    pub fn free_bytes(&self) -> u32 {
        self.free_bytes
    }

    /// Adds a range, merging it with its neighbours; the bytes must not be free yet.
    pub fn give(&mut self, start: u32, length: u32) {
        if length == 0 {
            return;
        }
        self.free_bytes += length;
        let (mut start, mut length) = (start, length);
        let before = start
            .checked_sub(1)
            .map_or(0, |end| self.length_at_end[end as usize]);
        if before > 0 {
            self.remove(start - before, before);
            start -= before;
            length += before;
        }
        let behind = start + length;
        let after = self
            .length_at_start
            .get(behind as usize)
            .copied()
            .unwrap_or(0);
        if after > 0 {
            self.remove(behind, after);
            length += after;
        }
        self.insert(start, length);
        self.bound = self.bound.max(length);
    }

    /// Takes `length` bytes at `start` out of the range that holds them, which must begin at or before it.
    pub fn take(&mut self, range: (u32, u32), start: u32, length: u32) {
        let (first, total) = range;
        self.remove(first, total);
        self.free_bytes -= length;
        if start > first {
            self.insert(first, start - first);
        }
        let (end, range_end) = (start + length, first + total);
        if end < range_end {
            self.insert(end, range_end - end);
        }
    }

    /// Takes `length` bytes that start a range, if there is such a range and it is long enough.
    pub fn take_front(&mut self, start: u32, length: u32) -> bool {
        let total = self
            .length_at_start
            .get(start as usize)
            .copied()
            .unwrap_or(0);
        let fits = total >= length && length > 0;
        if fits {
            self.take((start, total), start, length);
        }
        fits
    }

    /// Takes the block of `length` bytes whose start is nearest to `target`; the lower one on ties.
    pub fn take_nearest(&mut self, target: u32, length: u32) -> Option<u32> {
        if length == 0 || length > self.bound {
            return None;
        }
        let above = self.first_above(target, length);
        let below = self.first_below(target, length);
        let chosen = match (below, above) {
            (Some(below), Some(above)) if target - below.0 > above.0 - target => Some(above),
            (Some(below), _) => Some(below),
            (None, above) => above,
        };
        match chosen {
            Some((start, range)) => {
                self.take(range, start, length);
                Some(start)
            }
            None => {
                self.bound = length - 1;
                None
            }
        }
    }

    /// All ranges, by address: start and length.
    #[cfg(test)]
    pub fn ranges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let lengths = self.length_at_start.iter().enumerate();
        lengths
            .filter(|(_, length)| **length > 0)
            .map(|(start, &length)| (start as u32, length))
    }

    /// The nearest fitting start at or above `target`, among ranges that begin there.
    fn first_above(&self, target: u32, length: u32) -> Option<(u32, (u32, u32))> {
        let mut word = (target >> 6) as usize;
        let mut bits = self.starts.get(word).copied().unwrap_or(0) & (!0 << (target & 63));
        loop {
            while bits != 0 {
                let start = word as u32 * 64 + bits.trailing_zeros();
                let total = self.length_at_start[start as usize];
                if total >= length {
                    return Some((start, (start, total)));
                }
                bits &= bits - 1;
            }
            word += 1;
            bits = *self.starts.get(word)?;
        }
    }

    /// The nearest fitting start below or at `target`, among ranges that begin below it.
    fn first_below(&self, target: u32, length: u32) -> Option<(u32, (u32, u32))> {
        let mut word = (target >> 6) as usize;
        let mut bits = self.starts.get(word).copied().unwrap_or(0) & !(!0 << (target & 63));
        loop {
            while bits != 0 {
                let high = 63 - bits.leading_zeros();
                let start = word as u32 * 64 + high;
                let total = self.length_at_start[start as usize];
                if total >= length {
                    return Some(((start + total - length).min(target), (start, total)));
                }
                bits &= !(1 << high);
            }
            word = word.checked_sub(1)?;
            bits = self.starts[word];
        }
    }

    fn insert(&mut self, start: u32, length: u32) {
        self.starts[(start >> 6) as usize] |= 1 << (start & 63);
        self.length_at_start[start as usize] = length;
        self.length_at_end[(start + length - 1) as usize] = length;
    }

    fn remove(&mut self, start: u32, length: u32) {
        self.starts[(start >> 6) as usize] &= !(1 << (start & 63));
        self.length_at_start[start as usize] = 0;
        self.length_at_end[(start + length - 1) as usize] = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};

    const SIZE: u32 = 1024;

    /// The same by looking at every address.
    fn plain_nearest(free: &[bool], target: u32, length: u32) -> Option<u32> {
        let fits = |start: u32| {
            let end = start + length;
            end <= SIZE && (start..end).all(|address| free[address as usize])
        };
        (0..SIZE)
            .filter(|&start| fits(start))
            .min_by_key(|&start| (start.abs_diff(target), start))
    }

    #[test]
    fn it_gives_takes_and_finds_like_a_plain_map() {
        let mut rng = Rng::stream(WorldSeed(3), IslandId(1), "free");
        let mut list = FreeList::empty(SIZE);
        let mut free = vec![true; SIZE as usize];
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        list.give(0, SIZE);
        for round in 0..20_000 {
            let length = 1 + rng.below(60);
            let target = rng.below(SIZE);
            if rng.below(5) < 3 || blocks.is_empty() {
                let expected = plain_nearest(&free, target, length);
                let start = list.take_nearest(target, length);
                assert_eq!(start, expected, "round {round}");
                blocks.extend(start.map(|start| (start, length)));
                let taken = start.map_or(0..0, |start| start..start + length);
                taken.for_each(|address| free[address as usize] = false);
            } else {
                let (start, length) = blocks.swap_remove(rng.below(blocks.len() as u32) as usize);
                list.give(start, length);
                (start..start + length).for_each(|address| free[address as usize] = true);
            }
            let bytes = free.iter().filter(|free| **free).count();
            assert_eq!(list.free_bytes() as usize, bytes);
            let listed: u32 = list.ranges().map(|(_, length)| length).sum();
            assert_eq!(listed as usize, bytes);
        }
    }
}
