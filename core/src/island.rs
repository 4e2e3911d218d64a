//! One island: the parts of its state and how a stretch of ticks runs over them. Knows no assignment and no report.

use crate::{
    Config, Counters, DeathCause, EnergyFlow, Halo, IslandId, MutationKind,
    energy::Prices,
    environment::Environment,
    genealogy::Genealogy,
    interpreter::{self, Trap},
    isa,
    memory::SoupMemory,
    mutation::MutationEngine,
    organism::{Child, NONE, Organism},
    os_calls,
    reaper::Reaper,
    rng::Rng,
    scheduler::Scheduler,
};

/// Ticks that the end of a round costs: the environment's own work, so that the clock stays proportional to real time.
pub const ROUND_TICKS: u64 = 64;

/// Organisms that the nearer caches hold, with what they work on.
const NEAR: usize = 2_048;
/// Slices whose memory is looked at together where there are more.
const GLANCE: u32 = 8;

/// Addresses that a background flip tries before it gives up on an almost empty soup.
const RADIATION_TRIES: u32 = 4_096;

/// One living island. Everything here is either state or derived from state and Config.
#[derive(Clone, Debug)]
pub struct Island {
    pub(crate) id: IslandId,
    pub(crate) config: Config,
    pub(crate) prices: Prices,
    pub(crate) soup: SoupMemory,
    pub(crate) organisms: Vec<Organism>,
    pub(crate) vacant: Vec<u32>,
    pub(crate) population: u32,
    pub(crate) scheduler: Scheduler,
    pub(crate) reaper: Reaper,
    pub(crate) mutation: MutationEngine,
    pub(crate) environment: Environment,
    pub(crate) genealogy: Genealogy,
    pub(crate) random: Rng,
    pub(crate) weather: Rng,
    pub(crate) task_rng: Rng,
    pub(crate) tick: u64,
    pub(crate) busy: u64,
    pub(crate) round: u64,
    pub(crate) counters: Counters,
}

impl Island {
    /// Its number.
    pub fn id(&self) -> IslandId {
        self.id
    }

    /// Ticks since genesis.
    pub fn tick(&self) -> u64 {
        self.tick
    }

    /// Rounds since genesis.
    pub fn round(&self) -> u64 {
        self.round
    }

    /// The living.
    pub fn population(&self) -> u32 {
        self.population
    }

    /// Counts since genesis.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Bytes of the soup.
    pub fn soup(&self) -> &[u8] {
        self.soup.bytes()
    }

    /// The Config in force.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Puts the border of this stretch in place.
    pub fn set_halo(&mut self, halo: Halo) {
        self.environment.halo = halo;
    }

    /// Runs until the clock shows `stop`, exactly. Cutting this anywhere changes nothing.
    pub fn run_until(&mut self, stop: u64) {
        while self.tick < stop {
            self.run_part(stop);
        }
    }

    /// One turn of `run_until`: a wait, or a piece of the current slice. Observers drive it themselves.
    #[inline(always)]
    pub(crate) fn run_part(&mut self, stop: u64) {
        if self.busy > 0 {
            let passed = self.busy.min(stop - self.tick);
            self.tick += passed;
            self.busy -= passed;
        } else if self.scheduler.cursor == NONE {
            self.tick = stop;
        } else {
            self.run_piece(stop);
            // An instruction that scans longer than is left is waited out after the stop.
            self.busy = self.tick.saturating_sub(stop);
            self.tick -= self.busy;
        }
    }

    /// Runs the current slice up to the next event: its end, the stop, radiation, a flaw.
    fn run_piece(&mut self, stop: u64) {
        let slot = self.scheduler.cursor;
        if self.scheduler.slice_left == 0 {
            let organism = &self.organisms[slot as usize];
            self.scheduler.slice_left = organism.slice;
            if self.scheduler.glanced == 0 {
                self.glance();
            }
            self.scheduler.glanced -= 1;
        }
        let trap = if self.mutation.next_event() > self.tick {
            self.run_slot(slot, stop)
        } else {
            self.meet_event(slot, stop)
        };
        match trap {
            Trap::Limit if self.scheduler.slice_left > 0 => {}
            Trap::Limit | Trap::Yield => self.end_slice(slot),
            Trap::Starved => self.kill(slot, DeathCause::Starvation),
            Trap::Mal | Trap::Divide => self.call(slot, trap),
        }
    }

