//! Whole tables for those who take them away, page by page. Knows no format.

use super::phylogeny::{TAXON, taxon_of};
use super::rows::StoreError;
use super::series::{SeriesPart, SeriesWish};
use super::{Archive, Store};
use bytebiota_core::{IslandId, TaxonId};
use bytebiota_protocol::view::{GenotypesPage, SeriesPoint, TaxonView};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Archive {
    /// All taxa that are kept, in order of island and serial.
    pub async fn taxon_ids(&self) -> Result<Vec<TaxonId>, StoreError> {
        let query =
            sqlx::query("SELECT island, serial FROM taxa WHERE world = ? ORDER BY island, serial");
        let rows = query
            .bind(self.world().id.0 as i64)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(id).collect()
    }

    /// Taxa with their genomes in the same order, from behind one on.
    pub async fn tree(
        &self,
        after: Option<TaxonId>,
        limit: u32,
    ) -> Result<Vec<(TaxonId, TaxonView, Vec<u8>)>, StoreError> {
        let query = format!(
            "SELECT {TAXON}, g.genome FROM taxa t JOIN genotypes g ON g.number = t.genotype
             WHERE t.world = ? AND (t.island, t.serial) > (?, ?) ORDER BY t.island, t.serial LIMIT ?"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world().id.0 as i64);
        let query = query
            .bind(after.map_or(0, |taxon| taxon.island.0))
            .bind(after.map_or(-1, |taxon| taxon.serial as i64))
            .bind(limit);
        let epoch_ticks = self.world().config.evolution.epoch_ticks;
        let rows = query.fetch_all(&self.readers).await?;
        let one = |row: &SqliteRow| {
            Ok((
                id(row)?,
                taxon_of(row, epoch_ticks)?,
                row.try_get("genome")?,
            ))
        };
        rows.iter().map(one).collect()
    }

    /// The genotypes of the living, most members first.
    pub async fn genotypes(&self, offset: u32, limit: u32) -> Result<GenotypesPage, StoreError> {
        super::phylogeny::genotypes(&self.readers, self.world().id, offset, limit).await
    }

    /// Points between two moments, as `Store::series` tells them.
    pub async fn series(
        &self,
        from_ms: u64,
        to_ms: u64,
        limit: u32,
    ) -> Result<Vec<SeriesPoint>, StoreError> {
        super::series::between(&self.readers, from_ms, to_ms, limit).await
    }
}

impl Store {
    /// The genotypes of the living, most members first.
    pub async fn genotypes(&self, offset: u32, limit: u32) -> Result<GenotypesPage, StoreError> {
        self.archive().genotypes(offset, limit).await
    }

    /// The part of the series that is wanted, in one grain.
    pub async fn series_part(&self, wish: SeriesWish) -> Result<SeriesPart, StoreError> {
        super::series::part(&self.readers, wish).await
    }

    /// Points between two moments (Unix ms), oldest first, each stretch of time in the finest grain that still
    /// has it. `limit` counts from the newest.
    pub async fn series(
        &self,
        from_ms: u64,
        to_ms: u64,
        limit: u32,
    ) -> Result<Vec<SeriesPoint>, StoreError> {
        self.archive().series(from_ms, to_ms, limit).await
    }
}

fn id(row: &SqliteRow) -> Result<TaxonId, StoreError> {
    Ok(TaxonId {
        island: IslandId(row.try_get("island")?),
        serial: row.try_get::<i64, _>("serial")? as u64,
    })
}
