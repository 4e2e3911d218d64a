//! Who leaves an island, leaves it once and only out of what was computed again; who turns out false is called back.

use super::tests::{ISLAND, header, judgement, open, state, unit, volunteer};
use super::*;
use crate::assignment_book::VolunteerId;
use crate::verification::{CheckDone, Docket, InSegment, RollBack, UnitOutputs};
use bytebiota_core::assignment::HaloCell;
use bytebiota_core::{ArrivalCause, Emigrant, Epoch, TaxonId};
use bytebiota_protocol::message::Outcome;

const OTHER: IslandId = IslandId(2);

fn cell(resource: u16) -> HaloCell {
    HaloCell {
        resource,
        signal: 7,
    }
}

/// Who leaves at a line out of a segment, upward.
fn leaver(segment: u32, line: u64) -> InSegment<Emigrant> {
    let item = Emigrant {
        epoch: Epoch(line),
        taxon: TaxonId {
            island: ISLAND,
            serial: 100 + line,
        },
        upward: true,
        genome: vec![line as u8; 30],
    };
    InSegment { segment, item }
}

async fn ready(folder: &tempfile::TempDir) -> (Store, StretchHeader, i64) {
    let store = open(folder).await;
    let second = store.add_island(OTHER, state(0), Sample::default());
    second.await.expect("stored");
    let who = volunteer(&store).await;
    let stretch = header(&store, 0, 100);
    let opened = store.open_stretch(stretch.clone(), Vec::new(), Vec::new());
    assert!(opened.await.expect("stored"));
    (store, stretch, who)
}

/// One unit of two epochs and segments, confirmed by a check of the segment `checked`.
async fn confirm(
    store: &Store,
    stretch: &StretchHeader,
    (first, who, checked): (u64, i64, u32),
    emigrants: Vec<InSegment<Emigrant>>,
) -> NewUnit {
    let mut unit = unit(stretch, first, first + 2, who);
    let outputs = UnitOutputs {
        emigrants,
        edges: (vec![cell(1), cell(2)], vec![cell(9), cell(8)]),
        ..UnitOutputs::default()
    };
    unit.outputs = outputs.pack();
    store.append(unit.clone()).await.expect("answers");
    let mut docket = judgement(&unit, &unit, 1, Outcome::Confirmed);
    docket.checks.push(CheckDone {
        checker: None,
        unit: unit.key,
        from: checked,
        until: checked + 1,
        epochs: 1,
        confirms: true,
    });
    file(store, docket, None).await;
    unit
}

async fn file(store: &Store, docket: Docket, back_to: Option<GoodState>) {
    let filing = Filing {
        questions: Vec::new(),
        docket,
        back_to,
        shelf: Shelf::default(),
        lets_all_go: false,
        trial_epochs: 10,
        kept_states: 32,
        time_ms: 9_000,
    };
    store.file(vec![filing]).await.expect("answers").remove(0);
}

async fn lines(store: &Store, island: IslandId) -> Vec<u64> {
    let post = store.post(island).await.expect("reads");
    let serial = |traveller: &crate::migration::Traveller| match traveller.cause {
        ArrivalCause::Immigrant { origin } => origin.serial - 100,
        _ => panic!("{traveller:?}"),
    };
    post.waiting.iter().map(serial).collect()
}

async fn roll_back(store: &Store, unit: &NewUnit, who: i64) {
    let roll_back = RollBack {
        unit: unit.key,
        maker: VolunteerId(who),
        base: unit.base,
    };
    let docket = Docket {
        roll_back: Some(roll_back),
        ..Docket::default()
    };
    let good = GoodState {
        state: state(unit.key.first_epoch.0),
        edges: (vec![cell(5)], vec![cell(6)]),
        ..GoodState::default()
    };
    file(store, docket, Some(good)).await;
}

/// The header under which the first of those who wait enters the other island, at its epoch `first`.
async fn take_in(store: &Store, stretch: &StretchHeader, first: u64) -> bool {
    let post = store.post(OTHER).await.expect("reads");
    let there = StretchHeader {
        island: OTHER,
        first_epoch: Epoch(first),
        end_epoch: Epoch(first + 10),
        ..stretch.clone()
    };
    let entering = vec![(post.waiting[0].number, Epoch(first + 1))];
    let opened = store.open_stretch(there, Vec::new(), entering);
    opened.await.expect("answers")
}

#[tokio::test]
async fn only_what_was_computed_again_leaves_and_each_enters_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let both = vec![leaver(0, 1), leaver(1, 2)];
    confirm(&store, &stretch, (0, who, 1), both).await;
    assert_eq!(
        lines(&store, OTHER).await,
        [2],
        "the first segment was not checked"
    );
    assert!(lines(&store, ISLAND).await.is_empty());
    let number = store.post(OTHER).await.expect("reads").waiting[0].number;
    assert!(take_in(&store, &stretch, 0).await);
    assert!(lines(&store, OTHER).await.is_empty());
    let again = StretchHeader {
        island: OTHER,
        first_epoch: Epoch(10),
        end_epoch: Epoch(20),
        ..stretch.clone()
    };
    let twice = store.open_stretch(again.clone(), Vec::new(), vec![(number, Epoch(10))]);
    assert!(!twice.await.expect("answers"));
    let known = store.knows_header(again.digest()).await.expect("reads");
    assert!(!known, "nothing of it is stored");
}

#[tokio::test]
async fn neighbours_see_the_edges_of_what_is_confirmed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    assert_eq!(store.post(OTHER).await.expect("reads"), Post::default());
    let unit = confirm(&store, &stretch, (0, who, 0), Vec::new()).await;
    let halo = store.post(OTHER).await.expect("reads").halo;
    assert_eq!(
        halo.below,
        [cell(9), cell(8)],
        "the upper edge, from the edge inwards"
    );
    assert_eq!(
        halo.above,
        [cell(1), cell(2)],
        "two islands border on both sides"
    );
    roll_back(&store, &unit, who).await;
    let halo = store.post(OTHER).await.expect("reads").halo;
    assert_eq!((halo.below, halo.above), (vec![cell(6)], vec![cell(5)]));
}

#[tokio::test]
async fn who_came_from_a_lie_is_called_back_and_who_met_one_enters_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    confirm(&store, &stretch, (0, who, 0), vec![leaver(0, 1)]).await;
    let lie = confirm(&store, &stretch, (2, who, 0), vec![leaver(0, 3)]).await;
    assert_eq!(lines(&store, OTHER).await, [1, 3]);
    assert!(
        take_in(&store, &stretch, 0).await,
        "the first is on its way no more"
    );
    roll_back(&store, &lie, who).await;
    assert!(
        lines(&store, OTHER).await.is_empty(),
        "the second is withdrawn"
    );
    // The other island goes back, too: who had entered it waits again.
    let there = StretchHeader {
        island: OTHER,
        first_epoch: Epoch(0),
        end_epoch: Epoch(10),
        ..stretch.clone()
    };
    let first = unit(&there, 0, 1, who);
    let known = store.append(first.clone()).await.expect("answers");
    assert_eq!(known, Appended::Stored { credit: 200 });
    let mut docket = judgement(&first, &first, 1, Outcome::Confirmed);
    docket.judgement.as_mut().expect("one").island = OTHER;
    file(&store, docket, None).await;
    roll_back(&store, &first, who).await;
    assert_eq!(lines(&store, OTHER).await, [1]);
}
