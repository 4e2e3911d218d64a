//! Store: the only SQL. One file with one writer; an answer is given only after the commit is on disk. Knows no worker
//! and no policy.
//!
//! `append` is compare-and-append, `docket` turns verdicts into `history`, `outputs` keeps what confirmed units put out,
//! `mail` whoever goes to another island, `parameters` the Configs that were in force, `seeds` the seed bank, `pruning` forgets what islands put out, `retention` all else that would grow for ever, `folding` old links, `checkpoints` keeps the whole world of a moment, `restoring` goes back there, `backup` is written before an old file is changed, `writer` is the one task that writes, `wal` its log, and `commits` how that goes, `read` and `phylogeny`
//! what others look up, `archive` what replays read and `beginning` where that begins, `trust` what is known of people, `rows` the types.

mod analytics;
mod append;
mod archive;
mod backup;
#[cfg(test)]
mod backup_tests;
mod beginning;
mod checkpoints;
mod commits;
mod docket;
mod dominants;
#[cfg(test)]
mod dominants_tests;
mod exports;
mod folding;
mod genotypes;
mod history;
mod mail;
#[cfg(test)]
mod mail_tests;
mod outputs;
mod parameters;
mod phylogeny;
mod pruning;
mod read;
mod restoring;
mod retention;
#[cfg(test)]
mod retention_tests;
mod rows;
#[cfg(test)]
mod seed_tests;
mod seeds;
mod series;
mod series_cell;
#[cfg(test)]
mod series_tests;
#[cfg(test)]
mod taxa_tests;
mod taxon_rows;
#[cfg(test)]
mod tests;
mod trust;
#[cfg(test)]
mod verdict_tests;
mod wal;
mod writer;

pub use analytics::{Kept, Turnover};
pub use archive::Archive;
pub use checkpoints::{BY_INTERVAL, NewCheckpoint};
pub use commits::Commits;
pub use dominants::Foremost;
pub use parameters::NewEntry;
pub use phylogeny::TaxaWish;
pub use restoring::Restoration;
pub use retention::{HistorySize, Retention, Tidying};
pub use rows::{
    Appended, Filed, Filing, GoodState, IslandRow, Mismatch, NewUnit, Post, ProvisionalRow, Shelf,
    Sowing, StateRow, StoreError, Volunteer, VolunteerVisit, WorldRow,
};
pub use series::{SeriesPart, SeriesShelf, SeriesWish};

use crate::checkpoint_service::image::Image;
use crate::seed_bank::SeedChange;
use bytebiota_core::{
    Branch, Config, Epoch, IslandId, SEMANTICS_VERSION, Sample, StretchHeader, codec,
};
use bytebiota_core::{Digest, WorldId, WorldSeed};
use bytebiota_protocol::view::SeriesPoint;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use wal::Wal;
use writer::{Inbox, Job, Writer};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// Jobs that may wait for the writer; whoever brings more waits with them.
const MAX_WAITING_JOBS: usize = 1_024;
/// Bytes of the longest Config.
const MAX_CONFIG_BYTES: usize = 65_536;
/// Connections for reading.
const READERS: u32 = 4;

/// A handle to the database; clones share one writer.
#[derive(Clone, Debug)]
pub struct Store {
    world: WorldRow,
    jobs: mpsc::Sender<Job>,
    verdicts: mpsc::Sender<Job>,
    readers: SqlitePool,
    failed: watch::Receiver<bool>,
    commits: Commits,
    path: Arc<Path>,
}

/// What makes a new world when the file is new.
#[derive(Clone, Debug)]
pub struct NewWorld {
    /// Its name in every key.
    pub id: WorldId,
    /// What everything derives from.
    pub seed: WorldSeed,
    /// Its Config.
    pub config: Config,
    /// Now, Unix ms.
    pub created_ms: u64,
}

