//! What is forgotten so that years stay small: extinct lines, long unbranched lines of descent, old samples. Knows no
//! reason but age and number.

use super::docket::at;
use super::genotypes;
use super::rows::{Shelf, StoreError};
use bytebiota_core::{Epoch, UnitKey};
use sqlx::{Row, SqliteConnection};

/// A line of the dead is followed upwards so far at a time; what is left of it goes with the next verdict.
const PASSES: u32 = 16;
/// Epoch lines that stay, the older the fewer: every 16th, 256th, 4096th, ..
const THINNING: [u64; 4] = [16, 256, 4_096, 65_536];

/// Forgets extinct taxa from which nothing descends, the oldest first, and shortens what is left of an island.
pub(super) async fn prune(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    shelf: &Shelf,
) -> Result<(), StoreError> {
    for _ in 0..PASSES {
        let query = sqlx::query(
            "DELETE FROM taxa WHERE world = ?1 AND ?2 >= branch AND island = ?3 AND serial IN
                (SELECT serial FROM taxa t WHERE world = ?1 AND island = ?3 AND living = 0
                    AND NOT EXISTS (SELECT 1 FROM taxa c WHERE c.world = t.world
                        AND c.parent_island = t.island AND c.parent_serial = t.serial)
                    AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.world = t.world
                        AND m.from_island = t.island AND m.from_serial = t.serial
                        AND m.enters_epoch IS NULL AND m.withdrawn IS NULL)
                 ORDER BY seen_epoch DESC, serial DESC LIMIT -1 OFFSET ?4)
             RETURNING genotype",
        );
        let query = at(query, unit).bind(shelf.extinct_taxa);
        let gone = query.fetch_all(&mut *connection).await?;
        if gone.is_empty() {
            break;
        }
        for row in gone {
            genotypes::forget(connection, row.try_get("genotype")?).await?;
        }
    }
    shorten(connection, unit, shelf).await
}

/// Of the ancestors of the living those that did not branch are joined to the edge below them, the oldest first, once
/// there are too many.
async fn shorten(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    shelf: &Shelf,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "SELECT t.serial, t.genotype, c.serial AS child FROM taxa t JOIN taxa c ON c.world = t.world
            AND c.parent_island = t.island AND c.parent_serial = t.serial
         WHERE t.world = ?1 AND ?2 >= t.branch AND t.island = ?3 AND t.living = 0 AND t.cause = 'birth'
         GROUP BY t.serial HAVING count(*) = 1 AND c.cause = 'birth'
         ORDER BY t.seen_epoch DESC, t.serial DESC LIMIT -1 OFFSET ?4",
    );
    let query = at(query, unit).bind(shelf.ancestors);
    let surplus = query.fetch_all(&mut *connection).await?;
    for row in surplus {
        let serial: i64 = row.try_get("serial")?;
        let query = sqlx::query(
            "UPDATE taxa AS c SET parent_serial = t.parent_serial, steps = c.steps + t.steps,
                synonymous = c.synonymous + t.synonymous,
                nonsynonymous = c.nonsynonymous + t.nonsynonymous,
                insertions = c.insertions + t.insertions, deletions = c.deletions + t.deletions,
                other = c.other + t.other
             FROM taxa AS t WHERE t.world = ?1 AND ?2 >= t.branch AND t.island = ?3 AND t.serial = ?4
                AND c.world = ?1 AND c.parent_island = ?3 AND c.parent_serial = ?4",
        );
        let query = at(query, unit).bind(serial);
        query.execute(&mut *connection).await?;
        let query = sqlx::query(
            "DELETE FROM taxa WHERE world = ? AND ? >= branch AND island = ? AND serial = ?",
        );
        let query = at(query, unit).bind(serial);
        query.execute(&mut *connection).await?;
        genotypes::forget(connection, row.try_get("genotype")?).await?;
    }
    Ok(())
}

/// Keeps the newest samples of an island, and of older ones ever fewer.
pub(super) async fn thin_samples(
    connection: &mut SqliteConnection,
    unit: &UnitKey,
    head: Epoch,
    shelf: &Shelf,
) -> Result<(), StoreError> {
    let mut kept = u64::from(shelf.samples);
    for stride in THINNING {
        let query = sqlx::query(
            "DELETE FROM samples WHERE world = ? AND island = ? AND epoch < ? AND epoch % ? <> 0",
        );
        let query = query
            .bind(unit.world.0 as i64)
            .bind(unit.island.0)
            .bind(head.0.saturating_sub(kept) as i64)
            .bind(stride as i64);
        query.execute(&mut *connection).await?;
        kept = u64::from(shelf.samples).saturating_mul(stride);
    }
    let query = sqlx::query("DELETE FROM samples WHERE world = ? AND island = ? AND epoch < ?");
    let query = query
        .bind(unit.world.0 as i64)
        .bind(unit.island.0)
        .bind(head.0.saturating_sub(kept) as i64);
    query.execute(connection).await?;
    Ok(())
}
