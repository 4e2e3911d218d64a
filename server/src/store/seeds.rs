//! The seed bank on disk, sowings and what became of them. Knows no rule of either.

use super::outputs::{self, Confirmed};
use super::rows::{Filing, Sowing, StoreError};
use super::{Archive, Store, WorldRow, read::MAX_SMALL_BYTES};
use crate::seed_bank::{Candidate, Found, Seed, SeedChange};
use bytebiota_core::assay::Class;
use bytebiota_core::report::NAMED_AFTER_BIRTHS;
use bytebiota_core::{Epoch, GenotypeHash, IslandId, Sample, TaxonId, TaxonRecord, UnitKey, codec};
use bytebiota_protocol::view::ReseedingView;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;

/// Candidates that one verdict may bring.
const MAX_CANDIDATES: usize = 8;
/// Samples that are looked at to see whether an island stands still.
const MAX_WINDOW: u32 = 1_024;
/// Sowings that are remembered.
const KEPT_RESEEDINGS: u32 = 10_000;

/// The words of the column `way`.
const WAYS: [(Class, &str); 5] = [
    (Class::SelfReplicator, "self_replicator"),
    (Class::Parasite, "parasite"),
    (Class::Host, "host"),
    (Class::HyperParasite, "hyper_parasite"),
    (Class::Sterile, "sterile"),
];

/// Who may become a seed: fertile, and named in segments that somebody else computed again.
pub(super) fn candidates(units: &[Confirmed], filing: &Filing) -> Vec<Candidate> {
    let mut found: Vec<(Epoch, &UnitKey, &TaxonRecord)> = Vec::new();
    for confirmed in units {
        let (unit, outputs) = (&confirmed.unit, &confirmed.outputs);
        for finished in &outputs.finished {
            if filing.may_leave(unit, finished.segment) {
                let line = outputs::segment_end(confirmed, finished.segment);
                found.push((line, unit, &finished.item));
            }
        }
        if filing.may_leave(unit, confirmed.segments.saturating_sub(1) as u32) {
            let standing = outputs.standing.iter();
            found.extend(standing.map(|record| (confirmed.end_epoch, unit, record)));
        }
    }
    found.retain(|(_, _, record)| record.births >= NAMED_AFTER_BIRTHS);
    found.sort_by_key(|(line, _, record)| (std::cmp::Reverse(record.births), *line, record.serial));
    let mut known = BTreeSet::new();
    found.retain(|(_, _, record)| known.insert(&record.genome));
    let living = units
        .last()
        .into_iter()
        .flat_map(|last| &last.outputs.standing);
    let host = living.max_by_key(|record| (record.living, record.births));
    let candidate = |(line, unit, record): (Epoch, &UnitKey, &TaxonRecord)| Candidate {
        genome: record.genome.clone(),
        births: record.births,
        found: Some(Found {
            taxon: TaxonId {
                island: unit.island,
                serial: record.serial,
            },
            epoch: line,
        }),
        host: host.map(|host| host.genome.clone()),
    };
    found
        .into_iter()
        .take(MAX_CANDIDATES)
        .map(candidate)
        .collect()
}

/// Stores who is admitted, without those who made room.
pub(super) async fn change(
    connection: &mut SqliteConnection,
    change: &SeedChange,
) -> Result<(), StoreError> {
    for genotype in &change.evicted {
        let query = sqlx::query("DELETE FROM seeds WHERE hash = ?").bind(genotype.0.to_vec());
        query.execute(&mut *connection).await?;
    }
    let seed = &change.admitted;
    let way = WAYS.iter().find(|(way, _)| *way == seed.way);
    let query = sqlx::query(
        "INSERT OR REPLACE INTO seeds (hash, genome, way, ticks_per_birth, tasks, found_island,
            found_serial, found_epoch, admitted_ms, uses, successes)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    let query = query
        .bind(seed.genotype.0.to_vec())
        .bind(seed.genome.as_slice())
        .bind(way.map(|(_, word)| *word))
        .bind(seed.ticks_per_birth as i64)
        .bind(seed.tasks)
        .bind(seed.found.map(|found| found.taxon.island.0))
        .bind(seed.found.map(|found| found.taxon.serial as i64))
        .bind(seed.found.map(|found| found.epoch.0 as i64))
        .bind(seed.admitted_ms as i64)
        .bind(seed.uses)
        .bind(seed.successes);
    query.execute(connection).await?;
    Ok(())
}

