//! What confirmed units put out is kept, and only that: the tree with its edges, who died out, what is forgotten in
//! time, what goes with a roll-back.

use super::tests::{ISLAND, file, header, judgement, open, state, unit, volunteer};
use super::*;
use crate::assignment_book::VolunteerId;
use crate::verification::{Docket, InSegment, Members, RollBack, UnitOutputs};
use bytebiota_core::report::{EdgeMutations, Origin};
use bytebiota_core::{Epoch, GenotypeHash, TaxonId, TaxonRecord};
use bytebiota_protocol::message::Outcome;
use bytebiota_protocol::view::TaxonView;

const ALL: TaxaWish = TaxaWish {
    island: Some(ISLAND),
    only_living: false,
    offset: 0,
    limit: 1_000,
};

/// A taxon of the genome `[serial; 20]`, born of another one, or a founder.
pub(super) fn taxon(serial: u64, parent: Option<u64>, living: u32) -> TaxonRecord {
    let genome = vec![serial as u8; 20];
    TaxonRecord {
        serial,
        origin: parent.map_or(Origin::Founder, |parent| Origin::Birth { parent }),
        origin_tick: serial * 10,
        births: 5,
        living,
        genotype: GenotypeHash::of(&genome),
        genome,
        edge: EdgeMutations {
            steps: u32::from(parent.is_some()),
            nonsynonymous: 2,
            ..EdgeMutations::default()
        },
    }
}

pub(super) fn outputs(standing: Vec<TaxonRecord>, finished: Vec<TaxonRecord>) -> UnitOutputs {
    let living = standing.iter().filter(|record| record.living > 0);
    let members = living.map(|record| Members {
        serial: record.serial,
        living: record.living,
        births: record.births,
    });
    let sample = |epoch| Sample {
        epoch: Epoch(epoch),
        ..Sample::default()
    };
    UnitOutputs {
        members: members.collect(),
        standing,
        finished: finished
            .into_iter()
            .map(|item| InSegment { segment: 0, item })
            .collect(),
        emigrants: Vec::new(),
        samples: vec![sample(1)],
        edges: Default::default(),
    }
}

/// A store with a stretch of 100 epochs, and who computes it.
pub(super) async fn ready(folder: &tempfile::TempDir) -> (Store, StretchHeader, i64) {
    let store = open(folder).await;
    let who = volunteer(&store).await;
    let stretch = header(&store, 0, 100);
    let opened = store
        .open_stretch(stretch.clone(), Vec::new(), Vec::new())
        .await;
    opened.expect("stored");
    (store, stretch, who)
}

async fn append(store: &Store, unit: &NewUnit) {
    let answer = store.append(unit.clone()).await.expect("answers");
    assert_eq!(answer, Appended::Stored { credit: 0 });
}

/// One unit of one epoch that puts this out, confirmed with a shelf.
pub(super) async fn confirm(
    store: &Store,
    stretch: &StretchHeader,
    (first, who): (u64, i64),
    out: UnitOutputs,
    shelf: Shelf,
) -> NewUnit {
    let mut unit = unit(stretch, first, first + 1, who);
    unit.outputs = out.pack();
    let known = store.append(unit.clone()).await.expect("answers");
    assert!(matches!(known, Appended::Stored { .. }), "{known:?}");
    let filing = Filing {
        questions: Vec::new(),
        docket: judgement(&unit, &unit, 1, Outcome::Confirmed),
        back_to: None,
        shelf,
        lets_all_go: false,
        trial_epochs: 10,
        kept_states: 32,
        time_ms: 9_000,
    };
    assert!(
        store
            .file(vec![filing])
            .await
            .expect("answers")
            .remove(0)
            .fits
    );
    unit
}

