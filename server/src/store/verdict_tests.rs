//! What the Store promises about verdicts: all of one or nothing, what does not count is kept, a line that was false is
//! left, and a database of before is taken over.

use super::tests::{ISLAND, file, header, judgement, new_world, open, state, unit, volunteer};
use super::*;
use crate::assignment_book::VolunteerId;
use crate::verification::{Blocked, CheckDone, Conviction, Docket, Question, RollBack, Standing};
use bytebiota_core::{Branch, Epoch, UnitKey};
use bytebiota_protocol::message::Outcome;
use std::sync::Arc;

async fn with_units(store: &Store, count: u64) -> (StretchHeader, Vec<NewUnit>) {
    let who = volunteer(store).await;
    let stretch = header(store, 0, 100);
    store
        .open_stretch(stretch.clone(), Vec::new(), Vec::new())
        .await
        .expect("stored");
    let units: Vec<NewUnit> = (0..count)
        .map(|first| unit(&stretch, first, first + 1, who))
        .collect();
    for unit in &units {
        let answer = store.append(unit.clone()).await.expect("answers");
        assert_eq!(answer, Appended::Stored { credit: 0 });
    }
    (stretch, units)
}

async fn other(store: &Store) -> i64 {
    let visit = VolunteerVisit {
        token_hash: [4; 32],
        nick: None,
        engine: "test".into(),
        time_ms: 1_600,
    };
    store.visit(visit).await.expect("stored").number
}

async fn ledger(store: &Store) -> Vec<(i64, i64)> {
    let query = sqlx::query(
        "SELECT volunteer, sum(ticks) AS ticks FROM ledger GROUP BY volunteer ORDER BY volunteer",
    );
    let rows = query.fetch_all(&store.readers).await.expect("reads");
    let row = |row: &sqlx::sqlite::SqliteRow| (row.get("volunteer"), row.get("ticks"));
    rows.iter().map(row).collect()
}

async fn credits(store: &Store) -> Vec<(i64, i64)> {
    let query =
        sqlx::query("SELECT number, credit FROM volunteers WHERE credit <> 0 ORDER BY number");
    let rows = query.fetch_all(&store.readers).await.expect("reads");
    let row = |row: &sqlx::sqlite::SqliteRow| (row.get("number"), row.get("credit"));
    rows.iter().map(row).collect()
}

#[tokio::test]
async fn nobody_builds_on_what_another_has_not_had_confirmed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let (stretch, _) = with_units(&store, 2).await;
    let stranger = other(&store).await;
    let foreign = store.append(unit(&stretch, 2, 3, stranger)).await;
    assert_eq!(foreign.expect("answers"), Appended::Stale);
    let again = store.append(unit(&stretch, 1, 2, stranger)).await;
    assert_eq!(again.expect("answers"), Appended::Repeated { credit: 0 });
}

#[tokio::test]
async fn a_void_claim_earns_nothing_is_kept_and_its_units_can_be_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let (stretch, units) = with_units(&store, 3).await;
    let stranger = other(&store).await;
    let mut docket = judgement(&units[0], &units[2], 3, Outcome::Mismatch);
    docket.checks.push(CheckDone {
        checker: Some(VolunteerId(stranger)),
        unit: units[0].key,
        from: 0,
        until: 1,
        epochs: 1,
        confirms: false,
    });
    let suspended = Standing {
        mismatches: 1,
        suspended_until_ms: 77,
        ..Standing::default()
    };
    docket
        .standings
        .push((VolunteerId(units[0].volunteer), suspended));
    let filed = file(&store, docket).await;
    assert!(filed.fits);
    assert_eq!(store.units().await.expect("reads"), (0, 3));
    let ticks = store.world().config.evolution.epoch_ticks as i64;
    assert_eq!(credits(&store).await, [(stranger, ticks)], "the checker's");
    assert_eq!(ledger(&store).await, credits(&store).await);
    let answer = store.append(unit(&stretch, 0, 2, stranger)).await;
    assert!(matches!(answer.expect("answers"), Appended::Stored { .. }));
    let rows = store.provisional(Some(ISLAND)).await.expect("reads");
    assert_eq!((rows.len(), rows[0].volunteer), (1, stranger));
    store.close().await;
    let store = open(&folder).await;
    let visit = VolunteerVisit {
        token_hash: [3; 32],
        nick: None,
        engine: "test".into(),
        time_ms: 9_500,
    };
    let known = store.visit(visit).await.expect("answers");
    assert_eq!(known.standing, suspended, "a verdict survives");
}

