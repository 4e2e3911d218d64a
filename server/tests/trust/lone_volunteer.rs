//! One honest volunteer and nobody else: the auditor confirms all he does, at once, and he becomes proven.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_server::verification::{Policy, Trust};

#[test]
fn everything_is_confirmed_by_the_auditor_and_costs_little() {
    let mut town = Town::new(Policy::default(), 9);
    let alone = town.join(1, Kind::Honest, "native 1");
    for round in 0..40 {
        assert!(town.visit(alone, 1 + round % 2, 10, 16));
        assert_eq!(town.provisional(), 0);
    }
    let made: u64 = 40 * 10 * 16;
    assert_eq!(town.credit[&alone], made);
    assert_eq!(town.people[&alone].trust, Trust::Proven);
    assert!(town.checks.iter().all(|check| check.checker.is_none()));
    let extra = town.audits as f64 / made as f64;
    assert!(extra < 0.05, "{extra} more");
}

#[test]
fn whoever_never_answers_challenges_is_confirmed_all_the_same_only_later() {
    let mut town = Town::new(Policy::default(), 4);
    let silent = town.join(1, Kind::Silent, "native 1");
    for _ in 0..20 {
        assert!(town.visit(silent, 1, 10, 16));
        town.pass(Policy::default().challenge_ms);
        assert_eq!(town.provisional(), 0);
    }
    assert_eq!(town.credit[&silent], 20 * 10 * 16);
    assert!(town.convicted.is_empty());
}

#[test]
fn silence_costs_a_proven_volunteer_his_place_in_front_until_he_answers_again() {
    let mut town = Town::new(Policy::default(), 5);
    let person = town.join(1, Kind::Honest, "native 1");
    let round = |town: &mut Town| {
        assert!(town.visit(person, 1, 10, 16));
        town.pass(Policy::default().challenge_ms);
    };
    let is_in_front = |town: &Town| town.people[&person].trust == Trust::Proven;
    (0..20).for_each(|_| round(&mut town));
    assert!(is_in_front(&town));
    town.people.get_mut(&person).expect("a person").kind = Kind::Silent;
    (0..5).for_each(|_| round(&mut town));
    assert_eq!(town.people[&person].trust, Trust::Newcomer);
    town.people.get_mut(&person).expect("a person").kind = Kind::Honest;
    (0..5).for_each(|_| round(&mut town));
    assert!(is_in_front(&town), "nothing was forgotten");
}