/// Sends seeds to an island, for a reason that is kept.
pub(super) async fn sow(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    sowing: &Sowing,
) -> Result<(), StoreError> {
    for (genotype, genome) in &sowing.seeds {
        let query = sqlx::query(
            "INSERT INTO mail (world, to_island, cause, genome, time_ms) VALUES (?, ?, ?, ?, ?)
             RETURNING number",
        );
        let query = query
            .bind(world.id.0 as i64)
            .bind(sowing.island.0)
            .bind(outputs::RESEED)
            .bind(genome.as_slice())
            .bind(sowing.time_ms as i64);
        let mail: i64 = query.fetch_one(&mut *connection).await?.try_get("number")?;
        let query = sqlx::query(
            "INSERT INTO reseedings (world, island, epoch, reason, hash, mail, time_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        );
        let query = query
            .bind(world.id.0 as i64)
            .bind(sowing.island.0)
            .bind(sowing.epoch.0 as i64)
            .bind(sowing.reason)
            .bind(genotype.0.to_vec())
            .bind(mail)
            .bind(sowing.time_ms as i64);
        query.execute(&mut *connection).await?;
        let query = sqlx::query("UPDATE seeds SET uses = uses + 1 WHERE hash = ?");
        let query = query.bind(genotype.0.to_vec());
        query.execute(&mut *connection).await?;
    }
    let query = sqlx::query(
        "DELETE FROM reseedings WHERE number <= (SELECT max(number) FROM reseedings) - ?",
    );
    query.bind(KEPT_RESEEDINGS).execute(connection).await?;
    Ok(())
}

/// What became of the seeds that entered an island long enough before its new head; who took root.
pub(super) async fn judge(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    last: &Confirmed,
    trial_epochs: u32,
) -> Result<Vec<GenotypeHash>, StoreError> {
    let query = sqlx::query(
        "SELECT r.number, r.hash, m.enters_epoch FROM reseedings r JOIN mail m ON m.number = r.mail
         WHERE r.world = ? AND r.island = ? AND r.took_root IS NULL AND m.enters_epoch <= ?",
    );
    let before = last.end_epoch.0.saturating_sub(trial_epochs.into());
    let query = query
        .bind(last.unit.world.0 as i64)
        .bind(last.unit.island.0)
        .bind(before as i64);
    let mut rooted = Vec::new();
    for row in query.fetch_all(&mut *connection).await? {
        let hash: Vec<u8> = row.try_get("hash")?;
        let line = row.try_get::<i64, _>("enters_epoch")? as u64;
        let from = line.saturating_mul(world.config.evolution.epoch_ticks);
        let query = sqlx::query(
            "UPDATE reseedings SET took_root = EXISTS (SELECT 1 FROM taxa t
                JOIN genotypes g ON g.number = t.genotype
                WHERE t.world = ?1 AND t.island = ?2 AND t.cause = 'reseed' AND g.hash = ?3
                    AND t.origin_tick BETWEEN ?4 AND ?5 AND (t.living > 0 OR EXISTS
                        (SELECT 1 FROM taxa c WHERE c.world = t.world AND c.parent_island = t.island
                            AND c.parent_serial = t.serial AND c.living > 0)))
             WHERE number = ?6 RETURNING took_root",
        );
        let query = query
            .bind(last.unit.world.0 as i64)
            .bind(last.unit.island.0)
            .bind(hash.as_slice())
            .bind(from as i64)
            .bind(from.saturating_add(world.config.evolution.epoch_ticks) as i64)
            .bind(row.try_get::<i64, _>("number")?);
        let judged = query.fetch_one(&mut *connection).await?;
        if judged.try_get::<bool, _>("took_root")? {
            let query = sqlx::query("UPDATE seeds SET successes = successes + 1 WHERE hash = ?");
            query
                .bind(hash.as_slice())
                .execute(&mut *connection)
                .await?;
            rooted.push(genotype(&row, "hash")?);
        }
    }
    Ok(rooted)
}

