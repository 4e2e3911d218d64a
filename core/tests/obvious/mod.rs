//! A second executor, slow and plain, written from the documents: what it computes, the fast one must compute.
//!
//! It shares with the library the types of Config and inputs, the instruction table and the table of tasks, and
//! nothing else: own bytes, own generator, own search, own lists.

// Some tests use only its mirror of the state.
#![allow(dead_code)]

pub mod birth;
pub mod cells;
pub mod dice;
pub mod fate;
pub mod machine;
pub mod mal;
pub mod mirror;
mod spelling;
pub mod tree;
pub mod weather;
pub mod world;

use bytebiota_core::{
    isa,
    tasks::{TASKS, Task},
};
use machine::After;
use mirror::Organism;
use world::{Change, Death, Flow, World};

impl World {
    /// Executes until a slice ends with an act that takes time, or until the clock shows `stop`. Who starves takes
    /// none, and is still alive where the fast executor stops at that tick.
    pub fn run_slice(&mut self, stop: u64) {
        while self.rest.tick < stop {
            let before = self.rest.tick;
            if self.advance(stop) && self.rest.tick > before {
                return;
            }
        }
    }

    /// One instruction, or what is left of one; what outlasts `stop` stays as `busy`. Whether a slice ended.
    fn advance(&mut self, stop: u64) -> bool {
        let mut ended = false;
        if self.rest.busy > 0 {
            let passed = self.rest.busy.min(stop - self.rest.tick);
            self.rest.busy -= passed;
            self.rest.tick += passed;
        } else if let Some(id) = self.cursor {
            ended = self.step(id);
            self.rest.busy = self.rest.tick.saturating_sub(stop);
            self.rest.tick -= self.rest.busy;
        } else {
            self.rest.tick = stop;
        }
        ended
    }

    /// One instruction of the organism whose slice it is; whether the slice ended with it.
    fn step(&mut self, id: u64) -> bool {
        let at = self.at(id);
        if self.rest.slice_left == 0 {
            self.rest.slice_left = self.slice_ticks(&self.lives[at].is);
        }
        if self.rest.mutation.next_background <= self.rest.tick {
            self.radiate();
        }
        let byte = self.byte(self.lives[at].is.ip);
        let flaw = (self.rest.mutation.next_flaw <= self.rest.tick).then(|| self.draw_flaw());
        let cost = i64::from(isa::costs(&self.config.energy)[usize::from(byte)]);
        if self.lives[at].is.energy < cost {
            self.kill(id, Death::Starvation);
            return true;
        }
        self.lives[at].is.energy -= cost;
        self.flow(Flow::Instructions, cost);
        self.rest.counters.instructions += 1;
        let (ticks, after) = self.execute(at);
        if let (Some(by), After::Nothing, Some(register)) =
            (flaw, after, Self::result_register(byte))
        {
            let value = self.lives[at].is.registers[register];
            self.set(at, register, value.wrapping_add(by));
            self.changed(Change::Flaw);
        }
        self.spend(ticks);
        match after {
            After::Nothing => {}
            After::Yield => self.rest.slice_left = 0,
            After::Mal => {
                let ticks = self.mal(id);
                self.spend(ticks);
            }
            After::Divide => {
                let ticks = self.divide(id);
                self.spend(ticks);
            }
        }
        let ended = self.rest.slice_left == 0;
        if ended {
            self.end_slice(id);
        }
        ended
    }

    fn spend(&mut self, ticks: u32) {
        self.rest.tick += u64::from(ticks);
        self.rest.slice_left = self.rest.slice_left.saturating_sub(ticks);
    }

    /// ceil(length^(a/b)) + base, at most the cap; the boost for tasks; and the growth by their steps.
    fn slice_ticks(&self, is: &Organism) -> u32 {
        let config = &self.config.scheduler;
        let (a, b) = (
            config.slicer_power_numerator,
            config.slicer_power_denominator,
        );
        let wanted = u128::from(is.length).pow(a);
        let reaches = |root: &u32| {
            u128::from(*root)
                .checked_pow(b)
                .is_none_or(|power| power >= wanted)
        };
        let power = (1..config.max_slice)
            .find(reaches)
            .unwrap_or(config.max_slice);
        let slice = (power + config.base_slice).min(config.max_slice);
        let boosted = slice + config.task_boost * is.merit.count_ones();
        let done = |(task, _): &(usize, &Task)| is.merit >> task & 1 == 1;
        let logic = self.config.environment.logic;
        let tasks = TASKS.iter().enumerate().filter(done);
        let steps: u32 = tasks.map(|(_, task)| task.steps(logic)).sum();
        let mut thousandths = u64::from(boosted) * 1_000;
        for _ in 0..steps {
            if thousandths < u64::from(config.max_slice) * 1_000 {
                thousandths += thousandths * u64::from(config.task_growth) / 100;
            }
        }
        boosted.max(config.max_slice.min((thousandths / 1_000) as u32))
    }

    fn draw_flaw(&mut self) -> i32 {
        let adds = self.mutation.bits() % 2 == 1;
        let mean = u64::from(1_000_000 / self.config.mutation.flaw_rate);
        self.rest.mutation.next_flaw = self.rest.tick + self.mutation.gap(mean);
        if adds { 1 } else { -1 }
    }

    /// One bit of a living body flips: addresses are drawn until one hits, 4,096 at most.
    fn radiate(&mut self) {
        let gap = self.mutation.gap(self.config.mutation.background_interval);
        self.rest.mutation.next_background = self.rest.tick + gap;
        for _ in 0..4_096 {
            let address = self.mutation.below(self.size());
            let hit = |life: &world::Life| {
                (life.is.start..life.is.start + life.is.length).contains(&address)
            };
            if self.lives.iter().any(hit) {
                let bit = self.mutation.below(8);
                self.put(address, self.byte(address) ^ (1 << bit));
                return self.changed(Change::Background);
            }
        }
    }
}
