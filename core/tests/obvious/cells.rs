//! The environment instructions of the obvious executor: cells, storage and tasks.

use super::{mirror::*, world::*};
use bytebiota_core::{
    HaloCell,
    config::RewardRule,
    tasks::{Challenge, TASKS, lot},
};

impl World {
    fn cell(&self, address: i64) -> i64 {
        let cells = i64::from(self.config.environment.length);
        (address * cells).div_euclid(i64::from(self.size()))
    }

    /// Whether the cell of an address lies within so many cells of the body.
    fn is_near(&self, is: &Organism, cell: i64, reach: u32) -> bool {
        let low = self.cell(i64::from(is.start)) - i64::from(reach);
        let high = self.cell(i64::from(is.start + is.length - 1)) + i64::from(reach);
        (low..=high).contains(&cell)
    }

    /// The cell that an organism may change: within reach and within the region.
    pub fn may_act(&self, is: &Organism, address: i32) -> Option<usize> {
        let cell = self.cell(i64::from(address));
        let inside = (0..i64::from(self.config.environment.length)).contains(&cell);
        (inside && self.is_near(is, cell, self.config.environment.reach)).then_some(cell as usize)
    }

    /// What is seen in a cell, the 64 beyond each edge included.
    fn seen(&self, cell: i64) -> HaloCell {
        let cells = i64::from(self.config.environment.length);
        if cell < 0 {
            self.halo
                .below
                .get((-1 - cell) as usize)
                .copied()
                .unwrap_or_default()
        } else if cell >= cells {
            self.halo
                .above
                .get((cell - cells) as usize)
                .copied()
                .unwrap_or_default()
        } else {
            HaloCell {
                resource: self.rest.region.resource[cell as usize],
                signal: self.rest.region.signal[cell as usize],
            }
        }
    }

    fn sense(&mut self, at: usize, instruction: u8) {
        let is = &self.lives[at].is;
        let cell = self.cell(i64::from(is.registers[1]));
        let cells = i64::from(self.config.environment.length);
        let near = self.is_near(is, cell, 4 * self.config.environment.reach);
        if !near || !(-64..cells + 64).contains(&cell) {
            return self.error(at);
        }
        let resource = |cell: i64| i64::from(self.seen(cell).resource);
        let value = match instruction {
            51 => resource(cell) as i32,
            52 => (self.seen(cell).signal / 256) as i32,
            _ => {
                let above: i64 = (1..=4).map(|by| resource(cell + by)).sum();
                let below: i64 = (1..=4).map(|by| resource(cell - by)).sum();
                (above - below).signum() as i32
            }
        };
        self.set(at, 0, value);
    }

    /// Instructions 51 to 59.
    pub fn environment(&mut self, at: usize, instruction: u8) {
        match instruction {
            51..=53 => return self.sense(at, instruction),
            58 => return self.read_task(at),
            59 => return self.submit_task(at),
            _ => {}
        }
        let config = self.config.environment.clone();
        let is = &self.lives[at].is;
        let ax = is.registers[0];
        let Some(cell) = self.may_act(is, is.registers[1]) else {
            return self.error(at);
        };
        match instruction {
            54 => {
                let signal = &mut self.rest.region.signal[cell];
                *signal = signal.saturating_add((ax as u32 % 256) * 256);
            }
            55 => {
                let resource = &mut self.rest.region.resource[cell];
                let taken = u32::from(*resource).min(config.harvest_max);
                *resource -= taken as u16;
                self.rest.counters.harvests += u64::from(taken > 0);
                self.rest.counters.harvested += u64::from(taken);
                self.earn(
                    at,
                    Flow::Harvest,
                    i64::from(taken) * i64::from(config.harvest_gain),
                );
            }
            56 => {
                let deposit = &mut self.rest.region.deposit[cell];
                let taken = u32::from(*deposit).min(config.storage_withdraw);
                *deposit -= taken as u16;
                self.set(at, 0, i32::from(self.rest.region.storage[cell]));
                self.earn(at, Flow::Withdrawn, i64::from(taken));
            }
            57 => self.write_storage(at, cell, ax as u8),
            other => unreachable!("{other} is not an instruction of the environment"),
        }
    }

