//! An engine with a fault: the program is refused, and the people who run it are not to blame.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::assignment_book::VolunteerId;
use bytebiota_server::verification::policy::Bar;
use bytebiota_server::verification::{Policy, Trust};

#[test]
fn the_same_mistake_by_two_blocks_the_engine_and_acquits_both() {
    let mut town = Town::new(Policy::default(), 1);
    let first = town.join(1, Kind::Outdated, "wasm 1 Browser/9");
    let second = town.join(2, Kind::Outdated, "wasm 1 Browser/9");
    let sound = town.join(3, Kind::Honest, "wasm 2 Browser/9");
    town.visit(first, 1, 1, 16);
    assert_eq!(town.blocked, ["wasm 1 Browser/9"], "the probe found it");
    for volunteer in [first, second] {
        assert_eq!(town.people[&volunteer].trust, Trust::Barred(Bar::Engine));
        let standing = town.verifier.standing(volunteer).expect("here");
        assert_eq!((standing.mismatches, standing.suspended_until_ms), (0, 0));
    }
    assert_eq!(town.people[&sound].trust, Trust::Newcomer);
    town.leave(first);
    town.join(1, Kind::Honest, "wasm 2 Browser/9");
    town.people.get_mut(&first).expect("there").kind = Kind::Honest;
    assert!(town.visit(first, 1, 1, 16), "updated, he is welcome");
    assert_eq!(town.believed_lies(), 0);
}

#[test]
fn a_liar_alone_cannot_blame_an_engine_that_others_run_well_nor_the_servers_own() {
    for engine in ["native 1", "own"] {
        let mut town = Town::new(Policy::default(), 2);
        let honest = town.join(2, Kind::Honest, engine);
        let liar = town.join(1, Kind::Lazy, engine);
        town.visit(liar, 1, 1, 8);
        assert!(town.blocked.is_empty());
        assert_eq!(town.convicted, [liar]);
        assert_eq!(town.people[&honest].trust, Trust::Newcomer);
    }
}

/// Volunteers with the fault visit until one of them is found wrong; then all that follows has followed.
fn until_found(town: &mut Town, makers: &[VolunteerId]) {
    for round in 0..1_000 {
        let maker = makers[round % makers.len()];
        town.visit(maker, 1 + (round % 7) as u32, 1, 16);
        if !town.convicted.is_empty() {
            return town.pass(1);
        }
    }
    panic!("nobody was found wrong");
}

#[test]
fn a_majority_of_proven_accomplices_cannot_have_an_engine_refused_that_somebody_proven_runs_well() {
    for seed in 0..20 {
        let mut town = Town::new(Policy::default(), seed);
        let honest = town.join_proven(10, Kind::Honest);
        let liars = [1, 2, 3].map(|number| town.join_proven(number, Kind::Outdated));
        until_found(&mut town, &liars);
        assert!(town.blocked.is_empty(), "seed {seed}");
        let mut convicted = town.convicted.clone();
        convicted.sort_unstable();
        convicted.dedup();
        assert_eq!(convicted, liars, "seed {seed}: all who said it");
        assert_eq!(town.people[&honest].trust, Trust::Proven, "seed {seed}");
    }
}

#[test]
fn two_proven_ones_whom_nobody_denies_have_their_engine_refused_and_are_acquitted() {
    for seed in 0..20 {
        let mut town = Town::new(Policy::default(), seed);
        let pair = [1, 2].map(|number| town.join_proven(number, Kind::Outdated));
        until_found(&mut town, &pair);
        assert_eq!(town.blocked, ["native 1"], "seed {seed}");
        for volunteer in pair {
            let standing = town.verifier.standing(volunteer).expect("here");
            assert_eq!((standing.mismatches, standing.suspended_until_ms), (0, 0));
        }
    }
}

#[test]
fn newcomers_alone_cannot_have_an_engine_refused_with_which_somebody_was_proven() {
    let mut town = Town::new(Policy::default(), 3);
    let honest = town.join_proven(10, Kind::Honest);
    town.leave(honest);
    let crowd = [1, 2, 3].map(|number| town.join(number, Kind::Outdated, "native 1"));
    for (island, newcomer) in (1..).zip(crowd) {
        town.visit(newcomer, island, 1, 16);
    }
    // Somebody proven with the same fault is asked about the next, and is one alone.
    let last = town.join(4, Kind::Outdated, "native 1");
    let proven = town.join_proven(5, Kind::Outdated);
    town.visit(last, 5, 1, 16);
    assert!(town.blocked.is_empty());
    for volunteer in crowd.into_iter().chain([last, proven]) {
        assert!(town.convicted.contains(&volunteer), "{volunteer:?}");
    }
    town.join_proven(10, Kind::Honest);
    assert_eq!(town.people[&honest].trust, Trust::Proven);
}
