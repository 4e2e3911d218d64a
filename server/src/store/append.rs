//! Compare-and-append: a unit enters its island's chain if its key is new and its base is the head. Knows no reason why.

use super::rows::{Appended, NewUnit, StoreError};
use super::{WorldRow, digest};
use bytebiota_core::{Digest, codec, report};
use sqlx::{Row, SqliteConnection};

/// States kept per island: the head and the bases of its newest units.
const KEPT_STATES: i64 = 33;

/// Appends one unit inside the caller's transaction.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    unit: &NewUnit,
) -> Result<Appended, StoreError> {
    if unit.key.world != world.id || unit.key.branch != world.branch {
        return Ok(Appended::Foreign);
    }
    if let Some(known) = known(connection, unit).await? {
        return Ok(known);
    }
    let Some((link, units)) = head(connection, unit).await? else {
        return Ok(Appended::Stale);
    };
    if !is_open(connection, unit).await? {
        return Ok(Appended::Foreign);
    }
    let link = report::link(link, unit.header, &unit.segments);
    insert_link(connection, unit, link).await?;
    insert_state(connection, unit).await?;
    move_head(connection, unit, link).await?;
    let credit = credit(connection, unit).await?;
    Ok(Appended::Stored {
        credit,
        link,
        units: units + 1,
    })
}

fn segments(unit: &NewUnit) -> Vec<u8> {
    unit.segments.iter().flat_map(|digest| digest.0).collect()
}

/// The answer to a key that is there already: the same unit again, or another that came too late.
async fn known(
    connection: &mut SqliteConnection,
    unit: &NewUnit,
) -> Result<Option<Appended>, StoreError> {
    let query = sqlx::query(
        "SELECT l.end_epoch, l.header, l.base, l.state, l.segments,
            coalesce((SELECT credit FROM volunteers WHERE number = ?), 0) AS credit
         FROM links l WHERE l.world = ? AND l.branch = ? AND l.island = ? AND l.first_epoch = ?",
    );
    let query = query
        .bind(unit.volunteer)
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0)
        .bind(unit.key.first_epoch.0 as i64);
    let Some(row) = query.fetch_optional(connection).await? else {
        return Ok(None);
    };
    let same = row.try_get::<i64, _>("end_epoch")? as u64 == unit.end_epoch.0
        && digest(&row, "header")? == unit.header
        && digest(&row, "base")? == unit.base
        && digest(&row, "state")? == unit.state.digest
        && row.try_get::<Vec<u8>, _>("segments")? == segments(unit);
    let credit = row.try_get::<i64, _>("credit")? as u64;
    Ok(Some(match same {
        true => Appended::Repeated { credit },
        false => Appended::Stale,
    }))
}

/// Link and unit count of the island, if the unit begins exactly where it stands.
async fn head(
    connection: &mut SqliteConnection,
    unit: &NewUnit,
) -> Result<Option<(Digest, u64)>, StoreError> {
    let query = sqlx::query(
        "SELECT head_epoch, head_state, link, units FROM islands
         WHERE world = ? AND branch = ? AND island = ?",
    );
    let query = query
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0);
    let Some(row) = query.fetch_optional(connection).await? else {
        return Ok(None);
    };
    let epoch = row.try_get::<i64, _>("head_epoch")? as u64;
    if epoch != unit.key.first_epoch.0 || digest(&row, "head_state")? != unit.base {
        return Ok(None);
    }
    let units = row.try_get::<i64, _>("units")? as u64;
    Ok(Some((digest(&row, "link")?, units)))
}

/// Whether the unit lies within a stored stretch of its island.
async fn is_open(connection: &mut SqliteConnection, unit: &NewUnit) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "SELECT 1 FROM headers WHERE digest = ? AND world = ? AND branch = ? AND island = ?
            AND first_epoch <= ? AND end_epoch >= ?",
    );
    let query = query
        .bind(unit.header.0.to_vec())
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0)
        .bind(unit.key.first_epoch.0 as i64)
        .bind(unit.end_epoch.0 as i64);
    Ok(query.fetch_optional(connection).await?.is_some())
}

async fn insert_link(
    connection: &mut SqliteConnection,
    unit: &NewUnit,
    link: Digest,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO links (world, branch, island, first_epoch, end_epoch, header, base, state,
            segments, link, volunteer, time_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    let query = query
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0)
        .bind(unit.key.first_epoch.0 as i64)
        .bind(unit.end_epoch.0 as i64)
        .bind(unit.header.0.to_vec())
        .bind(unit.base.0.to_vec())
        .bind(unit.state.digest.0.to_vec())
        .bind(segments(unit))
        .bind(link.0.to_vec())
        .bind(unit.volunteer)
        .bind(unit.time_ms as i64);
    query.execute(connection).await?;
    Ok(())
}

async fn insert_state(connection: &mut SqliteConnection, unit: &NewUnit) -> Result<(), StoreError> {
    let (world, branch, island) = (
        unit.key.world.0 as i64,
        unit.key.branch.0,
        unit.key.island.0,
    );
    let query = sqlx::query(
        "INSERT INTO states (world, branch, island, epoch, digest, bytes) VALUES (?, ?, ?, ?, ?, ?)",
    );
    let query = query
        .bind(world)
        .bind(branch)
        .bind(island)
        .bind(unit.end_epoch.0 as i64)
        .bind(unit.state.digest.0.to_vec())
        .bind(unit.state.deflated.as_slice());
    query.execute(&mut *connection).await?;
    let query = sqlx::query(
        "DELETE FROM states WHERE world = ?1 AND branch = ?2 AND island = ?3 AND epoch <=
            (SELECT epoch FROM states WHERE world = ?1 AND branch = ?2 AND island = ?3
             ORDER BY epoch DESC LIMIT 1 OFFSET ?4)",
    );
    let query = query
        .bind(world)
        .bind(branch)
        .bind(island)
        .bind(KEPT_STATES);
    query.execute(connection).await?;
    Ok(())
}

async fn move_head(
    connection: &mut SqliteConnection,
    unit: &NewUnit,
    link: Digest,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE islands SET head_epoch = ?, head_state = ?, link = ?, units = units + 1,
            sample = ?, updated_ms = ? WHERE world = ? AND branch = ? AND island = ?",
    );
    let query = query
        .bind(unit.end_epoch.0 as i64)
        .bind(unit.state.digest.0.to_vec())
        .bind(link.0.to_vec())
        .bind(codec::encode(&unit.sample))
        .bind(unit.time_ms as i64)
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0);
    query.execute(connection).await?;
    Ok(())
}

async fn credit(connection: &mut SqliteConnection, unit: &NewUnit) -> Result<u64, StoreError> {
    let query = sqlx::query(
        "INSERT INTO ledger (volunteer, world, branch, island, first_epoch, ticks, reason, time_ms)
         VALUES (?, ?, ?, ?, ?, ?, 'unit', ?)",
    );
    let query = query
        .bind(unit.volunteer)
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0)
        .bind(unit.key.first_epoch.0 as i64)
        .bind(unit.ticks as i64)
        .bind(unit.time_ms as i64);
    query.execute(&mut *connection).await?;
    let query = sqlx::query(
        "UPDATE volunteers SET credit = credit + ?, units = units + 1 WHERE number = ? RETURNING credit",
    );
    let query = query.bind(unit.ticks as i64).bind(unit.volunteer);
    let row = query.fetch_one(connection).await?;
    Ok(row.try_get::<i64, _>("credit")? as u64)
}
