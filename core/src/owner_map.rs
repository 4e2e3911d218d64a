//! OwnerMap: who owns each byte of a soup, what nobody owns, and where the nearest free block is. Knows no byte and no organism
//! beyond a number.
//!
//! Free ranges never touch and never cross the end of the soup. The first and the last byte of each hold its length where
//! an owned byte holds its owner, so neighbours merge without a search, and in memory that is fetched anyway.

use crate::range_index::RangeIndex;

/// The owner of a byte that nobody owns.
pub const NOBODY: u32 = u32::MAX;
/// The bit that tells a free byte; the others are the length of a range at both of its ends, else 0.
const FREE: u32 = 1 << 31;

/// The owners of all bytes, and the free ranges.
#[derive(Clone, Debug)]
pub struct OwnerMap {
    owners: Vec<u32>,
    index: RangeIndex,
    free_bytes: u32,
}

/// The length of the free range that begins or ends at an address, 0 if none does.
#[inline]
fn free_at(owners: &[u32], address: u32) -> u32 {
    match owners.get(address as usize) {
        Some(owner) if owner & FREE != 0 => owner & !FREE,
        _ => 0,
    }
}

impl OwnerMap {
    /// Over `size` addresses, a power of two and at least 64, all of them free.
    pub fn new(size: u32) -> Self {
        let mut map = Self {
            owners: vec![FREE; size as usize],
            index: RangeIndex::new(size),
            free_bytes: size,
        };
        map.insert(0, size);
        map
    }

    /// Bytes that nobody owns.
    pub fn free_bytes(&self) -> u32 {
        self.free_bytes
    }

    /// The owner of an address, `NOBODY` if free; addresses wrap.
    #[inline]
    pub fn owner(&self, address: u32) -> u32 {
        let owner = self.owners[address as usize & (self.owners.len() - 1)];
        if owner & FREE != 0 { NOBODY } else { owner }
    }

    /// Makes `owner` the owner of a block that another owns.
    pub fn pass(&mut self, start: u32, length: u32, owner: u32) {
        self.owners[start as usize..(start + length) as usize].fill(owner);
    }

    /// Gives a block back.
    pub fn release(&mut self, start: u32, length: u32) {
        if length == 0 {
            return;
        }
        self.pass(start, length, FREE);
        self.free_bytes += length;
        let (mut start, mut length) = (start, length);
        let before = free_at(&self.owners, start.wrapping_sub(1));
        if before > 0 {
            self.remove(start - before, before);
            start -= before;
            length += before;
        }
        let behind = start + length;
        let after = free_at(&self.owners, behind);
        if after > 0 {
            self.remove(behind, after);
            length += after;
        }
        self.insert(start, length);
    }

    /// Takes a block for `owner`; false, and nothing is taken, if it is not free or empty.
    pub fn claim(&mut self, start: u32, length: u32, owner: u32) -> bool {
        let of = |start| free_at(&self.owners, start);
        let range = self.index.below(start.saturating_add(1), 1, of);
        let end = u64::from(start) + u64::from(length);
        let free = range.filter(|range| length > 0 && u64::from(range.0 + range.1) >= end);
        free.map(|range| self.take(range, start, length, owner))
            .is_some()
    }

    /// Takes the block of `length` bytes whose start is nearest to `target` for `owner`; the lower one on ties.
    pub fn take_nearest(&mut self, target: u32, length: u32, owner: u32) -> Option<u32> {
        if length == 0 {
            return None;
        }
        let of = |start| free_at(&self.owners, start);
        let above = self.index.at_or_above(target, length, of);
        let below = self.index.below(target, length, of).map(|range| {
            let fitting = (range.0 + range.1 - length).min(target);
            (fitting, range)
        });
        let near = |start: u32| above.is_none_or(|above| target - start <= above.0 - target);
        let (start, range) = match (below.filter(|below| near(below.0)), above) {
            (Some(below), _) => below,
            (None, above) => (above?.0, above?),
        };
        self.take(range, start, length, owner);
        Some(start)
    }

    /// Takes `length` bytes at `start` for `owner` out of the free range that holds them.
    fn take(&mut self, range: (u32, u32), start: u32, length: u32, owner: u32) {
        let (first, total) = range;
        self.remove(first, total);
        self.free_bytes -= length;
        self.pass(start, length, owner);
        if start > first {
            self.insert(first, start - first);
        }
        let (end, range_end) = (start + length, first + total);
        if end < range_end {
            self.insert(end, range_end - end);
        }
    }

    fn insert(&mut self, start: u32, length: u32) {
        self.owners[start as usize] = FREE | length;
        self.owners[(start + length - 1) as usize] = FREE | length;
        self.index.insert(start, length);
    }

    fn remove(&mut self, start: u32, length: u32) {
        self.owners[start as usize] = FREE;
        self.owners[(start + length - 1) as usize] = FREE;
        self.index
            .remove(start, length, |start| free_at(&self.owners, start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IslandId, WorldSeed, rng::Rng};

    const SIZE: u32 = 1024;

    /// The nearest free block by looking at every address.
    fn plain_nearest(owners: &[u32], target: u32, length: u32) -> Option<u32> {
        let fits = |start: u32| {
            let end = (start + length) as usize;
            owners
                .get(start as usize..end)
                .is_some_and(|block| block.iter().all(|&owner| owner == NOBODY))
        };
        (0..SIZE)
            .filter(|&start| fits(start))
            .min_by_key(|&start| (start.abs_diff(target), start))
    }

    fn own(owners: &mut [u32], start: u32, length: u32, owner: u32) {
        owners[start as usize..(start + length) as usize].fill(owner);
    }

    #[test]
    fn it_takes_gives_and_finds_like_a_plain_list_of_owners() {
        let mut rng = Rng::stream(WorldSeed(3), IslandId(1), "free");
        let mut map = OwnerMap::new(SIZE);
        let mut plain = vec![NOBODY; SIZE as usize];
        let mut blocks: Vec<(u32, u32)> = Vec::new();
        for owner in 0..20_000 {
            let (target, length) = (rng.below(SIZE), 1 + rng.below(80));
            match rng.below(6) {
                0..=2 => {
                    let expected = plain_nearest(&plain, target, length);
                    let start = map.take_nearest(target, length, owner);
                    assert_eq!(start, expected, "round {owner}");
                    blocks.extend(start.map(|start| (start, length)));
                    own(
                        &mut plain,
                        start.unwrap_or(0),
                        start.map_or(0, |_| length),
                        owner,
                    );
                }
                3 => {
                    let expected = plain_nearest(&plain, target, length) == Some(target);
                    assert_eq!(map.claim(target, length, owner), expected);
                    blocks.extend(expected.then_some((target, length)));
                    own(&mut plain, target, if expected { length } else { 0 }, owner);
                }
                _ if !blocks.is_empty() => {
                    let (start, length) =
                        blocks.swap_remove(rng.below(blocks.len() as u32) as usize);
                    map.release(start, length);
                    own(&mut plain, start, length, NOBODY);
                }
                _ => {}
            }
            let owners: Vec<u32> = (0..SIZE).map(|address| map.owner(address)).collect();
            assert_eq!(owners, plain, "round {owner}");
            let free = plain.iter().filter(|&&owner| owner == NOBODY).count();
            assert_eq!(map.free_bytes() as usize, free);
        }
    }
}