    /// Runs `slot` for the rest of its slice, or up to the stop or the next event.
    #[inline]
    fn run_slot(&mut self, slot: u32, stop: u64) -> Trap {
        let horizon = self.mutation.next_event().min(stop) - self.tick;
        let limit = horizon.min(u64::from(self.scheduler.slice_left));
        self.run_ticks(slot, limit as u32)
    }

    #[inline(always)]
    fn run_ticks(&mut self, slot: u32, limit: u32) -> Trap {
        let outcome = interpreter::interpret(self, slot, limit);
        if outcome.errors > 0 {
            self.reaper.blame(slot, outcome.errors);
        }
        self.spend_ticks(outcome.ticks);
        outcome.trap
    }

    /// Radiation is due, or a flaw, or both.
    #[cold]
    fn meet_event(&mut self, slot: u32, stop: u64) -> Trap {
        if self.mutation.next_background <= self.tick {
            self.radiate();
        }
        if self.mutation.next_flaw <= self.tick {
            self.run_flawed(slot)
        } else {
            self.run_slot(slot, stop)
        }
    }

    /// Looks at what the next slices will need first, so that it is fetched while this one runs; where it is far away,
    /// for several slices at once, which takes no longer than for one. What is seen means nothing.
    fn glance(&mut self) {
        let is_far = self.organisms.len() > NEAR;
        let slices = if is_far { GLANCE } else { 1 };
        let (mut slot, mut seen) = (self.scheduler.cursor, 0);
        for _ in 0..slices {
            slot = self.scheduler.queue.behind(slot);
            let Some(organism) = self.organisms.get(slot as usize) else {
                break;
            };
            let registers = &organism.registers;
            seen ^= organism.born ^ u64::from(self.soup.read(registers.ip));
            if is_far {
                let (from, to) = (registers.bx as u32, registers.dx as u32);
                seen ^= self.soup.glance(from) ^ self.soup.glance(to);
                seen ^= self.environment.glance(registers.bx);
            }
        }
        self.scheduler.glanced = slices;
        self.scheduler.seen = seen;
    }

    /// MAL or DIVIDE.
    #[inline(never)]
    fn call(&mut self, slot: u32, trap: Trap) {
        let ticks = if trap == Trap::Mal {
            os_calls::mal(self, slot)
        } else {
            os_calls::divide(self, slot)
        };
        self.spend_ticks(ticks);
        if self.scheduler.slice_left == 0 {
            self.end_slice(slot);
        }
    }

    /// The clock moves on, at the expense of the slice.
    fn spend_ticks(&mut self, ticks: u32) {
        self.tick += u64::from(ticks);
        self.scheduler.slice_left = self.scheduler.slice_left.saturating_sub(ticks);
    }

    /// One instruction whose register result is off by one.
    fn run_flawed(&mut self, slot: u32) -> Trap {
        let ip = self.organisms[slot as usize].registers.ip;
        let target = isa::decode(self.soup.read(ip)).map_or(isa::Target::None, |row| row.target);
        let by = self.mutation.flaw(self.tick, &self.config.mutation);
        let trap = self.run_ticks(slot, 1);
        let registers = &mut self.organisms[slot as usize].registers;
        let spoilt = match target {
            isa::Target::None => None,
            isa::Target::Ax => Some(&mut registers.ax),
            isa::Target::Bx => Some(&mut registers.bx),
            isa::Target::Cx => Some(&mut registers.cx),
            isa::Target::Dx => Some(&mut registers.dx),
        };
        if let (Some(register), true) = (spoilt, trap == Trap::Limit) {
            *register = register.wrapping_add(by);
            self.counters.mutated(MutationKind::Flaw);
        }
        trap
    }

