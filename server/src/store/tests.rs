//! The Store's laws: each unit once, only onto where its island stands, credit equal to the ledger, and clear words
//! about bad files.

use super::*;
use crate::assignment_book::VolunteerId;
use crate::verification::{Docket, Judgement, Seal};
use bytebiota_core::{Branch, Epoch, Inputs, UnitKey, report};
use bytebiota_protocol::message::Outcome;

pub(super) const ISLAND: IslandId = IslandId(1);

pub(super) fn new_world() -> NewWorld {
    NewWorld {
        id: WorldId(u64::MAX - 5),
        seed: WorldSeed(9),
        config: Config::default(),
        created_ms: 1_000,
    }
}

pub(super) fn state(epoch: u64) -> StateRow {
    let digest = Digest::of(format!("state {epoch}").as_bytes());
    let deflated = vec![epoch as u8; 100];
    StateRow { digest, deflated }
}

pub(super) fn header(store: &Store, first: u64, end: u64) -> StretchHeader {
    StretchHeader {
        world: store.world().id,
        branch: Branch(0),
        island: ISLAND,
        semantics: SEMANTICS_VERSION,
        first_epoch: Epoch(first),
        end_epoch: Epoch(end),
        base: state(first).digest,
        config: store.world().config.digest(),
        inputs: codec::digest(&Inputs::default()),
    }
}

pub(super) fn unit(header: &StretchHeader, first: u64, end: u64, volunteer: i64) -> NewUnit {
    NewUnit {
        key: UnitKey {
            world: header.world,
            branch: header.branch,
            island: header.island,
            first_epoch: Epoch(first),
        },
        end_epoch: Epoch(end),
        header: header.digest(),
        base: state(first).digest,
        seals: (first + 1..=end)
            .map(|line| seal(&line.to_le_bytes(), line))
            .collect(),
        state: state(end),
        sample: Sample::default(),
        outputs: Vec::new(),
        ticks: (end - first) * 100,
        volunteer,
        is_first: false,
        time_ms: 2_000 + end,
    }
}

fn seal(bytes: &[u8], end: u64) -> Seal {
    Seal {
        digest: Digest::of(bytes),
        state: state(end).digest,
        running: Digest::of(b"outputs"),
    }
}

fn digests(unit: &NewUnit) -> Vec<Digest> {
    unit.seals.iter().map(|seal| seal.digest).collect()
}

/// A verdict on everything of the island that is provisional, from `first` to the end of `last`.
pub(super) fn judgement(first: &NewUnit, last: &NewUnit, units: u32, outcome: Outcome) -> Docket {
    Docket {
        judgement: Some(Judgement {
            island: ISLAND,
            branch: first.key.branch,
            maker: VolunteerId(first.volunteer),
            first: first.key,
            end_epoch: last.end_epoch,
            end_state: last.state.digest,
            units,
            outcome,
            reason: "checked",
        }),
        ..Docket::default()
    }
}

pub(super) async fn file(store: &Store, docket: Docket) -> Filed {
    let filing = Filing {
        questions: docket.convictions.iter().map(|_| None).collect(),
        docket,
        back_to: None,
        kept_states: 32,
        shelf: Shelf::default(),
        lets_all_go: false,
        trial_epochs: 10,
        time_ms: 9_000,
    };
    store.file(vec![filing]).await.expect("answers").remove(0)
}

pub(super) async fn open(folder: &tempfile::TempDir) -> Store {
    let store = Store::open(&folder.path().join("world.sqlite"), new_world())
        .await
        .expect("opens");
    store
        .add_island(ISLAND, state(0), Sample::default())
        .await
        .expect("stored");
    store
}

pub(super) async fn volunteer(store: &Store) -> i64 {
    let visit = VolunteerVisit {
        token_hash: [3; 32],
        nick: Some("Ada".into()),
        engine: "test".into(),
        time_ms: 1_500,
    };
    store.visit(visit).await.expect("stored").number
}

#[tokio::test]
async fn units_form_a_chain_and_each_counts_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let who = volunteer(&store).await;
    let stretch = header(&store, 0, 10);
    let early = store
        .append(unit(&stretch, 0, 2, who))
        .await
        .expect("answers");
    assert_eq!(early, Appended::Foreign, "its header is not stored yet");
    store
        .open_stretch(stretch.clone(), Vec::new(), Vec::new())
        .await
        .expect("stored");
    let first = store
        .append(unit(&stretch, 0, 2, who))
        .await
        .expect("answers");
    assert_eq!(first, Appended::Stored { credit: 0 }, "provisional");
    let again = store
        .append(unit(&stretch, 0, 2, who))
        .await
        .expect("answers");
    assert_eq!(again, Appended::Repeated { credit: 0 });
    refuse_what_does_not_fit(&store, &stretch, who).await;
    let second = store
        .append(unit(&stretch, 2, 5, who))
        .await
        .expect("answers");
    assert_eq!(second, Appended::Stored { credit: 0 });
    let islands = store.islands().await.expect("reads");
    assert_eq!(islands[0].head_epoch, Epoch(0), "nothing is confirmed");
    assert_eq!(store.provisional(None).await.expect("reads").len(), 2);
    let (one, two) = (unit(&stretch, 0, 2, who), unit(&stretch, 2, 5, who));
    let filed = file(&store, judgement(&one, &two, 2, Outcome::Confirmed)).await;
    let link = report::link(Digest([0; 32]), stretch.digest(), &digests(&one));
    let link = report::link(link, stretch.digest(), &digests(&two));
    assert!(filed.fits && filed.link == link && filed.units == 2);
    assert_eq!(filed.credits, [(who, 500)]);
    let islands = store.islands().await.expect("reads");
    assert_eq!(
        (islands[0].head_epoch, islands[0].head_state),
        (Epoch(5), state(5).digest)
    );
    assert_eq!(islands[0].open, Some(stretch.clone()));
    assert_eq!(store.units().await.expect("reads"), (2, 0));
    let late = store.append(one).await.expect("answers");
    assert_eq!(late, Appended::Repeated { credit: 500 });
    assert_eq!(store.provisional(None).await.expect("reads"), []);
}

