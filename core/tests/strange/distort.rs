//! Lies about a state: one number of it replaced by another, and the books balanced again. Knows not who chooses them.

use crate::obvious::mirror::{Child, State};

/// How many fields of an island can be replaced; the rest are those of an organism.
const FIELDS: u32 = 17;
/// How many fields an organism has.
const ORGANISM_FIELDS: u32 = 15;

/// What to replace: a field, which one of its kind, and by what.
#[derive(Clone, Copy, Debug)]
pub struct Lie {
    pub field: u32,
    pub which: u32,
    pub value: u64,
}

/// How many fields a lie can be about.
pub const ALL_FIELDS: u32 = FIELDS + ORGANISM_FIELDS;

/// Replaces one number of a state.
pub fn distort(state: &mut State, lie: Lie) {
    let Lie {
        field,
        which,
        value,
    } = lie;
    let number = value as u32;
    let cell = which as usize % state.region.resource.len();
    match field % ALL_FIELDS {
        0 => state.tick = value,
        1 => state.busy = value,
        2 => state.round = value,
        3 => state.slice_left = number,
        4 => state.next_serial = value,
        5 => state.mutation.next_background = value,
        6 => state.mutation.next_flaw = value,
        7 => state.mutation.copies_left = value,
        8 => state.region.pool = value,
        9 => state.region.resource[cell] = value as u16,
        10 => state.region.signal[cell] = number,
        11 => state.region.deposit[cell] = value as u16,
        12 => state.region.season = number,
        13 => state.counters.energy[which as usize % 10] = value,
        14 => state.counters.instructions = value,
        15 => state
            .region
            .hotspots
            .iter_mut()
            .for_each(|spot| spot.moves = value),
        16 => state
            .taxa
            .iter_mut()
            .for_each(|taxon| taxon.births = number),
        other => distort_organism(state, other - FIELDS, which, value),
    }
}

fn distort_organism(state: &mut State, field: u32, which: u32, value: u64) {
    let number = value as u32;
    let count = state.organisms.len().max(1);
    let Some(life) = state.organisms.get_mut(which as usize % count) else {
        return;
    };
    match field {
        0 => life.registers[which as usize % 4] = number as i32,
        1 => life.ip = number,
        2 => life.stack = vec![number as i32; (number % 12) as usize],
        3 => life.length = number,
        4 => life.start = number,
        5 => life.energy = value as i64,
        6 => life.arrears = value as i64,
        7 => life.born = value,
        8 => life.errors = number,
        9 => life.births = number,
        10 => life.generation = number,
        11 => life.challenge = value,
        12 => life.done_since_birth = number,
        13 => life.done_ever = number,
        14 => life.merit = number,
        _ => {
            if let Child::Pending { since, .. } = &mut life.child {
                *since = value;
            }
        }
    }
}

/// Makes the books balance again, so that what was distorted is not refused for that alone.
pub fn balance(state: &mut State) {
    let held: i128 = state
        .organisms
        .iter()
        .map(|life| i128::from(life.energy))
        .sum();
    let (income, expense) = state.counters.energy.split_at(6);
    let sum = |flows: &[u64]| flows.iter().map(|&flow| i128::from(flow)).sum::<i128>();
    let missing = held - sum(income) + sum(expense);
    let side = if missing > 0 { 0 } else { 9 };
    let amount = u64::try_from(missing.unsigned_abs()).unwrap_or(0);
    state.counters.energy[side] = state.counters.energy[side].saturating_add(amount);
}
