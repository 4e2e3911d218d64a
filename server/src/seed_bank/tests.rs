//! What the bank and the policy of reseeding promise: only what breeds, nothing twice, variety before number, and the
//! same decision from the same facts.

use super::reseeding::{ReseedKnobs, Stagnation};
use super::*;
use crate::seed_bank::exchange::ExchangeError;
use bytebiota_core::{Config, Counters, Sample, assembler};
use proptest::prelude::*;

fn seed(number: u8, length: usize) -> Seed {
    // Genomes without any piece in common: the step differs.
    let genome: Vec<u8> = (0..length)
        .map(|place| (place as u8).wrapping_mul(number | 1).wrapping_add(number))
        .collect();
    Seed {
        genotype: GenotypeHash::of(&genome),
        genome,
        way: Class::SelfReplicator,
        ticks_per_birth: 500,
        tasks: 0,
        found: None,
        admitted_ms: 1,
        uses: 0,
        successes: 0,
    }
}

fn ancestor() -> Vec<u8> {
    let source = include_str!("../../../core/genomes/ancestor.asm");
    assembler::assemble(source).expect("assembles")
}

fn candidate(genome: Vec<u8>, births: u32) -> Candidate {
    Candidate {
        genome,
        births,
        found: None,
        host: None,
    }
}

fn bank(knobs: SeedKnobs) -> SeedBank {
    SeedBank::new(knobs, Vec::new())
}

#[test]
fn only_what_breeds_true_in_the_servers_own_assay_is_admitted() {
    let (config, mut bank) = (Config::default(), bank(SeedKnobs::default()));
    let change = bank
        .take(candidate(ancestor(), 9), &config, 5)
        .expect("admitted");
    assert_eq!(change.admitted.way, Class::SelfReplicator);
    assert!(change.admitted.ticks_per_birth > 100 && change.evicted.is_empty());
    assert!(
        bank.take(candidate(ancestor(), 9), &config, 6).is_none(),
        "known"
    );
    let mut lame = ancestor();
    lame.truncate(40);
    assert!(
        bank.take(candidate(lame, 99), &config, 7).is_none(),
        "sterile"
    );
    assert_eq!(bank.seeds().count(), 1);
}

#[test]
fn candidates_are_tried_once_one_at_a_time_and_the_fertile_first() {
    let knobs = SeedKnobs {
        queue: 2,
        ..SeedKnobs::default()
    };
    let mut bank = bank(knobs);
    for (byte, births) in [(1, 7), (2, 30), (3, 9), (2, 99)] {
        bank.offer(candidate(vec![byte; 20], births));
    }
    let first = bank.next_trial().expect("one");
    assert_eq!(
        (first.births, bank.next_trial()),
        (30, None),
        "one at a time"
    );
    assert_eq!(bank.handle_assayed(1, &first, None), None);
    let second = bank.next_trial().expect("another");
    assert_eq!(second.births, 9, "the least fertile gave way");
    bank.handle_assayed(1, &second, None);
    bank.offer(first);
    assert_eq!(bank.next_trial(), None, "tried already");
    bank.offer(candidate(ancestor(), 5));
    bank.offer(candidate(vec![9; 20], 5));
    let good = bank.next_trial().expect("the first");
    let assay = assayer::try_out(&good, &Config::default());
    let change = bank.handle_assayed(1, &good, assay.as_ref());
    assert!(
        change.is_some() && bank.next_trial().is_none(),
        "first to the disk"
    );
    bank.handle_stored();
    assert!(bank.next_trial().is_some());
}

#[test]
fn one_that_is_like_another_takes_its_place_only_if_it_is_worth_more() {
    let mut bank = bank(SeedKnobs::default());
    let first = seed(3, 80);
    bank.admit(first.clone()).expect("admitted");
    let mut twin = first.clone();
    twin.genome[40] ^= 1;
    twin.genotype = GenotypeHash::of(&twin.genome);
    twin.ticks_per_birth = 600;
    assert!(bank.admit(twin.clone()).is_none(), "slower");
    twin.ticks_per_birth = 400;
    let change = bank.admit(twin.clone()).expect("faster");
    assert_eq!(change.evicted, [first.genotype]);
    assert!(bank.seeds().eq([&twin]));
}

#[test]
fn a_lie_takes_its_seeds_with_it() {
    let mut bank = bank(SeedKnobs::default());
    let found = |island, epoch| {
        let taxon = TaxonId {
            island: IslandId(island),
            serial: 1,
        };
        let epoch = Epoch(epoch);
        Some(Found { taxon, epoch })
    };
    for (number, found) in [
        (1, found(1, 5)),
        (2, found(1, 9)),
        (3, found(2, 9)),
        (4, None),
    ] {
        let seed = Seed {
            found,
            ..seed(number, 40 * usize::from(number))
        };
        bank.admit(seed).expect("admitted");
    }
    bank.withdraw(IslandId(1), Epoch(5));
    assert_eq!(bank.seeds().count(), 3);
}

