//! The commonest genotypes of an island at the end of each confirmed unit, thinned as they age. Knows no tree.

use super::docket::at;
use super::outputs::Confirmed;
use super::rows::{Shelf, StoreError};
use super::{Store, read::MAX_SMALL_BYTES};
use bytebiota_core::{GenotypeHash, IslandId, TaxonRecord, UnitKey, codec};
use bytebiota_protocol::view::{DominantView, DominantsView, RulerView};
use sqlx::{Row, SqliteConnection};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Genotypes that are kept of one moment.
const KEPT: usize = 24;

/// The genotypes with most members among these taxa; of equals in order of their hash.
fn commonest(taxa: &[TaxonRecord]) -> Vec<(GenotypeHash, u32)> {
    let mut living: BTreeMap<GenotypeHash, u32> = BTreeMap::new();
    for taxon in taxa.iter().filter(|taxon| taxon.living > 0) {
        let members = living.entry(taxon.genotype).or_default();
        *members = members.saturating_add(taxon.living);
    }
    let mut shares: Vec<_> = living.into_iter().collect();
    shares.sort_by_key(|(hash, members)| (Reverse(*members), *hash));
    shares.truncate(KEPT);
    shares
}

/// Writes down who had most members at the end of a unit.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    confirmed: &Confirmed,
) -> Result<(), StoreError> {
    let members = confirmed.outputs.members.iter();
    let population: u64 = members.map(|members| u64::from(members.living)).sum();
    let query = sqlx::query(
        "INSERT OR REPLACE INTO dominants (world, island, epoch, population, shares) VALUES (?, ?, ?, ?, ?)",
    );
    let query = query
        .bind(confirmed.unit.world.0 as i64)
        .bind(confirmed.unit.island.0)
        .bind(confirmed.end_epoch.0 as i64)
        .bind(population as i64)
        .bind(codec::encode(&commonest(&confirmed.outputs.standing)));
    query.execute(connection).await?;
    Ok(())
}

/// Once there are twice as many as the shelf has samples, every second one of the older half goes: the older, the fewer.
pub(super) async fn thin(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    shelf: &Shelf,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "DELETE FROM dominants WHERE world = ?1 AND ?2 >= 0 AND island = ?3 AND epoch IN
            (SELECT epoch FROM (SELECT epoch, row_number() OVER (ORDER BY epoch) AS place,
                count(*) OVER () AS total FROM dominants WHERE world = ?1 AND island = ?3)
             WHERE total > 2 * ?4 AND place <= total / 2 AND place % 2 = 0)",
    );
    at(query, unit)
        .bind(shelf.samples)
        .execute(connection)
        .await?;
    Ok(())
}

/// What came after the start of a unit never was.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
) -> Result<(), StoreError> {
    let query = sqlx::query("DELETE FROM dominants WHERE world = ? AND island = ? AND epoch > ?");
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(unit.first_epoch.0 as i64);
    query.execute(connection).await?;
    Ok(())
}

impl Store {
    /// Who had most members on an island from an epoch on, oldest first.
    pub async fn dominants(
        &self,
        island: IslandId,
        from_epoch: u64,
        limit: u32,
    ) -> Result<Vec<DominantsView>, StoreError> {
        let query = sqlx::query(
            "SELECT epoch, population, shares FROM dominants
             WHERE world = ? AND island = ? AND epoch >= ? ORDER BY epoch LIMIT ?",
        );
        let query = query
            .bind(self.world.id.0 as i64)
            .bind(island.0)
            .bind(i64::try_from(from_epoch).unwrap_or(i64::MAX))
            .bind(limit);
        let epoch_ticks = self.world.config.evolution.epoch_ticks;
        let mut moments = Vec::new();
        for row in query.fetch_all(&self.readers).await? {
            let bytes: Vec<u8> = row.try_get("shares")?;
            let shares = shares_of(&bytes)?;
            let epoch = row.try_get::<i64, _>("epoch")? as u64;
            moments.push(DominantsView {
                epoch,
                tick: epoch.saturating_mul(epoch_ticks),
                population: row.try_get::<i64, _>("population")? as u64,
                genotypes: shares.into_iter().map(view).collect(),
            });
        }
        Ok(moments)
    }
}

