//! The figures of trust on a small scale: what is promised of lazy cheats and sleepers holds, a server that checks nothing is seen
//! to believe them, and the rival does what its rule says.

use bytebiota_server::verification::{Mode, Policy};
use bytebiota_sim::figures::{Cell, Count, cheat::Cheat, measure, rival, sybils::sybils};

fn cell(cheat: Cheat, visit: u64) -> Cell {
    Cell {
        cheat,
        visit,
        units: 2_000,
        policy: Policy::default(),
    }
}

fn ours(cell: &Cell) -> Count {
    measure(cell, 1).expect("a town that comes to its end")
}

#[test]
fn whoever_invents_whole_units_is_never_believed_and_checks_cost_little() {
    for cheat in [Cheat::Nobody, Cheat::Lazy, Cheat::Sleeper] {
        let count = ours(&cell(cheat, 20));
        assert!(count.confirmed >= 2_000, "{cheat:?}: {count:?}");
        assert_eq!((count.wrong, count.acted_on), (0, 0), "{cheat:?}");
        // What is not decided yet at the end weighs more in a small town.
        let extra = count.extra_per_million();
        assert!((10_000..150_000).contains(&extra), "{cheat:?}: {extra}");
    }
}

#[test]
fn lies_are_seen_where_nothing_is_checked_and_small_ones_where_little_is() {
    let mut blind = cell(Cheat::Lazy, 20);
    blind.policy.mode = Mode::Accept;
    let count = ours(&blind);
    assert!(count.wrong > 100, "{count:?}");
    let count = ours(&cell(Cheat::SingleLie, 20));
    assert!(count.wrong > 0 && count.descended > 0, "{count:?}");
}

#[test]
fn the_rival_replicates_until_ten_were_valid() {
    let count = rival(&cell(Cheat::Nobody, 5), 1);
    assert_eq!(count.wrong, 0);
    let extra = count.extra_per_million();
    assert!((990_000..1_050_000).contains(&extra), "all twice: {extra}");
    let long = rival(&cell(Cheat::Nobody, 1_000), 1).extra_per_million();
    assert!(long < 150_000, "{long}");
    let believed = rival(&cell(Cheat::Sleeper, 50), 1);
    assert!(believed.wrong > 20, "{believed:?}");
}

#[test]
fn a_fleet_of_accomplices_decides_nothing() {
    let contest = sybils(1, 3_000).expect("a town that comes to its end");
    assert!(contest.contested > 50, "{contest:?}");
    assert_eq!((contest.decided_wrong, contest.honest_blamed), (0, 0));
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    let cell = cell(Cheat::Mixed, 10);
    assert_eq!(ours(&cell), ours(&cell));
    assert_eq!(rival(&cell, 3), rival(&cell, 3));
}
