//! What the whole world's living and newly dead kinds come to, counted on disk. Knows no index and no ratio.

use super::rows::StoreError;
use super::{Archive, Store, read::MAX_SMALL_BYTES};
use bytebiota_core::report::NAMED_AFTER_BIRTHS;
use bytebiota_core::{IslandId, Sample, codec};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// Genomes that stand for all, the commonest.
const MAX_GENOMES: u32 = 200;

/// Kinds that have bred: those that came, those that went, and those that were there before.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Turnover {
    /// Living, begun within the window.
    pub gained: u64,
    /// Extinct within it, begun before.
    pub lost: u64,
    /// Living, begun before it.
    pub stayed: u64,
}

/// Changes on the edges that lead to living kinds that have bred, and those kinds themselves.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// Without effect on the decoded instruction.
    pub synonymous: u64,
    /// With effect.
    pub nonsynonymous: u64,
    /// The commonest genomes and their living members.
    pub genomes: Vec<(Vec<u8>, u64)>,
}

impl Store {
    /// The living of each genotype that is known by name.
    pub async fn living_by_genotype(&self) -> Result<Vec<u64>, StoreError> {
        let query = sqlx::query(
            "SELECT sum(living) AS living FROM taxa WHERE world = ? AND living > 0 GROUP BY genotype",
        );
        let query = query.bind(self.world.id.0 as i64);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(|row| count(row, "living")).collect()
    }

    /// Who came and went on each island over its last epochs.
    pub async fn turnover(&self, window_epochs: u32) -> Result<Turnover, StoreError> {
        let query = sqlx::query(
            "SELECT coalesce(sum(t.origin_tick > (i.head_epoch - ?2) * ?3), 0) AS gained, count(*) AS living
             FROM islands i JOIN taxa t ON t.world = i.world AND t.island = i.island AND t.living > 0
             WHERE i.world = ?1 AND i.superseded IS NULL AND t.births >= ?4",
        );
        let bound =
            |query: sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>| {
                query
                    .bind(self.world.id.0 as i64)
                    .bind(window_epochs)
                    .bind(self.world.config.evolution.epoch_ticks as i64)
                    .bind(NAMED_AFTER_BIRTHS as i64)
            };
        let living = bound(query).fetch_one(&self.readers).await?;
        let query = sqlx::query(
            "SELECT count(*) AS lost
             FROM islands i JOIN taxa t ON t.world = i.world AND t.island = i.island AND t.living = 0
                AND t.seen_epoch > i.head_epoch - ?2
             WHERE i.world = ?1 AND i.superseded IS NULL AND t.births >= ?4
                AND t.origin_tick <= (i.head_epoch - ?2) * ?3",
        );
        let lost = bound(query).fetch_one(&self.readers).await?;
        let gained = count(&living, "gained")?;
        Ok(Turnover {
            gained,
            lost: count(&lost, "lost")?,
            stayed: count(&living, "living")?.saturating_sub(gained),
        })
    }

    /// What selection has left among the living.
    pub async fn kept_changes(&self) -> Result<Kept, StoreError> {
        let query = sqlx::query(
            "SELECT coalesce(sum(synonymous), 0) AS synonymous, coalesce(sum(nonsynonymous), 0) AS nonsynonymous
             FROM taxa WHERE world = ? AND living > 0 AND births >= ?",
        );
        let query = query.bind(self.world.id.0 as i64);
        let query = query.bind(NAMED_AFTER_BIRTHS as i64);
        let sums = query.fetch_one(&self.readers).await?;
        let query = sqlx::query(
            "SELECT g.genome, p.living FROM (SELECT genotype, sum(living) AS living FROM taxa
                WHERE world = ? AND living > 0 GROUP BY genotype ORDER BY sum(living) DESC, genotype LIMIT ?) p
             JOIN genotypes g ON g.number = p.genotype",
        );
        let query = query.bind(self.world.id.0 as i64).bind(MAX_GENOMES);
        let rows = query.fetch_all(&self.readers).await?;
        let genome = |row: &SqliteRow| Ok((row.try_get("genome")?, count(row, "living")?));
        let genomes: Result<_, StoreError> = rows.iter().map(genome).collect();
        Ok(Kept {
            synonymous: count(&sums, "synonymous")?,
            nonsynonymous: count(&sums, "nonsynonymous")?,
            genomes: genomes?,
        })
    }
}

impl Archive {
    /// Samples of an island after an epoch line, or from the first on, in order.
    pub async fn samples(
        &self,
        island: IslandId,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Sample>, StoreError> {
        let query = sqlx::query(
            "SELECT sample FROM samples WHERE world = ? AND island = ? AND epoch > ? ORDER BY epoch LIMIT ?",
        );
        let query = query
            .bind(self.world().id.0 as i64)
            .bind(island.0)
            .bind(after.map_or(-1, |epoch| epoch as i64))
            .bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        let sample = |row: &SqliteRow| -> Result<Sample, StoreError> {
            let bytes: Vec<u8> = row.try_get("sample")?;
            codec::decode(&bytes, MAX_SMALL_BYTES).map_err(|_| StoreError::Damaged("a sample"))
        };
        rows.iter().map(sample).collect()
    }
}

fn count(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    Ok(row.try_get::<i64, _>(column)? as u64)
}
