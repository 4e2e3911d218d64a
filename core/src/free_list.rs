//! The free ranges of a soup: give, take, find the nearest that fits. Knows no owner and no byte.
//!
//! Ranges never touch and never cross the end of the soup. Each range stores its length at both of its
//! ends, so neighbours merge without a search. For each of a few sizes a bit marks where a range of at least
//! that size starts, so a walk rarely meets a crumb. The longest known range is remembered with an upper bound of all others: in a full soup only
//! the range that was just freed fits, or nothing does, and neither takes a walk to find out.

use crate::bit_set::BitSets;

/// The sizes for which starts are marked.
const SIZES: [u32; 8] = [1, 20, 28, 32, 36, 40, 48, 64];

/// The free ranges.
#[derive(Clone, Debug)]
pub struct FreeList {
    starts: BitSets<{ SIZES.len() }>,
    /// At the first and the last address of each range its length, else 0.
    length_at: Vec<u32>,
    free_bytes: u32,
    longest: (u32, u32),
    others: u32,
}

impl FreeList {
    /// A list of no ranges over `size` addresses, a power of two and at least 64.
    pub fn empty(size: u32) -> Self {
        Self {
            starts: BitSets::new(size),
            length_at: vec![0; size as usize],
            free_bytes: 0,
            longest: (0, 0),
            others: 0,
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
        // What is free there can only be the end, or the start, of a range.
        let before = self.length_at(start.wrapping_sub(1));
        if before > 0 {
            self.remove(start - before, before);
            start -= before;
            length += before;
        }
        let behind = start + length;
        let after = self.length_at(behind);
        if after > 0 {
            self.remove(behind, after);
            length += after;
        }
        self.insert(start, length);
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

    /// The length of the range that begins or ends at an address, 0 if none does.
    #[inline]
    fn length_at(&self, address: u32) -> u32 {
        self.length_at.get(address as usize).copied().unwrap_or(0)
    }

    /// Takes `length` bytes that start a range, if there is such a range and it is long enough.
    pub fn take_front(&mut self, start: u32, length: u32) -> bool {
        let total = self.length_at(start);
        let fits = total >= length && length > 0;
        if fits {
            self.take((start, total), start, length);
        }
        fits
    }

    /// Takes the block of `length` bytes whose start is nearest to `target`; the lower one on ties.
    pub fn take_nearest(&mut self, target: u32, length: u32) -> Option<u32> {
        if length == 0 {
            return None;
        }
        let (start, range) = if length > self.others {
            let (first, total) = self.longest;
            let last = first + total.checked_sub(length)?;
            (target.clamp(first, last), self.longest)
        } else {
            self.walk(target, length)?
        };
        self.take(range, start, length);
        Some(start)
    }

    /// The nearest fitting start with its range, by walking both ways.
    fn walk(&mut self, target: u32, length: u32) -> Option<(u32, (u32, u32))> {
        let above = self.first_above(target, length);
        let most = above.map_or(u32::MAX, |above| above.0 - target);
        let nearest = self.first_below(target, length, most).or(above);
        if nearest.is_none() {
            self.others = length - 1;
        }
        nearest
    }

    /// All ranges, by address: start and length.
    #[cfg(test)]
    pub fn ranges(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let first = self.starts.at_or_above(0, 0);
        std::iter::successors(first, |start| self.starts.at_or_above(0, start + 1))
            .map(|start| (start, self.length_at[start as usize]))
    }

    /// The nearest fitting start at or above `target`, among ranges that begin there.
    fn first_above(&self, target: u32, length: u32) -> Option<(u32, (u32, u32))> {
        let set = rungs(length) - 1;
        let mut start = self.starts.at_or_above(set, target)?;
        loop {
            let total = self.length_at[start as usize];
            if total >= length {
                return Some((start, (start, total)));
            }
            start = self.starts.at_or_above(set, start + 1)?;
        }
    }

    /// The nearest fitting start below or at `target`, among ranges that begin below it, if it is not further than `most`.
    fn first_below(&self, target: u32, length: u32, most: u32) -> Option<(u32, (u32, u32))> {
        let set = rungs(length) - 1;
        let mut start = self.starts.below(set, target)?;
        loop {
            let total = self.length_at[start as usize];
            if total >= length {
                let fitting = (start + total - length).min(target);
                return (target - fitting <= most).then_some((fitting, (start, total)));
            }
            // Whatever begins further down ends before this begins.
            if target - start > most {
                return None;
            }
            start = self.starts.below(set, start)?;
        }
    }

    fn insert(&mut self, start: u32, length: u32) {
        self.starts.insert(start, rungs(length));
        self.length_at[start as usize] = length;
        self.length_at[(start + length - 1) as usize] = length;
        if length > self.longest.1 {
            self.others = self.others.max(self.longest.1);
            self.longest = (start, length);
        } else {
            self.others = self.others.max(length);
        }
    }

    fn remove(&mut self, start: u32, length: u32) {
        self.starts.remove(start);
        self.length_at[start as usize] = 0;
        self.length_at[(start + length - 1) as usize] = 0;
        if start == self.longest.0 {
            self.longest = (0, 0);
        }
    }
}

/// How many of the `SIZES` a range of this length has.
fn rungs(length: u32) -> usize {
    SIZES.iter().filter(|&&size| size <= length).count()
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
            let length = 1 + rng.below(80);
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
