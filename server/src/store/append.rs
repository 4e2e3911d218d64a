//! Compare-and-append: a unit is taken as provisional if its key is new, its base is where the island stands, and what
//! it builds on is confirmed or the same maker's. Knows no reason why.

use super::rows::{Appended, NewUnit, StoreError};
use super::{WorldRow, digest};
use crate::verification::Seal;
use bytebiota_core::{Digest, codec};
use sqlx::{Row, SqliteConnection};

/// Bytes of a seal on disk.
const SEAL_BYTES: usize = 96;

/// Appends one unit inside the caller's transaction.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    unit: &NewUnit,
) -> Result<Appended, StoreError> {
    if unit.key.world != world.id {
        return Ok(Appended::Foreign);
    }
    let Some((credit, known)) = known(connection, unit).await? else {
        // Whoever had nothing confirmed for very long may have been forgotten.
        return Ok(Appended::Stale);
    };
    if let Some(is_same) = known {
        return Ok(match is_same {
            true => Appended::Repeated { credit },
            false => Appended::Stale,
        });
    }
    let Some(head) = head(connection, unit).await? else {
        return Ok(Appended::Foreign);
    };
    let is_next = head.epoch == unit.key.first_epoch.0 && head.state == unit.base;
    if !is_next || head.maker.is_some_and(|maker| maker != unit.volunteer) {
        return Ok(Appended::Stale);
    }
    if !head.is_open {
        return Ok(Appended::Foreign);
    }
    insert(connection, unit).await?;
    Ok(Appended::Stored { credit })
}

/// The seals as they are kept.
fn pack_seals(seals: &[Seal]) -> Vec<u8> {
    let parts = seals.iter().flat_map(|s| [s.digest, s.state, s.running]);
    parts.flat_map(|digest| digest.0).collect()
}

/// The seals of a column.
pub(super) fn unpack_seals(bytes: &[u8]) -> Result<Vec<Seal>, StoreError> {
    let (seals, rest) = bytes.as_chunks::<SEAL_BYTES>();
    if !rest.is_empty() {
        return Err(StoreError::Damaged("what a maker committed to"));
    }
    let part = |seal: &[u8; SEAL_BYTES], place: usize| {
        let mut digest = Digest::default();
        digest.0.copy_from_slice(&seal[place..place + 32]);
        digest
    };
    let seal = |seal| Seal {
        digest: part(seal, 0),
        state: part(seal, 32),
        running: part(seal, 64),
    };
    Ok(seals.iter().map(seal).collect())
}

/// The segment digests as links keep them.
pub(super) fn segments(seals: &[Seal]) -> Vec<u8> {
    seals.iter().flat_map(|seal| seal.digest.0).collect()
}

pub(super) async fn credit_of(
    connection: &mut SqliteConnection,
    volunteer: i64,
) -> Result<u64, StoreError> {
    let query = sqlx::query("SELECT credit FROM volunteers WHERE number = ?").bind(volunteer);
    let row = query.fetch_optional(connection).await?;
    let credit = row.map(|row| row.try_get::<i64, _>("credit")).transpose()?;
    Ok(credit.unwrap_or(0) as u64)
}

/// The maker's credit, `None` if he is not known, and whether a key that is there already, confirmed or not, is the same
/// unit again; `None` for a new key.
async fn known(
    connection: &mut SqliteConnection,
    unit: &NewUnit,
) -> Result<Option<(u64, Option<bool>)>, StoreError> {
    // One statement, as below: each is handed to another thread and back.
    let query = sqlx::query(
        "SELECT v.credit, k.* FROM volunteers v LEFT JOIN (
            SELECT end_epoch, header, base, state, segments, NULL AS seals FROM links
            WHERE world = ?1 AND branch = ?2 AND island = ?3 AND first_epoch = ?4
            UNION ALL SELECT end_epoch, header, base, state, NULL, seals FROM provisional
            WHERE world = ?1 AND branch = ?2 AND island = ?3 AND first_epoch = ?4) k ON TRUE
         WHERE v.number = ?5",
    );
    let query = query
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0)
        .bind(unit.key.first_epoch.0 as i64)
        .bind(unit.volunteer);
    let Some(row) = query.fetch_optional(connection).await? else {
        return Ok(None);
    };
    let credit = row.try_get::<i64, _>("credit")? as u64;
    let Some(end_epoch) = row.try_get::<Option<i64>, _>("end_epoch")? else {
        return Ok(Some((credit, None)));
    };
    let own = segments(&unit.seals);
    let is_committed = match row.try_get::<Option<Vec<u8>>, _>("seals")? {
        Some(seals) => segments(&unpack_seals(&seals)?) == own,
        None => row.try_get::<Vec<u8>, _>("segments")? == own,
    };
    let is_same = end_epoch as u64 == unit.end_epoch.0
        && digest(&row, "header")? == unit.header
        && digest(&row, "base")? == unit.base
        && digest(&row, "state")? == unit.state.digest
        && is_committed;
    Ok(Some((credit, Some(is_same))))
}

/// Where an island stands, with what is provisional.
struct Head {
    epoch: u64,
    state: Digest,
    /// Whose the provisional units are.
    maker: Option<i64>,
    /// Whether the unit lies within a stored stretch of the island.
    is_open: bool,
}

/// `None` for a line that is not continued.
async fn head(
    connection: &mut SqliteConnection,
    unit: &NewUnit,
) -> Result<Option<Head>, StoreError> {
    let query = sqlx::query(
        "SELECT coalesce(p.end_epoch, i.head_epoch) AS epoch,
            coalesce(p.state, i.head_state) AS state, p.volunteer AS maker,
            EXISTS (SELECT 1 FROM headers WHERE digest = ?4 AND world = ?1 AND branch = ?2
                AND island = ?3 AND first_epoch <= ?5 AND end_epoch >= ?6) AS is_open
         FROM islands i LEFT JOIN provisional p ON p.world = i.world AND p.branch = i.branch
            AND p.island = i.island
         WHERE i.world = ?1 AND i.branch = ?2 AND i.island = ?3 AND i.superseded IS NULL
         ORDER BY p.first_epoch DESC LIMIT 1",
    );
    let query = query
        .bind(unit.key.world.0 as i64)
        .bind(unit.key.branch.0)
        .bind(unit.key.island.0)
        .bind(unit.header.0.to_vec())
        .bind(unit.key.first_epoch.0 as i64)
        .bind(unit.end_epoch.0 as i64);
    let Some(row) = query.fetch_optional(connection).await? else {
        return Ok(None);
    };
    Ok(Some(Head {
        epoch: row.try_get::<i64, _>("epoch")? as u64,
        state: digest(&row, "state")?,
        maker: row.try_get("maker")?,
        is_open: row.try_get("is_open")?,
    }))
}

async fn insert(connection: &mut SqliteConnection, unit: &NewUnit) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO provisional (world, branch, island, first_epoch, end_epoch, header, base,
            state, seals, bytes, sample, outputs, ticks, volunteer, is_first, time_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
        .bind(pack_seals(&unit.seals))
        .bind(unit.state.deflated.as_slice())
        .bind(codec::encode(&unit.sample))
        .bind(unit.outputs.as_slice())
        .bind(unit.ticks as i64)
        .bind(unit.volunteer)
        .bind(unit.is_first)
        .bind(unit.time_ms as i64);
    query.execute(connection).await?;
    Ok(())
}