#[tokio::test]
async fn a_false_line_is_left_for_the_next_branch_and_only_the_liars_unit_loses_its_credit() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let (stretch, units) = with_units(&store, 5).await;
    let filed = file(
        &store,
        judgement(&units[0], &units[4], 5, Outcome::Confirmed),
    )
    .await;
    assert!(filed.fits);
    let docket = Docket {
        roll_back: Some(RollBack {
            unit: units[2].key,
            maker: VolunteerId(units[2].volunteer),
            base: units[2].base,
        }),
        ..Docket::default()
    };
    let filing = Filing {
        docket,
        questions: Vec::new(),
        back_to: Some(GoodState {
            state: state(2),
            ..GoodState::default()
        }),
        shelf: Shelf::default(),
        lets_all_go: false,
        trial_epochs: 10,
        kept_states: 32,
        time_ms: 10_000,
    };
    store.file(vec![filing]).await.expect("answers").remove(0);
    let islands = store.islands().await.expect("reads");
    assert_eq!(islands.len(), 1, "one line is continued");
    let island = &islands[0];
    assert_eq!(
        (island.branch, island.head_epoch, island.units),
        (Branch(1), Epoch(2), 2)
    );
    assert_eq!(
        (island.head_state, island.open.as_ref()),
        (state(2).digest, None)
    );
    assert_eq!(store.units().await.expect("reads"), (2, 3));
    assert_eq!(ledger(&store).await, credits(&store).await);
    assert_eq!(
        credits(&store).await[0].1,
        400,
        "five units less the false one"
    );
    let kept = store.state(Branch(1), ISLAND, Epoch(2)).await;
    assert_eq!(kept.expect("reads"), Some(state(2)));
    let late = store.append(unit(&stretch, 5, 6, units[0].volunteer)).await;
    assert_eq!(
        late.expect("answers"),
        Appended::Foreign,
        "of a line that was left"
    );
    let mut next = header(&store, 2, 50);
    next.branch = Branch(1);
    store
        .open_stretch(next.clone(), Vec::new(), Vec::new())
        .await
        .expect("stored");
    let first = unit(&next, 2, 4, units[0].volunteer);
    store.append(first.clone()).await.expect("answers");
    let filed = file(&store, judgement(&first, &first, 1, Outcome::Confirmed)).await;
    assert!(filed.fits && filed.units == 3);
}

#[tokio::test]
async fn convictions_keep_their_reproducer_and_an_engine_acquits_its_people() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let (stretch, units) = with_units(&store, 1).await;
    let wrong = Digest::of(b"wrong");
    let committed = crate::verification::CommittedUnit {
        header: Arc::new(stretch),
        key: units[0].key,
        end_epoch: units[0].end_epoch,
        base: units[0].base,
        seals: units[0].seals.clone(),
        maker: VolunteerId(units[0].volunteer),
        seat: None,
        is_first: false,
    };
    let conviction = Conviction {
        number: 1,
        volunteer: committed.maker,
        engine: "wasm 1 Browser/9".into(),
        time_ms: 8_000,
        was_proven: true,
        question: Question::Segments {
            unit: Arc::new(committed),
            from: 0,
            until: 1,
            boundary: None,
        },
        right: vec![Digest::of(b"right")],
        wrong,
    };
    let docket = Docket {
        convictions: vec![conviction],
        ..Docket::default()
    };
    let filed = file(&store, docket).await;
    assert_eq!(filed.convictions.len(), 1);
    assert_eq!(
        store.proven_convictions(7_000).await.expect("reads"),
        [8_000]
    );
    assert!(!store.mismatches(0, 10).await.expect("reads")[0].is_lifted);
    let docket = Docket {
        blocked: Some(Blocked {
            engine: "wasm 1 Browser/9".into(),
            wrong,
        }),
        ..Docket::default()
    };
    file(&store, docket).await;
    let blocked = store.blocked_engines().await.expect("reads");
    assert_eq!(blocked, ["wasm 1 Browser/9"]);
    let counted = store.proven_convictions(7_000).await.expect("reads");
    assert!(counted.is_empty(), "{counted:?}");
    assert!(store.mismatches(0, 10).await.expect("reads")[0].is_lifted);
}

