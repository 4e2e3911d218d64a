//! Two answers to one question: the server replays it twice and knows who was right, whoever it is.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::{Alarm, Policy, Trust};

fn by_volunteers() -> Policy {
    Policy {
        auditor_percent: 0,
        ..Policy::default()
    }
}

#[test]
fn an_honest_maker_wins_against_a_slanderer() {
    for seed in 0..30 {
        let mut town = Town::new(by_volunteers(), seed);
        let slanderer = town.join_proven(2, Kind::Slanderer);
        let maker = town.join_proven(1, Kind::Honest);
        assert!(town.visit(maker, 1, 5, 8));
        assert_eq!(town.convicted, [slanderer]);
        assert_eq!((town.provisional(), town.void), (0, 0), "and is confirmed");
        assert!(town.credit[&maker] >= 40);
        assert_eq!(town.credit.get(&slanderer), None);
    }
}

#[test]
fn a_lying_maker_loses_against_an_honest_checker_who_is_credited() {
    let mut town = Town::new(by_volunteers(), 8);
    let checker = town.join_proven(2, Kind::Honest);
    let maker = town.join_proven(1, Kind::Lazy);
    // His first unit is given out in full; a single wrong segment is enough.
    town.visit(maker, 1, 5, 8);
    assert_eq!(town.convicted, [maker]);
    assert_eq!((town.void, town.believed_lies()), (1, 0));
    assert_eq!(town.people[&checker].trust, Trust::Proven);
}

#[test]
fn a_server_that_contradicts_itself_decides_nothing_by_it() {
    let mut town = Town::new(by_volunteers(), 8);
    let checker = town.join_proven(2, Kind::Slanderer);
    let maker = town.join_proven(1, Kind::Honest);
    town.is_server_faulty = true;
    town.visit(maker, 1, 2, 8);
    assert_eq!(town.alarms, [Alarm::Server], "the operator knows");
    assert_eq!(town.convicted, [checker], "by the replay after that");
    assert_eq!(town.void, 0);
}

#[test]
fn more_than_three_convictions_of_proven_ones_within_an_hour_stop_all_penalties() {
    let mut town = Town::new(Policy::default(), 8);
    let crowd: Vec<_> = (1..8)
        .map(|number| town.join_proven(number, Kind::Lazy))
        .collect();
    for (island, member) in (1..).zip(&crowd) {
        town.visit(*member, island, 1, 4);
    }
    assert_eq!(town.alarms.first(), Some(&Alarm::Convictions));
    let barred = |who: &&_| matches!(town.people[*who].trust, Trust::Barred(_));
    assert_eq!(crowd.iter().filter(barred).count(), 3, "the rest is spared");
    assert_eq!(town.believed_lies(), 0, "and still believed in nothing");
    town.pass(Policy::default().alarm_ms + 1);
    assert_eq!(town.alarms.last(), Some(&Alarm::Over));
}