fn ids(taxa: &[TaxonView]) -> Vec<u64> {
    let mut ids: Vec<u64> = taxa.iter().map(|taxon| taxon.serial).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn nothing_provisional_is_kept_and_everything_confirmed_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let mut first = unit(&stretch, 0, 1, who);
    first.outputs = outputs(
        vec![taxon(0, None, 3), taxon(2, Some(0), 7)],
        vec![taxon(1, Some(0), 0)],
    )
    .pack();
    append(&store, &first).await;
    assert_eq!(store.taxa(ALL).await.expect("reads").total, 0);
    file(&store, judgement(&first, &first, 1, Outcome::Confirmed)).await;

    let page = store.taxa(ALL).await.expect("reads");
    assert_eq!(ids(&page.taxa), [0, 1, 2]);
    let most = &page.taxa[0];
    assert_eq!(
        (most.id.as_str(), most.parent.as_deref()),
        ("1-2", Some("1-0"))
    );
    assert_eq!(
        (most.living, most.edge.nonsynonymous, most.edge.steps),
        (7, 2, 1)
    );
    let living = TaxaWish {
        only_living: true,
        ..ALL
    };
    assert_eq!(ids(&store.taxa(living).await.expect("reads").taxa), [0, 2]);
    let common = store.genotypes(0, 10).await.expect("reads");
    assert_eq!((common.total, common.genotypes[0].living), (2, 7));
    assert_eq!(common.genotypes[0].lineage.len(), 7);
    let hash = GenotypeHash::of(&[2; 20]);
    let known = store.genotype(hash).await.expect("reads").expect("known");
    assert_eq!(known.parent, Some(GenotypeHash::of(&[0; 20]).to_string()));
    assert_eq!((known.places[0].island, known.origins.len()), (1, 1));
    let origin = TaxonId {
        island: ISLAND,
        serial: 2,
    };
    let line = store.descent(origin, 10).await.expect("reads");
    assert_eq!(
        line.iter().map(|taxon| taxon.serial).collect::<Vec<_>>(),
        [2, 0]
    );
    let samples = store.samples(ISLAND, 0, 10).await.expect("reads");
    assert_eq!(samples.len(), 1);
}

#[tokio::test]
async fn a_void_unit_puts_nothing_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let mut lie = unit(&stretch, 0, 1, who);
    lie.outputs = outputs(vec![taxon(0, None, 3)], Vec::new()).pack();
    append(&store, &lie).await;
    file(&store, judgement(&lie, &lie, 1, Outcome::Mismatch)).await;
    assert_eq!(store.taxa(ALL).await.expect("reads").total, 0);
    assert_eq!(
        store
            .genotype(GenotypeHash::of(&[0; 20]))
            .await
            .expect("reads"),
        None
    );
}

#[tokio::test]
async fn who_is_not_among_the_living_any_more_has_died_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let shelf = Shelf::default();
    let first = outputs(vec![taxon(0, None, 3), taxon(1, Some(0), 2)], Vec::new());
    confirm(&store, &stretch, (0, who), first, shelf).await;
    // Taxon 1 was never named again; taxon 0 is left out of the table and has other members now.
    let mut second = outputs(vec![taxon(2, Some(0), 9)], Vec::new());
    second.members.push(Members {
        serial: 0,
        living: 4,
        births: 8,
    });
    confirm(&store, &stretch, (1, who), second, shelf).await;
    let page = store.phylogeny(Some(ISLAND), None, 2).await.expect("reads");
    assert_eq!(page.next.as_deref(), Some("1-1"));
    let known: Vec<_> = page
        .taxa
        .iter()
        .map(|t| (t.serial, t.living, t.births))
        .collect();
    assert_eq!(known, [(0, 4, 8), (1, 0, 5)]);
    let after = TaxonId {
        island: ISLAND,
        serial: 1,
    };
    let rest = store.phylogeny(None, Some(after), 2).await.expect("reads");
    assert_eq!((ids(&rest.taxa), rest.next), (vec![2], None));
    // Taxon 1 has died out childless, so the lines of the living pass it by; the newest come first.
    let lines = store.lines(ISLAND, None, 1).await.expect("reads");
    assert_eq!(
        (ids(&lines.taxa), lines.next.as_deref()),
        (vec![2], Some("1-2"))
    );
    let before = TaxonId {
        island: ISLAND,
        serial: 2,
    };
    let lines = store.lines(ISLAND, Some(before), 9).await.expect("reads");
    assert_eq!((ids(&lines.taxa), lines.next), (vec![0], None));
}

#[tokio::test]
async fn extinct_lines_are_forgotten_and_the_descent_of_the_living_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let shelf = Shelf {
        prune_units: 1,
        extinct_taxa: 2,
        ..Shelf::default()
    };
    // 0 -> 1 -> 2 (lives); 3 to 8 are extinct children of 0, and 9 one of 8.
    let mut dead: Vec<TaxonRecord> = (3..9).map(|serial| taxon(serial, Some(0), 0)).collect();
    dead.extend([
        taxon(0, None, 0),
        taxon(1, Some(0), 0),
        taxon(9, Some(8), 0),
    ]);
    let out = outputs(vec![taxon(2, Some(1), 4)], dead);
    confirm(&store, &stretch, (0, who), out, shelf).await;
    let left = ids(&store.taxa(ALL).await.expect("reads").taxa);
    assert_eq!(
        left,
        [0, 1, 2, 7, 8, 9],
        "the newest two of the dead, and who connects them"
    );
    let gone = store
        .genotype(GenotypeHash::of(&[3; 20]))
        .await
        .expect("reads");
    assert_eq!(gone, None, "its genome goes with it");
}

