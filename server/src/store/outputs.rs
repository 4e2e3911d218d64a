//! What confirmed units put out goes to its tables, and leaves them with units that turn out false. Knows no verdict.

use super::docket::at;
use super::rows::{GoodState, Shelf, StoreError};
use super::{dominants, genotypes, mail, pruning};
use crate::verification::UnitOutputs;
use bytebiota_core::report::{self, Origin};
use bytebiota_core::{Epoch, GenotypeHash, Sample, TaxonRecord, UnitKey, codec};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// The words of the column `cause`.
const BIRTH: &str = "birth";
pub(super) const IMMIGRANT: &str = "immigrant";
pub(super) const RESEED: &str = "reseed";

/// A unit that is being confirmed, with what it put out.
pub(super) struct Confirmed {
    pub(super) unit: UnitKey,
    pub(super) end_epoch: Epoch,
    /// How many segments it has.
    pub(super) segments: usize,
    pub(super) outputs: UnitOutputs,
}

/// Takes the outputs of the units of one verdict, in order, inside the caller's transaction. The island has
/// `island_units` with them.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    units: &[Confirmed],
    island_units: u64,
    shelf: &Shelf,
) -> Result<(), StoreError> {
    for confirmed in units {
        let Confirmed { unit, outputs, .. } = confirmed;
        for sample in &outputs.samples {
            put_sample(connection, unit, sample).await?;
        }
        dominants::put(connection, confirmed).await?;
    }
    let Some(last) = units.last() else {
        return Ok(());
    };
    put_taxa(connection, units, last).await?;
    count_living(connection, last).await?;
    let (low, high) = &last.outputs.edges;
    mail::put_edges(connection, &last.unit, (low, high)).await?;
    if !is_pruning_due(units, island_units, shelf) {
        return Ok(());
    }
    pruning::thin_samples(connection, &last.unit, last.end_epoch, shelf).await?;
    dominants::thin(connection, &last.unit, shelf).await?;
    pruning::prune(connection, &last.unit, shelf).await
}