impl Store {
    /// Who has most members on each island at the end of its newest confirmed unit, in order of island; none of those
    /// where nobody lives.
    pub async fn rulers(&self, offset: u32, limit: u32) -> Result<Vec<RulerView>, StoreError> {
        // A seek for each island: reading all that is kept of them would take a second in a large world.
        let query = sqlx::query(
            "SELECT r.island, d.population, d.shares FROM
                (SELECT i.island, (SELECT max(epoch) FROM dominants d WHERE d.world = i.world AND d.island = i.island) AS epoch
                 FROM islands i WHERE i.world = ?1 AND i.superseded IS NULL) r
             JOIN dominants d ON d.world = ?1 AND d.island = r.island AND d.epoch = r.epoch
             WHERE d.population > 0 ORDER BY r.island LIMIT ?2 OFFSET ?3",
        );
        let query = query.bind(self.world.id.0 as i64);
        let query = query.bind(limit).bind(offset);
        let mut rulers = Vec::new();
        for row in query.fetch_all(&self.readers).await? {
            let bytes: Vec<u8> = row.try_get("shares")?;
            if let Some((genotype, living)) = shares_of(&bytes)?.into_iter().next() {
                let island: u32 = row.try_get("island")?;
                let population = row.try_get::<i64, _>("population")? as u64;
                rulers.push((island, population, genotype, living));
            }
        }
        let hashes: Vec<GenotypeHash> = rulers.iter().map(|ruler| ruler.2).collect();
        let names = self.species_of(&hashes).await?;
        let view = |(island, population, genotype, living): (u32, u64, GenotypeHash, u32)| {
            let genotype = genotype.to_string();
            RulerView {
                island,
                population,
                species: names.get(&genotype).cloned(),
                genotype,
                living: living.into(),
            }
        };
        Ok(rulers.into_iter().map(view).collect())
    }
}

/// Who had most members on an island at the end of a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Foremost {
    /// The epoch line at which the unit ends.
    pub epoch: u64,
    /// When the unit was stored, Unix ms.
    pub time_ms: u64,
    /// Which genotype.
    pub genotype: GenotypeHash,
    /// Its members there.
    pub living: u32,
}

impl Store {
    /// Who had most members on an island at the ends of its newest units, oldest first. A line of history that was left
    /// behind is not told of.
    pub async fn foremost(
        &self,
        island: IslandId,
        branch: u32,
        units: u32,
    ) -> Result<Vec<Foremost>, StoreError> {
        let query = sqlx::query(
            "SELECT d.epoch, d.shares, (SELECT l.time_ms FROM links l WHERE l.world = ?1 AND l.branch = ?2
                AND l.island = ?3 AND l.first_epoch < d.epoch ORDER BY l.first_epoch DESC LIMIT 1) AS time_ms
             FROM dominants d WHERE d.world = ?1 AND d.island = ?3 ORDER BY d.epoch DESC LIMIT ?4",
        );
        let query = query
            .bind(self.world.id.0 as i64)
            .bind(branch)
            .bind(island.0)
            .bind(units);
        let mut foremost = Vec::new();
        for row in query.fetch_all(&self.readers).await?.iter().rev() {
            let bytes: Vec<u8> = row.try_get("shares")?;
            let time_ms: Option<i64> = row.try_get("time_ms")?;
            let first = shares_of(&bytes)?.into_iter().next();
            if let (Some((genotype, living)), Some(time_ms)) = (first, time_ms) {
                foremost.push(Foremost {
                    epoch: row.try_get::<i64, _>("epoch")? as u64,
                    time_ms: time_ms as u64,
                    genotype,
                    living,
                });
            }
        }
        Ok(foremost)
    }
}

fn shares_of(bytes: &[u8]) -> Result<Vec<(GenotypeHash, u32)>, StoreError> {
    let shares = codec::decode(bytes, MAX_SMALL_BYTES);
    shares.map_err(|_| StoreError::Damaged("who had most members"))
}

fn view((genotype, living): (GenotypeHash, u32)) -> DominantView {
    DominantView {
        genotype: genotype.to_string(),
        living: living.into(),
    }
}