#[test]
fn seeds_travel_in_a_file_and_damage_is_named() {
    let seeds = [seed(1, 50), seed(2, 90)];
    let text = exchange::write(&seeds);
    let genomes: Vec<Vec<u8>> = exchange::read(&text)
        .expect("reads")
        .into_iter()
        .map(|candidate| candidate.genome)
        .collect();
    assert_eq!(genomes, [seeds[0].genome.clone(), seeds[1].genome.clone()]);
    let refused =
        |from: &str, to: &str| exchange::read(&text.replace(from, to)).expect_err("refused");
    assert_eq!(
        refused("\"version\": 1", "\"version\": 2"),
        ExchangeError::Version(2)
    );
    let semantics = format!("\"semantics\": {}", bytebiota_core::SEMANTICS_VERSION);
    assert_eq!(
        refused(&semantics, "\"semantics\": 999"),
        ExchangeError::Semantics(999)
    );
    let hash = seeds[1].genotype.to_string();
    assert_eq!(refused(&hash, &"0".repeat(32)), ExchangeError::Genome(2));
    assert!(matches!(
        refused("bytebiota-seeds", "else"),
        ExchangeError::Malformed(_)
    ));
    assert!(matches!(
        exchange::read("[1, 2]"),
        Err(ExchangeError::Malformed(_))
    ));
    assert!(matches!(
        exchange::read(&text[..90]),
        Err(ExchangeError::Malformed(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_comes_the_numbers_hold_and_changes_add_up(
        coming in prop::collection::vec((any::<u8>(), 16usize..160, 0u64..2_000, 0u32..4), 1..60)
    ) {
        let knobs = SeedKnobs { capacity: 10, niche_seeds: 3, ..SeedKnobs::default() };
        let mut bank = bank(knobs);
        let mut disk: BTreeMap<GenotypeHash, Seed> = BTreeMap::new();
        for (number, length, ticks_per_birth, successes) in coming {
            let new = Seed { ticks_per_birth, successes, ..seed(number, length) };
            if let Some(change) = bank.admit(new) {
                change.evicted.iter().for_each(|gone| { disk.remove(gone).expect("was there"); });
                disk.insert(change.admitted.genotype, change.admitted);
            }
            prop_assert!(bank.seeds().eq(disk.values()));
            prop_assert!(disk.len() <= 10);
            let mut niches: BTreeMap<Niche, u32> = BTreeMap::new();
            disk.values().for_each(|seed| *niches.entry(Niche::of(seed)).or_default() += 1);
            prop_assert!(niches.values().all(|count| *count <= 3));
        }
    }
}

fn sample(epoch: u64, population: u32, commonest: u32, births: u64) -> Sample {
    Sample {
        epoch: Epoch(epoch),
        population,
        commonest,
        counters: Counters {
            births,
            ..Counters::default()
        },
        ..Sample::default()
    }
}

#[test]
fn an_island_stands_still_when_it_is_empty_barren_or_all_alike_for_the_whole_window() {
    let knobs = ReseedKnobs {
        window_epochs: 100,
        ..ReseedKnobs::default()
    };
    let window = |population, commonest, births: fn(u64) -> u64| -> Vec<Sample> {
        let epochs = (0..=10).map(|step| 500 + 10 * step);
        epochs
            .map(|epoch| sample(epoch, population, commonest, births(epoch)))
            .collect()
    };
    let alike = window(100, 96, |epoch| epoch);
    assert_eq!(knobs.stagnation(&alike), Some(Stagnation::Uniform));
    assert_eq!(knobs.stagnation(&alike[1..]), None, "not long enough yet");
    let mut mixed = alike.clone();
    mixed[5].commonest = 90;
    assert_eq!(knobs.stagnation(&mixed), None, "once it was not");
    let barren = window(100, 10, |_| 7);
    assert_eq!(knobs.stagnation(&barren), Some(Stagnation::Barren));
    assert_eq!(
        knobs.stagnation(&[sample(3, 0, 0, 9)]),
        Some(Stagnation::Extinct)
    );
    assert_eq!(knobs.stagnation(&window(100, 10, |epoch| epoch)), None);
    assert_eq!(knobs.stagnation(&[]), None);
}

#[test]
fn controls_are_never_reseeded_and_others_not_before_they_have_cooled() {
    let knobs = ReseedKnobs::default();
    let (island, head) = (IslandId(3), Epoch(5_000));
    assert!(knobs.may_reseed(island, head, None));
    assert!(!knobs.may_reseed(IslandId(20), head, None), "a control");
    assert!(!knobs.may_reseed(island, head, Some(Epoch(3_001))));
    assert!(knobs.may_reseed(island, head, Some(Epoch(3_000))));
    let off = ReseedKnobs {
        is_on: false,
        ..knobs
    };
    assert!(!off.may_reseed(island, head, None));
}

#[test]
fn what_is_sown_is_of_different_niches_new_to_the_island_and_the_same_every_time() {
    let knobs = ReseedKnobs::default();
    let mut seeds: Vec<Seed> = (0..40)
        .map(|number| seed(number, 20 + 8 * usize::from(number)))
        .collect();
    seeds[7].way = Class::Parasite;
    (seeds[3].uses, seeds[3].successes) = (9, 2);
    let present = BTreeSet::from([seeds[0].genotype]);
    let place = |epoch| (IslandId(3), Epoch(epoch), Stagnation::Uniform);
    let chosen = knobs.choose(place(10), seeds.iter(), &present);
    assert_eq!(chosen.len(), 4);
    let niches: BTreeSet<Niche> = chosen.iter().map(|seed| Niche::of(seed)).collect();
    assert_eq!(niches.len(), 4);
    assert!(
        chosen
            .iter()
            .all(|seed| seed.genotype != seeds[0].genotype && seed.uses == 0)
    );
    assert_eq!(
        knobs.choose(place(10), seeds.iter().rev(), &present),
        chosen
    );
    assert_ne!(knobs.choose(place(11), seeds.iter(), &present), chosen);
    let alone = |why| {
        knobs
            .choose((IslandId(1), Epoch(1), why), seeds[7..8].iter(), &present)
            .len()
    };
    assert_eq!(
        (alone(Stagnation::Uniform), alone(Stagnation::Extinct)),
        (1, 0)
    );
}
