//! Checkpoints on disk: an image of the whole world in one transaction, and the states it needs. Knows no file and no
//! reason to go back.

use super::rows::StoreError;
use super::{Archive, Store, WorldRow, digest};
use crate::checkpoint_service::image::{Cell, Image, IslandImage, Rows};
use crate::checkpoint_service::retention;
use bytebiota_core::{Digest, Epoch, IslandId, codec};
use bytebiota_protocol::view::CheckpointView;
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection, TypeInfo, ValueRef};

/// Bytes of the longest image without its states.
const MAX_IMAGE_BYTES: usize = 1 << 30;
/// How hard it is deflated.
const LEVEL: u8 = 6;

/// The cause of those that are thinned by age.
pub const BY_INTERVAL: &str = "interval";

/// A table that goes into an image: what is read of it, and where it is put back.
pub(super) struct Sheet {
    pub(super) table: &'static str,
    pub(super) columns: &'static str,
    condition: &'static str,
}

/// Whoever waits, enters a stretch that is under way, or is a seed on trial.
pub(super) const MAIL: Sheet = Sheet {
    table: "mail",
    columns: "number, world, to_island, cause, from_branch, from_island, from_serial, left_epoch, genome, time_ms,
        branch, first_epoch, enters_epoch",
    condition: "WHERE withdrawn IS NULL AND (enters_epoch IS NULL OR enters_epoch >= (SELECT i.head_epoch
            FROM islands i WHERE i.world = mail.world AND i.island = to_island AND i.superseded IS NULL)
        OR number IN (SELECT mail FROM reseedings WHERE took_root IS NULL)) ORDER BY number",
};
pub(super) const SEEDS: Sheet = Sheet {
    table: "seeds",
    columns: "hash, genome, way, ticks_per_birth, tasks, found_island, found_serial, found_epoch, admitted_ms,
        uses, successes",
    condition: "ORDER BY hash",
};
pub(super) const RESEEDINGS: Sheet = Sheet {
    table: "reseedings",
    columns: "number, world, island, epoch, reason, hash, mail, time_ms, took_root",
    condition: "ORDER BY number",
};
pub(super) const TUNING: Sheet = Sheet {
    table: "tuning",
    columns: "number, time_ms, version, digest, config, entry",
    condition: "WHERE version IS NOT NULL ORDER BY number",
};

/// A checkpoint to be taken.
#[derive(Clone, Debug)]
pub struct NewCheckpoint {
    /// Why.
    pub cause: String,
    /// How many months one of each is kept; 0 for ever.
    pub months: u32,
    /// Now, Unix ms.
    pub time_ms: u64,
}

/// Takes a checkpoint of the world as it is confirmed inside the caller's transaction, and lets old ones go. Its number.
pub(super) async fn take(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    new: &NewCheckpoint,
) -> Result<i64, StoreError> {
    let image = Image {
        world: world.id,
        seed: world.seed.0,
        created_ms: world.created_ms,
        config: codec::encode(&world.config),
        time_ms: new.time_ms,
        islands: islands(connection, world).await?,
        mail: read(connection, &MAIL).await?,
        seeds: read(connection, &SEEDS).await?,
        reseedings: read(connection, &RESEEDINGS).await?,
        tuning: read(connection, &TUNING).await?,
    };
    let number = add(connection, &image, &new.cause).await?;
    thin(connection, new).await?;
    Ok(number)
}

/// Keeps an image whose states are there, and pins them.
async fn add(
    connection: &mut SqliteConnection,
    image: &Image,
    cause: &str,
) -> Result<i64, StoreError> {
    let bytes = codec::encode(image);
    let query = sqlx::query(
        "INSERT INTO checkpoints (time_ms, cause, islands, epochs, image, digest)
         VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
    );
    let query = query
        .bind(image.time_ms as i64)
        .bind(cause)
        .bind(image.islands.len() as i64)
        .bind(image.epochs() as i64)
        .bind(miniz_oxide::deflate::compress_to_vec(&bytes, LEVEL))
        .bind(Digest::of(&bytes).0.to_vec());
    let row = query.fetch_one(&mut *connection).await?;
    let number: i64 = row.try_get("number")?;
    for island in &image.islands {
        let query = sqlx::query(
            "INSERT INTO checkpoint_states (world, branch, island, epoch, checkpoint)
             VALUES (?, ?, ?, ?, ?)",
        );
        let query = query
            .bind(image.world.0 as i64)
            .bind(island.branch)
            .bind(island.island.0)
            .bind(island.epoch.0 as i64)
            .bind(number);
        query.execute(&mut *connection).await?;
    }
    Ok(number)
}

