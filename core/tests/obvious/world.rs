//! The world of the obvious executor: lists that are searched from one end to the other. Knows no instruction.

use super::{dice::Dice, mirror::*};
use bytebiota_core::{Config, Halo};

/// Deaths, in the order of their counters.
#[derive(Clone, Copy)]
pub enum Death {
    Age,
    Errors,
    Arrears,
    Starvation,
    MemoryPressure,
}

/// Energy flows, in the order of their counters.
#[derive(Clone, Copy)]
pub enum Flow {
    Founders,
    Harvest,
    Rewards,
    Stipends,
    Immigrants,
    Withdrawn,
    Instructions,
    Rent,
    Deposited,
    Lost,
}

/// Mutations, in the order of their counters.
#[derive(Clone, Copy)]
pub enum Change {
    CopyFlip,
    Substitution,
    Background,
    Insertion,
    Deletion,
    Skipped,
    Flaw,
}

/// A living organism with a name that never changes, whatever happens to the lists.
#[derive(Clone)]
pub struct Life {
    pub id: u64,
    /// Serial number of its taxon.
    pub taxon: u64,
    /// Which bytes of the pending child were written.
    pub written: Vec<bool>,
    pub is: Organism,
}

/// Everything, in lists. `rest` holds what needs no translation; its lists of the living are empty.
pub struct World {
    pub config: Config,
    pub halo: Halo,
    pub rest: State,
    pub lives: Vec<Life>,
    /// Ids, next to die first.
    pub reaper: Vec<u64>,
    /// Whose slice it is.
    pub cursor: Option<u64>,
    pub next_id: u64,
    pub mutation: Dice,
    pub random: Dice,
    pub weather: Dice,
    pub seasons: Dice,
}

impl World {
    pub fn from_bytes(bytes: &[u8], config: &Config) -> Self {
        let mut rest = State::decode(bytes);
        let lives: Vec<Life> = (0..)
            .zip(std::mem::take(&mut rest.organisms))
            .map(|(id, is)| Life {
                id,
                taxon: rest.taxa[is.taxon as usize].serial,
                written: unpacked(&is.child),
                is,
            })
            .collect();
        let reaper = rest.reaper_order.iter().map(|&at| u64::from(at)).collect();
        Self {
            config: config.clone(),
            halo: Halo::default(),
            cursor: (rest.cursor != u32::MAX).then_some(u64::from(rest.cursor)),
            next_id: lives.len() as u64,
            reaper,
            lives,
            mutation: Dice(rest.mutation.rng),
            random: Dice(rest.random),
            weather: Dice(rest.weather),
            seasons: Dice(rest.tasks),
            rest,
        }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        let mut state = self.rest.clone();
        let place = |id: u64| self.at(id) as u32;
        let row = |serial: u64| {
            let found = self
                .rest
                .taxa
                .iter()
                .position(|taxon| taxon.serial == serial);
            found.expect("the taxon of a living organism") as u32
        };
        state.organisms = self
            .lives
            .iter()
            .map(|life| {
                let mut is = life.is.clone();
                is.taxon = row(life.taxon);
                if let Child::Pending { written, .. } = &mut is.child {
                    *written = packed(&life.written);
                }
                is
            })
            .collect();
        state.reaper_order = self.reaper.iter().map(|&id| place(id)).collect();
        state.cursor = self.cursor.map_or(u32::MAX, place);
        state.mutation.rng = self.mutation.0;
        state.random = self.random.0;
        state.weather = self.weather.0;
        state.tasks = self.seasons.0;
        state.encode()
    }

    /// Where an organism stands in the scheduler's list.
    pub fn at(&self, id: u64) -> usize {
        self.lives
            .iter()
            .position(|life| life.id == id)
            .expect("alive")
    }

    pub fn size(&self) -> u32 {
        self.rest.soup.len() as u32
    }

    pub fn byte(&self, address: u32) -> u8 {
        self.rest.soup[(address % self.size()) as usize]
    }

    pub fn put(&mut self, address: u32, byte: u8) {
        let at = address % self.size();
        self.rest.soup[at as usize] = byte;
    }

    pub fn flow(&mut self, flow: Flow, amount: i64) {
        assert!(amount >= 0);
        self.rest.counters.energy[flow as usize] += amount as u64;
    }

    pub fn changed(&mut self, change: Change) {
        self.rest.counters.mutations[change as usize] += 1;
    }

    /// Which addresses somebody owns, bodies and pending children.
    pub fn owned(&self) -> Vec<bool> {
        let mut owned = vec![false; self.rest.soup.len()];
        for life in &self.lives {
            for (start, length) in [(life.is.start, life.is.length), child_block(&life.is.child)] {
                owned[start as usize..(start + length) as usize].fill(true);
            }
        }
        owned
    }

    /// The free block of `length` bytes whose start is nearest to `target`, the lower on ties: every address is tried.
    pub fn nearest_free(&self, target: u32, length: u32) -> Option<u32> {
        let owned = self.owned();
        let mut best: Option<u32> = None;
        let mut free = 0;
        for end in 0..self.size() {
            free = if owned[end as usize] { 0 } else { free + 1 };
            if free >= length {
                let start = end + 1 - length;
                let closer = |old: u32| start.abs_diff(target) < old.abs_diff(target);
                if best.is_none_or(closer) {
                    best = Some(start);
                }
            }
        }
        best
    }
}

/// First address and bytes of a child; nothing of none.
pub fn child_block(child: &Child) -> (u32, u32) {
    match *child {
        Child::Absent => (0, 0),
        Child::Pending { start, length, .. } => (start, length),
    }
}

fn unpacked(child: &Child) -> Vec<bool> {
    match child {
        Child::Absent => Vec::new(),
        Child::Pending {
            length, written, ..
        } => {
            let bit = |at: u32| written[at as usize / 8] >> (at % 8) & 1 == 1;
            (0..*length).map(bit).collect()
        }
    }
}

fn packed(written: &[bool]) -> Vec<u8> {
    let byte = |bits: &[bool]| (0..).zip(bits).map(|(at, &bit)| u8::from(bit) << at).sum();
    written.chunks(8).map(byte).collect()
}
