//! Verdicts: what was decided goes to disk in one transaction, with everything that follows from it, or not at all.
//! Knows no rule of who is believed.

use super::append::{self, credit_of, unpack_seals};
use super::outputs::{self, Confirmed};
use super::rows::{Filed, Filing, StoreError};
use super::{WorldRow, digest, history, mail, seeds};
use crate::verification::{
    Blocked, CheckDone, Conviction, Judgement, RollBack, Standing, UnitOutputs,
};
use bytebiota_core::{Digest, Epoch, UnitKey, report};
use bytebiota_protocol::message::Outcome;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;

/// Files a docket inside the caller's transaction.
pub(super) async fn file(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    filing: &Filing,
) -> Result<Filed, StoreError> {
    let docket = &filing.docket;
    let mut filed = Filed {
        fits: true,
        ..Filed::default()
    };
    let mut credited = BTreeSet::new();
    if let Some(judgement) = &docket.judgement {
        match judgement.outcome() {
            Outcome::Confirmed => {
                confirm(connection, world, (judgement, filing), &mut filed).await?
            }
            Outcome::Mismatch | Outcome::Superseded => {
                let (first, reason) = (judgement.first(), judgement.reason());
                filed.void = set_void(connection, &first, reason, filing.time_ms).await?;
            }
        }
        credited.insert(judgement.maker().0);
    }
    if let (Some(roll_back), Some(good)) = (&docket.roll_back, &filing.back_to) {
        let reason = "results did not match";
        filed.void += set_void(connection, &roll_back.unit, reason, filing.time_ms).await?;
        take_credit_back(connection, roll_back, filing.time_ms).await?;
        let lost = history::branch_off(connection, roll_back, good, reason).await?;
        filed.went_back = lost.is_some();
        filed.void += lost.unwrap_or(0);
        if filed.went_back {
            let epoch_ticks = world.config.evolution.epoch_ticks;
            mail::call_back(connection, &roll_back.unit, epoch_ticks).await?;
            seeds::withdraw(connection, &roll_back.unit).await?;
        }
        credited.insert(roll_back.maker.0);
    }
    for check in &docket.checks {
        let ticks = check.epochs * world.config.evolution.epoch_ticks;
        add_check(connection, check, ticks, filing.time_ms).await?;
        credited.extend(check.checker.map(|checker| checker.0));
    }
    for (conviction, question) in docket.convictions.iter().zip(&filing.questions) {
        let number = add_conviction(connection, conviction, question.as_deref()).await?;
        filed.convictions.push(number);
    }
    for (volunteer, standing) in &docket.standings {
        set_standing(connection, volunteer.0, standing).await?;
    }
    if let Some(blocked) = &docket.blocked {
        block_engine(connection, blocked, filing.time_ms).await?;
    }
    for volunteer in credited {
        let credit = credit_of(connection, volunteer).await?;
        filed.credits.push((volunteer, credit));
    }
    Ok(filed)
}

async fn confirm(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    (judgement, filing): (&Judgement, &Filing),
    filed: &mut Filed,
) -> Result<(), StoreError> {
    let first = judgement.first();
    let query = sqlx::query(
        "SELECT p.first_epoch, p.end_epoch, p.header, p.base, p.seals, p.outputs,
            i.head_epoch, i.head_state, i.link, i.units
         FROM provisional p JOIN islands i ON i.world = p.world AND i.branch = p.branch
            AND i.island = p.island AND i.superseded IS NULL
         WHERE p.world = ? AND p.branch = ? AND p.island = ? AND p.end_epoch <= ?
         ORDER BY p.first_epoch",
    );
    let query = at(query, &first).bind(judgement.end_epoch().0 as i64);
    let rows = query.fetch_all(&mut *connection).await?;
    let (Some(start), Some(end)) = (rows.first(), rows.last()) else {
        filed.fits = false;
        return Ok(());
    };
    let stands = start.try_get::<i64, _>("first_epoch")?
        == start.try_get::<i64, _>("head_epoch")?
        && digest(start, "base")? == digest(start, "head_state")?;
    if !stands || end.try_get::<i64, _>("end_epoch")? as u64 != judgement.end_epoch().0 {
        filed.fits = false;
        return Ok(());
    }
    let mut link = digest(start, "link")?;
    let mut units = Vec::with_capacity(rows.len());
    for row in &rows {
        let seals = unpack_seals(&row.try_get::<Vec<u8>, _>("seals")?)?;
        let digests: Vec<Digest> = seals.iter().map(|seal| seal.digest).collect();
        link = report::link(link, digest(row, "header")?, &digests);
        let unit = UnitKey {
            first_epoch: Epoch(row.try_get::<i64, _>("first_epoch")? as u64),
            ..first
        };
        history::enter(connection, &unit, &append::segments(&seals), link).await?;
        units.push(confirmed(row, unit, seals.len())?);
    }
    filed.link = link;
    filed.units = start.try_get::<i64, _>("units")? as u64 + rows.len() as u64;
    let until = judgement.end_epoch();
    let kept_states = filing.kept_states;
    let moved = history::move_head(connection, &first, until, link, filed.units, kept_states);
    filed.sample = moved.await?;
    mail::send(connection, &units, filing).await?;
    outputs::take(connection, &units, filed.units, &filing.shelf).await?;
    filed.candidates = seeds::candidates(&units, filing);
    if let Some(last) = units.last() {
        filed.rooted = seeds::judge(connection, world, last, filing.trial_epochs).await?;
    }
    Ok(())
}

