//! States and assignments from outside, damaged or made up: refused, or run in bounded time under the laws.

mod lawful;
mod obvious;
mod worlds;

use bytebiota_core::{Config, Epoch, Island, IslandId, WorldSeed};
use obvious::{
    dice::Dice,
    mirror::{Child, State},
};
use std::time::{Duration, Instant};

/// More than any accepted state needs for `TICKS`, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const TICKS: u64 = 20_000;

/// A world in mid-life and its Config.
fn grown(seed: u64) -> (Config, Vec<u8>) {
    let mut dice = worlds::dice(seed);
    let config = worlds::world(&mut dice, 4);
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), &config);
    island.open_epoch(Epoch(0), &worlds::arrivals(&mut dice, 6));
    island.run_until(3_000 + u64::from(dice.below(9_000)));
    (config, island.to_bytes())
}

/// Whether the bytes are accepted; accepted ones must live lawfully.
fn try_state(bytes: &[u8], config: &Config, what: &str) -> bool {
    let Ok(mut island) = Island::from_bytes(bytes, config) else {
        return false;
    };
    // A mutation that the Config switches on or off begins or ends on arrival; nothing else may change.
    let (mut given, taken) = (State::decode(bytes), State::decode(&island.to_bytes()));
    given.mutation = taken.mutation.clone();
    let (given, taken) = (format!("{given:#?}"), format!("{taken:#?}"));
    let differing = given.lines().zip(taken.lines()).find(|(a, b)| a != b);
    assert_eq!(
        differing, None,
        "{what}: accepted bytes come back as others"
    );
    let begin = Instant::now();
    let births = island.counters().births;
    for _ in 0..4 {
        island.run_until(island.tick() + TICKS / 4);
        // Counts may have been made up, and clocks put at the end of time run past it.
        let made_up = ["counts", "a clock is", "a counter is"];
        let law = lawful::broken(&island, config)
            .filter(|law| !made_up.iter().any(|reason| law.contains(reason)));
        assert_eq!(
            law,
            None,
            "{what}, {} births",
            island.counters().births - births
        );
    }
    assert!(begin.elapsed() < PATIENCE, "{what}: {:?}", begin.elapsed());
    true
}

#[test]
fn noise_is_refused() {
    let mut dice = worlds::dice(1);
    let config = Config::default();
    for round in 0..3_000 {
        let magnitude = dice.below(14);
        let length = dice.below(1 << magnitude);
        let noise: Vec<u8> = (0..length).map(|_| dice.below(256) as u8).collect();
        assert!(!try_state(&noise, &config, &format!("noise {round}")));
    }
}

#[test]
fn damaged_bytes_never_panic() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 1..=20 {
        let (config, bytes) = grown(seed);
        assert!(try_state(&bytes, &config, "undamaged"));
        let mut dice = worlds::dice(seed + 77);
        for round in 0..60 {
            let mut damaged = bytes.clone();
            damage(&mut dice, &mut damaged);
            let what = format!("seed {seed}, round {round}");
            *(if try_state(&damaged, &config, &what) {
                &mut accepted
            } else {
                &mut refused
            }) += 1;
        }
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert!(!try_state(&bytes[..cut], &config, "truncated"));
        }
        assert!(!try_state(
            &[&bytes[..], &[0]].concat(),
            &config,
            "a byte behind"
        ));
    }
    assert!(
        accepted > 50 && refused > 200,
        "{accepted} accepted, {refused} refused"
    );
}

/// Flips bytes, most of them outside the soup, or moves a piece.
fn damage(dice: &mut Dice, bytes: &mut Vec<u8>) {
    let length = bytes.len() as u32;
    match dice.below(6) {
        0 => {
            let at = dice.below(length) as usize;
            bytes.insert(at, dice.below(256) as u8);
        }
        1 => drop(bytes.remove(dice.below(length) as usize)),
        2 => bytes[dice.below(16) as usize] ^= 1 << dice.below(8),
        _ => {
            for _ in 0..=dice.below(3) {
                let behind_soup = 4_110.min(length - 1);
                let at = behind_soup + dice.below(length - behind_soup);
                bytes[at as usize] ^= 1 << dice.below(8);
            }
        }
    }
}

/// Numbers that break arithmetic.
fn extreme(dice: &mut Dice) -> u64 {
    let near = [
        0,
        1 << 20,
        1 << 30,
        1 << 31,
        1 << 32,
        1 << 41,
        1 << 50,
        1 << 60,
        1 << 63,
        u64::MAX,
    ];
    let by = [0, 1, u64::MAX][dice.below(3) as usize];
    near[dice.below(near.len() as u32) as usize].wrapping_add(by)
}

/// Changes one number of a state to an extreme one.
fn distort(dice: &mut Dice, state: &mut State) {
    let value = extreme(dice);
    let number = value as u32;
    let cell = dice.below(state.region.resource.len() as u32) as usize;
    let energy_flow = dice.below(10) as usize;
    match dice.below(20) {
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
        13 => state.counters.energy[energy_flow] = value,
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
        _ => distort_organism(dice, state),
    }
}

fn distort_organism(dice: &mut Dice, state: &mut State) {
    let value = extreme(dice);
    let number = value as u32;
    let count = state.organisms.len() as u32;
    let Some(life) = state.organisms.get_mut(dice.below(count) as usize) else {
        return;
    };
    let register = dice.below(4) as usize;
    match dice.below(15) {
        0 => life.registers[register] = number as i32,
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
        _ => {
            if let Child::Pending { since, .. } = &mut life.child {
                *since = value;
            }
        }
    }
}

/// Makes the books balance again, so that what was distorted is not refused for that alone.
fn balance(state: &mut State) {
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

#[test]
fn made_up_states_are_refused_or_live_lawfully() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 1..=30 {
        let (config, bytes) = grown(seed);
        let mut dice = worlds::dice(seed + 99);
        for round in 0..60 {
            let mut state = State::decode(&bytes);
            for _ in 0..=dice.below(3) {
                distort(&mut dice, &mut state);
            }
            balance(&mut state);
            let what = format!("seed {seed}, round {round}");
            let taken = try_state(&state.encode(), &config, &what);
            *(if taken { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert!(
        accepted > 300 && refused > 300,
        "{accepted} accepted, {refused} refused"
    );
}
