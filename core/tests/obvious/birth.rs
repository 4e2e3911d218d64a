//! DIVIDE of the obvious executor, and how any newcomer enters.

use super::{mirror::*, world::*};
use bytebiota_core::config::ReaperInsert;

impl World {
    pub fn block(&self, start: u32, length: u32) -> Vec<u8> {
        self.rest.soup[start as usize..(start + length) as usize].to_vec()
    }

    /// Lets the pending child live; ticks beside the instruction's own.
    pub fn divide(&mut self, id: u64) -> u32 {
        let at = self.at(id);
        let (start, length) = child_block(&self.lives[at].is.child);
        let written = self.lives[at]
            .written
            .iter()
            .filter(|&&written| written)
            .count() as u64;
        let needed = u64::from(length) * u64::from(self.config.evolution.min_copied);
        if length == 0 || written * 1_000_000 < needed {
            self.rest.counters.divides_failed += 1;
            self.error(at);
            return 3;
        }
        let above = self.lives[at].taxon;
        let parent = self.taxon(above).genome.clone();
        let mut edge = compare(&parent, &self.block(start, length));
        let (start, length, sweeps) = self.change_length(id, start, length, &mut edge);
        self.bear(id, start, length, edge);
        sweeps * 4
    }

    /// Insertion or deletion of a few bytes, or nothing.
    fn change_length(
        &mut self,
        id: u64,
        start: u32,
        length: u32,
        edge: &mut Edge,
    ) -> (u32, u32, u32) {
        let rates = self.config.mutation.clone();
        if !self.mutation.chance(rates.indel_rate) {
            return (start, length, 0);
        }
        let is_small = length < rates.small_genome;
        let bias = if is_small {
            rates.small_genome_insert_bias
        } else {
            rates.indel_insertion_bias
        };
        let inserts = self.mutation.chance(bias);
        let bytes = 1 + self.mutation.below(rates.indel_max);
        let limits = &self.config.evolution;
        let after = if inserts {
            length + bytes
        } else {
            length.saturating_sub(bytes)
        };
        if after < limits.min_genome || after > limits.max_genome {
            self.changed(Change::Skipped);
            return (start, length, 0);
        }
        if inserts {
            return self.insert(id, start, length, bytes, edge);
        }
        let mut genome = self.block(start, length);
        let place = self.mutation.below(after + 1) as usize;
        genome.drain(place..place + bytes as usize);
        self.write(start, &genome);
        let at = self.at(id);
        self.set_child(at, start, after);
        self.changed(Change::Deletion);
        edge.deletions += 1;
        (start, after, 0)
    }

    fn insert(
        &mut self,
        id: u64,
        start: u32,
        length: u32,
        bytes: u32,
        edge: &mut Edge,
    ) -> (u32, u32, u32) {
        let behind = start + length;
        let owned = self.owned();
        let free = |address: u32| owned.get(address as usize) == Some(&false);
        let mut genome = self.block(start, length);
        let (home, sweeps) = if (behind..behind + bytes).all(free) {
            (start, 0)
        } else {
            match self.allocate(Some(id), start, length + bytes) {
                (Some(home), sweeps) => (home, sweeps),
                (None, sweeps) => {
                    self.changed(Change::Skipped);
                    return (start, length, sweeps);
                }
            }
        };
        let place = self.mutation.below(length + 1) as usize;
        let added: Vec<u8> = if self.mutation.below(2) == 0 {
            let from = place.min(length.saturating_sub(bytes) as usize);
            let repeated = genome[from..].iter().copied().cycle();
            repeated.take(bytes as usize).collect()
        } else {
            (0..bytes).map(|_| self.mutation.below(128) as u8).collect()
        };
        genome.splice(place..place, added);
        self.write(home, &genome);
        let at = self.at(id);
        self.set_child(at, home, length + bytes);
        self.changed(Change::Insertion);
        edge.insertions += 1;
        (home, length + bytes, sweeps)
    }