/// A file made by the release before trust: its migrations only, and one unit as it stored them.
#[tokio::test]
async fn a_database_of_the_release_before_is_taken_over_with_its_units_confirmed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.sqlite");
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let mut connection = options.connect().await.expect("opens");
    let mut before = sqlx::migrate!("../migrations");
    let old = before.migrations.iter().filter(|m| m.version <= 8).cloned();
    before.migrations = old.collect::<Vec<_>>().into();
    before.run(&mut connection).await.expect("migrates");
    let new = new_world();
    let world = load_or_make(&mut connection, new).await.expect("makes");
    let stretch = StretchHeader {
        world: world.id,
        branch: Branch(0),
        island: ISLAND,
        semantics: SEMANTICS_VERSION,
        first_epoch: Epoch(0),
        end_epoch: Epoch(10),
        base: state(0).digest,
        config: world.config.digest(),
        inputs: Digest::default(),
    };
    old_rows(&mut connection, &world, &stretch).await;
    connection.close().await.expect("closes");

    let store = Store::open(&path, new_world()).await.expect("opens");
    assert_eq!(store.units().await.expect("reads"), (1, 0));
    let island = &store.islands().await.expect("reads")[0];
    assert_eq!((island.branch, island.head_epoch), (Branch(0), Epoch(2)));
    assert_eq!(island.open.as_ref(), Some(&stretch));
    let who = volunteer(&store).await;
    let next = unit(&stretch, 2, 4, who);
    let answer = store.append(next.clone()).await.expect("answers");
    assert_eq!(answer, Appended::Stored { credit: 200 });
    let filed = file(&store, judgement(&next, &next, 1, Outcome::Confirmed)).await;
    assert!(filed.fits && filed.units == 2);
    assert_eq!(ledger(&store).await, credits(&store).await);
}

async fn old_rows(connection: &mut SqliteConnection, world: &WorldRow, stretch: &StretchHeader) {
    let key = UnitKey {
        world: world.id,
        branch: Branch(0),
        island: ISLAND,
        first_epoch: Epoch(0),
    };
    let (id, header) = (key.world.0 as i64, codec::encode(stretch));
    let digest = stretch.digest().0.to_vec();
    let (base, end) = (state(0).digest.0.to_vec(), state(2).digest.0.to_vec());
    let sample = codec::encode(&Sample::default());
    let statements = [
        sqlx::query(
            "INSERT INTO volunteers (token_hash, nick, created_ms, credit, units) VALUES (?, 'Ada', 1, 200, 1)",
        )
        .bind(vec![3_u8; 32]),
        sqlx::query(
            "INSERT INTO islands (world, branch, island, head_epoch, head_state, link, units, sample)
             VALUES (?, 0, 1, 2, ?, zeroblob(32), 1, ?)",
        )
        .bind(id)
        .bind(end.clone())
        .bind(sample),
        sqlx::query(
            "INSERT INTO headers (world, branch, island, first_epoch, end_epoch, digest, header, inputs)
             VALUES (?, 0, 1, 0, 10, ?, ?, x'')",
        )
        .bind(id)
        .bind(digest.clone())
        .bind(header),
        sqlx::query(
            "INSERT INTO links (world, branch, island, first_epoch, end_epoch, header, base, state,
                segments, link, volunteer, time_ms)
             VALUES (?, 0, 1, 0, 2, ?, ?, ?, zeroblob(32), zeroblob(32), 1, 5)",
        )
        .bind(id)
        .bind(digest)
        .bind(base)
        .bind(end),
        sqlx::query(
            "INSERT INTO ledger (volunteer, world, branch, island, first_epoch, ticks, reason, time_ms)
             VALUES (1, ?, 0, 1, 0, 200, 'unit', 5)",
        )
        .bind(id),
    ];
    for statement in statements {
        statement.execute(&mut *connection).await.expect("written");
    }
}

#[tokio::test]
async fn what_proven_volunteers_compute_with_is_known_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder).await;
    let (who, stranger) = (volunteer(&store).await, other(&store).await);
    let stands = |proofs| Standing {
        proofs,
        ..Standing::default()
    };
    let banned = Standing {
        is_banned: true,
        ..stands(50)
    };
    for (standing, wanted) in [(stands(9), 0), (stands(10), 1), (banned, 0)] {
        let standings = vec![
            (VolunteerId(who), standing),
            (VolunteerId(stranger), stands(0)),
        ];
        let docket = Docket {
            standings,
            ..Docket::default()
        };
        file(&store, docket).await;
        let sound = store.sound_engines(10).await.expect("reads");
        assert_eq!(sound, vec!["test"; wanted], "{standing:?}");
    }
}
