//! The history of a world, only read: by the routes of the server that writes it, and by whoever opens the file beside it.
//! Knows no writer, no page and no verdict.

use super::read::{MAX_SMALL_BYTES, read_inputs};
use super::rows::{self, StoreError, WorldRow};
use super::{MIGRATIONS, Store, digest, read_world, reading, refuse_foreign};
use bytebiota_core::assignment::Check;
use bytebiota_core::report::NO_OUTPUTS;
use bytebiota_core::{Branch, Digest, Epoch, IslandId, Start, StretchHeader, codec};
use bytebiota_protocol::history::{Line, LinkedUnit};
use sqlx::sqlite::{SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};
use std::path::Path;

/// Connections of a reader beside the server.
const READERS: u32 = 2;

/// History, as somebody reads it.
#[derive(Clone, Debug)]
pub struct Archive {
    world: WorldRow,
    pub(super) readers: SqlitePool,
}

impl Store {
    /// The history in this database.
    pub fn archive(&self) -> Archive {
        Archive {
            world: self.world.clone(),
            readers: self.readers.clone(),
        }
    }
}

impl Archive {
    /// Opens the database at `path` for reading; a server may write it meanwhile. Changes nothing.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let named = |error| rows::open_error(path, error);
        let mut connection = reading(path).connect().await.map_err(named)?;
        refuse_foreign(path, &mut connection).await?;
        let query = sqlx::query("SELECT coalesce(max(version), 0) AS newest FROM _sqlx_migrations");
        let row = query.fetch_one(&mut connection).await.map_err(named)?;
        let version: i64 = row.try_get("newest")?;
        let known = MIGRATIONS.iter().map(|migration| migration.version).max();
        match known {
            Some(known) if version > known => return Err(StoreError::Newer(path.to_path_buf())),
            Some(known) if version < known => return Err(StoreError::Older(path.to_path_buf())),
            _ => {}
        }
        let world = read_world(&mut connection).await?;
        let world = world.ok_or(StoreError::Damaged("the row of the world"))?;
        connection.close().await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS);
        let readers = readers.connect_with(reading(path)).await.map_err(named)?;
        Ok(Self { world, readers })
    }

    /// The world.
    pub fn world(&self) -> &WorldRow {
        &self.world
    }

    /// Where the islands stand, in order.
    pub async fn heads(&self) -> Result<Vec<(IslandId, Line)>, StoreError> {
        let query = sqlx::query(
            "SELECT island, head_epoch, head_state, link FROM islands
             WHERE world = ? AND superseded IS NULL ORDER BY island",
        );
        let query = query.bind(self.world.id.0 as i64);
        let rows = query.fetch_all(&self.readers).await?;
        let head = |row: &SqliteRow| {
            let line = Line {
                epoch: epoch(row, "head_epoch")?,
                state: digest(row, "head_state")?,
                link: digest(row, "link")?,
            };
            Ok((IslandId(row.try_get("island")?), line))
        };
        rows.iter().map(head).collect()
    }

    /// Before this epoch the links of an island are folded: only those at checkpoints stand singly.
    pub async fn folded(&self, island: IslandId) -> Result<Epoch, StoreError> {
        let query = sqlx::query(
            "SELECT folded_epoch FROM islands WHERE world = ? AND island = ? AND superseded IS NULL",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let row = query.fetch_optional(&self.readers).await?;
        row.map_or(Ok(Epoch(0)), |row| epoch(&row, "folded_epoch"))
    }

    /// Epochs of an island's history whose states are kept, in order.
    pub async fn states(&self, island: IslandId) -> Result<Vec<Epoch>, StoreError> {
        let query = sqlx::query(
            "WITH RECURSIVE line (branch, until) AS (
                SELECT branch, head_epoch FROM islands WHERE world = ?1 AND island = ?2 AND superseded IS NULL
                UNION ALL SELECT i.parent, min(i.parent_epoch, line.until) FROM line JOIN islands i
                    ON i.world = ?1 AND i.island = ?2 AND i.branch = line.branch
                WHERE i.parent IS NOT NULL)
             SELECT DISTINCT s.epoch FROM line JOIN states s ON s.world = ?1 AND s.island = ?2
                AND s.branch = line.branch AND s.epoch <= line.until ORDER BY s.epoch",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(|row| epoch(row, "epoch")).collect()
    }

    /// A kept state, deflated; none if it is not kept. Of several lines of history the newest one's.
    pub async fn kept_state(
        &self,
        island: IslandId,
        epoch: Epoch,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let query = sqlx::query(
            "WITH RECURSIVE line (branch, until) AS (
                SELECT branch, head_epoch FROM islands WHERE world = ?1 AND island = ?2 AND superseded IS NULL
                UNION ALL SELECT i.parent, min(i.parent_epoch, line.until) FROM line JOIN islands i
                    ON i.world = ?1 AND i.island = ?2 AND i.branch = line.branch
                WHERE i.parent IS NOT NULL)
             SELECT s.bytes FROM line JOIN states s ON s.world = ?1 AND s.island = ?2
                AND s.branch = line.branch AND s.epoch = ?3 AND s.epoch <= line.until
             ORDER BY s.branch DESC LIMIT 1",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let query = query.bind(epoch.0 as i64);
        let row = query.fetch_optional(&self.readers).await?;
        Ok(row.map(|row| row.try_get("bytes")).transpose()?)
    }

    /// Confirmed units of an island in order, at most `limit`, from the one that holds the epoch `from` on.
    pub async fn units(
        &self,
        island: IslandId,
        from: Epoch,
        limit: u32,
    ) -> Result<Vec<LinkedUnit>, StoreError> {
        let mut units = Vec::new();
        // Lines of history follow one another: each left the one before it at a later epoch.
        for branch in self.branches(island).await? {
            let left = limit as usize - units.len();
            let query = sqlx::query(
                "SELECT branch, first_epoch, end_epoch, header, base, state, segments, link FROM links
                 WHERE world = ?1 AND branch = ?2 AND island = ?3 AND superseded IS NULL
                    AND first_epoch >= coalesce((SELECT max(first_epoch) FROM links WHERE world = ?1
                        AND branch = ?2 AND island = ?3 AND first_epoch <= ?4), 0)
                    AND end_epoch > ?4
                 ORDER BY first_epoch LIMIT ?5",
            );
            let query = query
                .bind(self.world.id.0 as i64)
                .bind(branch)
                .bind(island.0)
                .bind(i64::try_from(from.0).unwrap_or(i64::MAX))
                .bind(left as i64);
            let rows = query.fetch_all(&self.readers).await?;
            for row in &rows {
                units.push(unit(island, row)?);
            }
            if units.len() >= limit as usize {
                break;
            }
        }
        Ok(units)
    }

    async fn branches(&self, island: IslandId) -> Result<Vec<u32>, StoreError> {
        let query = sqlx::query(
            "SELECT branch FROM islands WHERE world = ? AND island = ? ORDER BY branch",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get("branch"))
            .collect::<Result<_, _>>()?)
    }

    /// What computing a confirmed unit again takes, but for the state it begins with; none if there is no such unit.
    pub async fn question(
        &self,
        island: IslandId,
        first_epoch: Epoch,
    ) -> Result<Option<Check>, StoreError> {
        let units = self.units(island, first_epoch, 1).await?;
        let Some(unit) = units.first().filter(|unit| unit.first_epoch == first_epoch) else {
            return Ok(None);
        };
        let query = sqlx::query("SELECT header, inputs FROM headers WHERE digest = ?");
        let query = query.bind(unit.header.0.to_vec());
        let row = query.fetch_optional(&self.readers).await?;
        let row = row.ok_or(StoreError::Damaged("a link to its header"))?;
        let header: Vec<u8> = row.try_get("header")?;
        let header = codec::decode::<StretchHeader>(&header, MAX_SMALL_BYTES);
        let header = header.map_err(|_| StoreError::Damaged("a header"))?;
        let unit_epochs = unit.begun_epochs();
        Ok(Some(Check {
            config: self.config(header.config).await?,
            header,
            world_seed: self.world.seed,
            inputs: read_inputs(&row)?,
            first_epoch,
            unit_epochs: unit_epochs.ok_or(StoreError::Damaged("the segments of a unit"))?,
            from_segment: 0,
            until_segment: unit.segments.len() as u32,
            from_digest: unit.base,
            running: NO_OUTPUTS,
            start: match first_epoch {
                Epoch(0) => Start::Genesis,
                _ => Start::Held,
            },
        }))
    }
}

fn epoch(row: &SqliteRow, column: &str) -> Result<Epoch, StoreError> {
    Ok(Epoch(row.try_get::<i64, _>(column)? as u64))
}

fn unit(island: IslandId, row: &SqliteRow) -> Result<LinkedUnit, StoreError> {
    let segments: Vec<u8> = row.try_get("segments")?;
    let (digests, rest) = segments.as_chunks::<32>();
    if !rest.is_empty() {
        return Err(StoreError::Damaged("a list of digests"));
    }
    Ok(LinkedUnit {
        island,
        branch: Branch(row.try_get("branch")?),
        first_epoch: epoch(row, "first_epoch")?,
        end_epoch: epoch(row, "end_epoch")?,
        header: digest(row, "header")?,
        base: digest(row, "base")?,
        state: digest(row, "state")?,
        segments: digests.iter().map(|bytes| Digest(*bytes)).collect(),
        link: digest(row, "link")?,
    })
}
