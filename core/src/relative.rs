//! Canonical states as they are written: addresses relative to the body they belong to, times and serials to those beside them,
//! because what lies near is small and alike, and packs well. Knows no codec and no law: any state becomes another and back.

use crate::{
    report::Origin,
    state::{ChildState, IslandState, OrganismState, TaxonState},
};

/// How far `value` lies from `base`, small for both directions.
fn distance(value: u32, base: u32) -> u32 {
    let far = value.wrapping_sub(base) as i32;
    ((far << 1) ^ (far >> 31)) as u32
}

/// What lies so far from `base`.
fn at(distance: u32, base: u32) -> u32 {
    let far = (distance >> 1) as i32 ^ -((distance & 1) as i32);
    base.wrapping_add(far as u32)
}

impl IslandState {
    /// As it is written.
    pub(crate) fn into_relative(mut self) -> Self {
        let round = self.round;
        self.organisms
            .iter_mut()
            .for_each(|organism| organism.make_relative(round));
        let mut before = (0, 0);
        for taxon in &mut self.taxa {
            let own = (taxon.serial, taxon.origin_tick);
            taxon.part_from(before, own.0);
            before = own;
        }
        self
    }

    /// As it is meant.
    pub(crate) fn into_absolute(mut self) -> Self {
        let round = self.round;
        self.organisms
            .iter_mut()
            .for_each(|organism| organism.make_absolute(round));
        let mut before = (0, 0);
        for taxon in &mut self.taxa {
            taxon.join_to(before);
            before = (taxon.serial, taxon.origin_tick);
        }
        self
    }
}

impl OrganismState {
    fn make_relative(&mut self, round: u64) {
        let [_, bx, _, dx] = &mut self.registers;
        *bx = bx.wrapping_sub(self.start as i32);
        *dx = dx.wrapping_sub(self.child.first() as i32);
        self.ip = distance(self.ip, self.start);
        for word in &mut self.stack {
            *word = word.wrapping_sub(self.start as i32);
        }
        self.born = round.wrapping_sub(self.born);
        if let ChildState::Pending {
            start,
            length,
            since,
            ..
        } = &mut self.child
        {
            *start = distance(*start, self.start);
            *length = distance(*length, self.length);
            *since = round.wrapping_sub(*since);
        }
    }

    fn make_absolute(&mut self, round: u64) {
        if let ChildState::Pending {
            start,
            length,
            since,
            ..
        } = &mut self.child
        {
            *start = at(*start, self.start);
            *length = at(*length, self.length);
            *since = round.wrapping_sub(*since);
        }
        let [_, bx, _, dx] = &mut self.registers;
        *bx = bx.wrapping_add(self.start as i32);
        *dx = dx.wrapping_add(self.child.first() as i32);
        self.ip = at(self.ip, self.start);
        for word in &mut self.stack {
            *word = word.wrapping_add(self.start as i32);
        }
        self.born = round.wrapping_sub(self.born);
    }
}

impl ChildState {
    /// Its first address, 0 for none.
    fn first(&self) -> u32 {
        match self {
            Self::Absent => 0,
            Self::Pending { start, .. } => *start,
        }
    }
}

impl TaxonState {
    fn part_from(&mut self, before: (u64, u64), serial: u64) {
        self.serial = serial.wrapping_sub(before.0);
        self.origin_tick = self.origin_tick.wrapping_sub(before.1);
        if let Origin::Birth { parent } = &mut self.origin {
            *parent = serial.wrapping_sub(*parent);
        }
    }

    fn join_to(&mut self, before: (u64, u64)) {
        self.serial = self.serial.wrapping_add(before.0);
        self.origin_tick = self.origin_tick.wrapping_add(before.1);
        if let Origin::Birth { parent } = &mut self.origin {
            *parent = self.serial.wrapping_sub(*parent);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Config, Island, IslandId, WorldSeed, rng::Rng};

    #[test]
    fn near_is_small_and_every_distance_leads_back() {
        assert_eq!([distance(7, 7), distance(6, 7), distance(8, 7)], [0, 1, 2]);
        let mut rng = Rng::stream(WorldSeed(8), IslandId(1), "near");
        for _ in 0..10_000 {
            let (value, base) = (rng.bits() as u32, (rng.bits() >> 40) as u32);
            assert_eq!(at(distance(value, base), base), value);
            assert_eq!(distance(at(value, base), base), value);
        }
    }

    #[test]
    fn any_state_comes_back_even_one_that_breaks_every_law() {
        let mut island = Island::genesis(WorldSeed(3), IslandId(1), &Config::default());
        island.run_until(3_000_000);
        let mut rng = Rng::stream(WorldSeed(9), IslandId(1), "strange");
        let mut state = island.state();
        assert!(state.taxa.len() > 9 && state.organisms.len() > 300);
        for _ in 0..20 {
            assert_eq!(state.clone().into_relative().into_absolute(), state);
            assert_eq!(state.clone().into_absolute().into_relative(), state);
            for organism in &mut state.organisms {
                organism.registers = organism.registers.map(|word| word ^ rng.bits() as i32);
                (organism.start, organism.ip) = (rng.bits() as u32, rng.bits() as u32);
                organism.born = rng.bits();
            }
            for taxon in &mut state.taxa {
                (taxon.serial, taxon.origin_tick) = (rng.bits(), rng.bits());
            }
        }
    }
}