/// An island has gone back to the start of `unit`: what was found there later is no seed, and is not sown.
pub(super) async fn withdraw(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "DELETE FROM seeds WHERE found_island = ? AND found_epoch > ? RETURNING genome",
    );
    let query = query.bind(unit.island.0).bind(unit.first_epoch.0 as i64);
    for row in query.fetch_all(&mut *connection).await? {
        let query = sqlx::query(
            "UPDATE mail SET withdrawn = 'it came from results that did not match'
             WHERE world = ? AND cause = ? AND genome = ? AND enters_epoch IS NULL",
        );
        let query = query
            .bind(unit.world.0 as i64)
            .bind(outputs::RESEED)
            .bind(row.try_get::<Vec<u8>, _>("genome")?);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

impl Archive {
    /// The seeds as they are on disk.
    pub async fn seeds(&self) -> Result<Vec<Seed>, StoreError> {
        let query = sqlx::query("SELECT * FROM seeds ORDER BY hash");
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(seed).collect()
    }
}

impl Store {
    /// The seeds as they are on disk.
    pub async fn seeds(&self) -> Result<Vec<Seed>, StoreError> {
        self.archive().seeds().await
    }

    /// When an island was reseeded last; none for never.
    pub async fn last_reseeding(&self, island: IslandId) -> Result<Option<Epoch>, StoreError> {
        let query = sqlx::query(
            "SELECT max(epoch) AS epoch FROM reseedings WHERE world = ? AND island = ?",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let epoch: Option<i64> = query.fetch_one(&self.readers).await?.try_get("epoch")?;
        Ok(epoch.map(|epoch| Epoch(epoch as u64)))
    }

    /// Whether seeds are on their way to an island that have not entered yet.
    pub async fn has_seeds_waiting(&self, island: IslandId) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "SELECT 1 FROM mail WHERE world = ? AND to_island = ? AND cause = ?
                AND enters_epoch IS NULL AND withdrawn IS NULL LIMIT 1",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let query = query.bind(outputs::RESEED).fetch_optional(&self.readers);
        Ok(query.await?.is_some())
    }

    /// The samples of an island from the newest one at or before an epoch on, in order.
    pub async fn window(&self, island: IslandId, from: Epoch) -> Result<Vec<Sample>, StoreError> {
        self.archive().window(island, from).await
    }

    /// The genotypes that live on an island, as far as they are known by name.
    pub async fn living_on(&self, island: IslandId) -> Result<BTreeSet<GenotypeHash>, StoreError> {
        let query = sqlx::query(
            "SELECT DISTINCT g.hash FROM taxa t JOIN genotypes g ON g.number = t.genotype
             WHERE t.world = ? AND t.island = ? AND t.living > 0",
        );
        let query = query.bind(self.world.id.0 as i64).bind(island.0);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(|row| genotype(row, "hash")).collect()
    }

    /// The newest sowings.
    pub async fn reseedings(&self, limit: u32) -> Result<Vec<ReseedingView>, StoreError> {
        let query = sqlx::query(
            "SELECT r.island, r.epoch, r.reason, r.hash, r.time_ms, r.took_root, m.enters_epoch
             FROM reseedings r LEFT JOIN mail m ON m.number = r.mail
             WHERE r.world = ? ORDER BY r.number DESC LIMIT ?",
        );
        let query = query.bind(self.world.id.0 as i64).bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        let view = |row: &SqliteRow| {
            let enters: Option<i64> = row.try_get("enters_epoch")?;
            Ok(ReseedingView {
                time_ms: row.try_get::<i64, _>("time_ms")? as u64,
                island: row.try_get("island")?,
                epoch: row.try_get::<i64, _>("epoch")? as u64,
                reason: row.try_get("reason")?,
                genotype: genotype(row, "hash")?.to_string(),
                enters_epoch: enters.map(|epoch| epoch as u64),
                took_root: row.try_get("took_root")?,
            })
        };
        rows.iter().map(view).collect()
    }
}

impl Archive {
    /// The samples of an island from the newest one at or before an epoch on, in order.
    pub async fn window(&self, island: IslandId, from: Epoch) -> Result<Vec<Sample>, StoreError> {
        let query = sqlx::query(
            "SELECT sample FROM samples WHERE world = ?1 AND island = ?2 AND epoch >= coalesce(
                (SELECT max(epoch) FROM samples WHERE world = ?1 AND island = ?2 AND epoch <= ?3), 0)
             ORDER BY epoch LIMIT ?4",
        );
        let query = query
            .bind(self.world().id.0 as i64)
            .bind(island.0)
            .bind(from.0 as i64)
            .bind(MAX_WINDOW);
        let rows = query.fetch_all(&self.readers).await?;
        let sample = |row: &SqliteRow| -> Result<Sample, StoreError> {
            let bytes: Vec<u8> = row.try_get("sample")?;
            codec::decode(&bytes, MAX_SMALL_BYTES).map_err(|_| StoreError::Damaged("a sample"))
        };
        rows.iter().map(sample).collect()
    }
}

fn genotype(row: &SqliteRow, column: &str) -> Result<GenotypeHash, StoreError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    let bytes = <[u8; 16]>::try_from(bytes.as_slice());
    bytes
        .map(GenotypeHash)
        .map_err(|_| StoreError::Damaged("the hash of a genotype"))
}

fn seed(row: &SqliteRow) -> Result<Seed, StoreError> {
    let word: String = row.try_get("way")?;
    let way = WAYS.iter().find(|(_, name)| *name == word);
    let island: Option<u32> = row.try_get("found_island")?;
    let serial: Option<i64> = row.try_get("found_serial")?;
    let epoch: Option<i64> = row.try_get("found_epoch")?;
    let found = island
        .zip(serial)
        .zip(epoch)
        .map(|((island, serial), epoch)| Found {
            taxon: TaxonId {
                island: IslandId(island),
                serial: serial as u64,
            },
            epoch: Epoch(epoch as u64),
        });
    Ok(Seed {
        genotype: genotype(row, "hash")?,
        genome: row.try_get("genome")?,
        way: way.ok_or(StoreError::Damaged("the way a seed lives"))?.0,
        ticks_per_birth: row.try_get::<i64, _>("ticks_per_birth")? as u64,
        tasks: row.try_get("tasks")?,
        found,
        admitted_ms: row.try_get::<i64, _>("admitted_ms")? as u64,
        uses: row.try_get("uses")?,
        successes: row.try_get("successes")?,
    })
}
