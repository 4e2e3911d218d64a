//! Colluders agree with each other's lies: as newcomers it does not help them at all, and as proven ones the auditor's
//! share of the checks finds them.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::Policy;

#[test]
fn unproven_ones_never_confirm_each_other() {
    for seed in 0..20 {
        let mut town = Town::new(Policy::default(), seed);
        let crowd: Vec<_> = (1..40)
            .map(|number| town.join(number, Kind::Colluder(0), "native 1"))
            .collect();
        for (island, member) in (1..).zip(crowd) {
            town.visit(member, island, 2, 4);
        }
        assert_eq!((town.believed_lies(), town.asked.len()), (0, 0));
    }
}

#[test]
fn proven_ones_beside_honest_ones_are_found_and_their_lies_taken_back() {
    let mut believed = 0;
    for seed in 0..40 {
        let mut town = Town::new(Policy::default(), seed);
        for number in 10..16 {
            town.join_proven(number, Kind::Honest);
        }
        let pair = [1, 2].map(|number| town.join_proven(number, Kind::Colluder(0)));
        for round in 0..30 {
            let who = pair[round % 2];
            town.visit(who, 1 + (round % 2) as u32, 3, 8);
        }
        assert!(
            pair.iter().all(|who| town.convicted.contains(who)),
            "seed {seed}"
        );
        let honest = town.convicted.iter().filter(|who| who.0 >= 10);
        assert_eq!(honest.count(), 0, "nobody honest is blamed");
        believed += town.believed_lies();
    }
    assert_eq!(believed, 0, "looking back leaves none");
}
