//! What lived and lives, as others look it up: taxa, genotypes, the tree of descent, samples. Knows no writer.

use super::rows::StoreError;
use super::{Store, read::MAX_SMALL_BYTES};
use bytebiota_core::{GenotypeHash, IslandId, Sample, TaxonId, WorldId, codec};
use bytebiota_protocol::view::{
    EdgeView, GenotypeIsland, GenotypeSummary, GenotypesPage, KnownGenotype, PhylogenyPage,
    SpeciesView, TaxaPage, TaxonView,
};
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

/// Origins of one genotype in an answer.
const MAX_ORIGINS: u32 = 100;

/// Which taxa are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaxaWish {
    /// Of one island, or of all.
    pub island: Option<IslandId>,
    /// Only those with living members.
    pub only_living: bool,
    /// How many to skip.
    pub offset: u32,
    /// How many at most.
    pub limit: u32,
}

/// The columns of a `TaxonView`.
pub(super) const TAXON: &str =
    "t.island, t.serial, t.cause, t.parent_island, t.parent_serial, t.origin_tick, t.births,
    t.living, t.steps, t.synonymous, t.nonsynonymous, t.insertions, t.deletions, t.other,
    t.seen_epoch, t.tainted, g.hash, g.lineage, length(g.genome) AS length";
/// The columns of a `GenotypeSummary`, over the taxa of each genotype.
const SUMMARY: &str =
    "g.hash, g.genome, g.lineage, sum(t.living) AS living, sum(t.births) AS births,
    count(*) AS taxa, count(DISTINCT CASE WHEN t.living > 0 THEN t.island END) AS islands";

impl Store {
    /// Taxa, most members first.
    pub async fn taxa(&self, wish: TaxaWish) -> Result<TaxaPage, StoreError> {
        let which = "t.world = ?1 AND (?2 IS NULL OR t.island = ?2) AND t.living >= ?3";
        let island = wish.island.map(|island| island.0);
        let query = format!("SELECT count(*) AS total FROM taxa t WHERE {which}");
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world.id.0 as i64);
        let query = query.bind(island).bind(i64::from(wish.only_living));
        let total = query.fetch_one(&self.readers).await?;
        let query = format!(
            "SELECT {TAXON} FROM taxa t JOIN genotypes g ON g.number = t.genotype WHERE {which}
             ORDER BY t.living DESC, t.births DESC, t.island, t.serial LIMIT ?4 OFFSET ?5"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world.id.0 as i64);
        let query = query.bind(island).bind(i64::from(wish.only_living));
        let query = query.bind(wish.limit).bind(wish.offset);
        let rows = query.fetch_all(&self.readers).await?;
        Ok(TaxaPage {
            total: total.try_get::<i64, _>("total")? as u64,
            offset: wish.offset.into(),
            taxa: self.taxon_views(&rows)?,
        })
    }

