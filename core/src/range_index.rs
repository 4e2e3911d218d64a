//! Ranges by where they start and how long they are: the next one up or down that is long enough. Knows no meaning of a range.
//!
//! Beside a bit for each start stands, for every 64 addresses and again for every 64 of those, the length of the longest
//! range that starts there: what is too short is passed over sixteen numbers at a time, and never looked at.

/// Addresses of a block, and blocks of a group.
const WIDTH: usize = 64;
/// Numbers compared at once.
const STRIDE: usize = 16;

/// Ranges that do not overlap.
#[derive(Clone, Debug)]
pub struct RangeIndex {
    /// Of each block, a bit where a range starts.
    starts: Vec<u64>,
    /// The longest start of each block, as `rank` tells it; 0 for none.
    blocks: Vec<u16>,
    /// The longest of each group of blocks.
    groups: Vec<u16>,
}

/// A length as blocks and groups know it: all above 65,535 are alike.
fn rank(length: u32) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

impl RangeIndex {
    /// No ranges over `size` addresses.
    pub fn new(size: u32) -> Self {
        let size = size as usize;
        let groups = size.div_ceil(WIDTH * WIDTH);
        let blocks = groups * WIDTH;
        Self {
            starts: vec![0; blocks],
            blocks: vec![0; blocks],
            groups: vec![0; groups.next_multiple_of(STRIDE)],
        }
    }

    /// Adds a range of at least one address.
    pub fn insert(&mut self, start: u32, length: u32) {
        let block = start as usize / WIDTH;
        self.starts[block] |= 1 << (start as usize % WIDTH);
        raise(&mut self.blocks[block], rank(length));
        raise(&mut self.groups[block / WIDTH], rank(length));
    }

    /// Takes a range out; `of` tells the lengths of the others by their starts.
    pub fn remove(&mut self, start: u32, length: u32, of: impl Fn(u32) -> u32) {
        let block = start as usize / WIDTH;
        self.starts[block] &= !(1 << (start as usize % WIDTH));
        let before = self.blocks[block];
        if rank(length) < before {
            return;
        }
        let left = bits(self.starts[block]).map(|bit| of(address(block, bit)));
        self.blocks[block] = rank(left.max().unwrap_or(0));
        let group = block / WIDTH;
        if before == self.groups[group] {
            let members = self.members(group).unwrap_or(&[]);
            self.groups[group] = members.iter().fold(0, |most, &rank| most.max(rank));
        }
    }

    /// The first range of at least `length` that starts at `from` or above: its start and its length, as told by `of`.
    pub fn at_or_above(
        &self,
        from: u32,
        length: u32,
        of: impl Fn(u32) -> u32,
    ) -> Option<(u32, u32)> {
        let (mut block, mut wanted) = (from as usize / WIDTH, !0 << (from as usize % WIDTH));
        loop {
            let starts = bits(self.starts.get(block)? & wanted);
            let mut ranges = starts.map(|bit| range(block, bit, &of));
            if let Some(found) = ranges.find(|range| range.1 >= length) {
                return Some(found);
            }
            block = self.block_above(block + 1, rank(length))?;
            wanted = !0;
        }
    }

    /// The last range of at least `length` that starts below `before`: its start and its length, as told by `of`.
    pub fn below(&self, before: u32, length: u32, of: impl Fn(u32) -> u32) -> Option<(u32, u32)> {
        let (mut block, mut wanted) = (before as usize / WIDTH, !(!0 << (before as usize % WIDTH)));
        loop {
            let mut starts = self.starts.get(block).map_or(0, |starts| starts & wanted);
            while starts != 0 {
                let bit = WIDTH - 1 - starts.leading_zeros() as usize;
                let found = range(block, bit, &of);
                if found.1 >= length {
                    return Some(found);
                }
                starts &= !(1 << bit);
            }
            block = self.block_below(block, rank(length))?;
            wanted = !0;
        }
    }

    /// The first block at `from` or above with a start of at least this rank.
    fn block_above(&self, from: usize, rank: u16) -> Option<usize> {
        let (group, place) = (from / WIDTH, from % WIDTH);
        if let Some(found) = first(self.members(group)?, place, rank) {
            return Some(group * WIDTH + found);
        }
        let group = first(&self.groups, group + 1, rank)?;
        Some(group * WIDTH + first(self.members(group)?, 0, rank)?)
    }

