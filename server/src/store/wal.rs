//! The log beside the database: folded in by SQLite itself as it goes, and cut short here when it has grown long, because
//! somebody read for long. Knows no table.

use super::rows::StoreError;
use crate::clock::Stopwatch;
use sqlx::{Row, SqliteConnection};
use std::fs;
use std::path::{Path, PathBuf};

/// The log is cut when it is longer, bytes; tests write less.
pub(super) const MOST_BYTES: u64 = if cfg!(test) { 4 << 20 } else { 256 << 20 };
/// Cutting waits for readers, so it is not tried more often, ms.
const PATIENCE_MS: u64 = if cfg!(test) { 1 } else { 60_000 };

/// Watches over the log of one database.
pub(super) struct Wal {
    path: PathBuf,
    tried: Option<Stopwatch>,
}

impl Wal {
    pub(super) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        let path = path.into();
        Self { path, tried: None }
    }

    /// Cuts the log between two transactions, if it is long and this was not tried just now.
    pub(super) async fn cut(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        let was_tried = self.tried.is_some_and(|tried| tried.ms() < PATIENCE_MS);
        let bytes = fs::metadata(&self.path).map_or(0, |file| file.len());
        if was_tried || bytes <= MOST_BYTES {
            return Ok(());
        }
        let query = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        let row = query.fetch_one(connection).await?;
        if row.try_get::<i64, _>(0)? != 0 {
            tracing::warn!(
                bytes,
                "the log of the database could not be cut: somebody reads"
            );
        }
        self.tried = Some(Stopwatch::start());
        Ok(())
    }
}
