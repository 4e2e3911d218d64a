//! A year of reports stays as small as the knobs say, however many they are, and what it came to is still known: credit,
//! counts, the line of descent of the living, and a chain without gaps from where it is kept singly.
//! `BYTEBIOTA_REPORTS=3000000` tries as many.

use super::taxa_tests::{outputs, taxon};
use super::tests::{judgement, new_world, state, volunteer};
use super::*;
use crate::assignment_book::VolunteerId;
use crate::verification::CheckDone;
use bytebiota_core::report::NO_OUTPUTS;
use bytebiota_core::{Inputs, TaxonRecord};
use bytebiota_protocol::message::Outcome;
use std::path::Path;
use std::time::Duration;
use tokio::task::JoinSet;

const ISLANDS: u32 = 4;
/// Units of a stretch, one epoch each.
const STRETCH: u64 = 10;
/// Every so many stretches one does not match and is computed again.
const VOID_EVERY: u64 = 20;
/// Half-filled pages of tables and indices.
const PAGES_BYTES: u64 = 24 * 4_096;
const YEAR_MS: u64 = 365 * 86_400_000;
/// Reports over the first of two years in `./check`.
const REPORTS: u64 = 1_200;
const KEPT_STATES: u32 = 8;
const SHELF: Shelf = Shelf {
    extinct_taxa: 6,
    ancestors: 6,
    samples: 16,
    prune_units: 16,
};

/// Two years, as long as they last.
struct Life {
    store: Store,
    volunteer: i64,
    rounds_a_year: u64,
    retention: Retention,
}