#[tokio::test]
async fn a_long_line_of_descent_is_joined_from_its_old_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let shelf = Shelf {
        prune_units: 1,
        ancestors: 3,
        ..Shelf::default()
    };
    let line = |serial: u64| taxon(serial, serial.checked_sub(1), 0);
    let out = outputs(vec![taxon(20, Some(19), 4)], (0..20).map(line).collect());
    confirm(&store, &stretch, (0, who), out, shelf).await;
    let origin = TaxonId {
        island: ISLAND,
        serial: 20,
    };
    let line = store.descent(origin, 100).await.expect("reads");
    let serials: Vec<u64> = line.iter().map(|taxon| taxon.serial).collect();
    assert_eq!(serials, [20, 19, 18, 17, 0], "the founder stays");
    let steps: u64 = line.iter().map(|taxon| taxon.edge.steps).sum();
    let changed: u64 = line.iter().map(|taxon| taxon.edge.nonsynonymous).sum();
    assert_eq!(
        (steps, changed),
        (20, 42),
        "no birth and no mutation is lost"
    );
    // Said again with the parent it once had, a taxon keeps the one it was joined to.
    let out = outputs(
        vec![taxon(17, Some(16), 0), taxon(20, Some(19), 4)],
        Vec::new(),
    );
    confirm(&store, &stretch, (1, who), out, shelf).await;
    let line = store.descent(origin, 100).await.expect("reads");
    assert_eq!(line.len(), 5);
}

/// A neighbour takes taxon 2 in.
async fn take_in(store: &Store, stretch: &StretchHeader, who: i64) -> IslandId {
    let mut guest = taxon(0, None, 6);
    guest.origin = Origin::Immigrant {
        origin: TaxonId {
            island: ISLAND,
            serial: 2,
        },
    };
    let other = IslandId(2);
    store
        .add_island(other, state(0), Sample::default())
        .await
        .expect("stored");
    let there = StretchHeader {
        island: other,
        ..stretch.clone()
    };
    store
        .open_stretch(there.clone(), Vec::new(), Vec::new())
        .await
        .expect("stored");
    let mut arrival = unit(&there, 0, 1, who);
    arrival.outputs = outputs(vec![guest], Vec::new()).pack();
    store.append(arrival.clone()).await.expect("answers");
    let mut docket = judgement(&arrival, &arrival, 1, Outcome::Confirmed);
    docket.judgement.as_mut().expect("one").island = other;
    file(store, docket).await;
    other
}

#[tokio::test]
async fn a_roll_back_takes_what_began_after_it_and_revives_who_lived_then() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let shelf = Shelf::default();
    let good = vec![taxon(0, None, 3), taxon(1, Some(0), 2)];
    confirm(
        &store,
        &stretch,
        (0, who),
        outputs(good.clone(), Vec::new()),
        shelf,
    )
    .await;
    let lie = outputs(vec![taxon(0, None, 1), taxon(2, Some(0), 99)], Vec::new());
    let false_unit = confirm(&store, &stretch, (1, who), lie, shelf).await;
    let other = take_in(&store, &stretch, who).await;
    let filing = Filing {
        questions: Vec::new(),
        docket: Docket {
            roll_back: Some(RollBack {
                unit: false_unit.key,
                maker: VolunteerId(who),
                base: false_unit.base,
            }),
            ..Docket::default()
        },
        back_to: Some(GoodState {
            state: state(1),
            begun: 2,
            taxa: good,
            ..GoodState::default()
        }),
        shelf,
        lets_all_go: false,
        trial_epochs: 10,
        kept_states: 32,
        time_ms: 9_500,
    };
    store.file(vec![filing]).await.expect("answers").remove(0);
    let page = store.taxa(ALL).await.expect("reads");
    let known: Vec<_> = page.taxa.iter().map(|t| (t.serial, t.living)).collect();
    assert_eq!(known, [(0, 3), (1, 2)]);
    let there = TaxaWish {
        island: Some(other),
        ..ALL
    };
    let guests = store.taxa(there).await.expect("reads").taxa;
    assert_eq!(guests[0].parent.as_deref(), Some("1-2"));
    assert!(guests[0].tainted.is_some(), "and it is said of it");
    assert_eq!(
        store
            .genotype(GenotypeHash::of(&[2; 20]))
            .await
            .expect("reads"),
        None
    );
}