/// Whoever died out within the units, and who stands at the end of the last: parents before their children, who have higher
/// numbers. An extinct line whose parent no report had room for is left out.
async fn put_taxa(
    connection: &mut SqliteConnection,
    units: &[Confirmed],
    last: &Confirmed,
) -> Result<(), StoreError> {
    let finished = units.iter().flat_map(|confirmed| {
        let finished = confirmed.outputs.finished.iter();
        finished.map(move |one| {
            (
                &one.item,
                &confirmed.unit,
                segment_end(confirmed, one.segment),
            )
        })
    });
    let standing = last.outputs.standing.iter();
    let standing = standing.map(|record| (record, &last.unit, last.end_epoch));
    let mut taxa: Vec<_> = finished.chain(standing).collect();
    taxa.sort_by_key(|(record, _, seen)| (record.serial, *seen));
    for (record, unit, seen) in taxa {
        if record.living > 0 || has_parent(connection, unit, record).await? {
            put_taxon(connection, unit, seen, record).await?;
        }
    }
    Ok(())
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

/// Forgetting looks at everything that is kept of an island, so it is done now and then.
fn is_pruning_due(units: &[Confirmed], island_units: u64, shelf: &Shelf) -> bool {
    let before = island_units.saturating_sub(units.len() as u64);
    let every = u64::from(shelf.prune_units.max(1));
    before / every < island_units / every
}

/// The epoch line at which a segment of a unit ends.
pub(super) fn segment_end(confirmed: &Confirmed, segment: u32) -> Epoch {
    let first = confirmed.unit.first_epoch.0;
    let epochs = u32::try_from(confirmed.end_epoch.0.saturating_sub(first)).unwrap_or(u32::MAX);
    let begun = report::begun(epochs, confirmed.segments).unwrap_or(epochs);
    let cut = report::cut(begun);
    let until = cut.iter().take(segment as usize + 1);
    Epoch(first + until.map(|epochs| u64::from(*epochs)).sum::<u64>())
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

/// A taxon as a unit names it. What was known of it before is older, but for a parent that was joined to it here.
async fn put_taxon(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    seen: Epoch,
    record: &TaxonRecord,
) -> Result<(), StoreError> {
    let mut known = upsert(connection, unit, seen, record).await?;
    if known.is_none() {
        genotypes::add(connection, &record.genome).await?;
        known = upsert(connection, unit, seen, record).await?;
    }
    match record.origin {
        Origin::Birth { parent } if known != Some(Some(parent as i64)) => {
            move_edge(connection, unit, record, parent).await
        }
        _ => Ok(()),
    }
}

/// The parent by which a taxon is known now; the outer `None` if its genotype is not there yet. The parent of a row that
/// is there stays: the edge belongs to it.
async fn upsert(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    seen: Epoch,
    record: &TaxonRecord,
) -> Result<Option<Option<i64>>, StoreError> {
    let (cause, parent) = origin(record, unit);
    let (parent_island, parent_serial) = parent.unzip();
    let edge = &record.edge;
    let query = sqlx::query(
        "INSERT INTO taxa (world, branch, island, serial, genotype, cause, parent_island, parent_serial,
            origin_tick, births, living, steps, synonymous, nonsynonymous, insertions, deletions, other,
            seen_epoch)
         SELECT ?, ?, ?, ?, number, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM genotypes WHERE hash = ?
         ON CONFLICT (world, island, serial) DO UPDATE SET branch = excluded.branch,
            genotype = excluded.genotype, births = excluded.births, living = excluded.living,
            seen_epoch = excluded.seen_epoch
         RETURNING parent_serial",
    );
    let query = at(query, unit)
        .bind(record.serial as i64)
        .bind(cause)
        .bind(parent_island)
        .bind(parent_serial.map(|serial| serial as i64))
        .bind(record.origin_tick as i64)
        .bind(record.births)
        .bind(record.living);
    let query = query
        .bind(edge.steps)
        .bind(edge.synonymous)
        .bind(edge.nonsynonymous)
        .bind(edge.insertions)
        .bind(edge.deletions)
        .bind(edge.other)
        .bind(seen.0 as i64)
        .bind(GenotypeHash::of(&record.genome).0.to_vec());
    let row = query.fetch_optional(connection).await?;
    Ok(row.map(|row| row.try_get("parent_serial")).transpose()?)
}

/// A taxon is said to come from another one than it is known by, which was joined to the edge between them. As long as that
/// one is there the line through it says more.
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

/// Who is not among the living of the newest state has died out; who is, has the members that it says.
async fn count_living(
    connection: &mut SqliteConnection,
    last: &Confirmed,
) -> Result<(), StoreError> {
    let members = last.outputs.members.iter();
    let members: BTreeMap<u64, _> = members.map(|m| (m.serial, (m.living, m.births))).collect();
    let query = sqlx::query(
        "SELECT serial, living, births FROM taxa
         WHERE world = ? AND ? >= branch AND island = ? AND living > 0",
    );
    let rows = at(query, &last.unit).fetch_all(&mut *connection).await?;
    for row in rows {
        let serial: i64 = row.try_get("serial")?;
        let known: (u32, u32) = (row.try_get("living")?, row.try_get("births")?);
        let now = members.get(&(serial as u64)).copied();
        if now == Some(known) {
            continue;
        }
        let query = sqlx::query(
            "UPDATE taxa SET living = ?5, births = ?6, seen_epoch = ?7
             WHERE world = ?1 AND ?2 >= branch AND island = ?3 AND serial = ?4",
        );
        let (living, births) = now.unwrap_or((0, known.1));
        let query = at(query, &last.unit)
            .bind(serial)
            .bind(living)
            .bind(births)
            .bind(last.end_epoch.0 as i64);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn put_sample(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    sample: &Sample,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT OR REPLACE INTO samples (world, island, epoch, sample) VALUES (?, ?, ?, ?)",
    );
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(sample.epoch.0 as i64)
        .bind(codec::encode(sample));
    query.execute(connection).await?;
    Ok(())
}

/// An island has gone back to the start of `unit`: what came after it never was. Those of other islands that descend
/// from it live on, and it is said of them.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    good: &GoodState,
) -> Result<(), StoreError> {
    let begun = good.begun;
    mail::put_edges(connection, unit, (&good.edges.0, &good.edges.1)).await?;
    let query = sqlx::query(
        "UPDATE taxa SET tainted = 'it came from results that did not match' WHERE world = ?1
            AND cause = 'immigrant' AND parent_island = ?2 AND parent_serial >= ?3",
    );
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(begun as i64);
    query.execute(&mut *connection).await?;
    let query = sqlx::query("DELETE FROM taxa WHERE world = ? AND island = ? AND serial >= ?");
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(begun as i64);
    query.execute(&mut *connection).await?;
    let query = sqlx::query("DELETE FROM samples WHERE world = ? AND island = ? AND epoch > ?");
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(unit.first_epoch.0 as i64);
    query.execute(&mut *connection).await?;
    dominants::take_back(connection, unit).await?;
    // Whatever had died out since lives again.
    for record in &good.taxa {
        put_taxon(connection, unit, unit.first_epoch, record).await?;
    }
    genotypes::forget_unnamed(connection).await
}
