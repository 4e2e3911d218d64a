//! A lie found late takes back its own island only: a new branch begins at the last good epoch, and honest work keeps its
//! credit.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_core::{Branch, IslandId};
use bytebiota_server::verification::Policy;

#[test]
fn only_the_liars_island_goes_back_and_the_next_branch_goes_on() {
    let (mut town, liar) = with_a_believed_lie();
    let honest = town.join(2, Kind::Honest, "native 1");
    town.visit(honest, 1, 2, 8);
    town.visit(honest, 2, 2, 8);
    let (credit, other) = (town.credit[&honest], town.heads[&IslandId(2)]);
    town.people.get_mut(&liar).expect("there").kind = Kind::Lazy;
    town.visit(liar, 3, 1, 4);
    assert_eq!(town.roll_backs.len(), 1);
    let unit = town.roll_backs[0].unit;
    let (branch, epoch, _) = town.heads[&IslandId(1)];
    assert_eq!((branch, epoch), (Branch(1), unit.first_epoch));
    assert!(
        town.credit[&honest] >= credit,
        "honest work keeps its credit"
    );
    assert_eq!(town.heads[&IslandId(2)], other);
    assert!(town.visit(honest, 1, 2, 8), "the island goes on");
    assert_eq!(town.heads[&IslandId(1)].0, Branch(1));
    assert_eq!((town.believed_lies(), town.provisional()), (0, 0));
}

/// A town in which one false segment was missed.
fn with_a_believed_lie() -> (Town, bytebiota_server::assignment_book::VolunteerId) {
    for seed in 0.. {
        let mut town = Town::new(Policy::default(), seed);
        let liar = town.join(1, Kind::SingleLie(2), "native 1");
        town.visit(liar, 1, 1, 1);
        town.visit(liar, 1, 2, 16);
        if town.believed_lies() == 1 {
            return (town, liar);
        }
    }
    unreachable!("fifteen of sixteen draws miss it")
}
