//! Contacts: who executes, reads and copies whom, seen by stepping through a sample of the slices.
//!
//! An observer stands outside the state: an island runs to the same bytes with it and without. It knows every
//! owner from the owner map, which is what Tierra needed watch bits for.

mod tally;
mod touch;
mod window;

pub(crate) use touch::Deed;
pub use window::{Cell, ContactWindow, MAX_MEMBERS, Member, ROLE_PER_MILLE, Roles, Touches};

use crate::{island::Island, organism::NONE, owner_map::NOBODY, rng::Rng};
use tally::Tally;

/// Windows that wait to be taken; when more have closed, the oldest are forgotten.
pub const MAX_WAITING: usize = 1_024;

/// Whose bytes they are, as the organism sees it that touches them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    Own,
    Free,
    Other(u64),
}

/// The slice that is being stepped through.
#[derive(Clone, Copy, Debug)]
struct Watched {
    slot: u32,
    key: u64,
    own: Touches,
    free: Touches,
    /// The byte read last and whose it was.
    read: Option<(Whose, u8)>,
}

/// An observer of one island: samples slices, counts, closes a matrix per window of ticks.
#[derive(Clone, Debug)]
pub struct Contacts {
    window_ticks: u64,
    every: u64,
    rng: Rng,
    /// Slices until the next one that is watched.
    skip: u64,
    watched: Option<Watched>,
    tally: Tally,
    from_tick: Option<u64>,
    closed: Vec<ContactWindow>,
}

impl Contacts {
    /// An observer that closes a window at each multiple of `window_ticks` and steps through one in `every` slices
    /// on the average; both count as 1 if they are 0.
    pub fn new(window_ticks: u64, every: u32) -> Self {
        // Its own stream: gaps of varying length, so that no rhythm of the population is in step with it.
        let rng = Rng::stream(crate::WorldSeed(0), crate::IslandId(0), "contacts");
        Self {
            window_ticks: window_ticks.max(1),
            every: u64::from(every.max(1)),
            rng,
            skip: 0,
            watched: None,
            tally: Tally::default(),
            from_tick: None,
            closed: Vec::new(),
        }
    }

    /// The windows closed since the last call, oldest first.
    pub fn take(&mut self) -> Vec<ContactWindow> {
        std::mem::take(&mut self.closed)
    }

    /// Closes the current window before its line, for instance at the end of a run.
    pub fn close(&mut self, island: &Island) {
        let cut = self.watched.map(|watched| watched.slot);
        self.end_slice();
        let tally = std::mem::take(&mut self.tally);
        let from = self.from_tick.take().unwrap_or(island.tick);
        if self.closed.len() >= MAX_WAITING {
            self.closed.remove(0);
        }
        self.closed.push(tally.close(from, island.tick));
        // The line may cut a slice; the rest of it belongs to the next window.
        let goes_on = |slot: &u32| *slot == island.scheduler.cursor;
        if island.scheduler.slice_left > 0
            && let Some(slot) = cut.filter(goes_on)
        {
            self.watch(island, slot);
        }
    }

    fn line(&self, tick: u64) -> u64 {
        (tick / self.window_ticks)
            .saturating_add(1)
            .saturating_mul(self.window_ticks)
    }

    /// A slice begins: is it one to watch?
    fn begin_slice(&mut self, island: &Island) {
        self.end_slice();
        self.tally.slices += 1;
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        self.skip = self.rng.gap(self.every) - 1;
        let slot = island.scheduler.cursor;
        let key = self.watch(island, slot);
        self.tally.begin(key);
    }

    /// Steps through the slice of `slot` from here on.
    fn watch(&mut self, island: &Island, slot: u32) -> u64 {
        let taxon = island.organisms[slot as usize].taxon;
        let key = self.tally.key(&island.genealogy.taxon(taxon).record);
        self.watched = Some(Watched {
            slot,
            key,
            own: Touches::default(),
            free: Touches::default(),
            read: None,
        });
        key
    }

    fn end_slice(&mut self) {
        if let Some(watched) = self.watched.take() {
            self.tally.alone(watched.key, watched.own, watched.free);
        }
    }

    /// One instruction of the watched slice.
    fn step(&mut self, island: &mut Island, mut watched: Watched) {
        let seen = island.next_touch().map(|touch| {
            let code = self.whose(island, touch.slot, touch.code_of);
            let target = match touch.deed {
                Deed::Read { owner, byte } => Some((self.whose(island, touch.slot, owner), byte)),
                _ => None,
            };
            (touch, code, target)
        });
        let before = island.counters.instructions;
        island.run_part(island.tick + 1);
        let Some((touch, code, target)) = seen else {
            return;
        };
        // Who starves does not execute.
        if island.counters.instructions == before {
            return;
        }
        self.count(&mut watched, code, |touches| touches.executed += 1);
        if let Some((whose, byte)) = target {
            self.count(&mut watched, whose, |touches| touches.read += 1);
            watched.read = Some((whose, byte));
        }
        if let (
            Deed::Write {
                byte, into_child, ..
            },
            Some((whose, read)),
        ) = (touch.deed, watched.read)
            && into_child
            && byte == read
        {
            self.count(&mut watched, whose, |touches| touches.copied += 1);
            watched.read = None;
        }
        self.watched = Some(watched);
    }

    fn whose(&mut self, island: &Island, slot: u32, owner: u32) -> Whose {
        if owner == slot {
            return Whose::Own;
        }
        match island.organisms.get(owner as usize) {
            Some(organism) if owner != NOBODY => {
                let record = &island.genealogy.taxon(organism.taxon).record;
                Whose::Other(self.tally.key(record))
            }
            _ => Whose::Free,
        }
    }

    fn count(&mut self, watched: &mut Watched, whose: Whose, add: impl Fn(&mut Touches)) {
        match whose {
            Whose::Own => add(&mut watched.own),
            Whose::Free => add(&mut watched.free),
            Whose::Other(owner) => {
                let mut touches = Touches::default();
                add(&mut touches);
                self.tally.pair(watched.key, owner, touches);
            }
        }
    }
}

impl Island {
    /// `run_until` under the eyes of an observer; the island comes to the same bytes.
    pub fn run_until_observed(&mut self, stop: u64, contacts: &mut Contacts) {
        while self.tick < stop {
            contacts.from_tick.get_or_insert(self.tick);
            let line = contacts.line(self.tick);
            let next = stop.min(line);
            if self.busy > 0 || self.scheduler.cursor == NONE {
                self.run_part(next);
            } else {
                if self.scheduler.slice_left == 0 {
                    contacts.begin_slice(self);
                }
                // Somebody else's slice means that the island ran unobserved in between.
                match contacts.watched.filter(|w| w.slot == self.scheduler.cursor) {
                    Some(watched) => contacts.step(self, watched),
                    None => self.run_part(next),
                }
            }
            if self.tick >= line {
                contacts.close(self);
            }
        }
    }
}