    fn write(&mut self, start: u32, genome: &[u8]) {
        for (address, &byte) in (start..).zip(genome) {
            self.put(address, byte);
        }
    }

    fn set_child(&mut self, at: usize, to: u32, bytes: u32) {
        if let Child::Pending { start, length, .. } = &mut self.lives[at].is.child {
            (*start, *length) = (to, bytes);
        }
    }

    fn bear(&mut self, id: u64, start: u32, length: u32, edge: Edge) {
        let at = self.at(id);
        let most = (i64::from(self.config.energy.stipend) * 1_000).min(self.mal_cost(length));
        let stipend = most.min(self.rest.region.pool as i64);
        self.rest.region.pool -= stipend as u64;
        self.earn(at, Flow::Stipends, stipend);
        let share = i64::from(self.config.energy.child_share);
        let parent = &mut self.lives[at];
        let energy = parent.is.energy * share / 1_000_000;
        parent.is.energy -= energy;
        parent.is.child = Child::Absent;
        parent.written.clear();
        parent.is.births += 1;
        parent.is.merit = parent.is.done_since_birth;
        parent.is.done_since_birth = 0;
        let merit = parent.is.merit;
        let generation = parent.is.generation + 1;
        let above = parent.taxon;
        self.rest.counters.births += 1;
        let genome = self.block(start, length);
        let taxon = self.taxon(above);
        taxon.births += 1;
        taxon.named |= taxon.births >= 5;
        let taxon = if taxon.genome == genome {
            self.rest.counters.true_births += 1;
            above
        } else {
            self.new_taxon(Origin::Birth { parent: above }, genome, edge)
        };
        self.enter(start, length, energy, generation, taxon, Some((id, merit)));
    }

    /// A new life: behind its parent in the scheduler's list, at the tail or behind its parent in the reaper's.
    pub fn enter(
        &mut self,
        start: u32,
        length: u32,
        energy: i64,
        generation: u32,
        taxon: u64,
        parent: Option<(u64, u32)>,
    ) {
        let (parent, merit) = parent.map_or((None, 0), |(parent, merit)| (Some(parent), merit));
        let id = self.next_id;
        self.next_id += 1;
        let is = Organism {
            registers: [0; 4],
            zero: false,
            ip: start,
            stack: Vec::new(),
            start,
            length,
            child: Child::Absent,
            energy,
            arrears: 0,
            born: self.rest.round,
            errors: 0,
            births: 0,
            generation,
            taxon: 0,
            challenge: 0,
            done_since_birth: 0,
            done_ever: 0,
            merit,
        };
        let place = parent.map_or(self.lives.len(), |parent| self.at(parent) + 1);
        self.lives.insert(
            place,
            Life {
                id,
                taxon,
                written: Vec::new(),
                is,
            },
        );
        let behind = self.config.reaper.insert == ReaperInsert::BehindParent;
        let parent_place =
            parent.and_then(|parent| self.reaper.iter().position(|&other| other == parent));
        let place = parent_place
            .filter(|_| behind)
            .map_or(self.reaper.len(), |place| place + 1);
        self.reaper.insert(place, id);
        self.cursor = self.cursor.or(Some(id));
    }
}

/// What lies between the parent's genome and the child's bytes as they were copied.
fn compare(parent: &[u8], child: &[u8]) -> Edge {
    let mut edge = Edge {
        steps: 1,
        ..Edge::default()
    };
    if parent.len() != child.len() {
        edge.other = 1;
        return edge;
    }
    let mut at = 0;
    while at < parent.len() {
        let jumps = matches!(parent[at], 17 | 18 | 81 | 82);
        if parent[at] != child[at] {
            let silent = parent[at] < 128 && child[at] == parent[at] ^ 64;
            *(if silent {
                &mut edge.synonymous
            } else {
                &mut edge.nonsynonymous
            }) += 1;
        }
        if jumps && at + 1 < parent.len() {
            edge.nonsynonymous += u32::from(parent[at + 1] != child[at + 1]);
        }
        at += 1 + usize::from(jumps);
    }
    edge
}
