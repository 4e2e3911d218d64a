//! How the canonical state spells addresses, times and serials, a second time: relative to what stands beside them. Knows no bytes.

use super::mirror::*;

/// 0, 1, -1, 2, -2 .. as 0, 2, 1, 4, 3 ..
fn fold(far: i32) -> u32 {
    let twice = (far as u32).wrapping_mul(2);
    if far < 0 { !twice } else { twice }
}

fn unfold(folded: u32) -> i32 {
    let half = (folded / 2) as i32;
    if folded % 2 == 1 { !half } else { half }
}

impl State {
    /// From what things are to how they are spelled.
    pub fn spelled(mut self) -> Self {
        let mut last = (0, 0);
        for taxon in &mut self.taxa {
            let this = (taxon.serial, taxon.origin_tick);
            if let Origin::Birth { parent } = &mut taxon.origin {
                *parent = this.0.wrapping_sub(*parent);
            }
            taxon.serial = this.0.wrapping_sub(last.0);
            taxon.origin_tick = this.1.wrapping_sub(last.1);
            last = this;
        }
        for life in &mut self.organisms {
            let (start, length) = (life.start as i32, life.length as i32);
            life.born = self.round.wrapping_sub(life.born);
            life.ip = fold((life.ip as i32).wrapping_sub(start));
            life.registers[1] = life.registers[1].wrapping_sub(start);
            life.stack
                .iter_mut()
                .for_each(|word| *word = word.wrapping_sub(start));
            if let Child::Pending {
                start: first,
                length: bytes,
                since,
                ..
            } = &mut life.child
            {
                life.registers[3] = life.registers[3].wrapping_sub(*first as i32);
                *first = fold((*first as i32).wrapping_sub(start));
                *bytes = fold((*bytes as i32).wrapping_sub(length));
                *since = self.round.wrapping_sub(*since);
            }
        }
        self
    }

    /// And back.
    pub fn meant(mut self) -> Self {
        let mut last = (0u64, 0u64);
        for taxon in &mut self.taxa {
            last = (
                last.0.wrapping_add(taxon.serial),
                last.1.wrapping_add(taxon.origin_tick),
            );
            (taxon.serial, taxon.origin_tick) = last;
            if let Origin::Birth { parent } = &mut taxon.origin {
                *parent = last.0.wrapping_sub(*parent);
            }
        }
        for life in &mut self.organisms {
            let (start, length) = (life.start as i32, life.length as i32);
            life.born = self.round.wrapping_sub(life.born);
            life.ip = unfold(life.ip).wrapping_add(start) as u32;
            life.registers[1] = life.registers[1].wrapping_add(start);
            life.stack
                .iter_mut()
                .for_each(|word| *word = word.wrapping_add(start));
            if let Child::Pending {
                start: first,
                length: bytes,
                since,
                ..
            } = &mut life.child
            {
                *first = unfold(*first).wrapping_add(start) as u32;
                *bytes = unfold(*bytes).wrapping_add(length) as u32;
                *since = self.round.wrapping_sub(*since);
                life.registers[3] = life.registers[3].wrapping_add(*first as i32);
            }
        }
        self
    }
}