impl Store {
    /// Opens or makes the database at `path` and starts its writer. An existing world keeps its own Config.
    pub async fn open(path: &Path, new: NewWorld) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .disable_statement_logging();
        let named = |error| rows::open_error(path, error);
        let mut connection = options.clone().connect().await.map_err(named)?;
        refuse_foreign(path, &mut connection).await?;
        backup::before_migrating(path, &mut connection).await?;
        let migrated = MIGRATIONS.run(&mut connection).await;
        migrated.map_err(|error| migrate_error(path, error))?;
        let world = load_or_make(&mut connection, new).await?;
        let readers = SqlitePoolOptions::new().max_connections(READERS);
        let readers = readers.connect_with(reading(path)).await;
        let readers = readers.map_err(named)?;
        let (jobs, waiting_jobs) = mpsc::channel(MAX_WAITING_JOBS);
        let (verdicts, waiting_verdicts) = mpsc::channel(MAX_WAITING_JOBS);
        let inbox = Inbox {
            verdicts: waiting_verdicts,
            jobs: waiting_jobs,
        };
        let (fail, failed) = watch::channel(false);
        let commits = Commits::new();
        let writer = Writer::new(
            connection,
            world.clone(),
            inbox,
            fail,
            commits.clone(),
            Wal::of(path),
        );
        writer.start().map_err(|error| StoreError::Unusable {
            path: path.into(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            world,
            jobs,
            verdicts,
            readers,
            failed,
            commits,
            path: path.into(),
        })
    }

    /// The world of this database.
    pub fn world(&self) -> &WorldRow {
        &self.world
    }

    /// Becomes true, for good, when something could not be written: nothing may be acknowledged any more.
    pub fn failed(&self) -> watch::Receiver<bool> {
        self.failed.clone()
    }

    /// How commits go.
    pub fn commits(&self) -> &Commits {
        &self.commits
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an island at its genesis; one that is there already stays as it is. Its line of history.
    pub async fn add_island(
        &self,
        island: IslandId,
        state: StateRow,
        sample: Sample,
    ) -> Result<Branch, StoreError> {
        self.ask(|reply| Job::Island(island, state, Box::new(sample), reply))
            .await
    }

    /// Stores the header of a stretch before it is sent, with what enters it; `entering` names those of the `post` who
    /// do, each with his line. `false`, and nothing is stored, if one of them may not enter any more.
    pub async fn open_stretch(
        &self,
        header: StretchHeader,
        inputs: Vec<u8>,
        entering: Vec<(i64, Epoch)>,
    ) -> Result<bool, StoreError> {
        self.ask(|reply| Job::Header(header, inputs, entering, reply))
            .await
    }

    /// Files what was decided, in order, each in one transaction, which may be the same.
    pub async fn file(&self, filings: Vec<Filing>) -> Result<Vec<Filed>, StoreError> {
        let mut answers = Vec::with_capacity(filings.len());
        for filing in filings {
            let (reply, answer) = oneshot::channel();
            let sent = self.verdicts.send(Job::File(Box::new(filing), reply)).await;
            sent.map_err(|_| StoreError::Closed)?;
            answers.push(answer);
        }
        let mut filed = Vec::with_capacity(answers.len());
        for answer in answers {
            filed.push(answer.await.map_err(|_| StoreError::Closed)?);
        }
        Ok(filed)
    }

    /// Appends a unit, provisionally, if it is new and builds on where its island stands.
    pub async fn append(&self, unit: NewUnit) -> Result<Appended, StoreError> {
        let _waiting = self.commits.wait();
        self.ask(|reply| Job::Unit(Box::new(unit), reply)).await
    }

    /// Finds or makes the volunteer of a token.
    pub async fn visit(&self, visit: VolunteerVisit) -> Result<Volunteer, StoreError> {
        self.ask(|reply| Job::Visit(visit, reply)).await
    }

    /// Erases the token and the name of a volunteer; his number, if there was one of this token.
    pub async fn forget(&self, token_hash: [u8; 32]) -> Result<Option<i64>, StoreError> {
        self.ask(|reply| Job::Forget(token_hash, reply)).await
    }

    /// Admits a seed, in the place of those who made room.
    pub async fn change_seeds(&self, change: SeedChange) -> Result<(), StoreError> {
        self.ask(|reply| Job::Seeds(Box::new(change), reply)).await
    }

    /// Sends seeds to an island.
    pub async fn sow(&self, sowing: Sowing) -> Result<(), StoreError> {
        self.ask(|reply| Job::Sow(sowing, reply)).await
    }

    /// Adds what happened to the parameters.
    pub async fn add_entry(&self, entry: NewEntry) -> Result<(), StoreError> {
        self.ask(|reply| Job::Entry(Box::new(entry), reply)).await
    }

    /// Takes a checkpoint of the world as it is confirmed, and lets old ones go. Its number.
    pub async fn take_checkpoint(&self, new: NewCheckpoint) -> Result<i64, StoreError> {
        self.ask(|reply| Job::Checkpoint(new, reply)).await
    }

    /// Keeps a checkpoint of this world that comes from a file. Its number.
    pub async fn import_checkpoint(&self, image: Image) -> Result<i64, StoreError> {
        self.ask(|reply| Job::Import(Box::new(image), reply)).await
    }

    /// The world goes back, or begins here. An island whose image turned out false is named, and nothing is changed then.
    pub async fn restore(&self, to: Restoration) -> Result<Option<IslandId>, StoreError> {
        self.ask(|reply| Job::Restore(Box::new(to), reply)).await
    }

    /// Forgets what is too much, a slice at a time; how many links were folded.
    pub async fn tidy(&self, tidying: Tidying) -> Result<u64, StoreError> {
        self.ask(|reply| Job::Tidy(tidying, reply)).await
    }

    /// Adds a point of the world's series, sums it up, and forgets what is too old.
    pub async fn add_point(
        &self,
        point: SeriesPoint,
        shelf: SeriesShelf,
    ) -> Result<(), StoreError> {
        self.ask(|reply| Job::Point(point, shelf, reply)).await
    }

    /// Writes what waits and closes the file; later calls fail.
    pub async fn close(&self) {
        let closed: Result<(), StoreError> = self.ask(Job::Close).await;
        if closed.is_ok() {
            self.readers.close().await;
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.jobs.send(job(reply)).await;
        sent.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)
    }
}

/// Readers inherit nothing that would write, such as the journal's mode.
fn reading(path: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    options.disable_statement_logging()
}

/// A SQLite file of another program is left alone.
async fn refuse_foreign(path: &Path, connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let query = sqlx::query(
        "SELECT count(*) AS tables, coalesce(sum(name = '_sqlx_migrations'), 0) AS ours
         FROM sqlite_master WHERE type = 'table'",
    );
    let row = query.fetch_one(connection).await;
    let row = row.map_err(|error| rows::open_error(path, error))?;
    let (tables, ours): (i64, i64) = (row.try_get("tables")?, row.try_get("ours")?);
    match tables > 0 && ours == 0 {
        true => Err(StoreError::Foreign(path.to_path_buf())),
        false => Ok(()),
    }
}

fn migrate_error(path: &Path, error: MigrateError) -> StoreError {
    let path = PathBuf::from(path);
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
    match error {
        MigrateError::VersionMissing(version) if newest.is_some_and(|known| version > known) => {
            StoreError::Newer(path)
        }
        MigrateError::VersionMissing(_) | MigrateError::VersionMismatch(_) => {
            StoreError::Foreign(path)
        }
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            rows::open_error(&path, error)
        }
        _ => StoreError::Foreign(path),
    }
}

