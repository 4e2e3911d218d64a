//! What the audit reads: the rows of a world, as any other program could read them. Proves nothing.

use anyhow::{Context, Result};
use bytebiota_core::{
    Branch, Config, Digest, Epoch, Inputs, IslandId, StretchHeader, UnitKey, WorldId, WorldSeed,
    codec,
};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::HashMap;

/// Longer values in a database of ours are damage.
const MAX_BYTES: usize = 1 << 20;

pub struct World {
    pub id: WorldId,
    pub seed: WorldSeed,
    pub config: Config,
}

pub struct Unit {
    pub key: UnitKey,
    pub end: Epoch,
    pub header: StretchHeader,
    pub inputs: Inputs,
    pub base: Digest,
    pub state: Digest,
    pub segments: Vec<u8>,
    pub link: Digest,
    pub volunteer: i64,
}

pub struct Head {
    pub island: IslandId,
    pub epoch: Epoch,
    pub state: Digest,
    pub link: Digest,
    pub units: i64,
}

pub async fn read_world(connection: &mut SqliteConnection) -> Result<World> {
    let query = sqlx::query("SELECT id, seed, config FROM world");
    let row = query.fetch_one(connection).await?;
    Ok(World {
        id: WorldId(row.try_get::<i64, _>("id")? as u64),
        seed: WorldSeed(row.try_get::<i64, _>("seed")? as u64),
        config: codec::decode(&row.try_get::<Vec<u8>, _>("config")?, MAX_BYTES)?,
    })
}

/// Every island, on the line that goes on; where none does, at its beginning.
pub async fn read_heads(connection: &mut SqliteConnection) -> Result<Vec<Head>> {
    let query = "SELECT every.island, coalesce(head_epoch, 0) AS head_epoch,
            coalesce(head_state, zeroblob(32)) AS head_state, coalesce(link, zeroblob(32)) AS link,
            coalesce(units, 0) AS units
        FROM (SELECT DISTINCT island FROM islands) every
        LEFT JOIN islands i ON i.island = every.island AND i.superseded IS NULL ORDER BY every.island";
    let rows = sqlx::query(query).fetch_all(connection).await?;
    let read = |row: &SqliteRow| {
        Ok(Head {
            island: IslandId(row.try_get("island")?),
            epoch: epoch(row, "head_epoch")?,
            state: digest(row, "head_state")?,
            link: digest(row, "link")?,
            units: row.try_get("units")?,
        })
    };
    rows.iter().map(read).collect()
}

/// History: it may lie on several lines, each going on where the one before was left.
pub const LINKS: &str = "SELECT l.*, h.header AS stretch, h.inputs
    FROM links l JOIN headers h ON h.digest = l.header
    WHERE l.superseded IS NULL ORDER BY l.island, l.first_epoch";
/// Confirmed units of lines that were left when the world went back.
pub const LEFT: &str = "SELECT l.*, h.header AS stretch, h.inputs
    FROM links l JOIN headers h ON h.digest = l.header
    WHERE l.superseded = 'the world went back to a checkpoint' ORDER BY l.island, l.first_epoch";
/// Of each seal the first 32 bytes are the segment's digest.
pub const PROVISIONAL: &str =
    "SELECT p.*, x'' AS segments, zeroblob(32) AS link, h.header AS stretch, h.inputs
    FROM provisional p JOIN headers h ON h.digest = p.header ORDER BY p.island, p.first_epoch";
/// Units that waited for their verdict when the world went back.
pub const WAITED: &str = "SELECT v.*, zeroblob(32) AS link, h.header AS stretch, h.inputs
    FROM void_units v JOIN headers h ON h.digest = v.header
    WHERE v.reason = 'the world went back to a checkpoint' ORDER BY v.island, v.first_epoch";

pub async fn count(connection: &mut SqliteConnection, query: &'static str) -> Result<i64> {
    Ok(sqlx::query(query).fetch_one(connection).await?.try_get(0)?)
}

/// The units of a query by island, each island's in the order of the query: one look at the table for all of them, for
/// no index leads to an island.
pub async fn read_units(
    connection: &mut SqliteConnection,
    world: WorldId,
    query: &'static str,
) -> Result<HashMap<IslandId, Vec<Unit>>> {
    let mut units: HashMap<IslandId, Vec<Unit>> = HashMap::new();
    for row in sqlx::query(query).fetch_all(connection).await? {
        let unit = read_unit(world, &row)?;
        units.entry(unit.key.island).or_default().push(unit);
    }
    Ok(units)
}

fn read_unit(world: WorldId, row: &SqliteRow) -> Result<Unit> {
    Ok(Unit {
        key: UnitKey {
            world,
            branch: Branch(row.try_get("branch")?),
            island: IslandId(row.try_get("island")?),
            first_epoch: epoch(row, "first_epoch")?,
        },
        end: epoch(row, "end_epoch")?,
        header: codec::decode(&row.try_get::<Vec<u8>, _>("stretch")?, MAX_BYTES)?,
        inputs: codec::decode(&row.try_get::<Vec<u8>, _>("inputs")?, MAX_BYTES)?,
        base: digest(row, "base")?,
        state: digest(row, "state")?,
        segments: segments(row)?,
        link: digest(row, "link")?,
        volunteer: row.try_get("volunteer")?,
    })
}

fn segments(row: &SqliteRow) -> Result<Vec<u8>> {
    let Ok(seals) = row.try_get::<Vec<u8>, _>("seals") else {
        return Ok(row.try_get("segments")?);
    };
    let digests = seals.chunks(96).flat_map(|seal| seal[..32].to_vec());
    Ok(digests.collect())
}

pub fn epoch(row: &SqliteRow, column: &str) -> Result<Epoch> {
    Ok(Epoch(row.try_get::<i64, _>(column)? as u64))
}

fn digest(row: &SqliteRow, column: &str) -> Result<Digest> {
    let bytes: Vec<u8> = row.try_get(column)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice());
    Ok(Digest(
        bytes
            .ok()
            .with_context(|| format!("{column} is no digest"))?,
    ))
}
