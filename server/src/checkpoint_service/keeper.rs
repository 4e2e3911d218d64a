//! Checkpoints of a folder, for the command line: listed and exported beside a running server, everything else without
//! one. Knows no argument.

use super::file::{self, FileError, MAX_FILE_BYTES};
use super::image::{Image, ImageError};
use crate::clock;
use crate::data_dir::DataDir;
use crate::error::ServerError;
use crate::store::{Archive, NewCheckpoint, NewEntry, NewWorld, Restoration, Store, StoreError};
use crate::tuning::{TunerError, TuningKnobs, keeper::open};
use bytebiota_core::{IslandId, WorldId, WorldSeed};
use bytebiota_protocol::view::CheckpointView;
use std::path::{Path, PathBuf};

/// Why a command about checkpoints failed.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// There is no world in the folder.
    #[error("there is no world in {}", .0.display())]
    NoWorld(PathBuf),
    /// There is no such checkpoint.
    #[error("there is no checkpoint {0}; `bytebiota checkpoint list` shows those that are kept")]
    NoCheckpoint(i64),
    /// The world in the folder would be left.
    #[error("{} holds a world, which would be left at where it stands; say --force if that is meant", .0.display())]
    Present(PathBuf),
    /// The checkpoint is of another world than the folder's.
    #[error("the checkpoint is of another world than {}", .0.display())]
    OtherWorld(PathBuf),
    /// The file cannot be read or written.
    #[error("{}: {reason}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file is not one that can be used.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: FileError,
    },
    /// What is in it is not.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// It holds what turned out false later.
    #[error("the checkpoint holds results of island {0} that did not match or are not known here")]
    False(IslandId),
    /// The folder is held, or cannot be used.
    #[error(transparent)]
    Folder(#[from] ServerError),
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The parameters cannot go back.
    #[error(transparent)]
    Parameters(#[from] TunerError),
}

/// Where a checkpoint is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Which {
    /// One of those that the folder keeps.
    Number(i64),
    /// A file.
    File(PathBuf),
}

/// Every checkpoint of a folder, newest first; a server may run beside it.
pub async fn list(folder: &Path) -> Result<Vec<CheckpointView>, CheckpointError> {
    let archive = Archive::open(&existing(folder)?).await?;
    Ok(archive.checkpoints().await?)
}

/// Writes a checkpoint of a folder to a file that must not be there yet; a server may run beside it.
pub async fn export(folder: &Path, number: i64, to: &Path) -> Result<(), CheckpointError> {
    let image = kept(&existing(folder)?, number).await?;
    image.prove()?;
    let bytes = file::write(&image);
    let written = std::fs::File::create_new(to).and_then(|mut file| {
        std::io::Write::write_all(&mut file, &bytes)?;
        file.sync_all()
    });
    written.map_err(|error| fault(to, &error))
}

/// Takes a checkpoint of a folder without a server; its number.
pub async fn create(folder: &Path) -> Result<i64, CheckpointError> {
    let (store, _held) = hold(folder).await?;
    let number = store.take_checkpoint(new("by hand")).await;
    store.close().await;
    Ok(number?)
}

/// Adds a file to the checkpoints of the same world; its number. A folder without a world becomes that world.
pub async fn import(folder: &Path, from: &Path) -> Result<i64, CheckpointError> {
    let image = read(from)?;
    image.prove()?;
    if existing(folder).is_err() {
        return restore(folder, &Which::File(from.to_path_buf()), false).await;
    }
    let (store, _held) = hold(folder).await?;
    if store.world().id != image.world {
        store.close().await;
        return Err(CheckpointError::OtherWorld(folder.to_path_buf()));
    }
    let number = store.import_checkpoint(image).await;
    store.close().await;
    Ok(number?)
}

/// The world of a folder goes back to a checkpoint, or begins with one. A world that is there is left only if forced: it
/// stays as a line of history, or as a file if it is another world. The number of the checkpoint that was taken of it before,
/// or of that of the new world.
pub async fn restore(folder: &Path, which: &Which, force: bool) -> Result<i64, CheckpointError> {
    let present = existing(folder).ok();
    if let (None, Which::Number(_)) = (&present, which) {
        return Err(CheckpointError::NoWorld(folder.to_path_buf()));
    }
    if present.is_some() && !force {
        return Err(CheckpointError::Present(folder.to_path_buf()));
    }
    let held = DataDir::hold(folder)?;
    let image = match (which, &present) {
        (Which::File(path), _) => read(path)?,
        (Which::Number(number), Some(database)) => kept(database, *number).await?,
        (Which::Number(_), None) => return Err(CheckpointError::NoWorld(folder.to_path_buf())),
    };
    let good = image.prove()?;
    if let Some(database) = &present {
        move_another_aside(database, image.world).await?;
    }
    let made = NewWorld {
        id: image.world,
        seed: WorldSeed(image.seed),
        config: image.config()?,
        created_ms: image.created_ms,
    };
    let store = Store::open(&held.database(), made).await?;
    let gone_back = go_back(&store, image, good).await;
    store.close().await;
    gone_back
}