    /// One genotype; `None` if no taxon of it is kept.
    pub async fn genotype(&self, hash: GenotypeHash) -> Result<Option<KnownGenotype>, StoreError> {
        let query = format!(
            "SELECT {SUMMARY}, g.number FROM genotypes g JOIN taxa t ON t.genotype = g.number
             WHERE g.hash = ? AND t.world = ? GROUP BY g.number"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(hash.0.to_vec());
        let query = query.bind(self.world.id.0 as i64);
        let Some(row) = query.fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let number: i64 = row.try_get("number")?;
        let query = sqlx::query(
            "SELECT island, sum(living) AS living, sum(births) AS births, count(*) AS taxa FROM taxa
             WHERE genotype = ? GROUP BY island ORDER BY sum(living) DESC, island",
        );
        let islands = query.bind(number).fetch_all(&self.readers).await?;
        let query = sqlx::query(
            "SELECT g.hash FROM taxa t JOIN taxa p ON p.world = t.world
                AND p.island = t.parent_island AND p.serial = t.parent_serial
                JOIN genotypes g ON g.number = p.genotype
             WHERE t.genotype = ?1 AND p.genotype <> ?1 ORDER BY t.origin_tick, t.island LIMIT 1",
        );
        let parent = query.bind(number).fetch_optional(&self.readers).await?;
        let query = format!(
            "SELECT {TAXON} FROM taxa t JOIN genotypes g ON g.number = t.genotype WHERE t.genotype = ?
             ORDER BY t.living DESC, t.births DESC, t.island, t.serial LIMIT {MAX_ORIGINS}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(number);
        let origins = query.fetch_all(&self.readers).await?;
        let places: Result<_, StoreError> = islands.iter().map(on_island).collect();
        Ok(Some(KnownGenotype {
            summary: summary(&row)?,
            places: places?,
            parent: parent.as_ref().map(hash_of).transpose()?,
            origins: self.taxon_views(&origins)?,
        }))
    }

    /// The tree of descent of an island or of all, in order of island and serial.
    pub async fn phylogeny(
        &self,
        island: Option<IslandId>,
        after: Option<TaxonId>,
        limit: u32,
    ) -> Result<PhylogenyPage, StoreError> {
        let query = format!(
            "SELECT {TAXON} FROM taxa t JOIN genotypes g ON g.number = t.genotype
             WHERE t.world = ?1 AND (?2 IS NULL OR t.island = ?2) AND (t.island, t.serial) > (?3, ?4)
             ORDER BY t.island, t.serial LIMIT ?5"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world.id.0 as i64);
        let query = query
            .bind(island.map(|island| island.0))
            .bind(after.map_or(0, |taxon| taxon.island.0))
            .bind(after.map_or(-1, |taxon| taxon.serial as i64))
            .bind(i64::from(limit) + 1);
        self.page_of(&query.fetch_all(&self.readers).await?, limit)
    }

    /// The living of an island and those on it they descend from, newest first, from before `before` on.
    pub async fn lines(
        &self,
        island: IslandId,
        before: Option<TaxonId>,
        limit: u32,
    ) -> Result<PhylogenyPage, StoreError> {
        let query = format!(
            "WITH RECURSIVE line (serial) AS (
                SELECT serial FROM taxa WHERE world = ?1 AND island = ?2 AND living > 0
                UNION SELECT t.parent_serial FROM line l
                JOIN taxa t ON t.world = ?1 AND t.island = ?2 AND t.serial = l.serial
                WHERE t.parent_island = ?2)
             SELECT {TAXON} FROM line l JOIN taxa t ON t.world = ?1 AND t.island = ?2
                AND t.serial = l.serial JOIN genotypes g ON g.number = t.genotype
             WHERE t.serial < ?3 ORDER BY t.serial DESC LIMIT ?4"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world.id.0 as i64);
        let query = query
            .bind(island.0)
            .bind(before.map_or(i64::MAX, |taxon| taxon.serial as i64))
            .bind(i64::from(limit) + 1);
        self.page_of(&query.fetch_all(&self.readers).await?, limit)
    }

    /// A taxon and the line it descends from, up to a root or to what is forgotten; empty if there is no such taxon.
    pub async fn descent(&self, taxon: TaxonId, limit: u32) -> Result<Vec<TaxonView>, StoreError> {
        let query = format!(
            "WITH RECURSIVE line (depth, island, serial) AS (SELECT 0, ?2, ?3
                UNION ALL SELECT l.depth + 1, t.parent_island, t.parent_serial
                FROM line l JOIN taxa t ON t.world = ?1 AND t.island = l.island AND t.serial = l.serial
                WHERE t.parent_serial IS NOT NULL AND l.depth < ?4)
             SELECT {TAXON} FROM line l JOIN taxa t ON t.world = ?1 AND t.island = l.island
                AND t.serial = l.serial JOIN genotypes g ON g.number = t.genotype
             ORDER BY l.depth LIMIT ?4"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.world.id.0 as i64);
        let query = query
            .bind(taxon.island.0)
            .bind(taxon.serial as i64)
            .bind(limit);
        self.taxon_views(&query.fetch_all(&self.readers).await?)
    }

    /// The living by species, most members first.
    pub async fn species(&self, offset: u32, limit: u32) -> Result<Vec<SpeciesView>, StoreError> {
        let query = sqlx::query(
            "SELECT lineage, count(*) AS genotypes, sum(living) AS living, hash, max(living) AS most
             FROM (SELECT g.lineage, g.hash, sum(t.living) AS living FROM taxa t
                JOIN genotypes g ON g.number = t.genotype WHERE t.world = ? AND t.living > 0
                GROUP BY t.genotype)
             GROUP BY lineage ORDER BY sum(living) DESC, lineage LIMIT ? OFFSET ?",
        );
        let query = query.bind(self.world.id.0 as i64).bind(limit).bind(offset);
        let rows = query.fetch_all(&self.readers).await?;
        let species = |row: &SqliteRow| {
            Ok(SpeciesView {
                lineage: lineage(row)?,
                genotypes: count(row, "genotypes")?,
                living: count(row, "living")?,
                commonest: hash_of(row)?,
            })
        };
        rows.iter().map(species).collect()
    }

    /// Samples of an island from an epoch on, oldest first.
    pub async fn samples(
        &self,
        island: IslandId,
        from_epoch: u64,
        limit: u32,
    ) -> Result<Vec<Sample>, StoreError> {
        let query = sqlx::query(
            "SELECT sample FROM samples WHERE world = ? AND island = ? AND epoch >= ?
             ORDER BY epoch LIMIT ?",
        );
        let query = query
            .bind(self.world.id.0 as i64)
            .bind(island.0)
            .bind(i64::try_from(from_epoch).unwrap_or(i64::MAX))
            .bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        let sample = |row: &SqliteRow| -> Result<Sample, StoreError> {
            let bytes: Vec<u8> = row.try_get("sample")?;
            codec::decode(&bytes, MAX_SMALL_BYTES).map_err(|_| StoreError::Damaged("a sample"))
        };
        rows.iter().map(sample).collect()
    }

    /// A page of at most `limit` taxa; one row more says that there is another page.
    fn page_of(&self, rows: &[SqliteRow], limit: u32) -> Result<PhylogenyPage, StoreError> {
        let mut taxa = self.taxon_views(rows)?;
        let has_more = taxa.len() > limit as usize;
        taxa.truncate(limit as usize);
        let next = taxa.last().filter(|_| has_more).map(|last| last.id.clone());
        Ok(PhylogenyPage { taxa, next })
    }

    fn taxon_views(&self, rows: &[SqliteRow]) -> Result<Vec<TaxonView>, StoreError> {
        let epoch_ticks = self.world.config.evolution.epoch_ticks;
        rows.iter().map(|row| taxon_of(row, epoch_ticks)).collect()
    }
}

/// The genotypes of the living, most members first.
pub(super) async fn genotypes(
    readers: &SqlitePool,
    world: WorldId,
    offset: u32,
    limit: u32,
) -> Result<GenotypesPage, StoreError> {
    let query = sqlx::query(
        "SELECT count(DISTINCT genotype) AS total FROM taxa WHERE world = ? AND living > 0",
    );
    let total = query.bind(world.0 as i64);
    let total = total.fetch_one(readers).await?;
    let query = sqlx::query(
        "SELECT g.hash, g.genome, g.lineage, p.living, p.islands,
            (SELECT sum(births) FROM taxa WHERE genotype = p.genotype) AS births,
            (SELECT count(*) FROM taxa WHERE genotype = p.genotype) AS taxa
         FROM (SELECT genotype, sum(living) AS living, count(DISTINCT island) AS islands FROM taxa
            WHERE world = ? AND living > 0 GROUP BY genotype
            ORDER BY sum(living) DESC, genotype LIMIT ? OFFSET ?) p
         JOIN genotypes g ON g.number = p.genotype ORDER BY p.living DESC, p.genotype",
    );
    let query = query.bind(world.0 as i64).bind(limit).bind(offset);
    let query = query.fetch_all(readers);
    let genotypes: Result<_, StoreError> = query.await?.iter().map(summary).collect();
    Ok(GenotypesPage {
        total: total.try_get::<i64, _>("total")? as u64,
        offset: offset.into(),
        genotypes: genotypes?,
    })
}

fn count(row: &SqliteRow, column: &str) -> Result<u64, StoreError> {
    Ok(row.try_get::<i64, _>(column)? as u64)
}

fn hash_of(row: &SqliteRow) -> Result<String, StoreError> {
    let bytes: Vec<u8> = row.try_get("hash")?;
    let bytes = <[u8; 16]>::try_from(bytes.as_slice());
    let hash = bytes.map_err(|_| StoreError::Damaged("the hash of a genotype"))?;
    Ok(GenotypeHash(hash).to_string())
}

fn lineage(row: &SqliteRow) -> Result<Vec<String>, StoreError> {
    let path: String = row.try_get("lineage")?;
    Ok(path.split('/').map(str::to_owned).collect())
}

fn id(island: u32, serial: u64) -> String {
    format!("{island}-{serial}")
}

pub(super) fn taxon_of(row: &SqliteRow, epoch_ticks: u64) -> Result<TaxonView, StoreError> {
    let (island, serial) = (row.try_get("island")?, count(row, "serial")?);
    let parent: (Option<u32>, Option<i64>) =
        (row.try_get("parent_island")?, row.try_get("parent_serial")?);
    Ok(TaxonView {
        id: id(island, serial),
        island,
        serial,
        parent: parent.0.zip(parent.1).map(|(i, s)| id(i, s as u64)),
        cause: row.try_get("cause")?,
        origin_tick: count(row, "origin_tick")?,
        genotype: hash_of(row)?,
        length: row.try_get("length")?,
        species: lineage(row)?.pop().unwrap_or_default(),
        births: count(row, "births")?,
        living: count(row, "living")?,
        seen_tick: count(row, "seen_epoch")?.saturating_mul(epoch_ticks),
        edge: EdgeView {
            steps: count(row, "steps")?,
            synonymous: count(row, "synonymous")?,
            nonsynonymous: count(row, "nonsynonymous")?,
            insertions: count(row, "insertions")?,
            deletions: count(row, "deletions")?,
            other: count(row, "other")?,
        },
        tainted: row.try_get("tainted")?,
    })
}

fn summary(row: &SqliteRow) -> Result<GenotypeSummary, StoreError> {
    let genome: Vec<u8> = row.try_get("genome")?;
    Ok(GenotypeSummary {
        genotype: hash_of(row)?,
        genome: genome.iter().map(|byte| format!("{byte:02x}")).collect(),
        lineage: lineage(row)?,
        living: count(row, "living")?,
        births: count(row, "births")?,
        taxa: count(row, "taxa")?,
        islands: row.try_get("islands")?,
    })
}

fn on_island(row: &SqliteRow) -> Result<GenotypeIsland, StoreError> {
    Ok(GenotypeIsland {
        island: row.try_get("island")?,
        living: count(row, "living")?,
        births: count(row, "births")?,
        taxa: count(row, "taxa")?,
    })
}
