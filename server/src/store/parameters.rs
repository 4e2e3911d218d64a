//! The story of the parameters on disk, and every Config that was ever in force. Knows no rule.

use super::rows::StoreError;
use super::{Archive, MAX_CONFIG_BYTES, Store};
use crate::tuning::{Entry, Tuner};
use bytebiota_core::{Config, Digest, codec};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};

/// An entry on its way in.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// What happened.
    pub entry: Entry,
    /// What is in force since, if something was changed.
    pub config: Option<Config>,
    /// Entries without a change that are kept.
    pub kept: u32,
}

impl NewEntry {
    /// An entry as it is stored, with the parameters as they are once it was taken.
    pub fn of(entry: &Entry, after: &Tuner, kept: u32) -> Self {
        let config = entry.delta.as_ref();
        Self {
            entry: entry.clone(),
            config: config.map(|_| after.parameters().config.clone()),
            kept,
        }
    }
}

/// Adds an entry, and forgets old ones that changed nothing. A version that is there already is an error.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    new: &NewEntry,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(&new.entry);
    let text = text.map_err(|_| StoreError::Damaged("a decision"))?;
    let version = new.entry.delta.as_ref().map(|delta| delta.version as i64);
    let query = sqlx::query(
        "INSERT INTO tuning (time_ms, version, digest, config, entry) VALUES (?, ?, ?, ?, ?)",
    );
    let config = new.config.as_ref();
    let query = query
        .bind(new.entry.time_ms as i64)
        .bind(version)
        .bind(config.map(|config| config.digest().0.to_vec()))
        .bind(config.map(codec::encode))
        .bind(text);
    query.execute(&mut *connection).await?;
    let query = sqlx::query(
        "DELETE FROM tuning WHERE version IS NULL AND number <= coalesce(
            (SELECT number FROM tuning WHERE version IS NULL ORDER BY number DESC LIMIT 1 OFFSET ?), 0)",
    );
    query.bind(new.kept).execute(connection).await?;
    Ok(())
}

impl Store {
    /// Everything that happened to the parameters, in order.
    pub async fn tuning(&self) -> Result<Vec<Entry>, StoreError> {
        entries(&self.readers).await
    }
}

impl Archive {
    /// Everything that happened to the parameters, in order.
    pub async fn tuning(&self) -> Result<Vec<Entry>, StoreError> {
        entries(&self.readers).await
    }

    /// The Config of a digest: how the world was made, or what was in force at some time.
    pub(super) async fn config(&self, digest: Digest) -> Result<Config, StoreError> {
        let lost = StoreError::Damaged("the Config of a stretch");
        if self.world().config.digest() == digest {
            return Ok(self.world().config.clone());
        }
        let query = sqlx::query("SELECT config FROM tuning WHERE digest = ? LIMIT 1");
        let row = query.bind(digest.0.to_vec());
        let Some(row) = row.fetch_optional(&self.readers).await? else {
            return Err(lost);
        };
        let bytes: Vec<u8> = row.try_get("config")?;
        let config = codec::decode::<Config>(&bytes, MAX_CONFIG_BYTES).ok();
        config
            .filter(|config| config.digest() == digest)
            .ok_or(lost)
    }
}

async fn entries(readers: &SqlitePool) -> Result<Vec<Entry>, StoreError> {
    let query = sqlx::query("SELECT entry FROM tuning ORDER BY number");
    let rows = query.fetch_all(readers).await?;
    let entry = |row: &SqliteRow| -> Result<Entry, StoreError> {
        let text: String = row.try_get("entry")?;
        serde_json::from_str(&text).map_err(|_| StoreError::Damaged("a decision"))
    };
    rows.iter().map(entry).collect()
}