/// Keeps an image from a file of this world, with its states.
pub(super) async fn import(
    connection: &mut SqliteConnection,
    image: &Image,
) -> Result<i64, StoreError> {
    let mut bare = image.clone();
    for island in &mut bare.islands {
        let query = sqlx::query(
            "INSERT OR IGNORE INTO states (world, branch, island, epoch, digest, bytes)
             VALUES (?, ?, ?, ?, ?, ?)",
        );
        let query = query
            .bind(image.world.0 as i64)
            .bind(island.branch)
            .bind(island.island.0)
            .bind(island.epoch.0 as i64)
            .bind(island.digest.0.to_vec())
            .bind(std::mem::take(&mut island.state));
        query.execute(&mut *connection).await?;
    }
    add(connection, &bare, "import").await
}

async fn thin(connection: &mut SqliteConnection, new: &NewCheckpoint) -> Result<(), StoreError> {
    let query = sqlx::query("SELECT number, time_ms FROM checkpoints WHERE cause = ?");
    let rows = query.bind(BY_INTERVAL).fetch_all(&mut *connection).await?;
    let age = |row: &SqliteRow| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64));
    let kept: Result<Vec<(i64, u64)>, StoreError> = rows.iter().map(age).collect();
    for number in retention::surplus(&kept?, new.time_ms, new.months) {
        let query = sqlx::query("DELETE FROM checkpoints WHERE number = ?").bind(number);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn islands(
    connection: &mut SqliteConnection,
    world: &WorldRow,
) -> Result<Vec<IslandImage>, StoreError> {
    let query = sqlx::query(
        "SELECT i.*, h.header AS open, h.inputs AS open_inputs FROM islands i
            LEFT JOIN headers h ON h.world = i.world AND h.branch = i.branch AND h.island = i.island
                AND h.first_epoch <= i.head_epoch AND h.end_epoch > i.head_epoch
         WHERE i.world = ? AND i.superseded IS NULL ORDER BY i.island, h.first_epoch",
    );
    let query = query.bind(world.id.0 as i64);
    let rows = query.fetch_all(connection).await?;
    let mut islands: Vec<IslandImage> = rows.iter().map(island).collect::<Result<_, _>>()?;
    // Of several headers over the head the newest counts, as it does for the book.
    islands.reverse();
    islands.dedup_by_key(|island| island.island);
    islands.reverse();
    Ok(islands)
}

fn island(row: &SqliteRow) -> Result<IslandImage, StoreError> {
    let open: Option<Vec<u8>> = row.try_get("open")?;
    let inputs: Option<Vec<u8>> = row.try_get("open_inputs")?;
    Ok(IslandImage {
        island: IslandId(row.try_get("island")?),
        branch: row.try_get("branch")?,
        epoch: Epoch(row.try_get::<i64, _>("head_epoch")? as u64),
        digest: digest(row, "head_state")?,
        link: digest(row, "link")?,
        units: row.try_get::<i64, _>("units")? as u64,
        updated_ms: row.try_get::<i64, _>("updated_ms")? as u64,
        sample: row.try_get("sample")?,
        low_edge: row.try_get("low_edge")?,
        high_edge: row.try_get("high_edge")?,
        open: open.zip(inputs),
        state: Vec::new(),
    })
}

async fn read(connection: &mut SqliteConnection, sheet: &Sheet) -> Result<Rows, StoreError> {
    let Sheet {
        table,
        columns,
        condition,
    } = sheet;
    let query = format!("SELECT {columns} FROM {table} {condition}");
    let query = sqlx::query(sqlx::AssertSqlSafe(query));
    let rows = query.fetch_all(connection).await?;
    let row = |row: &SqliteRow| (0..row.len()).map(|at| cell(row, at)).collect();
    rows.iter().map(row).collect()
}

fn cell(row: &SqliteRow, at: usize) -> Result<Cell, StoreError> {
    let kind = row.try_get_raw(at)?.type_info().name().to_owned();
    Ok(match kind.as_str() {
        "NULL" => Cell::Null,
        "INTEGER" => Cell::Number(row.try_get(at)?),
        "TEXT" => Cell::Text(row.try_get(at)?),
        _ => Cell::Bytes(row.try_get(at)?),
    })
}

/// Puts rows of an image back; what is there of the same key gives way. The tables are strict, so a foreign value is an
/// error.
pub(super) async fn put_back(
    connection: &mut SqliteConnection,
    sheet: &Sheet,
    rows: &Rows,
) -> Result<(), StoreError> {
    let Sheet { table, columns, .. } = sheet;
    let width = columns.split(',').count();
    let marks = vec!["?"; width].join(", ");
    let query = format!("INSERT OR REPLACE INTO {table} ({columns}) VALUES ({marks})");
    for row in rows {
        if row.len() != width {
            return Err(StoreError::Damaged("a row of the checkpoint"));
        }
        let mut query = sqlx::query(sqlx::AssertSqlSafe(query.clone()));
        for cell in row {
            query = match cell {
                Cell::Null => query.bind(None::<i64>),
                Cell::Number(number) => query.bind(*number),
                Cell::Text(text) => query.bind(text.as_str()),
                Cell::Bytes(bytes) => query.bind(bytes.as_slice()),
            };
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

impl Store {
    /// Every checkpoint, newest first.
    pub async fn checkpoints(&self) -> Result<Vec<CheckpointView>, StoreError> {
        list(&self.readers).await
    }

    /// When the newest checkpoint was taken, Unix ms; `None` if there is none.
    pub async fn newest_checkpoint_ms(&self) -> Result<Option<u64>, StoreError> {
        let query = sqlx::query("SELECT max(time_ms) AS newest FROM checkpoints");
        let row = query.fetch_one(&self.readers).await?;
        let newest: Option<i64> = row.try_get("newest")?;
        Ok(newest.map(|ms| ms as u64))
    }
}

impl Archive {
    /// Every checkpoint, newest first.
    pub async fn checkpoints(&self) -> Result<Vec<CheckpointView>, StoreError> {
        list(&self.readers).await
    }

    /// A checkpoint with its states; none if there is none of this number.
    pub async fn checkpoint(&self, number: i64) -> Result<Option<Image>, StoreError> {
        let query = sqlx::query("SELECT image, digest FROM checkpoints WHERE number = ?");
        let query = query.bind(number).fetch_optional(&self.readers);
        let Some(row) = query.await? else {
            return Ok(None);
        };
        let packed: Vec<u8> = row.try_get("image")?;
        let mut image = bare_image(&packed, digest(&row, "digest")?)?;
        for island in &mut image.islands {
            let query = sqlx::query(
                "SELECT bytes FROM states WHERE world = ? AND branch = ? AND island = ? AND epoch = ?",
            );
            let query = query
                .bind(image.world.0 as i64)
                .bind(island.branch)
                .bind(island.island.0)
                .bind(island.epoch.0 as i64);
            let row = query.fetch_optional(&self.readers).await?;
            let row = row.ok_or(StoreError::Damaged("a state of a checkpoint"))?;
            island.state = row.try_get("bytes")?;
        }
        Ok(Some(image))
    }
}

/// An image as it is stored, proven by its digest: without the states.
pub(super) fn bare_image(packed: &[u8], wanted: Digest) -> Result<Image, StoreError> {
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, MAX_IMAGE_BYTES);
    let bytes = bytes.ok().filter(|bytes| Digest::of(bytes) == wanted);
    let image = bytes.and_then(|bytes| codec::decode::<Image>(&bytes, MAX_IMAGE_BYTES).ok());
    image.ok_or(StoreError::Damaged("a checkpoint"))
}

async fn list(readers: &SqlitePool) -> Result<Vec<CheckpointView>, StoreError> {
    let query = sqlx::query(
        "SELECT number, time_ms, cause, islands, epochs FROM checkpoints ORDER BY number DESC",
    );
    let rows = query.fetch_all(readers).await?;
    let view = |row: &SqliteRow| {
        Ok(CheckpointView {
            number: row.try_get("number")?,
            time_ms: row.try_get::<i64, _>("time_ms")? as u64,
            cause: row.try_get("cause")?,
            islands: row.try_get("islands")?,
            epochs: row.try_get::<i64, _>("epochs")? as u64,
        })
    };
    rows.iter().map(view).collect()
}
