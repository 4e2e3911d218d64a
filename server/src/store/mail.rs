//! Organisms between islands: sent with the verdict that lets them go, taken in with a header, called back with what
//! turns out false. Knows no rule of who goes where.

use super::Store;
use super::docket::at;
use super::outputs::{self, Confirmed};
use super::rows::{Filing, Post, StoreError};
use crate::migration::{self, MAX_WAITING, Traveller};
use bytebiota_core::assignment::HaloCell;
use bytebiota_core::{ArrivalCause, Epoch, Halo, IslandId, StretchHeader, TaxonId, UnitKey, codec};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

/// Bytes of an edge.
const MAX_EDGE_BYTES: usize = 4_096;
/// Organisms that entered an island long ago are forgotten beyond these; its headers have them.
const KEPT_ENTERED: u32 = 1_024;
/// What is said of those who must not enter.
const WITHDRAWN: &str = "it came from results that did not match";

/// Sends off who left in the segments that somebody else computed again, of units that are being confirmed.
pub(super) async fn send(
    connection: &mut SqliteConnection,
    units: &[Confirmed],
    filing: &Filing,
) -> Result<(), StoreError> {
    for confirmed in units {
        for emigrant in &confirmed.outputs.emigrants {
            if !filing.may_leave(&confirmed.unit, emigrant.segment) {
                continue;
            }
            let islands = islands(connection, &confirmed.unit).await?;
            let leaver = &emigrant.item;
            let to = migration::neighbour(confirmed.unit.island, leaver.upward, islands);
            let Some(to) = to else {
                continue;
            };
            let query = sqlx::query(
                "INSERT OR IGNORE INTO mail (world, from_branch, from_island, from_serial, left_epoch,
                    to_island, cause, genome, time_ms) VALUES (?, ?, ?, ?, ?, ?, 'immigrant', ?, ?)",
            );
            let query = at(query, &confirmed.unit)
                .bind(leaver.taxon.serial as i64)
                .bind(leaver.epoch.0 as i64)
                .bind(to.0)
                .bind(leaver.genome.as_slice())
                .bind(filing.time_ms as i64);
            query.execute(&mut *connection).await?;
            make_room(connection, &confirmed.unit, to).await?;
        }
    }
    Ok(())
}

async fn islands(connection: &mut SqliteConnection, unit: &UnitKey) -> Result<u32, StoreError> {
    let query = sqlx::query(
        "SELECT coalesce(max(island), 0) AS islands FROM islands WHERE world = ? AND superseded IS NULL",
    );
    let query = query.bind(unit.world.0 as i64);
    Ok(query.fetch_one(connection).await?.try_get("islands")?)
}

