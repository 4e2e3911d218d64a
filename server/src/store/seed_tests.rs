//! The seed bank on disk: it survives a restart, every sowing is counted and judged, and what came from a lie goes.

use super::tests::{ISLAND, header, judgement, new_world, open, state, unit, volunteer};
use super::*;
use crate::assignment_book::VolunteerId;
use crate::seed_bank::{Found, Seed};
use crate::verification::{CheckDone, Docket, InSegment, Members, RollBack, UnitOutputs};
use bytebiota_core::assay::Class;
use bytebiota_core::report::{EdgeMutations, Origin};
use bytebiota_core::{ArrivalCause, Epoch, GenotypeHash, TaxonId, TaxonRecord};
use bytebiota_protocol::message::Outcome;

fn seed(byte: u8, found_epoch: u64) -> Seed {
    let genome = vec![byte; 30];
    Seed {
        genotype: GenotypeHash::of(&genome),
        genome,
        way: Class::Parasite,
        ticks_per_birth: 321,
        tasks: 5,
        found: Some(Found {
            taxon: TaxonId {
                island: ISLAND,
                serial: 4,
            },
            epoch: Epoch(found_epoch),
        }),
        admitted_ms: 77,
        uses: 0,
        successes: 0,
    }
}

async fn admit(store: &Store, admitted: Seed, evicted: Vec<GenotypeHash>) {
    let change = SeedChange { admitted, evicted };
    store.change_seeds(change).await.expect("stored");
}

async fn sow(store: &Store, epoch: u64, seeds: &[&Seed]) {
    let seeds = seeds.iter().map(|s| (s.genotype, s.genome.clone()));
    let sowing = Sowing {
        island: ISLAND,
        epoch: Epoch(epoch),
        reason: "uniform",
        seeds: seeds.collect(),
        time_ms: 5,
    };
    store.sow(sowing).await.expect("stored");
}

fn record(serial: u64, seed: &Seed, origin: Origin, living: u32) -> TaxonRecord {
    TaxonRecord {
        serial,
        origin,
        // Epochs of the default Config; these enter with the second.
        origin_tick: Config::default().evolution.epoch_ticks,
        births: 9,
        living,
        genotype: seed.genotype,
        genome: seed.genome.clone(),
        edge: EdgeMutations::default(),
    }
}

/// Confirms the unit of two epochs from `first` on, in which these stand at the end; checked in full or not at all.
async fn confirm(
    store: &Store,
    stretch: &StretchHeader,
    (first, who, is_checked): (u64, i64, bool),
    standing: Vec<TaxonRecord>,
) -> (NewUnit, Filed) {
    let mut unit = unit(stretch, first, first + 2, who);
    let members = standing.iter().map(|record| Members {
        serial: record.serial,
        living: record.living,
        births: record.births,
    });
    let outputs = UnitOutputs {
        members: members.collect(),
        finished: vec![InSegment {
            segment: 0,
            item: record(900 + first, &seed(200, 0), Origin::Founder, 0),
        }],
        standing,
        ..UnitOutputs::default()
    };
    unit.outputs = outputs.pack();
    store.append(unit.clone()).await.expect("answers");
    let mut docket = judgement(&unit, &unit, 1, Outcome::Confirmed);
    docket.checks.extend(is_checked.then_some(CheckDone {
        checker: None,
        unit: unit.key,
        from: 0,
        until: 2,
        epochs: 2,
        confirms: true,
    }));
    let filed = file(store, docket, None).await;
    (unit, filed)
}

async fn file(store: &Store, docket: Docket, back_to: Option<GoodState>) -> Filed {
    let filing = Filing {
        questions: Vec::new(),
        docket,
        back_to,
        shelf: Shelf::default(),
        trial_epochs: 2,
        lets_all_go: false,
        kept_states: 32,
        time_ms: 9_000,
    };
    store.file(vec![filing]).await.expect("answers").remove(0)
}

