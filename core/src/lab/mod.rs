//! Lab: a small soup that is stepped, turned back and changed byte by byte, with one organism under the glass.
//!
//! It runs by the rules of an island and to the same bytes as one; turning back restores a moment kept earlier and runs
//! on from there, which is exact because everything is a function of what came before. Knows no page and no clock.

mod specimen;

pub use specimen::Specimen;

use crate::{
    Config, Island,
    assay::{AssayError, arena, arena_config, check},
    organism::NONE,
    report::Origin,
};

/// Bytes of the soup in a lab: small enough that every byte can be seen.
pub const LAB_BYTES: u32 = 4_096;
/// Moments kept to turn back to; when there are more, every second one is forgotten.
const MOMENTS: usize = 64;
/// Moments kept because a byte was changed by hand: running anew up to them would miss the change.
const CHANGES: usize = 128;
/// Ticks between two kept moments, to begin with.
const FIRST_SPACING: u64 = 256;
/// Ticks after which a step gives up waiting for the turn of the organism under the glass: several rounds of a full soup.
const PATIENCE_TICKS: u64 = 1_000_000;

/// What a lab begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LabPlan {
    /// The genome whose organism is under the glass at first.
    pub genome: Vec<u8>,
    /// A second genome, and how many bytes from the first it stands.
    pub beside: Option<(Vec<u8>, u32)>,
    /// The rules.
    pub rules: Config,
    /// Whether copies err, radiation falls and registers are flawed as the rules say.
    pub mutation: bool,
}

/// An organism for as long as it lives: a slot is used again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Name {
    slot: u32,
    start: u32,
    born: u64,
}

/// A soup as it was.
#[derive(Clone, Debug)]
struct Moment {
    island: Island,
    /// Just changed by hand: what came before does not lead here.
    by_hand: bool,
}

/// The soup, and the way back.
#[derive(Clone, Debug)]
pub struct Lab {
    island: Island,
    glass: Option<Name>,
    /// Never empty; ticks do not fall.
    moments: Vec<Moment>,
    spacing: u64,
}

impl Lab {
    /// Sets up a soup: one body of the genome, and one of the second genome, if there is any, on each side of it.
    pub fn new(plan: &LabPlan) -> Result<Self, AssayError> {
        let config = lab_config(&plan.rules, plan.mutation)?;
        check("the genome", &plan.genome, &config)?;
        let mut island = arena(&config, 1);
        let middle = LAB_BYTES / 2;
        let first = island.place(
            middle - plan.genome.len() as u32,
            &plan.genome,
            Origin::Founder,
        );
        if let Some((genome, distance)) = &plan.beside {
            check("the second genome", genome, &config)?;
            let distance = (*distance).min(LAB_BYTES / 4);
            let before = middle - (plan.genome.len() + genome.len()) as u32;
            island.place(before.saturating_sub(distance), genome, Origin::Operator);
            island.place(middle + distance, genome, Origin::Operator);
        }
        Ok(Self {
            glass: first.and_then(|slot| name(&island, slot)),
            moments: vec![Moment {
                island: island.clone(),
                by_hand: false,
            }],
            spacing: FIRST_SPACING,
            island,
        })
    }

    /// The soup.
    pub fn island(&self) -> &Island {
        &self.island
    }

    /// Whether there is anything to turn back to.
    pub fn can_turn_back(&self) -> bool {
        let first = self.moments.first();
        first.is_some_and(|moment| moment.island.tick < self.island.tick)
    }

    /// The organism under the glass, while it lives.
    pub fn specimen(&self) -> Option<Specimen> {
        let glass = self.glass?;
        let lives = name(&self.island, glass.slot) == Some(glass);
        lives.then(|| Specimen::of(&self.island, glass.slot))
    }

    /// Puts the organism under the glass to whose body or child an address belongs; false if it belongs to nobody.
    pub fn look_at(&mut self, address: u32) -> bool {
        let found = name(&self.island, self.island.soup.owner(address));
        self.glass = found.or(self.glass);
        found.is_some()
    }

    /// Puts the organism under the glass whose turn it is; false if nobody lives.
    pub fn look_at_turn(&mut self) -> bool {
        let found = name(&self.island, self.island.scheduler.cursor);
        self.glass = found.or(self.glass);
        found.is_some()
    }

    /// Changes a byte of the soup by hand.
    pub fn change(&mut self, address: u32, byte: u8) {
        self.island.soup.write(address % LAB_BYTES, byte);
        self.remember(true);
    }

