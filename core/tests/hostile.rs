//! States and assignments from outside, damaged or made up: refused, or run in bounded time under the laws.

mod lawful;
mod obvious;
#[path = "hostile/soups.rs"]
mod soups;
mod strange;
mod worlds;

use bytebiota_core::{Config, Epoch, Island, IslandId, WorldSeed};
use obvious::{dice::Dice, mirror::State};
use std::time::{Duration, Instant};
use strange::distort::{ALL_FIELDS, Lie, balance, distort};

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

/// A lie about anything, with an extreme number.
fn lie(dice: &mut Dice) -> Lie {
    Lie {
        field: dice.below(ALL_FIELDS),
        which: dice.below(1 << 16),
        value: extreme(dice),
    }
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
                distort(&mut state, lie(&mut dice));
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

/// What the clock promises of a soup: nothing that takes real time is free of ticks, and nothing grows without end. Returns the births.
fn bounded(soup: &soups::Soup) -> u64 {
    let mut island = soup.island();
    let config = island.config().clone();
    let mut most_taxa = 0;
    for _ in 0..3 {
        let (before, rounds, population) = (island.tick(), island.round(), island.population());
        island.run_until(before + 100_000);
        let ticks = island.tick() - before;
        // The shortest slice is YIELD's five ticks, and a round's end takes 64 more.
        let shortest_round = 64 + 5 * u64::from(population.min(island.population()));
        let rounds = island.round() - rounds;
        assert!(
            rounds * shortest_round <= ticks + shortest_round,
            "{}: {rounds} rounds",
            soup.name
        );
        let counters = island.counters();
        let calls = counters.allocations_failed + counters.divides_failed + counters.allocations;
        assert!(counters.instructions <= island.tick() && calls <= counters.instructions);
        assert_eq!(lawful::broken(&island, &config), None, "{}", soup.name);
        most_taxa = most_taxa.max(State::decode(&island.to_bytes()).taxa.len());
    }
    let (bytes, population) = (island.to_bytes().len(), island.population());
    assert!(
        most_taxa <= 2 * population as usize + 1,
        "{}: {most_taxa}",
        soup.name
    );
    assert!(
        bytes < 1 << 20 && population <= 65_536 / 12,
        "{}",
        soup.name
    );
    island.counters().births
}

#[test]
fn soups_of_wasters_stay_lawful_and_bounded() {
    let births: u64 = soups::SOUPS.iter().map(bounded).sum();
    assert!(births > 2_000, "one of them breeds: {births}");
}

/// Nanoseconds for a thousand ticks, in the fastest of several pieces.
fn pace(island: &mut Island) -> u128 {
    const PIECE: u64 = 2_000_000;
    let piece = |_| {
        let begin = Instant::now();
        island.run_until(island.tick() + PIECE);
        begin.elapsed().as_nanos() * 1_000 / u128::from(PIECE)
    };
    (0..10).map(piece).min().unwrap_or(0)
}

/// `cargo test --release -p bytebiota-core --test hostile -- --ignored --nocapture`; the goal is a factor of 4.
#[test]
#[ignore = "measures seconds: by hand, in release, on a quiet machine"]
fn how_much_slower_than_a_grown_default_world() {
    let mut world = Island::genesis(WorldSeed(1), IslandId(1), &Config::default());
    world.run_until(100_000_000);
    let default = pace(&mut world);
    println!("{:<44}{default:>8} ns for 1,000 ticks", "default world");
    for soup in soups::SOUPS {
        let pace = pace(&mut soup.island());
        let times = pace as f64 / default as f64;
        println!("{:<44}{pace:>8} ns, {times:.2} times", soup.name);
    }
}