async fn load_or_make(
    connection: &mut SqliteConnection,
    new: NewWorld,
) -> Result<WorldRow, StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let insert = sqlx::query(
        "INSERT INTO world (id, seed, created_ms, semantics, config)
         SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM world)",
    );
    let insert = insert
        .bind(new.id.0 as i64)
        .bind(new.seed.0 as i64)
        .bind(new.created_ms as i64)
        .bind(SEMANTICS_VERSION)
        .bind(codec::encode(&new.config));
    let made = insert.execute(&mut *transaction).await?.rows_affected() > 0;
    let world = read_world(&mut transaction).await?;
    transaction.commit().await?;
    let world = world.ok_or(StoreError::Damaged("the row of the world"))?;
    Ok(WorldRow { made, ..world })
}

/// The world, if it is one that this program can compute.
async fn read_world(connection: &mut SqliteConnection) -> Result<Option<WorldRow>, StoreError> {
    let query = sqlx::query("SELECT id, seed, created_ms, semantics, config FROM world");
    let Some(row) = query.fetch_optional(connection).await? else {
        return Ok(None);
    };
    let semantics: u32 = row.try_get("semantics")?;
    if semantics != SEMANTICS_VERSION {
        return Err(StoreError::Semantics(semantics));
    }
    let config: Vec<u8> = row.try_get("config")?;
    let config = codec::decode::<Config>(&config, MAX_CONFIG_BYTES);
    let config = config.ok().filter(|config| config.validate().is_ok());
    Ok(Some(WorldRow {
        id: WorldId(row.try_get::<i64, _>("id")? as u64),
        seed: WorldSeed(row.try_get::<i64, _>("seed")? as u64),
        created_ms: row.try_get::<i64, _>("created_ms")? as u64,
        config: config.ok_or(StoreError::Damaged("the Config of the world"))?,
        made: false,
    }))
}

/// 32 bytes of a column as a digest.
fn digest(row: &sqlx::sqlite::SqliteRow, column: &str) -> Result<Digest, StoreError> {
    let bytes: Vec<u8> = row.try_get(column)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice());
    bytes
        .map(Digest)
        .map_err(|_| StoreError::Damaged("a digest"))
}
