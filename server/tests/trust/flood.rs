//! A flood of new identities: none of them is ever asked to check, none is believed, and somebody proven never waits.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::Policy;

#[test]
fn beside_one_honest_proven_volunteer_every_contested_result_is_decided_right() {
    for seed in 0..10 {
        let mut town = Town::new(Policy::default(), seed);
        let honest = town.join_proven(1_000, Kind::Honest);
        for number in 1..100 {
            let sybil = town.join(number, Kind::Colluder(0), "native 1");
            town.visit(sybil, number as u32 % 10 + 1, 1, 2);
            assert!(town.visit(honest, number as u32 % 10 + 1, 1, 2));
        }
        assert_eq!((town.believed_lies(), town.provisional()), (0, 0));
        assert!(town.credit[&honest] >= 99 * 2);
        assert!(
            town.asked.iter().all(|who| *who == honest),
            "nobody else checks"
        );
        assert!(!town.convicted.contains(&honest));
    }
}
