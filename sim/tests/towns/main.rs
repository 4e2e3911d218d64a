//! Two hundred towns in which every law holds, and one with each rule broken in which the law notices. Knows no law.

use bytebiota_sim::flaw::Flaw;
use bytebiota_sim::laws::Breach;
use bytebiota_sim::{REAL_EVERY, seeds, simulate};

/// Towns with a broken rule until the law must have noticed.
const SEEDS_PER_FLAW: u64 = 80;

#[test]
fn two_hundred_seeds_keep_every_law() {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let tally = seeds::run(1, 200, cores, |seed, breach| {
        println!("seed {seed}: {breach}")
    });
    assert_eq!(tally.broken, [], "see above");
    let sum = tally.sum;
    assert_eq!(tally.seeds, 200);
    assert!(sum.confirmed > 20_000, "little happened: {sum:?}");
    assert!(
        sum.lies > 500 && sum.convictions > 300,
        "nobody lied: {sum:?}"
    );
    assert!(sum.lives > 400, "no server was killed: {sum:?}");
    assert!(sum.believed * 50 < sum.lies, "lies are believed: {sum:?}");
}

#[test]
fn a_seed_replays_exactly() {
    for seed in [1, 7, REAL_EVERY] {
        assert_eq!(
            simulate(seed, Flaw::None),
            simulate(seed, Flaw::None),
            "seed {seed}"
        );
    }
}

/// The first breach of this law among towns with this flaw; else every law that was broken instead.
fn noticed(flaw: Flaw, law: &str) -> Result<(u64, Breach), Vec<&'static str>> {
    let mut others = Vec::new();
    for seed in 1..=SEEDS_PER_FLAW {
        match simulate(seed, flaw) {
            Err(breach) if breach.law == law => return Ok((seed, breach)),
            Err(breach) => others.push(breach.law),
            Ok(_) => {}
        }
    }
    Err(others)
}

#[test]
fn every_law_notices_when_its_rule_is_broken() {
    for (flaw, law) in Flaw::ALL {
        let found = noticed(flaw, law);
        println!("{flaw:?}: {found:?}");
        assert!(found.is_ok(), "{flaw:?} must break \"{law}\": {found:?}");
    }
}