    /// Lets the organism under the glass execute its next instruction, and everyone else whose turn comes before it
    /// theirs. False if it does not come to that: nobody is under the glass, or it dies before.
    pub fn step(&mut self) -> bool {
        self.keep();
        let Some(glass) = self.glass else {
            return false;
        };
        let limit = self.island.tick + PATIENCE_TICKS;
        step_of(&mut self.island, glass, limit).is_some()
    }

    /// Lets time pass for all.
    pub fn run(&mut self, ticks: u64) {
        let stop = self.island.tick.saturating_add(ticks);
        while self.island.tick < stop {
            self.keep();
            let next = self.island.tick + self.spacing;
            self.island.run_until(next.min(stop));
        }
    }

    /// Turns back to before the last instruction of the organism under the glass; false if none is left to undo.
    pub fn step_back(&mut self) -> bool {
        let Some(glass) = self.glass else {
            return false;
        };
        let mut end = self.island.tick;
        for index in (0..self.moments.len()).rev() {
            let mut trial = self.moments[index].island.clone();
            let begin = trial.tick;
            let mut last = None;
            // It may have been born since that moment.
            while trial.tick < end && name(&trial, glass.slot) != Some(glass) {
                trial.run_part(end);
            }
            while let Some(tick) = step_of(&mut trial, glass, end) {
                last = Some(tick);
            }
            if let Some(last) = last {
                self.turn_back(last);
                return true;
            }
            end = begin;
        }
        false
    }

    /// Turns back to a tick; what was changed by hand after it is undone.
    pub fn turn_back(&mut self, tick: u64) {
        let tick = tick.min(self.island.tick);
        let kept = self.moments.iter();
        let kept = kept.take_while(|moment| moment.island.tick <= tick).count();
        self.moments.truncate(kept.max(1));
        if let Some(moment) = self.moments.last() {
            self.island = moment.island.clone();
            self.island.run_until(tick);
        }
    }

    /// Keeps this moment if the last one is long ago.
    fn keep(&mut self) {
        let last = self.moments.last().map_or(0, |moment| moment.island.tick);
        if self.island.tick >= last + self.spacing {
            self.remember(false);
        }
    }

    fn remember(&mut self, by_hand: bool) {
        let island = self.island.clone();
        self.moments.push(Moment { island, by_hand });
        let changes = self.moments.iter().filter(|moment| moment.by_hand).count();
        if changes > CHANGES {
            // From the second change on everything still follows from what is kept.
            let mut by_hand = self.moments.iter().skip(1);
            let first = by_hand.position(|moment| moment.by_hand).unwrap_or(0);
            self.moments.drain(..=first);
        }
        if self.moments.len() - changes.min(CHANGES) > MOMENTS {
            let mut index = 0;
            self.moments.retain(|moment| {
                index += 1;
                index % 2 == 1 || moment.by_hand
            });
            self.spacing *= 2;
        }
    }
}

/// One instruction of one organism, everyone else running meanwhile: the tick at which it was due. `None` if it is not
/// executed before `limit`.
fn step_of(island: &mut Island, organism: Name, limit: u64) -> Option<u64> {
    while island.tick < limit && name(island, organism.slot) == Some(organism) {
        if island.busy > 0 || island.scheduler.cursor != organism.slot {
            island.run_part(limit);
            continue;
        }
        let (tick, executed) = (island.tick, island.counters.instructions);
        island.run_part(tick + 1);
        if island.counters.instructions > executed {
            return Some(tick);
        }
    }
    None
}

fn name(island: &Island, slot: u32) -> Option<Name> {
    let organism = island.organisms.get(slot as usize)?;
    // A vacant slot holds an organism of no length.
    (organism.length > 0 && slot != NONE).then_some(Name {
        slot,
        start: organism.start,
        born: organism.born,
    })
}

/// The rules in a soup of `LAB_BYTES`: per byte it offers what a whole island offers.
fn lab_config(rules: &Config, mutation: bool) -> Result<Config, AssayError> {
    let mut config = arena_config(rules)?;
    let shrink = (config.soup.size / LAB_BYTES).max(1);
    config.soup.size = LAB_BYTES;
    config.soup.search_radius = config.soup.search_radius.min(LAB_BYTES / 2);
    let environment = &mut config.environment;
    environment.length = (environment.length / shrink).max(256);
    environment.resource_regen_cells = environment.resource_regen_cells.div_ceil(shrink);
    environment.hotspot_radius = (environment.hotspot_radius / shrink).max(1);
    config.evolution.max_genome = config.evolution.max_genome.min(LAB_BYTES / 4);
    if mutation {
        config.mutation = rules.mutation.clone();
    }
    config.validate()?;
    Ok(config)
}

#[cfg(test)]
mod tests;