    fn write_storage(&mut self, at: usize, cell: usize, byte: u8) {
        let config = &self.config.environment;
        let price = if self.config.energy.enabled {
            i64::from(config.storage_cost)
        } else {
            0
        };
        if self.lives[at].is.energy < price {
            return self.error(at);
        }
        let deposit = price.min(i64::from(config.storage_deposit));
        let room = i64::from(u16::MAX - self.rest.region.deposit[cell]);
        let stays = deposit.min(room);
        self.lives[at].is.energy -= price;
        self.rest.region.storage[cell] = byte;
        self.rest.region.deposit[cell] += stays as u16;
        self.flow(Flow::Deposited, stays);
        self.flow(Flow::Instructions, price - stays);
    }

    fn challenge(&self, number: u64) -> Challenge {
        let mix = |bits: u64| {
            let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            bits ^ (bits >> 31)
        };
        let key = self.rest.region.challenge_key;
        let first = mix(key ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let second = mix(first);
        Challenge {
            a: 0x3300_0000 + (first as u32 % (1 << 24)),
            b: 0x5500_0000 + ((first >> 32) as u32 % (1 << 24)),
            c: 0x0F00_0000 + (second as u32 % (1 << 24)),
        }
    }

    /// A new challenge gives its first two inputs; the same one again, its third and first.
    fn read_task(&mut self, at: usize) {
        if !self.config.environment.tasks {
            return self.error(at);
        }
        let again = self.lives[at].is.challenge != 0;
        if !again {
            self.lives[at].is.challenge = self.rest.round + 1;
        }
        let inputs = self.challenge(self.lives[at].is.challenge);
        let pair = if again {
            (inputs.c, inputs.a)
        } else {
            (inputs.a, inputs.b)
        };
        self.set(at, 0, pair.0 as i32);
        self.set(at, 1, pair.1 as i32);
    }

    /// The first task of the table that the answer solves is paid, to the solver or to whoever owns a place drawn by lot: once between
    /// two births, ECHO once in a life.
    fn submit_task(&mut self, at: usize) {
        let config = self.config.environment.clone();
        if !config.tasks || self.lives[at].is.challenge == 0 {
            return self.error(at);
        }
        let (key, challenge) = (self.rest.region.challenge_key, self.lives[at].is.challenge);
        let inputs = self.challenge(challenge);
        let answer = self.lives[at].is.registers[0] as u32;
        self.lives[at].is.challenge = 0;
        let offered = |number: &usize| TASKS[*number].steps(config.logic) > 0;
        let solved = |number: &usize| (TASKS[*number].solves)(answer, inputs);
        let Some(task) = (0..TASKS.len()).filter(offered).find(solved) else {
            return;
        };
        let at = match config.rewards {
            RewardRule::Earned => at,
            RewardRule::Shuffled => {
                let place = lot(key, challenge, answer, self.config.soup.size);
                match self.owner_of(place) {
                    Some(owner) => owner,
                    None => return,
                }
            }
        };
        let is = &mut self.lives[at].is;
        let echo = task == 0;
        let before = if echo {
            is.done_ever
        } else {
            is.done_since_birth
        };
        is.done_ever |= 1 << task;
        is.done_since_birth |= 1 << task;
        if before >> task & 1 == 1 {
            return;
        }
        let base =
            u64::from(config.task_reward) * 1_000 * u64::from(TASKS[task].steps(config.logic));
        let in_season = task as u32 == self.rest.region.season;
        let bonus = if in_season {
            base * u64::from(config.season_bonus) / 100
        } else {
            0
        };
        let wanted = if echo { base / 4 } else { base + bonus };
        let paid = wanted.min(self.rest.region.pool);
        self.rest.region.pool -= paid;
        self.rest.counters.tasks[task] += u64::from(paid > 0);
        self.earn(at, Flow::Rewards, paid as i64);
    }
}
