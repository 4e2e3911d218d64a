//! One false segment among many: the draw finds it about as often as arithmetic says, and looking back finds it later.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::Policy;

#[test]
fn it_is_found_as_often_as_the_draw_says() {
    let mut found = 0;
    const TRIALS: u64 = 2_000;
    for seed in 0..TRIALS {
        let mut town = Town::new(Policy::default(), seed * 77 + 1);
        let liar = town.join(1, Kind::SingleLie(3), "native 1");
        town.visit(liar, 1, 1, 1);
        // The lie is in the last report of the stretch: one of 16 segments, or the one report in a hundred.
        town.visit(liar, 1, 3, 16);
        found += u64::from(town.convicted == [liar]);
    }
    let expected = TRIALS as f64 * (1.0 / 16.0 + 0.01);
    assert!(
        (found as f64 - expected).abs() < 0.35 * expected,
        "{found} of {expected}"
    );
}

#[test]
fn what_was_missed_is_found_when_he_is_caught_at_something_else() {
    let mut town = Town::new(Policy::default(), 5);
    let liar = town.join(1, Kind::SingleLie(1), "native 1");
    let mut seed = 0;
    while town.believed_lies() == 0 {
        seed += 1;
        town = Town::new(Policy::default(), seed);
        town.join(1, Kind::SingleLie(1), "native 1");
        town.visit(liar, 1, 1, 1);
        town.visit(liar, 1, 1, 16);
    }
    town.people.get_mut(&liar).expect("there").kind = Kind::Lazy;
    town.visit(liar, 2, 1, 4);
    assert_eq!(town.believed_lies(), 0, "the old lie was taken back");
    assert_eq!(town.roll_backs.len(), 1);
}
