//! OsCalls: MAL and DIVIDE with their guards, and how any newcomer enters. Knows no opcode and no slice.

use crate::{
    Counters, DeathCause, EnergyFlow, MutationKind,
    config::ReaperInsert,
    energy::Purse,
    isa,
    island::Island,
    mutation::Indel,
    organism::{Child, Organism, Registers, TaskRecord},
    report::{EdgeMutations, Origin},
    scheduler,
    services::REFUSED_TICKS,
};

/// Ticks of one sweep: what a death costs in real time.
const SWEEP_TICKS: u32 = 4;
/// Bytes of a block that cost one tick more.
const BLOCK_BYTES_PER_TICK: u32 = 64;

/// MAL: CX bytes for a child; AX becomes its address. Returns ticks beside the instruction's own.
pub fn mal(island: &mut Island, slot: u32) -> u32 {
    island.release_child(slot);
    let organism = &island.organisms[slot as usize];
    let wanted = organism.registers.cx;
    let size = u32::try_from(wanted).unwrap_or(0);
    let cost = mal_cost(island, size);
    if !is_allowed(island, organism, size) || organism.purse.energy < cost {
        return fail(island, slot, |counters| counters.allocations_failed += 1);
    }
    let target = place(island, organism);
    let (block, sweeps) = allocate(island, slot, target, size);
    let ticks = size / BLOCK_BYTES_PER_TICK + sweeps * SWEEP_TICKS;
    let Some(start) = block else {
        return ticks + fail(island, slot, |counters| counters.allocations_failed += 1);
    };
    island.soup.blank(start, size);
    let organism = &mut island.organisms[slot as usize];
    organism.purse.pay(cost);
    organism.registers.ax = start as i32;
    organism.child = Child::Pending {
        start,
        length: size,
        written: 0,
        since: island.round,
    };
    island.counters.flow(EnergyFlow::Instructions, cost);
    island.counters.allocations += 1;
    ticks
}

/// DIVIDE: the pending child lives. Returns ticks beside the instruction's own.
pub fn divide(island: &mut Island, slot: u32) -> u32 {
    let organism = &island.organisms[slot as usize];
    let Child::Pending {
        start,
        length,
        written,
        ..
    } = organism.child
    else {
        return fail(island, slot, |counters| counters.divides_failed += 1);
    };
    let needed = u64::from(length) * u64::from(island.config.evolution.min_copied);
    if u64::from(written) * 1_000_000 < needed {
        return fail(island, slot, |counters| counters.divides_failed += 1);
    }
    let taxon = organism.taxon;
    let parent = &island.genealogy.taxon(taxon).record.genome;
    let mut edge = compare(parent, island.soup.block(start, length));
    let (start, length, sweeps) = change_length(island, slot, (start, length), &mut edge);
    create_offspring(island, slot, (start, length), edge);
    sweeps * SWEEP_TICKS
}

/// What a MAL of this size costs, milli-units.
fn mal_cost(island: &Island, size: u32) -> i64 {
    let energy = &island.config.energy;
    if energy.enabled {
        i64::from(size) * i64::from(energy.mal_cost)
    } else {
        0
    }
}

fn is_allowed(island: &Island, organism: &Organism, size: u32) -> bool {
    let evolution = &island.config.evolution;
    let most = evolution
        .max_genome
        .min(organism.length.saturating_mul(evolution.max_mal_mult));
    (evolution.min_genome..=most).contains(&size)
}

/// Counts a call that cannot be answered. Returns ticks beside the instruction's own.
fn fail(island: &mut Island, slot: u32, count: impl FnOnce(&mut Counters)) -> u32 {
    let organism = &mut island.organisms[slot as usize];
    organism.errors = organism.errors.saturating_add(1);
    island.reaper.blame(slot, 1);
    island.counters.errors += 1;
    count(&mut island.counters);
    REFUSED_TICKS
}

/// Where a child should lie: at [BX] if that is within reach, else at its parent.
fn place(island: &Island, organism: &Organism) -> u32 {
    match island
        .environment
        .acting(organism.registers.bx, organism.reach)
    {
        Some(_) => organism.registers.bx as u32,
        None => organism.start,
    }
}