fn confirmed(row: &SqliteRow, unit: UnitKey, segments: usize) -> Result<Confirmed, StoreError> {
    let outputs = UnitOutputs::unpack(&row.try_get::<Vec<u8>, _>("outputs")?);
    if outputs.is_none() {
        // The unit itself is whole; what is lost is said again by the next ones.
        tracing::error!(island = %unit.island, epoch = %unit.first_epoch, "the outputs of a unit are damaged");
    }
    Ok(Confirmed {
        unit,
        end_epoch: Epoch(row.try_get::<i64, _>("end_epoch")? as u64),
        segments,
        outputs: outputs.unwrap_or_default(),
    })
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// Binds world, branch and island.
pub(super) fn at<'q>(query: Query<'q>, unit: &UnitKey) -> Query<'q> {
    query
        .bind(unit.world.0 as i64)
        .bind(unit.branch.0)
        .bind(unit.island.0)
}

/// What is provisional on an island does not count; it is kept, without its states. Returns how many units that is.
pub(super) async fn set_void(
    connection: &mut SqliteConnection,
    first: &UnitKey,
    reason: &str,
    time_ms: u64,
) -> Result<u64, StoreError> {
    let query = sqlx::query(
        "SELECT branch, first_epoch, seals FROM provisional
         WHERE world = ?1 AND ?2 <= branch AND island = ?3",
    );
    let rows = at(query, first).fetch_all(&mut *connection).await?;
    for row in rows {
        let seals = unpack_seals(&row.try_get::<Vec<u8>, _>("seals")?)?;
        let query = sqlx::query(
            "INSERT INTO void_units (world, branch, island, first_epoch, end_epoch, header, base,
                state, segments, volunteer, time_ms, judged_ms, reason)
             SELECT world, branch, island, first_epoch, end_epoch, header, base, state, ?,
                volunteer, time_ms, ?, ? FROM provisional
             WHERE world = ? AND ? <= branch AND island = ? AND first_epoch = ?",
        );
        let query = query
            .bind(append::segments(&seals))
            .bind(time_ms as i64)
            .bind(reason);
        let query = at(query, first).bind(row.try_get::<i64, _>("first_epoch")?);
        query.execute(&mut *connection).await?;
    }
    let query =
        sqlx::query("DELETE FROM provisional WHERE world = ? AND ? <= branch AND island = ?");
    Ok(at(query, first).execute(connection).await?.rows_affected())
}

/// The credit of a unit that was confirmed and is false: a row against the row.
async fn take_credit_back(
    connection: &mut SqliteConnection,
    roll_back: &RollBack,
    time_ms: u64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT OR IGNORE INTO ledger (volunteer, world, branch, island, first_epoch, ticks, reason, time_ms)
         SELECT volunteer, world, branch, island, first_epoch, -ticks, 'taken back', ? FROM ledger
         WHERE reason = 'unit' AND world = ? AND branch = ? AND island = ? AND first_epoch = ?
         RETURNING volunteer, ticks",
    );
    let query = query.bind(time_ms as i64);
    let query = at(query, &roll_back.unit).bind(roll_back.unit.first_epoch.0 as i64);
    let Some(row) = query.fetch_optional(&mut *connection).await? else {
        return Ok(());
    };
    let query = sqlx::query(
        "UPDATE volunteers SET credit = credit + ?, units = units - 1 WHERE number = ?",
    );
    let query = query
        .bind(row.try_get::<i64, _>("ticks")?)
        .bind(row.try_get::<i64, _>("volunteer")?);
    query.execute(connection).await?;
    Ok(())
}

