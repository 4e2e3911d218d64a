//! What confirmed units put out goes to its tables, and leaves them with units that turn out false. Knows no verdict.

use super::docket::at;
use super::rows::{GoodState, Shelf, StoreError};
use super::{dominants, genotypes, mail, pruning, taxon_rows};
use crate::verification::UnitOutputs;
use bytebiota_core::report;
use bytebiota_core::{Epoch, Sample, UnitKey, codec};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// Words of the column `cause`.
pub(super) const BIRTH: &str = "birth";
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
    taxon_rows::put(connection, units, last).await?;
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
    let taxa: Vec<_> = good
        .taxa
        .iter()
        .map(|record| (record, unit.first_epoch))
        .collect();
    taxon_rows::put_named(connection, unit, &taxa).await?;
    genotypes::forget_unnamed(connection).await
}
