//! Taxa as rows: all that a verdict names at once, since each statement is handed to another thread and back. Knows no verdict.

use super::docket::at;
use super::genotypes;
use super::outputs::{BIRTH, Confirmed, IMMIGRANT, RESEED, segment_end};
use super::rows::StoreError;
use bytebiota_core::report::Origin;
use bytebiota_core::{Epoch, GenotypeHash, TaxonRecord, UnitKey};
use serde_json::{Value, json};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// A taxon as a unit names it, and the line at which it does.
type Named<'a> = (&'a TaxonRecord, Epoch);

/// The parents by which taxa are known, by serial.
type Known = BTreeMap<u64, Option<u64>>;

/// Whoever died out within the units, and who stands at the end of the last: those who live first, and of the extinct parents
/// before their children, who have higher numbers. An extinct line whose parent no report had room for is left out.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    units: &[Confirmed],
    last: &Confirmed,
) -> Result<(), StoreError> {
    let finished = units.iter().flat_map(|confirmed| {
        let finished = confirmed.outputs.finished.iter();
        finished.map(move |one| (&one.item, segment_end(confirmed, one.segment)))
    });
    let standing = last.outputs.standing.iter();
    let standing = standing.map(|record| (record, last.end_epoch));
    let mut taxa: Vec<Named> = finished.chain(standing).collect();
    taxa.sort_by_key(|(record, seen)| (record.serial, *seen));
    let (living, extinct): (Vec<Named>, Vec<Named>) =
        taxa.into_iter().partition(|(record, _)| record.living > 0);
    // Of one that is named twice the newest word counts.
    let living: BTreeMap<u64, Named> = living.into_iter().map(|one| (one.0.serial, one)).collect();
    let living: Vec<Named> = living.into_values().collect();
    let unit = &last.unit;
    let known = put_all(connection, unit, &living).await?;
    for one in extinct {
        if has_parent(connection, unit, one.0).await? {
            put_named(connection, unit, &[one]).await?;
        }
    }
    move_edges(connection, unit, &living, &known).await
}

