//! The laws that every state of an island keeps, read off its canonical bytes. Knows no executor.

// Each test uses its own part of this.
#![allow(dead_code)]

use crate::obvious::{
    mirror::{Origin, State},
    world::child_block,
};
use bytebiota_core::{Config, Island};

/// The first law that an island breaks, in words.
pub fn broken(island: &Island, config: &Config) -> Option<String> {
    let bytes = island.to_bytes();
    let state = State::decode(&bytes);
    let again = match Island::from_bytes(&bytes, config) {
        Ok(island) => island.to_bytes(),
        Err(error) => return Some(format!("its own state is refused: {error}")),
    };
    let laws = [
        (again == bytes, "a restored state has other bytes"),
        (
            owns_each_byte_once(&state),
            "a byte is owned twice or lies outside",
        ),
        (
            leaks_nothing(&state, island),
            "free and owned bytes are not all bytes",
        ),
        (conserves_energy(&state), "energy is not conserved"),
        (
            queues_hold_the_living(&state, island),
            "a queue does not hold exactly the living",
        ),
        (
            counts_agree(&state, island),
            "counts contradict one another",
        ),
        (
            genealogy_is_whole(&state),
            "the genealogy has a gap or a dead branch",
        ),
    ];
    let first = laws.iter().find(|(holds, _)| !holds);
    first.map(|(_, law)| (*law).to_string())
}

fn blocks(state: &State) -> Vec<(u32, u32)> {
    let both = |life: &crate::obvious::mirror::Organism| {
        [(life.start, life.length), child_block(&life.child)]
    };
    let mut blocks: Vec<_> = state.organisms.iter().flat_map(both).collect();
    blocks.retain(|&(_, length)| length > 0);
    blocks
}

fn owns_each_byte_once(state: &State) -> bool {
    let mut owners = vec![0u8; state.soup.len()];
    blocks(state).iter().all(|&(start, length)| {
        let block = owners.get_mut(start as usize..(start + length) as usize);
        block.is_some_and(|block| {
            block.iter_mut().for_each(|owners| *owners += 1);
            block.iter().all(|&owners| owners == 1)
        })
    })
}

fn leaks_nothing(state: &State, island: &Island) -> bool {
    let owned: u32 = blocks(state).iter().map(|&(_, length)| length).sum();
    owned + island.free_bytes() == state.soup.len() as u32
}

/// The first six flows are income, the others expense.
fn conserves_energy(state: &State) -> bool {
    let sum = |flows: &[u64]| flows.iter().map(|&flow| i128::from(flow)).sum::<i128>();
    let (income, expense) = state.counters.energy.split_at(6);
    let held: i128 = state
        .organisms
        .iter()
        .map(|life| i128::from(life.energy))
        .sum();
    let solvent = |life: &crate::obvious::mirror::Organism| life.energy >= 0 && life.arrears >= 0;
    held == sum(income) - sum(expense) && state.organisms.iter().all(solvent)
}

fn queues_hold_the_living(state: &State, island: &Island) -> bool {
    let living = state.organisms.len();
    let mut queued = state.reaper_order.clone();
    queued.sort_unstable();
    let cursor_ok = if living == 0 {
        state.cursor == u32::MAX
    } else {
        (state.cursor as usize) < living
    };
    queued.iter().copied().eq(0..living as u32)
        && cursor_ok
        && island.population() as usize == living
        && island.bodies().len() == living
}

fn counts_agree(state: &State, island: &Island) -> bool {
    let counters = &state.counters;
    let deaths: u64 = counters.deaths.iter().sum();
    counters.births + counters.arrivals == deaths + u64::from(island.population())
        && counters.true_births <= counters.births
        && counters.instructions <= state.tick + state.busy
        && island.tick() == state.tick
}

fn genealogy_is_whole(state: &State) -> bool {
    let needed = |row: usize| {
        let taxon = &state.taxa[row];
        let is_living = state
            .organisms
            .iter()
            .any(|life| life.taxon as usize == row);
        let parent = Origin::Birth {
            parent: taxon.serial,
        };
        is_living || state.taxa.iter().any(|below| below.origin == parent)
    };
    state.taxa.is_sorted_by(|a, b| a.serial < b.serial)
        && state
            .taxa
            .last()
            .is_none_or(|last| last.serial < state.next_serial)
        && (0..state.taxa.len()).all(needed)
}
