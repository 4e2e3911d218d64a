//! The lazy liar invents every unit: nothing of it is ever believed, and he is out after one try, and for good after two.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::policy::Bar;
use bytebiota_server::verification::{Policy, Trust};

#[test]
fn nothing_he_invents_is_believed_and_a_failed_self_test_ends_it() {
    for seed in 0..50 {
        let mut town = Town::new(Policy::default(), seed);
        let liar = town.join(1, Kind::Lazy, "native 1");
        town.visit(liar, 1, 10, 16);
        // His very first unit is computed again in full, before the stretch is over.
        assert_eq!(
            (town.believed_lies(), town.void, town.provisional()),
            (0, 1, 0)
        );
        assert_eq!(town.people[&liar].trust, Trust::Barred(Bar::Suspended));
        assert!(!town.visit(liar, 1, 1, 1), "he gets nothing");
        assert_eq!(town.credit.get(&liar), None);
        // His self-test is computed honestly by his machine: a lazy one would not even try.
        town.people.get_mut(&liar).expect("there").kind = Kind::Slanderer;
        town.pass(Policy::default().suspension_ms + 1);
        assert_eq!(town.people[&liar].trust, Trust::Barred(Bar::Banned));
    }
}

#[test]
fn the_same_stretch_is_then_done_by_another() {
    let mut town = Town::new(Policy::default(), 3);
    let liar = town.join(1, Kind::Lazy, "native 1");
    let honest = town.join(2, Kind::Honest, "native 1");
    town.visit(liar, 1, 3, 8);
    town.visit(honest, 1, 3, 8);
    assert_eq!(town.history.values().flatten().count(), 3);
    // One segment more than his own: he was asked what the liar got wrong.
    assert_eq!((town.believed_lies(), town.credit[&honest]), (0, 25));
    assert_eq!(town.convicted, [liar]);
}
