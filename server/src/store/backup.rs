//! A copy of an old database, written before this program changes its tables. Knows no table but the list of changes.

use super::MIGRATIONS;
use super::rows::{self, StoreError};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeSet;
use std::path::Path;

/// Copies a database that lacks changes to `world-before-N.sqlite` beside it, where N is the first of them. Neither a new
/// file nor one that is up to date is copied, and a copy that is there stays.
pub(super) async fn before_migrating(
    path: &Path,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let Some(first) = first_missing(connection).await? else {
        return Ok(());
    };
    let copy = path.with_file_name(format!("world-before-{first}.sqlite"));
    if copy.exists() {
        return Ok(());
    }
    let part = copy.with_extension("part");
    let fault = |error: std::io::Error| StoreError::Unusable {
        path: copy.clone(),
        reason: error.to_string(),
    };
    if part.exists() {
        // A start was interrupted.
        std::fs::remove_file(&part).map_err(fault)?;
    }
    let query = sqlx::query("VACUUM INTO ?").bind(part.display().to_string());
    let written = query.execute(connection).await;
    written.map_err(|error| rows::open_error(&copy, error))?;
    let file = std::fs::File::open(&part).map_err(fault)?;
    file.sync_all().map_err(fault)?;
    std::fs::rename(&part, &copy).map_err(fault)?;
    tracing::info!(
        "the database is from an older version; before it is changed it was copied to {}",
        copy.display()
    );
    Ok(())
}

/// The first change that an existing database of this program lacks.
async fn first_missing(connection: &mut SqliteConnection) -> Result<Option<i64>, StoreError> {
    let query = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'");
    if query.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(None);
    }
    let query = sqlx::query("SELECT version FROM _sqlx_migrations");
    let rows = query.fetch_all(connection).await?;
    let version = |row: &SqliteRow| row.try_get("version");
    let made: BTreeSet<i64> = rows.iter().map(version).collect::<Result<_, _>>()?;
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
    if made.is_empty() || made.last().copied() > newest {
        // Nothing to lose, or a file that will be refused.
        return Ok(None);
    }
    let missing = MIGRATIONS.iter().map(|migration| migration.version);
    Ok(missing.filter(|version| !made.contains(version)).min())
}
