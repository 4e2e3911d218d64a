//! The parameters of a folder, for the command line: read beside a running server, changed only without one. Knows no
//! argument.

use super::{
    Entry, IslandWindow, Manifest, Metrics, Tuner, TunerError, TuningKnobs, TuningView, Wish,
};
use crate::clock;
use crate::data_dir::DataDir;
use crate::error::ServerError;
use crate::migration;
use crate::run_logger::{self, RunEvent};
use crate::seed_bank::reseeding::ReseedKnobs;
use crate::store::{Archive, NewEntry, NewWorld, Store, StoreError};
use bytebiota_core::{Config, Epoch, WorldId, WorldSeed};
use std::path::{Path, PathBuf};

/// Why a command about parameters failed.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// There is no world in the folder.
    #[error("there is no world in {0}")]
    NoWorld(String),
    /// The folder is held, or cannot be used.
    #[error(transparent)]
    Folder(#[from] ServerError),
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It may not be.
    #[error(transparent)]
    Refused(#[from] TunerError),
}

/// The whole story of a folder; a server may run beside it.
pub async fn manifest(folder: &Path) -> Result<Manifest, KeeperError> {
    let archive = Archive::open(&existing(folder)?).await?;
    let world = archive.world();
    let id = format!("{:016x}", world.id.0);
    let entries = archive.tuning().await?;
    Ok(Manifest::new(id, world.config.clone(), entries))
}

/// How it stands in a folder, by the windows of the defaults; a server may run beside it.
pub async fn status(folder: &Path) -> Result<TuningView, KeeperError> {
    let archive = Archive::open(&existing(folder)?).await?;
    let tuner = open(archive.world().config.clone(), archive.tuning().await?)?;
    let (tuning, reseeding) = (TuningKnobs::default(), ReseedKnobs::default());
    let back = u64::from(tuning.window_epochs.max(reseeding.window_epochs));
    let mut windows = Vec::new();
    for (island, head) in archive.heads().await? {
        if migration::is_control(island) {
            continue;
        }
        let from = Epoch(head.epoch.0.saturating_sub(back));
        let samples = archive.window(island, from).await?;
        let window = IslandWindow::of(island, &samples, tuning.window_epochs, &reseeding);
        windows.extend(window);
    }
    let metrics = Metrics::of(&windows, tuning.window_epochs);
    Ok(TuningView::of(None, &tuner, metrics))
}

/// Does what an operator wants in the folder of a stopped server; holds it meanwhile.
pub async fn follow(folder: &Path, wish: &Wish) -> Result<Entry, KeeperError> {
    existing(folder)?;
    let held = DataDir::hold(folder)?;
    // The world is there, so nothing of this is used.
    let new = NewWorld {
        id: WorldId(0),
        seed: WorldSeed(0),
        config: Config::default(),
        created_ms: 0,
    };
    let store = Store::open(&held.database(), new).await?;
    let mut tuner = open(store.world().config.clone(), store.tuning().await?)?;
    let entry = wish.entry(&tuner, clock::wall_ms())?;
    tuner.take(&entry).map_err(TunerError::from)?;
    let new = NewEntry::of(&entry, &tuner, TuningKnobs::default().kept);
    store.add_entry(new).await?;
    store.close().await;
    run_logger::log(RunEvent::Tuned(&entry));
    Ok(entry)
}

/// The parameters of a world with all that came before them.
pub fn open(origin: Config, entries: Vec<Entry>) -> Result<Tuner, StoreError> {
    let mut tuner = Tuner::new(origin);
    for entry in entries {
        let taken = tuner.take(&entry);
        taken.map_err(|_| StoreError::Damaged("a version of the parameters"))?;
    }
    Ok(tuner)
}

fn existing(folder: &Path) -> Result<PathBuf, KeeperError> {
    let database = folder.join("world.sqlite");
    match database.is_file() {
        true => Ok(database),
        false => Err(KeeperError::NoWorld(folder.display().to_string())),
    }
}
