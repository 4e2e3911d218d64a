//! SoupMemory: the bytes, who owns each, what is free, what a child has received. Knows no organism beyond a number.

use crate::{
    config::SoupConfig,
    isa,
    owner_map::OwnerMap,
    template::{Marks, TemplateIndex},
};

/// What virgin soup and a fresh block hold: invalid, so that nothing uncopied is inherited.
pub const VIRGIN: u8 = 0xFF;

/// The soup of one island; addresses wrap.
#[derive(Clone, Debug)]
pub struct SoupMemory {
    bytes: Vec<u8>,
    index: TemplateIndex,
    owners: OwnerMap,
}

/// The parts of a soup that the interpreter touches, as plain slices, so that they stay in machine registers.
pub struct SoupView<'a> {
    /// The bytes, a power of two of them.
    pub bytes: &'a mut [u8],
    /// What is known of every 64 of them.
    pub marks: &'a mut [Marks],
}

/// Bytes at addresses that wrap: of any power of two, or of a number that the compiler knows.
pub trait Wrapped {
    /// These bytes, if there are as many as the type has.
    fn of(bytes: &mut [u8]) -> Option<&mut Self>;
    /// The address within the soup.
    fn wrap(&self, address: u32) -> u32;
    /// The byte at an address.
    fn at(&self, address: u32) -> u8;
    /// Eight bytes from an address on, unless the end of the soup is among them.
    fn eight(&self, address: u32) -> Option<[u8; 8]>;
    /// Puts a byte.
    fn put(&mut self, address: u32, byte: u8);
}

impl Wrapped for [u8] {
    #[inline(always)]
    fn of(bytes: &mut [u8]) -> Option<&mut Self> {
        Some(bytes)
    }
    #[inline(always)]
    fn wrap(&self, address: u32) -> u32 {
        address & (self.len() - 1) as u32
    }
    #[inline(always)]
    fn at(&self, address: u32) -> u8 {
        self[address as usize & (self.len() - 1)]
    }
    #[inline(always)]
    fn eight(&self, address: u32) -> Option<[u8; 8]> {
        let start = address as usize & (self.len() - 1);
        self.get(start..start + 8)?.try_into().ok()
    }
    #[inline(always)]
    fn put(&mut self, address: u32, byte: u8) {
        let mask = self.len() - 1;
        self[address as usize & mask] = byte;
    }
}

impl Wrapped for [u8; 65_536] {
    #[inline(always)]
    fn of(bytes: &mut [u8]) -> Option<&mut Self> {
        bytes.try_into().ok()
    }
    #[inline(always)]
    fn wrap(&self, address: u32) -> u32 {
        address & 0xFFFF
    }
    #[inline(always)]
    fn at(&self, address: u32) -> u8 {
        self[usize::from(address as u16)]
    }
    #[inline(always)]
    fn eight(&self, address: u32) -> Option<[u8; 8]> {
        let start = usize::from(address as u16);
        self.get(start..start + 8)?.try_into().ok()
    }
    #[inline(always)]
    fn put(&mut self, address: u32, byte: u8) {
        self[usize::from(address as u16)] = byte;
    }
}

/// A template search from an opcode whose next address is `ip`.
#[derive(Clone, Copy)]
pub struct Sought {
    /// Symbols of the template.
    pub length: u32,
    /// Where its complement starts.
    pub start: Option<u32>,
    /// What the search costs.
    pub ticks: u32,
}

impl SoupMemory {
    /// Looks for the complement of the template at `ip`.
    pub fn seek(&self, ip: u32, config: &SoupConfig, forward: bool) -> Sought {
        let index = &self.index;
        let template = index.template_at(ip, config.template_max);
        let length = template.length;
        if length == 0 {
            return Sought {
                length,
                start: None,
                ticks: 0,
            };
        }
        let radius = config.search_radius;
        let found = if forward {
            index.search_forward(template, ip.wrapping_add(length), radius)
        } else {
            index.search_backward(template, ip.wrapping_sub(1 + length), radius)
        };
        Sought {
            length,
            start: found.start,
            ticks: found.scanned / config.search_bytes_per_tick,
        }
    }

