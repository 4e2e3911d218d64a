//! The sleeper is honest until he is trusted, then invents everything: trust lowers no check, so the first lie is the last.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::{Policy, Trust};

#[test]
fn the_first_invented_stretch_is_void_however_much_he_was_trusted() {
    for seed in 0..50 {
        let mut town = Town::new(Policy::default(), seed);
        for number in 2..6 {
            town.join_proven(number, Kind::Honest);
        }
        let sleeper = town.join(1, Kind::Sleeper(40), "native 1");
        for _ in 0..20 {
            town.visit(sleeper, 1, 2, 8);
        }
        assert_eq!(town.people[&sleeper].trust, Trust::Proven);
        assert!(town.convicted.is_empty());
        town.visit(sleeper, 1, 10, 16);
        assert_eq!(town.believed_lies(), 0, "seed {seed}");
        assert!(
            (1..=10).contains(&town.void),
            "a full check may end it early"
        );
        assert_eq!(town.convicted, [sleeper]);
        assert!(matches!(town.people[&sleeper].trust, Trust::Barred(_)));
        assert_eq!(
            town.credit[&sleeper],
            40 * 8,
            "what was true keeps its credit"
        );
    }
}