    /// The last block below `before` with a start of at least this rank.
    fn block_below(&self, before: usize, rank: u16) -> Option<usize> {
        let (group, place) = (before / WIDTH, before % WIDTH);
        if let Some(found) = last(self.members(group).unwrap_or(&[]), place, rank) {
            return Some(group * WIDTH + found);
        }
        let group = last(&self.groups, group, rank)?;
        Some(group * WIDTH + last(self.members(group)?, WIDTH, rank)?)
    }

    /// The blocks of a group.
    fn members(&self, group: usize) -> Option<&[u16]> {
        self.blocks.get(group * WIDTH..(group + 1) * WIDTH)
    }
}

fn address(block: usize, bit: usize) -> u32 {
    (block * WIDTH + bit) as u32
}

fn range(block: usize, bit: usize, of: impl Fn(u32) -> u32) -> (u32, u32) {
    let start = address(block, bit);
    (start, of(start))
}

#[inline]
fn raise(most: &mut u16, rank: u16) {
    *most = rank.max(*most);
}

/// The places of the bits that are set, lowest first.
fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize);
        word &= word.wrapping_sub(1);
        bit
    })
}

/// A bit for each that is at least `rank`, without a branch.
#[inline(always)]
fn fitting(ranks: &[u16; STRIDE], rank: u16) -> u16 {
    let fits = ranks.iter().enumerate();
    fits.fold(0, |bits, (at, &other)| {
        bits | u16::from(other >= rank) << at
    })
}

/// The first place at `from` or above of at least this rank.
#[inline]
fn first(ranks: &[u16], from: usize, rank: u16) -> Option<usize> {
    let (mut at, mut wanted) = (from / STRIDE, !0 << (from % STRIDE));
    loop {
        let fits = fitting(ranks.as_chunks().0.get(at)?, rank) & wanted;
        if fits != 0 {
            return Some(at * STRIDE + fits.trailing_zeros() as usize);
        }
        (at, wanted) = (at + 1, !0);
    }
}

/// The last place below `before` of at least this rank.
#[inline]
fn last(ranks: &[u16], before: usize, rank: u16) -> Option<usize> {
    let (mut at, mut wanted) = (before / STRIDE, !(!0 << (before % STRIDE)));
    loop {
        let stride = ranks.as_chunks().0.get(at);
        let fits = stride.map_or(0, |stride| fitting(stride, rank)) & wanted;
        if fits != 0 {
            return Some(at * STRIDE + STRIDE - 1 - fits.leading_zeros() as usize);
        }
        (at, wanted) = (at.checked_sub(1)?, !0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};
    use std::collections::BTreeMap;

    #[test]
    fn the_next_long_enough_is_that_of_an_ordered_map() {
        let mut rng = Rng::stream(WorldSeed(6), IslandId(1), "ranges");
        for (size, longest) in [(128, 8), (4_096, 90), (65_536, 300), (1 << 20, 300_000)] {
            let (mut index, mut plain) = (RangeIndex::new(size), BTreeMap::<u32, u32>::new());
            for round in 0..20_000u32 {
                let (address, length) = (rng.below(size), 1 + rng.below(longest));
                let near = plain
                    .range(..=address)
                    .next_back()
                    .map(|(&at, &of)| (at, of));
                let behind = plain.range(address..).next().map_or(size, |(&at, _)| at);
                let taken = near.is_some_and(|(at, of)| at + of > address);
                if let (Some((at, of)), true) = (near, round % 3 == 0 || taken) {
                    plain.remove(&at);
                    index.remove(at, of, |start| plain[&start]);
                } else if address + length <= behind && !taken {
                    plain.insert(address, length);
                    index.insert(address, length);
                }
                let (at, wanted) = (rng.below(size), 1 + rng.below(longest));
                let fits = |(&at, &of): (&u32, &u32)| (of >= wanted).then_some((at, of));
                assert_eq!(
                    index.at_or_above(at, wanted, |start| plain[&start]),
                    plain.range(at..).find_map(fits)
                );
                assert_eq!(
                    index.below(at, wanted, |start| plain[&start]),
                    plain.range(..at).rev().find_map(fits)
                );
            }
        }
    }
}