/// A check that counts: its row, and a row of the ledger if a volunteer did it.
async fn add_check(
    connection: &mut SqliteConnection,
    check: &CheckDone,
    ticks: u64,
    time_ms: u64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO checks (checker, from_segment, until_segment, ticks, confirms, time_ms,
            world, branch, island, first_epoch) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         RETURNING number",
    );
    let query = query
        .bind(check.checker.map(|checker| checker.0))
        .bind(check.from)
        .bind(check.until)
        .bind(ticks as i64)
        .bind(check.confirms)
        .bind(time_ms as i64);
    let query = at(query, &check.unit).bind(check.unit.first_epoch.0 as i64);
    let row = query.fetch_one(&mut *connection).await?;
    let Some(checker) = check.checker else {
        return Ok(());
    };
    let reason = format!("check {}", row.try_get::<i64, _>("number")?);
    let query = sqlx::query(
        "INSERT INTO ledger (volunteer, ticks, reason, time_ms, world, branch, island, first_epoch)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    let query = query
        .bind(checker.0)
        .bind(ticks as i64)
        .bind(reason)
        .bind(time_ms as i64);
    let query = at(query, &check.unit).bind(check.unit.first_epoch.0 as i64);
    query.execute(&mut *connection).await?;
    let query = sqlx::query("UPDATE volunteers SET credit = credit + ? WHERE number = ?");
    let query = query.bind(ticks as i64).bind(checker.0);
    query.execute(connection).await?;
    Ok(())
}

async fn add_conviction(
    connection: &mut SqliteConnection,
    conviction: &Conviction,
    question: Option<&[u8]>,
) -> Result<i64, StoreError> {
    let query = sqlx::query(
        "INSERT INTO convictions (volunteer, engine, was_proven, time_ms, question, right_digests,
            wrong_digest, world, branch, island, first_epoch)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
    );
    let right: Vec<u8> = conviction
        .right
        .iter()
        .flat_map(|digest| digest.0)
        .collect();
    let query = query
        .bind(conviction.volunteer.0)
        .bind(conviction.engine.as_str())
        .bind(conviction.was_proven)
        .bind(conviction.time_ms as i64)
        .bind(question)
        .bind(right)
        .bind(conviction.wrong.0.to_vec());
    let unit = conviction.question.unit();
    let query = at(query, &unit).bind(unit.first_epoch.0 as i64);
    Ok(query.fetch_one(connection).await?.try_get("number")?)
}

async fn set_standing(
    connection: &mut SqliteConnection,
    volunteer: i64,
    standing: &Standing,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE volunteers SET proofs = ?, mismatches = ?, suspended_until_ms = ?, banned = ?
         WHERE number = ?",
    );
    let query = query
        .bind(standing.proofs)
        .bind(standing.mismatches)
        .bind(standing.suspended_until_ms as i64)
        .bind(standing.is_banned)
        .bind(volunteer);
    query.execute(connection).await?;
    Ok(())
}

/// The engine is refused from now on, and nobody is blamed for what it computed today: the reproducer is the newest
/// of its convictions.
async fn block_engine(
    connection: &mut SqliteConnection,
    blocked: &Blocked,
    time_ms: u64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT OR IGNORE INTO blocked_engines (engine, conviction, time_ms)
         SELECT ?1, number, ?2 FROM convictions WHERE engine = ?1 AND wrong_digest = ?3
         ORDER BY number DESC LIMIT 1",
    );
    let query = query
        .bind(blocked.engine.as_str())
        .bind(time_ms as i64)
        .bind(blocked.wrong.0.to_vec());
    query.execute(&mut *connection).await?;
    let query = sqlx::query(
        "UPDATE convictions SET lifted = 'the engine was wrong' WHERE engine = ? AND wrong_digest = ?",
    );
    let query = query
        .bind(blocked.engine.as_str())
        .bind(blocked.wrong.0.to_vec());
    query.execute(connection).await?;
    Ok(())
}
