//! The witness steps through every instruction of a small soup and books what bodies of two genotypes do. Knows no verdict.

use super::facts::{Life, Shares, TRUE_GENERATIONS};
use crate::{
    contact::Deed,
    island::{Island, ROUND_TICKS},
    owner_map::NOBODY,
    tasks::{self, Challenge},
};

/// Whose genome a body was born with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Subject,
    Host,
    Stranger,
}

/// What is remembered of one body.
#[derive(Clone, Copy, Debug)]
struct Body {
    kind: Kind,
    /// Births in an unbroken line of this genome that led to it.
    generation: u32,
    /// Ticks of its slices so far, and at its last birth.
    ticks: u64,
    ticks_at_birth: Option<u64>,
    /// The byte it read last, and whose that was.
    read: Option<(Whose, u8)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Whose {
    Own,
    Kin,
    Other,
    Free,
}

impl Shares {
    fn count(&mut self, whose: Whose) {
        *match whose {
            Whose::Own => &mut self.own,
            Whose::Kin => &mut self.kin,
            Whose::Other => &mut self.other,
            Whose::Free => &mut self.free,
        } += 1;
    }
}

/// Steps through a soup in which subject and host live.
pub(super) struct Witness<'a> {
    subject: &'a [u8],
    host: Option<&'a [u8]>,
    bodies: Vec<Body>,
    lives: [Life; 3],
}

impl<'a> Witness<'a> {
    /// A witness of an island in which only founders live.
    pub fn new(island: &Island, subject: &'a [u8], host: Option<&'a [u8]>) -> Self {
        let mut witness = Self {
            subject,
            host,
            bodies: Vec::new(),
            lives: std::array::from_fn(|_| Life {
                soups: 1,
                ..Life::default()
            }),
        };
        for slot in 0..island.organisms.len() as u32 {
            let kind = witness.kind(island, slot);
            witness.enter(slot, kind, 0);
        }
        witness
    }

    /// The life of the bodies of a kind so far.
    pub fn life(&self, kind: Kind) -> &Life {
        &self.lives[kind as usize]
    }

    /// Both lives, subject's first, at the end.
    pub fn into_lives(self) -> (Life, Life) {
        let [subject, host, _] = self.lives.map(|mut life| {
            life.bred_true_in = u32::from(life.generations >= TRUE_GENERATIONS);
            life
        });
        (subject, host)
    }

    /// Executes the next instruction and books what it did.
    pub fn step(&mut self, island: &mut Island) {
        island.tick += std::mem::take(&mut island.busy);
        let Some(touch) = island.next_touch() else {
            return;
        };
        let slot = touch.slot;
        let body = self.bodies[slot as usize];
        let code_of = self.whose(slot, touch.code_of);
        let newborn = island.next_slot();
        let (tick, round) = (island.tick, island.round);
        let (instructions, births) = (island.counters.instructions, island.counters.births);
        let energy = island.counters.energy;
        island.run_part(island.tick + 1);
        let passed = island.tick + island.busy - tick;
        self.bodies[slot as usize].ticks += passed - ROUND_TICKS * (island.round - round);
        let mut flows = island.counters.energy;
        flows
            .iter_mut()
            .zip(energy)
            .for_each(|(flow, before)| *flow -= before);
        let life = &mut self.lives[body.kind as usize];
        life.energy.book(&flows);
        // Who starves does not execute.
        if island.counters.instructions == instructions {
            return;
        }
        life.borrows.executed.count(code_of);
        self.deed(island, slot, body, touch.deed);
        if island.counters.births > births {
            self.birth(island, slot, newborn);
        }
    }

    fn deed(&mut self, island: &Island, slot: u32, body: Body, deed: Deed) {
        match deed {
            Deed::Plain => {}
            Deed::Read { owner, byte } => {
                let whose = self.whose(slot, owner);
                self.lives[body.kind as usize].borrows.read.count(whose);
                self.bodies[slot as usize].read = Some((whose, byte));
            }
            Deed::Write {
                owner,
                byte,
                into_child,
            } => {
                let whose = self.whose(slot, owner);
                let borrows = &mut self.lives[body.kind as usize].borrows;
                borrows.writes.count(whose);
                if let Some((source, read)) = body.read
                    && into_child
                    && read == byte
                {
                    borrows.copied.count(source);
                    self.bodies[slot as usize].read = None;
                }
            }
            Deed::Submit { answer, challenge } => {
                let inputs = Challenge::of(island.environment.region.challenge_key, challenge);
                let logic = island.config.environment.logic;
                if let Some(task) = tasks::solved(answer, inputs, logic)
                    && island.config.environment.tasks
                {
                    self.lives[body.kind as usize].solved |= 1 << task;
                }
            }
        }
    }

    /// Books a birth by `slot` of the organism that lives at `newborn`.
    fn birth(&mut self, island: &Island, slot: u32, newborn: u32) {
        let parent = &mut self.bodies[slot as usize];
        let parent_kind = parent.kind;
        let ticks = parent.ticks;
        let before = parent.ticks_at_birth.replace(ticks);
        let generation = parent.generation + 1;
        let kind = self.kind(island, newborn);
        let life = &mut self.lives[parent_kind as usize];
        life.births += 1;
        match before {
            None => life.first_birth.add(ticks, 1),
            Some(before) => life.later_births.add(ticks - before, 1),
        }
        if kind == parent_kind && kind != Kind::Stranger {
            life.true_births += 1;
            life.generations = life.generations.max(generation);
            self.enter(newborn, kind, generation);
        } else {
            self.lives[kind as usize].borne_by_others += 1;
            self.enter(newborn, kind, 0);
        }
    }

    fn enter(&mut self, slot: u32, kind: Kind, generation: u32) {
        let body = Body {
            kind,
            generation,
            ticks: 0,
            ticks_at_birth: None,
            read: None,
        };
        let place = slot as usize;
        if place >= self.bodies.len() {
            self.bodies.resize(place + 1, body);
        }
        self.bodies[place] = body;
    }

    /// The kind of the organism in a slot, by its genome at birth.
    fn kind(&self, island: &Island, slot: u32) -> Kind {
        let taxon = island.organisms[slot as usize].taxon;
        let genome: &[u8] = &island.genealogy.taxon(taxon).record.genome;
        if genome == self.subject {
            Kind::Subject
        } else if Some(genome) == self.host {
            Kind::Host
        } else {
            Kind::Stranger
        }
    }

    fn whose(&self, slot: u32, owner: u32) -> Whose {
        if owner == slot {
            Whose::Own
        } else if owner == NOBODY {
            Whose::Free
        } else if self.bodies[owner as usize].kind == self.bodies[slot as usize].kind {
            Whose::Kin
        } else {
            Whose::Other
        }
    }
}