/// The nearest free block, made by the memory-pressure sweep if there is none; with the number of sweeps.
pub(crate) fn allocate(
    island: &mut Island,
    caller: u32,
    target: u32,
    size: u32,
) -> (Option<u32>, u32) {
    let mut sweeps = 0;
    loop {
        let block = island.soup.allocate(target, size, caller);
        if block.is_some() || sweeps == island.config.evolution.allocation_retries {
            return (block, sweeps);
        }
        let victim = island.reaper.victim(
            &island.organisms,
            caller,
            island.round,
            &island.config.reaper,
        );
        let Some(victim) = victim else {
            return (None, sweeps);
        };
        island.kill(victim, DeathCause::MemoryPressure);
        sweeps += 1;
    }
}

/// Insertion or deletion at birth; the block afterwards, and the sweeps it took.
fn change_length(
    island: &mut Island,
    slot: u32,
    block: (u32, u32),
    edge: &mut EdgeMutations,
) -> (u32, u32, u32) {
    let (start, length) = block;
    let evolution = &island.config.evolution;
    let limits = evolution.min_genome..=evolution.max_genome;
    match island.mutation.indel(length, &island.config.mutation) {
        None => (start, length, 0),
        Some((Indel::Deletion, bytes)) if limits.contains(&length.saturating_sub(bytes)) => {
            delete(island, block, bytes);
            edge.deletions += 1;
            (start, length - bytes, 0)
        }
        Some((Indel::Insertion, bytes)) if limits.contains(&(length + bytes)) => {
            let (moved, sweeps) = insert(island, slot, block, bytes);
            match moved {
                Some(start) => {
                    edge.insertions += 1;
                    (start, length + bytes, sweeps)
                }
                None => {
                    island.counters.mutated(MutationKind::IndelSkipped);
                    (start, length, sweeps)
                }
            }
        }
        Some(_) => {
            island.counters.mutated(MutationKind::IndelSkipped);
            (start, length, 0)
        }
    }
}

/// Removes `bytes` at a uniform place; the tail closes up and what is freed goes back.
fn delete(island: &mut Island, (start, length): (u32, u32), bytes: u32) {
    let rest = length - bytes;
    let place = island.mutation.rng.below(rest + 1);
    for offset in place..rest {
        let byte = island.soup.read(start + offset + bytes);
        island.soup.write(start + offset, byte);
    }
    island.soup.release(start + rest, bytes);
    island.counters.mutated(MutationKind::Deletion);
}

/// Inserts `bytes` at a uniform place: half the time a repetition, else random valid bytes. The new start, unless
/// there is no room for it.
fn insert(
    island: &mut Island,
    slot: u32,
    (start, length): (u32, u32),
    bytes: u32,
) -> (Option<u32>, u32) {
    let mut genome = island.soup.block(start, length).to_vec();
    let (home, sweeps) = if island.soup.extend(start, length, bytes, slot) {
        (start, 0)
    } else {
        let (block, sweeps) = allocate(island, slot, start, length + bytes);
        let Some(home) = block else {
            return (None, sweeps);
        };
        island.soup.release(start, length);
        (home, sweeps)
    };
    let rng = &mut island.mutation.rng;
    let place = rng.below(length + 1) as usize;
    let added: Vec<u8> = if rng.below(2) == 0 {
        let from = place.min((length.saturating_sub(bytes)) as usize);
        genome
            .iter()
            .copied()
            .skip(from)
            .cycle()
            .take(bytes as usize)
            .collect()
    } else {
        (0..bytes).map(|_| rng.below(128) as u8).collect()
    };
    genome.splice(place..place, added);
    for (address, &byte) in (home..).zip(&genome) {
        island.soup.write(address, byte);
    }
    island.counters.mutated(MutationKind::Insertion);
    (Some(home), sweeps)
}