#[tokio::test]
async fn seeds_survive_a_restart_and_their_uses_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let (first, second) = (seed(1, 3), seed(2, 3));
    admit(&store, first.clone(), Vec::new()).await;
    admit(&store, second.clone(), vec![first.genotype]).await;
    sow(&store, 8, &[&second]).await;
    assert_eq!(
        store.last_reseeding(ISLAND).await.expect("reads"),
        Some(Epoch(8))
    );
    let waiting = store.post(ISLAND).await.expect("reads").waiting;
    assert_eq!(waiting[0].cause, ArrivalCause::Reseed);
    store.close().await;
    let path = folder.path().join("world.sqlite");
    let store = Store::open(&path, new_world()).await.expect("opens");
    let kept = Seed { uses: 1, ..second };
    assert_eq!(store.seeds().await.expect("reads"), [kept]);
}

#[tokio::test]
async fn candidates_are_fertile_and_come_out_of_what_was_computed_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let who = volunteer(&store).await;
    let stretch = header(&store, 0, 100);
    let opened = store.open_stretch(stretch.clone(), Vec::new(), Vec::new());
    assert!(opened.await.expect("stored"));
    let fertile = record(1, &seed(1, 0), Origin::Founder, 6);
    let barren = TaxonRecord {
        births: 4,
        ..record(2, &seed(2, 0), Origin::Founder, 9)
    };
    let standing = vec![fertile, barren];
    let (_, unchecked) = confirm(&store, &stretch, (0, who, false), standing.clone()).await;
    assert_eq!(unchecked.candidates, []);
    let (_, checked) = confirm(&store, &stretch, (2, who, true), standing).await;
    let found: Vec<_> = checked
        .candidates
        .iter()
        .map(|c| (c.genome[0], c.found))
        .collect();
    let at = |serial, epoch| {
        let island = ISLAND;
        let epoch = Epoch(epoch);
        Some(Found {
            taxon: TaxonId { island, serial },
            epoch,
        })
    };
    assert_eq!(found, [(200, at(902, 3)), (1, at(1, 4))]);
    assert_eq!(
        checked.candidates[0].host,
        Some(vec![2; 30]),
        "the commonest"
    );
}

#[tokio::test]
async fn every_sowing_is_judged_once_and_a_lie_takes_its_seeds_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let who = volunteer(&store).await;
    let (rooted, lost) = (seed(1, 1), seed(2, 3));
    admit(&store, rooted.clone(), Vec::new()).await;
    admit(&store, lost.clone(), Vec::new()).await;
    sow(&store, 0, &[&rooted, &lost]).await;
    let waiting = store.post(ISLAND).await.expect("reads").waiting;
    let entering = waiting.iter().map(|traveller| (traveller.number, Epoch(1)));
    let stretch = header(&store, 0, 100);
    let opened = store.open_stretch(stretch.clone(), Vec::new(), entering.collect());
    assert!(opened.await.expect("stored"));
    let lives = record(5, &rooted, Origin::Reseed, 2);
    let (_, early) = confirm(&store, &stretch, (0, who, false), vec![lives.clone()]).await;
    assert_eq!(early.rooted, [], "too early to say");
    let (lie, late) = confirm(&store, &stretch, (2, who, false), vec![lives]).await;
    assert_eq!(late.rooted, [rooted.genotype]);
    let told = store.reseedings(10).await.expect("reads");
    let told: Vec<_> = told.iter().map(|r| (r.took_root, r.enters_epoch)).collect();
    assert_eq!(told, [(Some(false), Some(1)), (Some(true), Some(1))]);
    let kept = store.seeds().await.expect("reads");
    let counts: Vec<_> = kept
        .iter()
        .map(|s| (s.genome[0], s.uses, s.successes))
        .collect();
    assert!(
        counts.contains(&(1, 1, 1)) && counts.contains(&(2, 1, 0)),
        "{counts:?}"
    );

    sow(&store, 4, &[&lost]).await;
    let docket = Docket {
        roll_back: Some(RollBack {
            unit: lie.key,
            maker: VolunteerId(who),
            base: lie.base,
        }),
        ..Docket::default()
    };
    let good = GoodState {
        state: state(2),
        ..GoodState::default()
    };
    assert!(file(&store, docket, Some(good)).await.went_back);
    let kept = store.seeds().await.expect("reads");
    assert_eq!(kept.iter().map(|s| s.genome[0]).collect::<Vec<_>>(), [1]);
    let waiting = store.post(ISLAND).await.expect("reads").waiting;
    assert_eq!(waiting, [], "and it is not sown any more");
}