    /// The parts that the interpreter touches.
    #[inline]
    pub fn view(&mut self) -> SoupView<'_> {
        SoupView {
            bytes: &mut self.bytes,
            marks: self.index.words_mut(),
        }
    }

    /// A soup of these bytes in which nothing is owned; `bytes` is a power of two and at least 64 long.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self {
            index: TemplateIndex::new(&bytes),
            owners: OwnerMap::new(bytes.len() as u32),
            bytes,
        }
    }

    /// A soup with owned blocks (start, length, owner); `None` if one overlaps another or leaves the soup.
    pub fn with_owned(
        bytes: Vec<u8>,
        blocks: impl Iterator<Item = (u32, u32, u32)>,
    ) -> Option<Self> {
        let mut soup = Self::new(bytes);
        for (start, length, owner) in blocks {
            if !soup.owners.claim(start, length, owner) {
                return None;
            }
        }
        Some(soup)
    }

    /// Number of addresses.
    #[inline]
    pub fn size(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The byte at an address.
    #[inline]
    pub fn read(&self, address: u32) -> u8 {
        // The length is a power of two, so the mask keeps the index inside and the check costs nothing.
        self.bytes[address as usize & (self.bytes.len() - 1)]
    }

    /// Looks at an address and what is marked of it, so that both are fetched. What is seen means nothing.
    #[inline]
    pub fn glance(&self, address: u32) -> u64 {
        u64::from(self.read(address)) ^ self.index.glance(address)
    }

    /// Puts a byte, whoever owns it.
    pub fn write(&mut self, address: u32, byte: u8) {
        let before = std::mem::replace(&mut self.bytes[address as usize], byte);
        if isa::is_symbol(before) || isa::is_symbol(byte) {
            self.index.note(address, byte);
        }
    }

    /// The bytes of a block.
    pub fn block(&self, start: u32, length: u32) -> &[u8] {
        &self.bytes[start as usize..(start + length) as usize]
    }

    /// The owner of an address, `NOBODY` if free.
    #[inline]
    pub fn owner(&self, address: u32) -> u32 {
        self.owners.owner(address)
    }

    /// Makes `owner` the owner of a block that another owns.
    pub fn pass(&mut self, start: u32, length: u32, owner: u32) {
        self.owners.pass(start, length, owner);
    }

    /// Takes the free block nearest to `target` for `owner`; its bytes stay as they are.
    pub fn allocate(&mut self, target: u32, length: u32, owner: u32) -> Option<u32> {
        self.owners.take_nearest(target, length, owner)
    }

    /// Lengthens a block of `owner` by `more` bytes if those behind it are free.
    pub fn extend(&mut self, start: u32, length: u32, more: u32, owner: u32) -> bool {
        self.owners.claim(start + length, more, owner)
    }

    /// Gives a block back; its bytes stay, scavengers live on them.
    pub fn release(&mut self, start: u32, length: u32) {
        self.owners.release(start, length);
    }

    /// Bytes that nobody owns.
    pub fn free_bytes(&self) -> u32 {
        self.owners.free_bytes()
    }

    /// Fills a block with `VIRGIN` and forgets what was written there.
    pub fn blank(&mut self, start: u32, length: u32) {
        self.bytes[start as usize..(start + length) as usize].fill(VIRGIN);
        self.index.forget(start, length);
    }

    /// Which bytes of a block were written since it was given, 8 a byte, lowest address in the lowest bit.
    pub fn written_bits(&self, start: u32, length: u32) -> Vec<u8> {
        let mut bits = vec![0; length.div_ceil(8) as usize];
        for offset in (0..length).filter(|offset| self.index.is_written(start + offset)) {
            bits[(offset / 8) as usize] |= 1 << (offset % 8);
        }
        bits
    }

    /// Marks what `written_bits` told; returns how many bytes that are.
    pub fn restore_written(&mut self, start: u32, length: u32, bits: &[u8]) -> u32 {
        let is_set = |offset: &u32| {
            bits.get((offset / 8) as usize)
                .is_some_and(|byte| byte >> (offset % 8) & 1 == 1)
        };
        let mut count = 0;
        for address in (0..length).filter(is_set).map(|offset| start + offset) {
            self.index.note_written(address);
            count += 1;
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner_map::NOBODY;

    #[test]
    fn blocks_are_owned_extended_and_given_back() {
        let owned = [(130, 10, 8)].into_iter();
        let mut soup = SoupMemory::with_owned(vec![VIRGIN; 4096], owned).expect("fits");
        assert_eq!(soup.allocate(100, 20, 7), Some(100));
        assert!(soup.extend(100, 20, 10, 7) && !soup.extend(100, 30, 1, 7));
        assert_eq!(
            [soup.owner(129), soup.owner(130), soup.owner(140)],
            [7, 8, NOBODY]
        );
        assert_eq!(soup.free_bytes(), 4096 - 40);
        soup.release(100, 30);
        soup.release(130, 10);
        assert_eq!(soup.free_bytes(), 4096);
        assert_eq!(soup.allocate(9, 4096, 7), Some(0), "all of it in one piece");
    }

    #[test]
    fn overlapping_or_foreign_blocks_are_refused() {
        for blocks in [
            vec![(0, 10, 1), (9, 5, 2)],
            vec![(4090, 7, 1)],
            vec![(5, 0, 1)],
            vec![(u32::MAX, 2, 1)],
        ] {
            assert!(SoupMemory::with_owned(vec![VIRGIN; 4096], blocks.into_iter()).is_none());
        }
    }

    #[test]
    fn a_fresh_block_inherits_nothing() {
        let mut soup = SoupMemory::new(vec![0; 4096]);
        assert_eq!(soup.restore_written(64, 1, &[1]), 1);
        assert!(soup.index.is_written(64));
        soup.blank(60, 10);
        assert_eq!(soup.read(64), VIRGIN);
        assert!(!soup.index.is_written(64));
        assert_eq!(soup.index.template_at(58, 8).length, 2);
        assert_eq!(soup.read(64 + 4096), VIRGIN);
    }
}