/// Where too many wait the oldest gives way.
async fn make_room(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    to: IslandId,
) -> Result<(), StoreError> {
    for (entered, kept) in [("NULL", MAX_WAITING), ("NOT NULL", KEPT_ENTERED)] {
        let query = format!(
            "DELETE FROM mail WHERE number IN (SELECT number FROM mail WHERE world = ? AND to_island = ?
                AND enters_epoch IS {entered} AND withdrawn IS NULL ORDER BY number DESC LIMIT -1 OFFSET ?)"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(unit.world.0 as i64);
        query
            .bind(to.0)
            .bind(kept)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Those who enter with a header are on their way no more; `false` if one of them may not enter any more.
pub(super) async fn take_in(
    connection: &mut SqliteConnection,
    header: &StretchHeader,
    entering: &[(i64, Epoch)],
) -> Result<bool, StoreError> {
    for (number, _) in entering {
        let query = sqlx::query(
            "SELECT 1 FROM mail WHERE number = ? AND enters_epoch IS NULL AND withdrawn IS NULL",
        );
        let waits = query.bind(number).fetch_optional(&mut *connection).await?;
        if waits.is_none() {
            return Ok(false);
        }
    }
    for (number, line) in entering {
        let query = sqlx::query(
            "UPDATE mail SET branch = ?, first_epoch = ?, enters_epoch = ? WHERE number = ?",
        );
        let query = query
            .bind(header.branch.0)
            .bind(header.first_epoch.0 as i64)
            .bind(line.0 as i64)
            .bind(number);
        query.execute(&mut *connection).await?;
    }
    Ok(true)
}

/// An island has gone back to the start of `unit`: who left it since is withdrawn, and said to be tainted where he
/// is already; who had entered it since waits again.
pub(super) async fn call_back(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    epoch_ticks: u64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE mail SET withdrawn = ?1 WHERE world = ?2 AND from_island = ?3 AND left_epoch > ?4
            AND withdrawn IS NULL
         RETURNING to_island, from_island, from_serial, enters_epoch",
    );
    let query = query
        .bind(WITHDRAWN)
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(unit.first_epoch.0 as i64);
    for row in query.fetch_all(&mut *connection).await? {
        let Some(line) = row.try_get::<Option<i64>, _>("enters_epoch")? else {
            continue;
        };
        let query = sqlx::query(
            "UPDATE taxa SET tainted = ? WHERE world = ? AND island = ? AND cause = ?
                AND parent_island = ? AND parent_serial = ? AND origin_tick BETWEEN ? AND ?",
        );
        let from = (line as u64).saturating_mul(epoch_ticks);
        let query = query
            .bind(WITHDRAWN)
            .bind(unit.world.0 as i64)
            .bind(row.try_get::<i64, _>("to_island")?)
            .bind(outputs::IMMIGRANT)
            .bind(row.try_get::<i64, _>("from_island")?)
            .bind(row.try_get::<i64, _>("from_serial")?)
            .bind(from as i64)
            .bind(from.saturating_add(epoch_ticks) as i64);
        query.execute(&mut *connection).await?;
    }
    let query = sqlx::query(
        "UPDATE mail SET branch = NULL, first_epoch = NULL, enters_epoch = NULL
         WHERE world = ? AND to_island = ? AND enters_epoch >= ? AND withdrawn IS NULL",
    );
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(unit.first_epoch.0 as i64);
    query.execute(connection).await?;
    Ok(())
}

/// The edges of an island's region at its head, for its neighbours.
pub(super) async fn put_edges(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    (low, high): (&[HaloCell], &[HaloCell]),
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE islands SET low_edge = ?, high_edge = ? WHERE world = ? AND branch = ? AND island = ?",
    );
    let query = query.bind(codec::encode(&low)).bind(codec::encode(&high));
    at(query, unit).execute(connection).await?;
    Ok(())
}

impl Store {
    /// What is there for the next stretch of an island: who waits to enter, in order, and what lies beyond its edges.
    pub async fn post(&self, island: IslandId) -> Result<Post, StoreError> {
        let query = sqlx::query(
            "SELECT number, cause, from_island, from_serial, genome FROM mail
             WHERE world = ? AND to_island = ? AND enters_epoch IS NULL AND withdrawn IS NULL
             ORDER BY number",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let waiting = query.fetch_all(&self.readers).await?;
        let waiting: Result<Vec<Traveller>, StoreError> = waiting.iter().map(traveller).collect();
        let query = sqlx::query(
            "SELECT max(island) AS islands FROM islands WHERE world = ? AND superseded IS NULL",
        );
        let query = query.bind(self.world.id.0 as i64);
        let islands: Option<u32> = query.fetch_one(&self.readers).await?.try_get("islands")?;
        let mut halo = Halo::default();
        if let Some((below, above)) = migration::borders(island, islands.unwrap_or(0)) {
            halo.below = self.edge(below, "high_edge").await?;
            halo.above = self.edge(above, "low_edge").await?;
        }
        Ok(Post {
            waiting: waiting?,
            halo,
        })
    }

    async fn edge(&self, island: IslandId, which: &str) -> Result<Vec<HaloCell>, StoreError> {
        let query = format!(
            "SELECT {which} AS edge FROM islands WHERE world = ? AND island = ? AND superseded IS NULL"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world.id.0 as i64);
        let row = query.bind(island.0).fetch_optional(&self.readers).await?;
        let bytes: Option<Vec<u8>> = row.map(|row| row.try_get("edge")).transpose()?;
        match bytes.filter(|bytes| !bytes.is_empty()) {
            Some(bytes) => codec::decode(&bytes, MAX_EDGE_BYTES)
                .map_err(|_| StoreError::Damaged("the edge of a region")),
            None => Ok(Vec::new()),
        }
    }
}

fn traveller(row: &SqliteRow) -> Result<Traveller, StoreError> {
    let cause: String = row.try_get("cause")?;
    let cause = match cause.as_str() {
        outputs::IMMIGRANT => ArrivalCause::Immigrant {
            origin: TaxonId {
                island: IslandId(row.try_get("from_island")?),
                serial: row.try_get::<i64, _>("from_serial")? as u64,
            },
        },
        outputs::RESEED => ArrivalCause::Reseed,
        _ => ArrivalCause::Operator,
    };
    Ok(Traveller {
        number: row.try_get("number")?,
        cause,
        genome: row.try_get("genome")?,
    })
}
