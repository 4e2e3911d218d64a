//! What others look up, on connections of their own. Knows no writer.

use super::rows::{IslandRow, StateRow, StoreError};
use super::{Store, digest};
use bytebiota_core::{Branch, Digest, Epoch, Inputs, IslandId, StretchHeader, codec};
use sqlx::Row;

/// Bytes of the longest stored header or sample.
pub(super) const MAX_SMALL_BYTES: usize = 4_096;
/// Bytes of the longest inputs: every arrival with the longest genome, and both halos.
const MAX_INPUTS_BYTES: usize = 512 * 1024;

impl Store {
    /// All islands as they stand, in order.
    pub async fn islands(&self) -> Result<Vec<IslandRow>, StoreError> {
        let query = sqlx::query(
            "SELECT i.island, i.branch, i.head_epoch, i.head_state, i.link, i.units, i.sample, i.updated_ms,
                (SELECT h.header FROM headers h WHERE h.world = i.world AND h.branch = i.branch
                    AND h.island = i.island AND h.first_epoch <= i.head_epoch
                    AND h.end_epoch > i.head_epoch ORDER BY h.first_epoch DESC LIMIT 1) AS open
             FROM islands i WHERE i.world = ? AND i.superseded IS NULL ORDER BY i.island",
        );
        let query = query.bind(self.world.id.0 as i64);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(island).collect()
    }

    /// The state of an island at an epoch, confirmed or provisional; `None` if it is not kept.
    pub async fn state(
        &self,
        branch: Branch,
        island: IslandId,
        epoch: Epoch,
    ) -> Result<Option<StateRow>, StoreError> {
        let query = sqlx::query(
            "SELECT digest, bytes FROM states
             WHERE world = ?1 AND branch = ?2 AND island = ?3 AND epoch = ?4
             UNION ALL SELECT state, bytes FROM provisional
             WHERE world = ?1 AND branch = ?2 AND island = ?3 AND end_epoch = ?4",
        );
        let query = query
            .bind(self.world.id.0 as i64)
            .bind(branch.0)
            .bind(island.0)
            .bind(epoch.0 as i64);
        let Some(row) = query.fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        Ok(Some(StateRow {
            digest: digest(&row, "digest")?,
            deflated: row.try_get("bytes")?,
        }))
    }

    /// What enters the stretch of a header; `None` if there is no such header.
    pub async fn inputs(&self, header: Digest) -> Result<Option<Inputs>, StoreError> {
        let query = sqlx::query("SELECT inputs FROM headers WHERE digest = ?");
        let query = query.bind(header.0.to_vec());
        let Some(row) = query.fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        read_inputs(&row).map(Some)
    }

    /// When the oldest unit without a verdict was stored, Unix ms; `None` if every unit has one.
    pub async fn oldest_provisional_ms(&self) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query("SELECT min(time_ms) AS oldest FROM provisional");
        let row = query.fetch_one(&self.readers).await?;
        let oldest: Option<i64> = row.try_get("oldest")?;
        Ok(oldest.map(|ms| ms as u64))
    }

    /// Whether a stretch of this digest was ever opened here.
    pub async fn knows_header(&self, header: Digest) -> Result<bool, StoreError> {
        let query = sqlx::query("SELECT 1 FROM headers WHERE digest = ?").bind(header.0.to_vec());
        Ok(query.fetch_optional(&self.readers).await?.is_some())
    }

    /// The newest moment anything was stored, Unix ms: stored times never go back behind it.
    pub async fn newest_time_ms(&self) -> Result<u64, StoreError> {
        let query = sqlx::query(
            "SELECT max(coalesce((SELECT max(updated_ms) FROM islands), 0),
                coalesce((SELECT max(time_ms) FROM provisional), 0),
                coalesce((SELECT max(time_ms) FROM convictions), 0),
                coalesce((SELECT max(time_ms) FROM series), 0),
                coalesce((SELECT max(created_ms) FROM world), 0)) AS newest",
        );
        let row = query.fetch_one(&self.readers).await?;
        Ok(row.try_get::<i64, _>("newest")? as u64)
    }

    /// Those who gave a name and have confirmed work, most first: name, hash of the token, ticks, units.
    pub async fn leaders(
        &self,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(String, Digest, u64, u64)>, StoreError> {
        let query = sqlx::query(
            "SELECT nick, token_hash, credit, units FROM volunteers
             WHERE nick != '' AND credit > 0 AND banned = 0 ORDER BY credit DESC, number LIMIT ? OFFSET ?",
        );
        let rows = query
            .bind(limit)
            .bind(offset)
            .fetch_all(&self.readers)
            .await?;
        let leader = |row: &sqlx::sqlite::SqliteRow| {
            Ok((
                row.try_get("nick")?,
                digest(row, "token_hash")?,
                row.try_get::<i64, _>("credit")? as u64,
                row.try_get::<i64, _>("units")? as u64,
            ))
        };
        rows.iter().map(leader).collect()
    }

    /// Units confirmed, and units that were acknowledged and do not count.
    pub async fn units(&self) -> Result<(u64, u64), StoreError> {
        let query = sqlx::query(
            "SELECT (SELECT coalesce(sum(units), 0) FROM islands WHERE superseded IS NULL) AS units,
                (SELECT count(*) FROM void_units) + (SELECT count(*) FROM links WHERE superseded IS NOT NULL)
                    + (SELECT coalesce(sum(rows), 0) FROM forgotten) AS void",
        );
        let row = query.fetch_one(&self.readers).await?;
        let count = |column| row.try_get::<i64, _>(column).map(|count| count as u64);
        Ok((count("units")?, count("void")?))
    }
}

/// What enters a stretch, out of its column.
pub(super) fn read_inputs(row: &sqlx::sqlite::SqliteRow) -> Result<Inputs, StoreError> {
    let bytes: Vec<u8> = row.try_get("inputs")?;
    let inputs = codec::decode(&bytes, MAX_INPUTS_BYTES);
    inputs.map_err(|_| StoreError::Damaged("the list of what enters a stretch"))
}

fn island(row: &sqlx::sqlite::SqliteRow) -> Result<IslandRow, StoreError> {
    let sample: Vec<u8> = row.try_get("sample")?;
    let sample = codec::decode(&sample, MAX_SMALL_BYTES);
    let open: Option<Vec<u8>> = row.try_get("open")?;
    let open = open.map(|bytes| codec::decode::<StretchHeader>(&bytes, MAX_SMALL_BYTES));
    Ok(IslandRow {
        island: IslandId(row.try_get("island")?),
        branch: Branch(row.try_get("branch")?),
        head_epoch: Epoch(row.try_get::<i64, _>("head_epoch")? as u64),
        head_state: digest(row, "head_state")?,
        link: digest(row, "link")?,
        units: row.try_get::<i64, _>("units")? as u64,
        sample: sample.map_err(|_| StoreError::Damaged("a sample"))?,
        updated_ms: row.try_get::<i64, _>("updated_ms")? as u64,
        open: open
            .transpose()
            .map_err(|_| StoreError::Damaged("a header"))?,
    })
}