fn reports() -> u64 {
    let wanted = std::env::var("BYTEBIOTA_REPORTS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(REPORTS)
}

/// Horizons in proportion: about an eighth of the links of a year stay single.
fn retention(reports: u64) -> Retention {
    Retention {
        history_bytes: reports * 1_100 / 8 + u64::from(ISLANDS * KEPT_STATES) * 1_100,
        void_units: (reports / 400) as u32,
        convictions: 10,
        strangers: (reports / 800) as u32,
    }
}

impl Life {
    async fn begin(folder: &Path, reports: u64) -> Self {
        let path = folder.join("world.sqlite");
        let store = Store::open(&path, new_world()).await.expect("opens");
        for island in 1..=ISLANDS {
            let added = store.add_island(IslandId(island), state(0), Sample::default());
            added.await.expect("stored");
        }
        Self {
            volunteer: volunteer(&store).await,
            rounds_a_year: reports / STRETCH / u64::from(ISLANDS),
            retention: retention(reports),
            store,
        }
    }

    /// One stretch of every island, and what happens beside it.
    async fn round(&self, round: u64) {
        let time_ms = 10_000 + round * (YEAR_MS / self.rounds_a_year);
        let mut living = JoinSet::new();
        for island in 1..=ISLANDS {
            let (store, who) = (self.store.clone(), self.volunteer);
            living.spawn(async move {
                if (round + u64::from(island)).is_multiple_of(VOID_EVERY) {
                    stretch(
                        &store,
                        (IslandId(island), who),
                        round,
                        time_ms,
                        Outcome::Mismatch,
                    )
                    .await;
                }
                stretch(
                    &store,
                    (IslandId(island), who),
                    round,
                    time_ms,
                    Outcome::Confirmed,
                )
                .await;
            });
        }
        while let Some(lived) = living.join_next().await {
            lived.expect("no panic");
        }
        let new = NewCheckpoint {
            cause: BY_INTERVAL.to_owned(),
            months: 3,
            time_ms,
        };
        self.store.take_checkpoint(new).await.expect("taken");
        let mut token_hash = [9; 32];
        token_hash[..8].copy_from_slice(&round.to_le_bytes());
        let stranger = VolunteerVisit {
            token_hash,
            nick: None,
            engine: "test".into(),
            time_ms,
        };
        self.store.visit(stranger).await.expect("stored");
        self.tidy(time_ms).await;
    }

    async fn tidy(&self, time_ms: u64) {
        let size = self.store.history_size().await.expect("reads");
        let surplus_units = size.surplus_units(self.retention.history_bytes) as u32;
        let tidying = Tidying {
            retention: self.retention,
            surplus_units,
            kept_states: KEPT_STATES,
            present: Vec::new(),
            time_ms,
        };
        self.store.tidy(tidying).await.expect("tidied");
    }

    /// Bytes of the file, and of history within it.
    async fn bytes(&self) -> (u64, u64) {
        let query = sqlx::query(
            "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) AS file,
                (SELECT sum(pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name
                 WHERE m.tbl_name IN ('links', 'headers', 'ledger', 'checks')) AS history",
        );
        let row = query.fetch_one(&self.store.readers).await.expect("reads");
        (
            row.get::<i64, _>("file") as u64,
            row.get::<i64, _>("history") as u64,
        )
    }

    async fn number(&self, query: &'static str) -> i64 {
        let row = sqlx::query(query).fetch_one(&self.store.readers).await;
        row.expect("reads").get(0)
    }
}

fn genome(island: IslandId, serial: u64) -> Vec<u8> {
    let mut genome = vec![island.0 as u8; 40];
    genome[..8].copy_from_slice(&serial.to_le_bytes());
    genome
}

/// A taxon of an own genotype.
fn own(island: IslandId, serial: u64, parent: Option<u64>, living: u32) -> TaxonRecord {
    let record = taxon(serial, parent, living);
    let genome = genome(island, serial);
    TaxonRecord {
        genotype: bytebiota_core::GenotypeHash::of(&genome),
        genome,
        ..record
    }
}

/// Who lives at the end of a stretch: a line of descent in which each replaces its parent, and a side line that dies out.
fn who_lives(island: IslandId, round: u64) -> crate::verification::UnitOutputs {
    let heir = 2 * round;
    let parent = heir.checked_sub(2);
    let dead = parent.map(|parent| own(island, heir - 1, Some(parent), 0));
    let mut outputs = outputs(
        vec![own(island, heir, parent, 3)],
        dead.into_iter().collect(),
    );
    outputs
        .samples
        .iter_mut()
        .for_each(|s| s.epoch = Epoch((round + 1) * STRETCH));
    outputs
}

async fn stretch(
    store: &Store,
    (island, who): (IslandId, i64),
    round: u64,
    time_ms: u64,
    outcome: Outcome,
) {
    let first = round * STRETCH;
    let header = StretchHeader {
        island,
        ..super::tests::header(store, first, first + STRETCH)
    };
    if !store.knows_header(header.digest()).await.expect("reads") {
        let inputs = codec::encode(&Inputs::default());
        let opened = store.open_stretch(header.clone(), inputs, Vec::new()).await;
        assert!(opened.expect("stored"));
    }
    let mut units = Vec::new();
    for epoch in first..first + STRETCH {
        let mut unit = super::tests::unit(&header, epoch, epoch + 1, who);
        unit.time_ms = time_ms;
        if epoch + 1 == first + STRETCH {
            unit.outputs = who_lives(island, round).pack();
        }
        let stored = store.append(unit.clone()).await.expect("answers");
        assert!(matches!(stored, Appended::Stored { .. }), "{stored:?}");
        units.push(unit);
    }
    let mut docket = judgement(
        &units[0],
        &units[STRETCH as usize - 1],
        STRETCH as u32,
        outcome,
    );
    if let Some(judgement) = &mut docket.judgement {
        judgement.island = island;
    }
    let check = |unit: &NewUnit, checker| CheckDone {
        checker,
        unit: unit.key,
        from: 0,
        until: 1,
        epochs: 1,
        confirms: outcome == Outcome::Confirmed,
    };
    docket.checks = vec![
        check(&units[3], None),
        check(&units[9], Some(VolunteerId(who))),
    ];
    let filing = Filing {
        questions: Vec::new(),
        docket,
        back_to: None,
        kept_states: KEPT_STATES,
        shelf: SHELF,
        lets_all_go: false,
        trial_epochs: 10,
        time_ms,
    };
    assert!(
        store
            .file(vec![filing])
            .await
            .expect("answers")
            .remove(0)
            .fits
    );
}

/// What must still be known when most of history is folded.
async fn nothing_is_lost(life: &Life, rounds: u64) {
    let (units, void) = life.store.units().await.expect("reads");
    assert_eq!(units, rounds * STRETCH * u64::from(ISLANDS));
    let is_void = |(round, island): &(u64, u64)| (round + island).is_multiple_of(VOID_EVERY);
    let all =
        (0..rounds).flat_map(|round| (1..=u64::from(ISLANDS)).map(move |island| (round, island)));
    assert_eq!(void, all.filter(is_void).count() as u64 * STRETCH);
    let credit = "SELECT (SELECT sum(credit) FROM volunteers) - (SELECT sum(ticks) FROM ledger)";
    assert_eq!(
        life.number(credit).await,
        0,
        "the ledger gives the same sum"
    );
    let archive = life.store.archive();
    for (island, head) in archive.heads().await.expect("reads") {
        let folded = archive.folded(island).await.expect("reads");
        assert!(
            folded.0 > 0 && head.epoch.0 - folded.0 >= u64::from(KEPT_STATES),
            "{folded} of {}",
            head.epoch
        );
        let units = archive
            .units(island, folded, u32::MAX)
            .await
            .expect("reads");
        for pair in units.windows(2) {
            assert_eq!(pair[1].follows(pair[0].end()), Ok(()));
        }
        assert_eq!(
            (units[0].first_epoch, units[units.len() - 1].end_epoch),
            (folded, head.epoch)
        );
        let question = archive
            .question(island, units[0].first_epoch)
            .await
            .expect("reads");
        assert_eq!(question.expect("its header is there").running, NO_OUTPUTS);
    }
    // Whoever lives comes from the founder by as many births as there were, whatever of the way was joined.
    let births = "WITH RECURSIVE line (island, serial, parent, steps) AS (
            SELECT island, serial, parent_serial, steps FROM taxa WHERE living > 0
            UNION ALL SELECT t.island, t.serial, t.parent_serial, line.steps + t.steps FROM line
                JOIN taxa t ON t.island = line.island AND t.serial = line.parent)
        SELECT count(*) FILTER (WHERE serial = 0 AND steps = ?1 AND parent IS NULL) FROM line";
    let query = sqlx::query(births).bind(rounds as i64 - 1);
    let row = query.fetch_one(&life.store.readers).await.expect("reads");
    assert_eq!(row.get::<i64, _>(0), i64::from(ISLANDS));
}

async fn sizes_hold(life: &Life) -> u64 {
    let (file, history) = life.bytes().await;
    let most = life.retention.history_bytes;
    assert!(
        history <= most + PAGES_BYTES,
        "history takes {history} bytes, and may take {most}"
    );
    let taxa = life
        .number("SELECT max(n) FROM (SELECT count(*) AS n FROM taxa GROUP BY island)")
        .await;
    // Whatever died out without children keeps an ancestor apart, and some came since it was thinned last.
    assert!(
        taxa <= i64::from(2 * SHELF.extinct_taxa + SHELF.ancestors + SHELF.prune_units),
        "{taxa} taxa"
    );
    let strangers = life.number("SELECT count(*) FROM volunteers").await;
    let recent = life.rounds_a_year.div_ceil(365);
    assert!(
        strangers as u64 <= u64::from(life.retention.strangers) + recent + 2,
        "{strangers} volunteers"
    );
    let void = life.number("SELECT count(*) FROM void_units").await;
    assert!(
        void <= i64::from(life.retention.void_units),
        "{void} void units"
    );
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn after_twice_as_many_reports_the_file_is_no_larger_and_nothing_is_forgotten_that_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let life = Life::begin(folder.path(), reports()).await;
    let mut files = Vec::new();
    for year in 0..2 {
        for round in 0..life.rounds_a_year {
            life.round(year * life.rounds_a_year + round).await;
        }
        nothing_is_lost(&life, (year + 1) * life.rounds_a_year).await;
        files.push(sizes_hold(&life).await);
        let (file, history) = life.bytes().await;
        let size = life.store.history_size().await.expect("reads");
        println!(
            "{} reports: {file} bytes, {history} of them history, taken for {size:?}, at most {:?}",
            (year + 1) * reports(),
            life.retention
        );
    }
    // In the small world of `./check` a page of each table weighs more than a row of it.
    let most = files[0] * 105 / 100 + PAGES_BYTES;
    assert!(files[1] <= most, "{files:?}");
}

#[tokio::test]
async fn a_log_that_a_reader_made_long_is_cut_when_he_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = super::tests::open(&folder).await;
    let log = folder.path().join("world.sqlite-wal");
    let bytes = || std::fs::metadata(&log).map_or(0, |file| file.len());
    let mut reader = store.readers.begin().await.expect("begins");
    let looked = sqlx::query("SELECT count(*) FROM islands").fetch_one(&mut *reader);
    looked.await.expect("reads");
    let mut island = 1;
    while bytes() <= wal::MOST_BYTES {
        island += 1;
        let big = StateRow {
            deflated: vec![7; 1 << 20],
            ..state(0)
        };
        let added = store.add_island(IslandId(island), big, Sample::default());
        added.await.expect("stored");
    }
    reader.rollback().await.expect("ends");
    // It is cut after the answer, and not again at once after a cut in vain.
    for _ in 0..100 {
        volunteer(&store).await;
        if bytes() <= wal::MOST_BYTES {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} bytes", bytes());
}
