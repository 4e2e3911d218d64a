//! An engine with a fault: the program is refused, and the people who run it are not to blame.

use crate::people::Kind;
use crate::town::Town;
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
