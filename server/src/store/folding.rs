//! Old history is folded: links go, oldest first, with their headers, checks and rows of the ledger, and what they came to
//! stays. Between two checkpoints nothing is left then but the link at each of them. Knows no size and no clock.

use super::retention;
use super::rows::StoreError;
use sqlx::{Row, SqliteConnection};

/// Folds up to `units` links inside the caller's transaction; how many those were. Of each island the newest stay, from the
/// base of the unit `kept_states` before its head on: somebody may still look back at them.
pub(super) async fn fold(
    connection: &mut SqliteConnection,
    units: u32,
    kept_states: u32,
) -> Result<u64, StoreError> {
    let folded = choose(connection, units, kept_states).await?;
    if folded == 0 {
        return Ok(0);
    }
    note_lines(connection).await?;
    let query = sqlx::query("SELECT count(*) AS void FROM folding WHERE NOT is_history");
    let void: i64 = query.fetch_one(&mut *connection).await?.try_get("void")?;
    retention::count_forgotten(connection, void as u64).await?;
    fold_ledger(connection).await?;
    for query in [
        "DELETE FROM checks WHERE (world, branch, island, first_epoch) IN
            (SELECT world, branch, island, first_epoch FROM folding)",
        "DELETE FROM links WHERE (world, branch, island, first_epoch) IN
            (SELECT world, branch, island, first_epoch FROM folding)",
        "DELETE FROM headers WHERE digest IN (SELECT header FROM folding)
            AND NOT EXISTS (SELECT 1 FROM links l WHERE l.header = digest)
            AND NOT EXISTS (SELECT 1 FROM provisional p WHERE p.header = digest)
            AND NOT EXISTS (SELECT 1 FROM islands i WHERE i.world = headers.world AND i.branch = headers.branch
                AND i.island = headers.island AND i.superseded IS NULL AND i.head_epoch < headers.end_epoch)",
    ] {
        sqlx::query(query).execute(&mut *connection).await?;
    }
    Ok(folded)
}

/// The links that go, in a table that lives as long as the connection.
async fn choose(
    connection: &mut SqliteConnection,
    units: u32,
    kept_states: u32,
) -> Result<u64, StoreError> {
    for query in [
        "CREATE TEMP TABLE IF NOT EXISTS folding (world INTEGER, branch INTEGER, island INTEGER, first_epoch INTEGER,
            end_epoch INTEGER, header BLOB, is_history INTEGER, PRIMARY KEY (world, branch, island, first_epoch)) WITHOUT ROWID",
        "DELETE FROM folding",
    ] {
        sqlx::query(query).execute(&mut *connection).await?;
    }
    let query = sqlx::query(
        "INSERT INTO folding SELECT world, branch, island, first_epoch, end_epoch, header, superseded IS NULL FROM links l
         WHERE NOT EXISTS (SELECT 1 FROM checkpoint_states c WHERE c.world = l.world AND c.branch = l.branch
                AND c.island = l.island AND c.epoch = l.end_epoch)
            AND (l.superseded IS NOT NULL OR l.end_epoch < (SELECT s.epoch FROM islands i JOIN states s
                ON s.world = i.world AND s.branch = i.branch AND s.island = i.island
                WHERE i.world = l.world AND i.island = l.island AND i.superseded IS NULL
                ORDER BY s.epoch DESC LIMIT 1 OFFSET ?2))
         ORDER BY time_ms LIMIT ?1",
    );
    let query = query.bind(units).bind(kept_states);
    Ok(query.execute(connection).await?.rows_affected())
}

/// Up to where the lines that are continued have no single links any more.
async fn note_lines(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let query = "UPDATE islands SET folded_epoch = max(folded_epoch, f.until)
         FROM (SELECT world, island, max(end_epoch) AS until FROM folding WHERE is_history GROUP BY world, island) f
         WHERE islands.world = f.world AND islands.island = f.island AND islands.superseded IS NULL";
    sqlx::query(query).execute(connection).await?;
    Ok(())
}

/// The rows of the ledger become one for each volunteer: adding it up still gives the same sums.
async fn fold_ledger(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    for query in [
        "INSERT INTO ledger (volunteer, world, branch, island, first_epoch, ticks, reason, time_ms)
         SELECT volunteer, world, 0, 0, 0, sum(ticks), 'folded ' || volunteer, max(time_ms) FROM ledger
         WHERE (world, branch, island, first_epoch) IN (SELECT world, branch, island, first_epoch FROM folding)
         GROUP BY world, volunteer
         ON CONFLICT (world, branch, island, first_epoch, reason) DO UPDATE SET
            ticks = ticks + excluded.ticks, time_ms = max(time_ms, excluded.time_ms)",
        "DELETE FROM ledger WHERE (world, branch, island, first_epoch) IN
            (SELECT world, branch, island, first_epoch FROM folding)",
    ] {
        sqlx::query(query).execute(&mut *connection).await?;
    }
    Ok(())
}