async fn go_back(
    store: &Store,
    image: Image,
    good: Vec<crate::store::GoodState>,
) -> Result<i64, CheckpointError> {
    let is_new = store.world().made;
    let mut number = None;
    if !is_new {
        number = Some(store.take_checkpoint(new("before a restore")).await?);
    }
    // The rows of the versions are in order; the newest one's is the last.
    let version = newest_version(&image);
    let restoration = Restoration {
        image,
        good,
        time_ms: clock::wall_ms(),
    };
    if let Some(island) = store.restore(restoration).await? {
        return Err(CheckpointError::False(island));
    }
    parameters_go_back(store, version).await?;
    match number {
        Some(number) => Ok(number),
        None => Ok(store.take_checkpoint(new("import")).await?),
    }
}

/// The newest version of the parameters in an image; 0 for how the world was made.
fn newest_version(image: &Image) -> u64 {
    let versions = image.tuning.iter().filter_map(|row| match row.get(2) {
        Some(super::image::Cell::Number(version)) => u64::try_from(*version).ok(),
        _ => None,
    });
    versions.max().unwrap_or(0)
}

/// Why the parameters change with it.
const WENT_BACK: &str = "the world went back to a checkpoint";

/// Later versions stay known, since links name them; how it was is in force again, as a new version.
async fn parameters_go_back(store: &Store, version: u64) -> Result<(), CheckpointError> {
    let mut tuner = open(store.world().config.clone(), store.tuning().await?)?;
    if tuner.parameters().version <= version {
        return Ok(());
    }
    let entry = match tuner.rolled_back(clock::wall_ms(), version, WENT_BACK.to_owned()) {
        // It is as it was.
        Err(TunerError::NoChange) => return Ok(()),
        entry => entry?,
    };
    tuner.take(&entry).map_err(TunerError::from)?;
    let new = NewEntry::of(&entry, &tuner, TuningKnobs::default().kept);
    Ok(store.add_entry(new).await?)
}

/// The database of another world makes room: it is renamed, never deleted.
async fn move_another_aside(database: &Path, world: WorldId) -> Result<(), CheckpointError> {
    let archive = Archive::open(database).await?;
    let present = archive.world().id;
    drop(archive);
    if present == world {
        return Ok(());
    }
    // Opened and closed once by a writer, it is one file without a log.
    let store = Store::open(database, nothing()).await?;
    store.close().await;
    let aside = database.with_file_name(format!("world-{:016x}.sqlite", present.0));
    if aside.exists() {
        let error = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
        return Err(fault(&aside, &error));
    }
    std::fs::rename(database, &aside).map_err(|error| fault(&aside, &error))
}

/// What would make a world where one is there already.
fn nothing() -> NewWorld {
    NewWorld {
        id: WorldId(0),
        seed: WorldSeed(0),
        config: bytebiota_core::Config::default(),
        created_ms: 0,
    }
}

async fn hold(folder: &Path) -> Result<(Store, DataDir), CheckpointError> {
    existing(folder)?;
    let held = DataDir::hold(folder)?;
    Ok((Store::open(&held.database(), nothing()).await?, held))
}

fn new(cause: &str) -> NewCheckpoint {
    NewCheckpoint {
        cause: cause.to_owned(),
        // What is thinned by age is the server's own.
        months: 0,
        time_ms: clock::wall_ms(),
    }
}

async fn kept(database: &Path, number: i64) -> Result<Image, CheckpointError> {
    let archive = Archive::open(database).await?;
    let image = archive.checkpoint(number).await?;
    image.ok_or(CheckpointError::NoCheckpoint(number))
}

fn read(path: &Path) -> Result<Image, CheckpointError> {
    let size = std::fs::metadata(path).map_err(|error| fault(path, &error))?;
    if size.len() > MAX_FILE_BYTES {
        let error = std::io::Error::other(format!("more than {MAX_FILE_BYTES} bytes"));
        return Err(fault(path, &error));
    }
    let bytes = std::fs::read(path).map_err(|error| fault(path, &error))?;
    file::read(&bytes).map_err(|error| CheckpointError::File {
        path: path.to_path_buf(),
        error,
    })
}

fn fault(path: &Path, error: &std::io::Error) -> CheckpointError {
    CheckpointError::Io {
        path: path.to_path_buf(),
        reason: error.to_string(),
    }
}

fn existing(folder: &Path) -> Result<PathBuf, CheckpointError> {
    let database = folder.join("world.sqlite");
    match database.is_file() {
        true => Ok(database),
        false => Err(CheckpointError::NoWorld(folder.to_path_buf())),
    }
}
