//! Competitions: who is fitter in which economy, the same at every call.

use bytebiota_core::{
    Config,
    assay::AssayError,
    compete::{Competition, FREQUENCIES, compete},
    genesis::genome,
    isa::op,
};

fn named(name: &str) -> Vec<u8> {
    genome(name).expect("a genome of core/genomes")
}

fn compared(a: &[u8], b: &[u8], preset: &str) -> Competition {
    compete(a, b, 2, &Config::preset(preset).expect("a preset")).expect("a competition")
}

#[test]
fn the_forager_beats_the_ancestor_under_the_default_economy_from_every_frequency() {
    let outcome = compared(&named("forager"), &named("ancestor"), "default");
    for contest in &outcome.contests {
        assert_eq!((contest.won(), contest.lost()), (2, 0), "{contest:?}");
    }
    let tenths: Vec<u32> = outcome.contests.iter().map(|c| c.tenths).collect();
    assert_eq!(tenths, FREQUENCIES);
    let start = &outcome.contests[1].bouts[0];
    assert_eq!((start.a.start, start.b.start), (4, 36));
}

#[test]
fn where_energy_costs_nothing_the_faster_ancestor_wins() {
    let outcome = compared(&named("ancestor"), &named("forager"), "tierra");
    for contest in &outcome.contests {
        assert_eq!((contest.won(), contest.lost()), (2, 0), "{contest:?}");
    }
}

#[test]
fn a_forager_without_harvest_loses() {
    let forager = named("forager");
    let harvest = |&byte: &u8| byte == op::HARVEST_ENERGY;
    let knocked_out: Vec<u8> = forager
        .iter()
        .map(|byte| if harvest(byte) { op::NOP_0 } else { *byte })
        .collect();
    assert_eq!(forager.iter().filter(|b| harvest(b)).count(), 2);
    let outcome = compared(&knocked_out, &forager, "default");
    for contest in &outcome.contests {
        assert_eq!(contest.lost(), 2, "{contest:?}");
    }
}

#[test]
fn a_genome_is_as_fit_as_itself_and_an_outcome_repeats() {
    let mut config = Config::preset("tierra").expect("a preset");
    // A small soup is full soon.
    config.soup.size = 16_384;
    config.environment.length = 1_024;
    let ancestor = named("ancestor");
    let outcome = || compete(&ancestor, &ancestor, 4, &config).expect("a competition");
    let first = outcome();
    assert_eq!(first, outcome());
    for contest in &first.contests {
        let share = contest.share();
        let expected = u64::from(contest.tenths) * 100_000;
        let half = share.half_width.expect("four seeds");
        assert!(share.mean.abs_diff(expected) <= 2 * half, "{contest:?}");
    }
}

#[test]
fn a_competition_without_seeds_or_genomes_is_refused() {
    let (config, ancestor) = (Config::default(), named("ancestor"));
    let none = compete(&ancestor, &ancestor, 0, &config);
    assert_eq!(none, Err(AssayError::NoSeeds));
    let empty = compete(&ancestor, &[], 1, &config);
    assert!(matches!(empty, Err(AssayError::Length { length: 0, .. })));
}
