//! Seeds of a folder, for the command line: listed and exported beside a running server, taken in only without one. Knows
//! no argument.

use super::exchange::{self, ExchangeError};
use super::{Seed, SeedBank, SeedKnobs};
use crate::clock;
use crate::data_dir::DataDir;
use crate::error::ServerError;
use crate::store::{Archive, NewWorld, Store, StoreError};
use bytebiota_core::{Config, WorldId, WorldSeed};
use std::path::Path;

/// Why a command about seeds failed.
#[derive(Debug, thiserror::Error)]
pub enum SeedsError {
    /// There is no world in the folder.
    #[error("there is no world in {0}")]
    NoWorld(String),
    /// The folder is held, or cannot be used.
    #[error(transparent)]
    Folder(#[from] ServerError),
    /// The database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file says nothing that can be used.
    #[error(transparent)]
    File(#[from] ExchangeError),
}

/// What became of the seeds of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Import {
    /// In the file.
    pub read: usize,
    /// Admitted.
    pub admitted: usize,
}

/// The seeds of a folder; a server may run beside it.
pub async fn seeds(folder: &Path) -> Result<Vec<Seed>, SeedsError> {
    let database = existing(folder)?;
    Ok(Archive::open(&database).await?.seeds().await?)
}

/// Tries every genome of a file and admits what is good enough, as the server would. Holds the folder meanwhile.
pub async fn import(folder: &Path, text: &str) -> Result<Import, SeedsError> {
    let candidates = exchange::read(text)?;
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
    let config = store.world().config.clone();
    let mut bank = SeedBank::new(SeedKnobs::default(), store.seeds().await?);
    let mut import = Import {
        read: candidates.len(),
        admitted: 0,
    };
    for candidate in candidates {
        if let Some(change) = bank.take(candidate, &config, clock::wall_ms()) {
            store.change_seeds(change).await?;
            bank.handle_stored();
            import.admitted += 1;
        }
    }
    store.close().await;
    Ok(import)
}

fn existing(folder: &Path) -> Result<std::path::PathBuf, SeedsError> {
    let database = folder.join("world.sqlite");
    match database.is_file() {
        true => Ok(database),
        false => Err(SeedsError::NoWorld(folder.display().to_string())),
    }
}