/// Puts in taxa, whether their parents are there or not.
pub(super) async fn put_named(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    taxa: &[Named<'_>],
) -> Result<(), StoreError> {
    let known = put_all(connection, unit, taxa).await?;
    move_edges(connection, unit, taxa, &known).await
}

/// Whether a taxon's parent is there, if it was born on its island.
async fn has_parent(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    record: &TaxonRecord,
) -> Result<bool, StoreError> {
    let Origin::Birth { parent } = record.origin else {
        return Ok(true);
    };
    let query = sqlx::query("SELECT 1 FROM taxa WHERE world = ? AND island = ? AND serial = ?");
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(parent as i64);
    Ok(query.fetch_optional(connection).await?.is_some())
}

/// Puts taxa in. What was known of them before is older, but for a parent that was joined to one here: the parent of a row
/// that is there stays, for the edge belongs to it. Which parents that are.
async fn put_all(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    taxa: &[Named<'_>],
) -> Result<Known, StoreError> {
    let mut known = upsert(connection, unit, taxa).await?;
    let is_new = |(record, _): &&Named| !known.contains_key(&record.serial);
    let new: Vec<Named> = taxa.iter().filter(is_new).copied().collect();
    let genomes: BTreeMap<GenotypeHash, &TaxonRecord> = new
        .iter()
        .map(|(record, _)| (GenotypeHash::of(&record.genome), *record))
        .collect();
    for record in genomes.values() {
        genotypes::add(connection, &record.genome).await?;
    }
    known.append(&mut upsert(connection, unit, &new).await?);
    Ok(known)
}

/// Those are left out whose genotype is not there yet.
async fn upsert(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    taxa: &[Named<'_>],
) -> Result<Known, StoreError> {
    if taxa.is_empty() {
        return Ok(Known::new());
    }
    let query = sqlx::query(
        "INSERT INTO taxa (world, branch, island, serial, cause, parent_island, parent_serial,
            origin_tick, births, living, steps, synonymous, nonsynonymous, insertions, deletions, other,
            seen_epoch, genotype)
         SELECT ?1, ?2, ?3, t.value ->> 0, t.value ->> 1, t.value ->> 2, t.value ->> 3, t.value ->> 4,
            t.value ->> 5, t.value ->> 6, t.value ->> 7, t.value ->> 8, t.value ->> 9, t.value ->> 10,
            t.value ->> 11, t.value ->> 12, t.value ->> 13, g.number
         FROM json_each(?4) t CROSS JOIN genotypes g ON g.hash = unhex(t.value ->> 14) WHERE true
         ON CONFLICT (world, island, serial) DO UPDATE SET branch = excluded.branch,
            genotype = excluded.genotype, births = excluded.births, living = excluded.living,
            seen_epoch = excluded.seen_epoch
         RETURNING serial, parent_serial",
    );
    let rows: Vec<Value> = taxa
        .iter()
        .map(|(record, seen)| row(unit, record, *seen))
        .collect();
    let query = at(query, unit).bind(Value::Array(rows).to_string());
    let rows = query.fetch_all(connection).await?;
    let known = |row: &sqlx::sqlite::SqliteRow| {
        let serial = row.try_get::<i64, _>("serial")? as u64;
        let parent: Option<i64> = row.try_get("parent_serial")?;
        Ok((serial, parent.map(|parent| parent as u64)))
    };
    rows.iter().map(known).collect()
}

/// The columns of a taxon in the order of `upsert`, and the hash of its genotype.
fn row(unit: &UnitKey, record: &TaxonRecord, seen: Epoch) -> Value {
    let (cause, parent) = origin(record, unit);
    let (parent_island, parent_serial) = parent.unzip();
    let edge = &record.edge;
    json!([
        record.serial,
        cause,
        parent_island,
        parent_serial,
        record.origin_tick,
        record.births,
        record.living,
        edge.steps,
        edge.synonymous,
        edge.nonsynonymous,
        edge.insertions,
        edge.deletions,
        edge.other,
        seen.0,
        GenotypeHash::of(&record.genome).to_string(),
    ])
}

fn origin(record: &TaxonRecord, unit: &UnitKey) -> (&'static str, Option<(u32, u64)>) {
    match record.origin {
        Origin::Founder => ("founder", None),
        Origin::Abiogenesis => ("abiogenesis", None),
        Origin::Birth { parent } => (BIRTH, Some((unit.island.0, parent))),
        Origin::Immigrant { origin } => (IMMIGRANT, Some((origin.island.0, origin.serial))),
        Origin::Reseed => (RESEED, None),
        Origin::Operator => ("operator", None),
    }
}

/// Taxa are said to come from others than they are known by, which were joined to the edges between them. As long as such a
/// one is there the line through it says more.
async fn move_edges(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    taxa: &[Named<'_>],
    known: &Known,
) -> Result<(), StoreError> {
    for (record, _) in taxa {
        match record.origin {
            Origin::Birth { parent } if known.get(&record.serial) != Some(&Some(parent)) => {
                move_edge(connection, unit, record, parent).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

async fn move_edge(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    record: &TaxonRecord,
    parent: u64,
) -> Result<(), StoreError> {
    let edge = &record.edge;
    let query = sqlx::query(
        "UPDATE taxa SET parent_serial = ?5, steps = ?6, synonymous = ?7, nonsynonymous = ?8,
            insertions = ?9, deletions = ?10, other = ?11
         WHERE world = ?1 AND ?2 >= branch AND island = ?3 AND serial = ?4
            AND EXISTS (SELECT 1 FROM taxa WHERE world = ?1 AND island = ?3 AND serial = ?5)
            AND NOT EXISTS (SELECT 1 FROM taxa k WHERE k.world = ?1 AND k.island = ?3
                AND k.serial = taxa.parent_serial)",
    );
    let query = at(query, unit)
        .bind(record.serial as i64)
        .bind(parent as i64)
        .bind(edge.steps)
        .bind(edge.synonymous)
        .bind(edge.nonsynonymous)
        .bind(edge.insertions)
        .bind(edge.deletions)
        .bind(edge.other);
    query.execute(connection).await?;
    Ok(())
}