    /// One bit of a random byte of a random living body flips.
    fn radiate(&mut self) {
        self.mutation
            .background_done(self.tick, &self.config.mutation);
        for _ in 0..RADIATION_TRIES {
            let address = self.mutation.rng.below(self.soup.size());
            let hit = self.organisms.get(self.soup.owner(address) as usize);
            if hit.is_some_and(|organism| organism.owns(address)) {
                let bit = self.mutation.rng.below(8);
                self.soup
                    .write(address, self.soup.read(address) ^ (1 << bit));
                self.counters.mutated(MutationKind::Background);
                return;
            }
        }
    }

    /// Rent, release of a stalled child, death by age, errors or arrears; then the next one's turn.
    #[inline(always)]
    fn end_slice(&mut self, slot: u32) {
        let organism = &mut self.organisms[slot as usize];
        if self.config.energy.enabled {
            let bytes = organism.length + organism.child.block().1;
            let paid = organism
                .purse
                .pay_rent(i64::from(bytes) * i64::from(self.config.energy.rent));
            self.counters.flow(EnergyFlow::Rent, paid);
        }
        if let Child::Pending { since, .. } = organism.child
            && self.round.saturating_sub(since) > u64::from(self.config.evolution.pending_max)
        {
            self.release_child(slot);
        }
        match Reaper::verdict(
            &self.organisms[slot as usize],
            self.round,
            &self.config.reaper,
        ) {
            Some(cause) => self.kill(slot, cause),
            None => self.next_slice(),
        }
    }

    /// Moves the cursor; behind the tail a round ends.
    #[inline(always)]
    fn next_slice(&mut self) {
        self.scheduler.slice_left = 0;
        let next = self.scheduler.queue.behind(self.scheduler.cursor);
        self.scheduler.cursor = next;
        if next == NONE {
            self.end_round();
        }
    }

    #[inline(never)]
    fn end_round(&mut self) {
        self.round += 1;
        self.tick += ROUND_TICKS;
        self.environment
            .end_round(self.round, &self.config.environment, &mut self.weather);
        self.scheduler.cursor = self.scheduler.queue.head;
    }

    /// Gives the block of a pending child back.
    #[inline(never)]
    pub(crate) fn release_child(&mut self, slot: u32) {
        let organism = &mut self.organisms[slot as usize];
        if let Child::Pending { start, length, .. } = std::mem::take(&mut organism.child) {
            self.soup.release(start, length);
            self.counters.children_released += 1;
        }
    }

    /// Ends a life: memory, queues, genealogy and energy are settled.
    #[inline(never)]
    pub(crate) fn kill(&mut self, slot: u32, cause: DeathCause) {
        self.release_child(slot);
        if self.scheduler.cursor == slot {
            self.next_slice();
            if self.scheduler.cursor == slot {
                // The round began anew with the dying one, who stood alone.
                self.scheduler.cursor = NONE;
            }
        }
        self.scheduler.queue.remove(slot);
        self.reaper.queue.remove(slot);
        let organism = std::mem::take(&mut self.organisms[slot as usize]);
        self.soup.release(organism.start, organism.length);
        self.counters.flow(EnergyFlow::Lost, organism.purse.energy);
        self.counters.died(cause);
        self.genealogy.leave(organism.taxon);
        self.vacant.push(slot);
        self.population -= 1;
    }

    /// A slot for a newcomer.
    pub(crate) fn occupy(&mut self, organism: Organism) -> u32 {
        self.population += 1;
        match self.vacant.pop() {
            Some(slot) => {
                self.organisms[slot as usize] = organism;
                slot
            }
            None => {
                self.organisms.push(organism);
                self.organisms.len() as u32 - 1
            }
        }
    }
}