/// What lies between the parent's genome at birth and the child's bytes as copied.
fn compare(parent: &[u8], child: &[u8]) -> EdgeMutations {
    let mut edge = EdgeMutations {
        steps: 1,
        ..EdgeMutations::default()
    };
    if parent == child {
        return edge;
    }
    if parent.len() != child.len() {
        edge.other = 1;
        return edge;
    }
    let mut operand = false;
    for (&before, &after) in parent.iter().zip(child) {
        let silent = !operand && before < 128 && after == before ^ isa::ALIAS_BIT;
        if before != after {
            *(if silent {
                &mut edge.synonymous
            } else {
                &mut edge.nonsynonymous
            }) += 1;
        }
        operand = !operand && isa::decode(before).is_some_and(|row| row.has_operand);
    }
    edge
}

/// The child leaves its parent: energy, taxon, owner, queues.
fn create_offspring(
    island: &mut Island,
    slot: u32,
    (start, length): (u32, u32),
    edge: EdgeMutations,
) {
    let config = &island.config;
    let stipend_most = (i64::from(config.energy.stipend) * 1_000).min(mal_cost(island, length));
    let stipend = island.environment.pay(stipend_most as u64) as i64;
    let parent = &mut island.organisms[slot as usize];
    let split = parent
        .purse
        .earn(stipend, i64::from(config.energy.cap) * 1_000);
    island.counters.income(EnergyFlow::Stipends, stipend, split);
    let energy = parent.purse.share(config.energy.child_share);
    parent.child = Child::Absent;
    parent.births = parent.births.saturating_add(1);
    let merit = std::mem::take(&mut parent.tasks.since_birth);
    if merit != parent.tasks.merit {
        parent.tasks.merit = merit;
        parent.slice = scheduler::slice_ticks(config, parent.length, merit);
    }
    let generation = parent.generation.saturating_add(1);
    let above = parent.taxon;
    island.counters.births += 1;
    island.genealogy.bore(above);
    let genome = island.soup.block(start, length);
    let taxon = if island.genealogy.taxon(above).record.genome == genome {
        island.counters.true_births += 1;
        above
    } else {
        let origin = Origin::Birth {
            parent: island.genealogy.taxon(above).record.serial,
        };
        island
            .genealogy
            .begin(origin, island.tick, genome, edge, Some(above))
    };
    let newborn = Newborn {
        start,
        length,
        energy,
        generation,
        taxon,
        merit,
    };
    enter(island, newborn, Some(slot));
}

/// What is known of a newcomer before it lives.
pub(crate) struct Newborn {
    pub start: u32,
    pub length: u32,
    pub energy: i64,
    pub generation: u32,
    pub taxon: u32,
    pub merit: u32,
}

/// Lets an organism live in a block that is allocated already.
pub(crate) fn enter(island: &mut Island, newborn: Newborn, parent: Option<u32>) -> u32 {
    let slice = scheduler::slice_ticks(&island.config, newborn.length, newborn.merit);
    let slot = island.occupy(Organism {
        slice,
        registers: Registers {
            ip: newborn.start,
            ..Registers::default()
        },
        start: newborn.start,
        length: newborn.length,
        purse: Purse {
            energy: newborn.energy,
            arrears: 0,
        },
        born: island.round,
        generation: newborn.generation,
        taxon: newborn.taxon,
        tasks: TaskRecord {
            merit: newborn.merit,
            ..TaskRecord::default()
        },
        reach: island.environment.reach(
            newborn.start,
            newborn.length,
            island.config.environment.reach,
        ),
        ..Organism::default()
    });
    island.soup.pass(newborn.start, newborn.length, slot);
    island.genealogy.join(newborn.taxon);
    match parent {
        Some(parent) => island.scheduler.queue.insert_behind(parent, slot),
        None => island.scheduler.queue.push(slot),
    }
    if island.scheduler.cursor == crate::organism::NONE {
        island.scheduler.cursor = slot;
    }
    let behind_parent = island.config.reaper.insert == ReaperInsert::BehindParent;
    island.reaper.enter(slot, parent.filter(|_| behind_parent));
    slot
}
