//! MAL of the obvious executor: memory asked for, found or made.

use super::{mirror::*, world::*};

impl World {
    pub fn mal_cost(&self, size: u32) -> i64 {
        let energy = &self.config.energy;
        if energy.enabled {
            i64::from(size) * i64::from(energy.mal_cost)
        } else {
            0
        }
    }

    /// Asks for CX bytes; ticks beside the instruction's own.
    pub fn mal(&mut self, id: u64) -> u32 {
        let at = self.at(id);
        self.release_child(at);
        let is = self.lives[at].is.clone();
        let limits = &self.config.evolution;
        let size = is.registers[2].max(0) as u32;
        let most = limits.max_genome.min(is.length * limits.max_mal_mult);
        let cost = self.mal_cost(size);
        if size < limits.min_genome || size > most || is.energy < cost {
            self.rest.counters.allocations_failed += 1;
            self.error(at);
            return 3;
        }
        let wished = is.registers[1];
        let target = self
            .may_act(&is, wished)
            .map_or(is.start, |_| wished as u32);
        let (block, sweeps) = self.allocate(Some(id), target, size);
        let ticks = size / 64 + sweeps * 4;
        let at = self.at(id);
        let Some(start) = block else {
            self.rest.counters.allocations_failed += 1;
            self.error(at);
            return ticks + 3;
        };
        (start..start + size).for_each(|address| self.put(address, 0xFF));
        let since = self.rest.round;
        let life = &mut self.lives[at];
        life.is.energy -= cost;
        life.is.registers[0] = start as i32;
        life.is.child = Child::Pending {
            start,
            length: size,
            since,
            written: Vec::new(),
        };
        life.written = vec![false; size as usize];
        self.flow(Flow::Instructions, cost);
        self.rest.counters.allocations += 1;
        ticks
    }

    /// The nearest free block; while there is none, the sweep makes room.
    pub fn allocate(&mut self, caller: Option<u64>, target: u32, size: u32) -> (Option<u32>, u32) {
        for sweeps in 0.. {
            let block = self.nearest_free(target, size);
            if block.is_some() || sweeps == self.config.evolution.allocation_retries {
                return (block, sweeps);
            }
            let Some(victim) = self.victim(caller) else {
                return (None, sweeps);
            };
            self.kill(victim, Death::MemoryPressure);
        }
        unreachable!("the retries are bounded")
    }

    /// The first of those near the head that is old enough, else the head; never the caller.
    fn victim(&self, caller: Option<u64>) -> Option<u64> {
        let depth = self.config.reaper.sweep_depth as usize;
        let others = self.reaper.iter().copied().filter(|&id| Some(id) != caller);
        let near: Vec<u64> = others.take(depth).collect();
        let is_old = |id: &&u64| {
            let age = self.rest.round - self.lives[self.at(**id)].is.born;
            age >= u64::from(self.config.reaper.newborn_rounds)
        };
        near.iter().find(is_old).or(near.first()).copied()
    }
}
