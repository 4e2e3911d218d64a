//! The chain of an island: confirmed units enter it one after the other, and a line that turned out false is left at a
//! good epoch for the next branch. Nothing is deleted but states that nobody can need. Knows no verdict.

use super::docket::at;
use super::outputs;
use super::rows::{GoodState, StoreError};
use crate::verification::RollBack;
use bytebiota_core::{Branch, Digest, Epoch, Sample, UnitKey, codec};
use sqlx::{Row, SqliteConnection};

/// Bytes of the longest Sample.
const MAX_SAMPLE_BYTES: usize = 4_096;

/// A provisional unit becomes a link, its state is kept, its maker is credited.
pub(super) async fn enter(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    segments: &[u8],
    link: Digest,
) -> Result<(), StoreError> {
    // In one go: each call is handed to another thread and back.
    let query = sqlx::query(
        "INSERT INTO links (world, branch, island, first_epoch, end_epoch, header, base, state,
            segments, link, volunteer, time_ms)
         SELECT world, branch, island, first_epoch, end_epoch, header, base, state, ?5, ?6, volunteer,
            time_ms FROM provisional
         WHERE world = ?1 AND branch = ?2 AND island = ?3 AND first_epoch = ?4;
         INSERT INTO states (world, branch, island, epoch, digest, bytes)
         SELECT world, branch, island, end_epoch, state, bytes FROM provisional
         WHERE world = ?1 AND branch = ?2 AND island = ?3 AND first_epoch = ?4;
         INSERT INTO ledger (volunteer, world, branch, island, first_epoch, ticks, reason, time_ms)
         SELECT volunteer, world, branch, island, first_epoch, ticks, 'unit', time_ms FROM provisional
         WHERE world = ?1 AND branch = ?2 AND island = ?3 AND first_epoch = ?4;
         UPDATE volunteers SET credit = credit + p.ticks, units = units + 1 FROM provisional p
         WHERE p.world = ?1 AND p.branch = ?2 AND p.island = ?3 AND p.first_epoch = ?4
            AND number = p.volunteer",
    );
    let query = at(query, unit)
        .bind(unit.first_epoch.0 as i64)
        .bind(segments)
        .bind(link.0.to_vec());
    match query.execute(connection).await?.rows_affected() {
        4 => Ok(()),
        _ => Err(StoreError::Damaged("a unit that is being confirmed")),
    }
}

/// The island stands after the last of the units that entered; the numbers there.
pub(super) async fn move_head(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    until: Epoch,
    link: Digest,
    units: u64,
    kept_states: u32,
) -> Result<Sample, StoreError> {
    let end = until.0 as i64;
    let query = sqlx::query(
        "SELECT state, sample, time_ms FROM provisional
         WHERE world = ? AND branch = ? AND island = ? AND end_epoch = ?",
    );
    let last = at(query, unit).bind(end).fetch_one(&mut *connection);
    let last = last.await?;
    let sample: Vec<u8> = last.try_get("sample")?;
    // Of the states the head's own comes on top of those that are kept.
    let query = sqlx::query(
        "UPDATE islands SET head_epoch = ?4, head_state = ?5, link = ?6, units = ?7, sample = ?8,
            updated_ms = ?9 WHERE world = ?1 AND branch = ?2 AND island = ?3;
         DELETE FROM provisional WHERE world = ?1 AND branch = ?2 AND island = ?3 AND end_epoch <= ?4;
         DELETE FROM states WHERE world = ?1 AND branch = ?2 AND island = ?3 AND epoch <
            (SELECT epoch FROM states WHERE world = ?1 AND branch = ?2 AND island = ?3
             ORDER BY epoch DESC LIMIT 1 OFFSET ?10)
         AND NOT EXISTS (SELECT 1 FROM checkpoint_states c WHERE c.world = ?1 AND c.branch = ?2
            AND c.island = ?3 AND c.epoch = states.epoch)",
    );
    let query = at(query, unit)
        .bind(end)
        .bind(last.try_get::<Vec<u8>, _>("state")?)
        .bind(link.0.to_vec())
        .bind(units as i64)
        .bind(sample.as_slice())
        .bind(last.try_get::<i64, _>("time_ms")?)
        .bind(kept_states);
    query.execute(connection).await?;
    codec::decode(&sample, MAX_SAMPLE_BYTES).map_err(|_| StoreError::Damaged("a sample"))
}

/// Leaves a line of history at the start of a unit and opens the next branch there. Returns how many confirmed units
/// are not history any more; `None` if it was left before.
pub(super) async fn branch_off(
    connection: &mut SqliteConnection,
    roll_back: &RollBack,
    good: &GoodState,
    reason: &str,
) -> Result<Option<u64>, StoreError> {
    let unit = &roll_back.unit;
    let epoch = unit.first_epoch.0 as i64;
    let query = sqlx::query(
        "SELECT 1 FROM links WHERE world = ? AND branch = ? AND island = ? AND first_epoch = ?
            AND superseded IS NULL",
    );
    let still = at(query, unit).bind(epoch).fetch_optional(&mut *connection);
    if still.await?.is_none() {
        // Somebody else's lie before it has taken it back already.
        return Ok(None);
    }
    // The line that is continued need not be the unit's own: it may have branched off after it.
    let query = sqlx::query(
        "UPDATE islands SET superseded = ?4 WHERE world = ?1 AND ?2 <= branch AND island = ?3
            AND superseded IS NULL RETURNING branch",
    );
    let left = at(query, unit)
        .bind(reason)
        .fetch_optional(&mut *connection);
    let Some(left) = left.await? else {
        return Ok(None);
    };
    let left = UnitKey {
        branch: Branch(left.try_get("branch")?),
        ..*unit
    };
    let query = sqlx::query(
        "UPDATE links SET superseded = ?4 WHERE world = ?1 AND ?2 >= branch AND island = ?3
            AND first_epoch >= ?5 AND superseded IS NULL",
    );
    let query = at(query, &left).bind(reason).bind(epoch);
    let lost = query.execute(&mut *connection).await?.rows_affected();
    let query = sqlx::query(
        "INSERT INTO islands (world, branch, island, head_epoch, head_state, link, units, sample,
            updated_ms, parent, parent_epoch, folded_epoch)
         SELECT world, (SELECT max(branch) + 1 FROM islands WHERE world = ?1 AND island = ?3), island,
            ?4, ?5, coalesce((SELECT link FROM links WHERE world = ?1 AND island = ?3
                AND end_epoch = ?4 AND superseded IS NULL), zeroblob(32)),
            units - ?7, ?6, updated_ms, branch, ?4, min(folded_epoch, ?4)
         FROM islands WHERE world = ?1 AND branch = ?2 AND island = ?3 RETURNING branch",
    );
    let query = at(query, &left)
        .bind(epoch)
        .bind(roll_back.base.0.to_vec())
        .bind(codec::encode(&good.sample))
        .bind(lost as i64);
    let branch: u32 = query.fetch_one(&mut *connection).await?.try_get("branch")?;
    let query = sqlx::query(
        "INSERT INTO states (world, branch, island, epoch, digest, bytes) VALUES (?, ?, ?, ?, ?, ?)",
    );
    let next = UnitKey {
        branch: Branch(branch),
        ..*unit
    };
    let query = at(query, &next)
        .bind(epoch)
        .bind(good.state.digest.0.to_vec())
        .bind(good.state.deflated.as_slice());
    query.execute(&mut *connection).await?;
    outputs::take_back(connection, &next, good).await?;
    Ok(Some(lost))
}
