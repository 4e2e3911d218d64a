//! The laws, in a town where everything happens at random.

use crate::people::Kind;
use crate::town::Town;
use bytebiota_core::{IslandId, UnitKey};
use bytebiota_server::assignment_book::VolunteerId;
use bytebiota_server::verification::Policy;
use std::collections::BTreeMap;

const KINDS: [Kind; 9] = [
    Kind::Honest,
    Kind::Honest,
    Kind::Honest,
    Kind::Silent,
    Kind::Lazy,
    Kind::Sleeper(12),
    Kind::SingleLie(9),
    Kind::Colluder(15),
    Kind::Slanderer,
];

/// Random visits, closings, departures, returns and waits.
fn live(town: &mut Town, events: u32) {
    for _ in 0..events {
        let number = 1 + town.roll(18) as i64;
        let who = VolunteerId(number);
        let kind = KINDS[number as usize % KINDS.len()];
        let island = IslandId(1 + town.roll(6) as u32);
        match town.roll(12) {
            0 => drop(town.join(number, kind, "native 1")),
            1 if town.people.contains_key(&who) => town.leave(who),
            2 => town.close(island),
            3 => {
                let ms = town.roll(20_000);
                town.pass(ms);
            }
            _ if town.people.contains_key(&who) => {
                let epochs = 1 + town.roll(16);
                if town.commit(who, island, epochs) && town.roll(4) == 0 {
                    town.close(island);
                }
            }
            _ => {}
        }
    }
    (1..=6).for_each(|island| town.close(IslandId(island)));
    (0..40).for_each(|_| town.pass(5_000));
}

#[test]
fn every_unit_is_judged_once_nobody_honest_is_blamed_and_the_ledger_adds_up() {
    let (mut confirmed, mut convicted) = (0, 0);
    for seed in 0..150 {
        let mut town = Town::new(Policy::default(), seed);
        live(&mut town, 300);
        assert_eq!(
            town.provisional(),
            0,
            "seed {seed}: something waits for ever"
        );
        assert_eq!(town.verifier.checks_under_way(), 0, "seed {seed}");
        for who in &town.convicted {
            let kind = town.people[who].kind;
            assert!(
                !matches!(kind, Kind::Honest | Kind::Silent),
                "seed {seed}: {kind:?}"
            );
        }
        let mut ledger: BTreeMap<VolunteerId, u64> = BTreeMap::new();
        for check in &town.checks {
            if let Some(checker) = check.checker {
                *ledger.entry(checker).or_default() += check.epochs;
            }
        }
        let made: u64 = town.people.values().map(|person| person.made).sum();
        let history: Vec<_> = town.history.values().flatten().collect();
        assert_eq!(
            made,
            history.len() as u64 + town.void,
            "seed {seed}: judged once"
        );
        if town.roll_backs.is_empty() {
            for (unit, _) in &history {
                *ledger.entry(unit.maker).or_default() += unit.epochs();
            }
            assert_eq!(ledger, town.credit, "seed {seed}");
        }
        confirmed += history.len();
        convicted += town.convicted.len();
        assert!(
            history
                .iter()
                .all(|(unit, _)| town.people[&unit.maker].kind != Kind::Lazy)
        );
    }
    assert!(
        confirmed > 3_000 && convicted > 150,
        "{confirmed} {convicted}"
    );
}

#[test]
fn what_is_confirmed_was_recomputed_by_somebody_else_whom_a_root_has_proven() {
    for seed in 0..100 {
        let mut town = Town::new(Policy::default(), seed);
        live(&mut town, 200);
        for check in town.checks.iter().filter(|check| check.confirms) {
            let Some(checker) = check.checker else {
                continue;
            };
            let units = town.history.values().flatten();
            let maker = units.into_iter().find(|(unit, _)| unit.key == check.unit);
            assert!(
                maker.is_none_or(|(unit, _)| unit.maker != checker),
                "his own"
            );
        }
        // The last report of the newest claim of each island has a recomputed segment.
        let is_checked = |key: UnitKey| {
            let mut checks = town.checks.iter();
            checks.any(|check| check.unit == key && check.confirms)
        };
        for units in town.history.values() {
            assert!(
                units.last().is_none_or(|(unit, _)| is_checked(unit.key)),
                "seed {seed}"
            );
        }
    }
}
