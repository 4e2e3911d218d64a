//! How an island comes back from canonical bytes: every law of the state is checked first. Knows no file.

use crate::{
    CodecError, Config, Halo, Island, SEMANTICS_VERSION, codec,
    energy::{Prices, Purse},
    environment::Environment,
    genealogy::Genealogy,
    memory::SoupMemory,
    organism::{Child, NONE, Organism, Registers, STACK_WORDS, Stack, TaskRecord},
    reaper::Reaper,
    report::TaxonRecord,
    scheduler::{self, Scheduler},
    state::{ChildState, IslandState, MAX_STATE_BYTES, OrganismState, TaxonState},
};

/// No count, clock or distance in a state from outside is larger: nothing can overflow in a lifetime.
const MOST: u64 = 1 << 60;

impl Island {
    /// Restores an island from canonical bytes; every law of the state is checked first.
    pub fn from_bytes(bytes: &[u8], config: &Config) -> Result<Self, CodecError> {
        let written: IslandState = codec::decode(bytes, MAX_STATE_BYTES)?;
        let state = written.into_absolute();
        state
            .fault(config)
            .map_or(Ok(()), |fault| Err(CodecError::Invalid(fault)))?;
        let island = restore(state, config).ok_or(CodecError::Invalid(
            "blocks overlap or the genealogy is torn",
        ))?;
        let held: i128 = island
            .organisms
            .iter()
            .map(|organism| i128::from(organism.purse.energy))
            .sum();
        if held != island.counters.energy_balance() {
            return Err(CodecError::Invalid("energy is not conserved"));
        }
        Ok(island)
    }
}

/// The island of a state without fault; `None` if blocks overlap or the genealogy contradicts itself.
fn restore(state: IslandState, config: &Config) -> Option<Island> {
    let blocks = (0..).zip(&state.organisms).flat_map(|(slot, organism)| {
        let child = match organism.child {
            ChildState::Absent => None,
            ChildState::Pending { start, length, .. } => Some((start, length, slot)),
        };
        [Some((organism.start, organism.length, slot)), child]
            .into_iter()
            .flatten()
    });
    let mut soup = SoupMemory::with_owned(state.soup, blocks)?;
    let rows = state
        .taxa
        .into_iter()
        .map(|taxon| (taxon_record(&taxon), taxon.named))
        .collect();
    let mut genealogy = Genealogy::from_rows(rows, state.next_serial)?;
    let organisms: Vec<Organism> = state
        .organisms
        .iter()
        .map(|organism| organism_of(organism, &mut soup))
        .collect();
    organisms
        .iter()
        .for_each(|organism| genealogy.join(organism.taxon));
    if !genealogy.is_pruned() {
        return None;
    }
    let mut island = Island {
        id: state.island,
        prices: Prices::new(config),
        soup,
        vacant: Vec::new(),
        population: organisms.len() as u32,
        organisms,
        scheduler: Scheduler {
            cursor: state.cursor,
            slice_left: state.slice_left,
            ..Scheduler::default()
        },
        reaper: Reaper::default(),
        mutation: state.mutation,
        environment: Environment::new(state.region, config, Halo::default()),
        genealogy,
        random: state.random,
        weather: state.weather,
        task_rng: state.tasks,
        tick: state.tick,
        busy: state.busy,
        round: state.round,
        counters: state.counters,
        config: config.clone(),
    };
    for slot in 0..island.population {
        island.scheduler.queue.push(slot);
    }
    for &slot in &state.reaper_order {
        island.reaper.queue.push(slot);
    }
    for organism in &mut island.organisms {
        organism.slice = scheduler::slice_ticks(config, organism.length, organism.tasks.merit);
        let reach = config.environment.reach;
        organism.reach = island
            .environment
            .reach(organism.start, organism.length, reach);
    }
    island.mutation.adopt(&config.mutation, island.tick);
    Some(island)
}

fn taxon_record(taxon: &TaxonState) -> TaxonRecord {
    TaxonRecord {
        serial: taxon.serial,
        origin: taxon.origin,
        origin_tick: taxon.origin_tick,
        births: taxon.births,
        living: 0,
        genotype: crate::GenotypeHash::of(&taxon.genome),
        genome: taxon.genome.clone(),
        edge: taxon.edge,
    }
}