/// A gap, another cut of what is known, and an end outside the stretch.
async fn refuse_what_does_not_fit(store: &Store, stretch: &StretchHeader, who: i64) {
    let gap = store
        .append(unit(stretch, 3, 5, who))
        .await
        .expect("answers");
    assert_eq!(gap, Appended::Stale);
    let other_cut = store
        .append(unit(stretch, 0, 1, who))
        .await
        .expect("answers");
    assert_eq!(other_cut, Appended::Stale);
    let beyond = store
        .append(unit(stretch, 2, 11, who))
        .await
        .expect("answers");
    assert_eq!(beyond, Appended::Foreign, "it ends outside its stretch");
}

#[tokio::test]
async fn a_unit_of_another_world_branch_or_base_is_not_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let who = volunteer(&store).await;
    let stretch = header(&store, 0, 10);
    store
        .open_stretch(stretch.clone(), Vec::new(), Vec::new())
        .await
        .expect("stored");
    let mut foreign = unit(&stretch, 0, 2, who);
    foreign.key.world = WorldId(1);
    assert_eq!(
        store.append(foreign).await.expect("answers"),
        Appended::Foreign
    );
    let mut branched = unit(&stretch, 0, 2, who);
    branched.key.branch = Branch(1);
    assert_eq!(
        store.append(branched).await.expect("answers"),
        Appended::Foreign,
        "a line that is not continued"
    );
    let mut rebased = unit(&stretch, 0, 2, who);
    rebased.base = state(7).digest;
    assert_eq!(
        store.append(rebased).await.expect("answers"),
        Appended::Stale
    );
    assert_eq!(store.provisional(None).await.expect("reads"), []);
}

#[tokio::test]
async fn credit_equals_the_ledger_and_a_new_start_finds_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let who = volunteer(&store).await;
    let stretch = header(&store, 0, 100);
    store
        .open_stretch(stretch.clone(), Vec::new(), Vec::new())
        .await
        .expect("stored");
    for first in 0..40 {
        let unit = unit(&stretch, first, first + 1, who);
        store.append(unit.clone()).await.expect("answers");
        let filed = file(&store, judgement(&unit, &unit, 1, Outcome::Confirmed)).await;
        assert!(filed.fits);
    }
    store.close().await;
    let store = open(&folder).await;
    let visit = VolunteerVisit {
        token_hash: [3; 32],
        nick: None,
        engine: "test".into(),
        time_ms: 9_000,
    };
    let known = store.visit(visit).await.expect("answers");
    assert_eq!(
        (known.nick.as_str(), known.credit, known.units),
        ("Ada", 4_000, 40)
    );
    let row = sqlx::query("SELECT sum(ticks) AS ticks, count(*) AS rows FROM ledger");
    let row = row.fetch_one(&store.readers).await.expect("reads");
    assert_eq!(
        (row.get::<i64, _>("ticks"), row.get::<i64, _>("rows")),
        (4_000, 40)
    );
    let state_at = |epoch| store.state(Branch(0), ISLAND, Epoch(epoch));
    let oldest = state_at(8).await.expect("reads");
    assert_eq!(oldest, Some(state(8)), "33 states are kept");
    assert_eq!(state_at(7).await.expect("reads"), None);
    assert!(!store.world().made);
    assert!(store.newest_time_ms().await.expect("reads") >= 2_040);
}

#[tokio::test]
async fn files_that_are_not_ours_are_named_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let noise = folder.path().join("noise.sqlite");
    std::fs::write(&noise, vec![0x5a; 8_192]).expect("written");
    let error = Store::open(&noise, new_world()).await.expect_err("refused");
    assert!(matches!(error, StoreError::Foreign(_)), "{error}");
    assert_eq!(std::fs::read(&noise).expect("readable"), vec![0x5a; 8_192]);

    let other = folder.path().join("other.sqlite");
    let options = SqliteConnectOptions::new()
        .filename(&other)
        .create_if_missing(true);
    let mut connection = options.connect().await.expect("opens");
    let table = sqlx::query("CREATE TABLE songs (title TEXT)");
    table.execute(&mut connection).await.expect("made");
    connection.close().await.expect("closes");
    let error = Store::open(&other, new_world()).await.expect_err("refused");
    assert!(matches!(error, StoreError::Foreign(_)), "{error}");

    let missing = folder.path().join("no such folder/world.sqlite");
    let error = Store::open(&missing, new_world())
        .await
        .expect_err("refused");
    assert!(matches!(error, StoreError::Unusable { .. }), "{error}");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.sqlite");
    open(&folder).await.close().await;
    let options = SqliteConnectOptions::new().filename(&path);
    let mut connection = options.connect().await.expect("opens");
    let future = sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'from the future', 1, x'00', 0)",
    );
    future.execute(&mut connection).await.expect("written");
    connection.close().await.expect("closes");
    let error = Store::open(&path, new_world()).await.expect_err("refused");
    assert!(matches!(error, StoreError::Newer(_)), "{error}");
    assert!(!error.to_string().contains('\n'));
}
