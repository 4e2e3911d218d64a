//! The folder of a world: made if missing, tried for writing, and held by one server at a time. Knows no database.

use crate::error::ServerError;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// A data folder that this process holds; let go when dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Makes the folder if needed and takes its lock.
    pub fn hold(path: &Path) -> Result<Self, ServerError> {
        let fault = |error: std::io::Error| ServerError::Folder {
            path: path.to_path_buf(),
            reason: error.to_string(),
        };
        fs::create_dir_all(path).map_err(fault)?;
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).write(true);
        let lock = options.open(path.join("lock")).map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_path_buf(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(ServerError::Locked(path.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(fault(error)),
        }
    }

    /// Where the database is.
    pub fn database(&self) -> PathBuf {
        self.path.join("world.sqlite")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_at_a_time_holds_a_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data");
        let held = DataDir::hold(&path).expect("free");
        assert!(matches!(DataDir::hold(&path), Err(ServerError::Locked(_))));
        drop(held);
        DataDir::hold(&path).expect("free again");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        fs::write(&file, b"in the way").expect("written");
        let error = DataDir::hold(&file.join("data")).expect_err("refused");
        assert!(matches!(error, ServerError::Folder { .. }));
        assert!(error.to_string().contains("file") && !error.to_string().contains('\n'));
    }
}