fn organism_of(state: &OrganismState, soup: &mut SoupMemory) -> Organism {
    let [ax, bx, cx, dx] = state.registers;
    let child = match &state.child {
        ChildState::Absent => Child::Absent,
        ChildState::Pending {
            start,
            length,
            since,
            written,
        } => {
            let count = soup.restore_written(*start, *length, written);
            Child::Pending {
                start: *start,
                length: *length,
                written: count,
                since: *since,
            }
        }
    };
    Organism {
        registers: Registers {
            ax,
            bx,
            cx,
            dx,
            zero: state.zero,
            ip: state.ip,
        },
        stack: Stack::of(&state.stack),
        start: state.start,
        length: state.length,
        child,
        purse: Purse {
            energy: state.energy,
            arrears: state.arrears,
        },
        born: state.born,
        errors: state.errors,
        births: state.births,
        generation: state.generation,
        taxon: state.taxon,
        tasks: TaskRecord {
            challenge: state.challenge,
            since_birth: state.done_since_birth,
            ever: state.done_ever,
            merit: state.merit,
        },
        ..Organism::default()
    }
}

impl IslandState {
    /// The first law that the state breaks.
    fn fault(&self, config: &Config) -> Option<&'static str> {
        let size = config.soup.size;
        let clocks = [self.tick, self.round, self.next_serial, self.region.pool];
        let population = self.organisms.len() as u32;
        if self.semantics != SEMANTICS_VERSION {
            Some("the state is of another semantics version")
        } else if config.validate().is_err() || self.soup.len() != size as usize {
            Some("the soup has another size than the Config says")
        } else if clocks.iter().any(|&clock| clock > MOST) || self.busy > 1 << 20 {
            Some("a clock is out of range")
        } else if (self.cursor == NONE) != (population == 0)
            || (self.cursor >= population && population > 0)
        {
            Some("the scheduler's cursor points at nobody")
        } else if self.slice_left > 1 << 20 || (population == 0 && self.slice_left != 0) {
            Some("the slice is out of range")
        } else if !is_permutation(&self.reaper_order, population) {
            Some("the reaper queue does not hold exactly the living")
        } else if ![&self.mutation.rng, &self.random, &self.weather, &self.tasks]
            .iter()
            .all(|rng| rng.is_valid())
        {
            Some("a generator has an impossible state")
        } else if self.mutation.copies_left == 0 {
            Some("the distance to the next copy mutation is zero")
        } else if self.counters.is_out_of_range(MOST)
            || self.region.hotspots.iter().any(|spot| spot.moves > MOST)
        {
            Some("a counter is out of range")
        } else if self.taxa.iter().any(|taxon| taxon.is_faulty(self.tick)) {
            Some("a taxon is out of range")
        } else {
            let organism = self
                .organisms
                .iter()
                .find_map(|organism| organism.fault(self, size));
            organism.or_else(|| self.region.fault(&config.environment))
        }
    }
}

impl TaxonState {
    fn is_faulty(&self, tick: u64) -> bool {
        let length = self.genome.len();
        length == 0
            || length > crate::assignment::MAX_TRAVELLING_GENOME_BYTES
            || self.origin_tick > tick + (1 << 20)
    }
}

impl OrganismState {
    fn fault(&self, state: &IslandState, size: u32) -> Option<&'static str> {
        let purse_ok =
            (0..=1 << 41).contains(&self.energy) && (0..=1 << 50).contains(&self.arrears);
        let pending_ok = match &self.child {
            ChildState::Absent => true,
            ChildState::Pending {
                length,
                since,
                written,
                ..
            } => {
                let spare = (8 - length % 8) % 8;
                let clean = written
                    .last()
                    .is_none_or(|&last| last.leading_zeros() >= spare);
                *since <= state.round
                    && written.len() as u64 == u64::from(*length).div_ceil(8)
                    && clean
            }
        };
        if self.ip >= size || self.stack.len() > STACK_WORDS {
            Some("an instruction pointer or a stack is out of range")
        } else if !purse_ok {
            Some("an organism's energy is out of range")
        } else if self.born > state.round || self.taxon as usize >= state.taxa.len() {
            Some("an organism's birth is out of range")
        } else if !pending_ok {
            Some("a pending child is out of range")
        } else if self.challenge > state.round + 1 {
            Some("a challenge is out of range")
        } else {
            None
        }
    }
}

fn is_permutation(order: &[u32], count: u32) -> bool {
    let mut seen = vec![false; count as usize];
    let fresh = |&index: &u32| {
        seen.get_mut(index as usize)
            .is_some_and(|seen| !std::mem::replace(seen, true))
    };
    order.len() == count as usize && order.iter().all(fresh)
}
