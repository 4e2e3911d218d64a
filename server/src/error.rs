//! Why a server cannot start or go on, each in one line for the operator. Knows no exit code.

use crate::store::StoreError;
use std::{net::SocketAddr, path::PathBuf};

/// What can go wrong with a server as a whole.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// Somebody listens there already.
    #[error("{0} is in use by another program; stop it, or choose another --listen")]
    PortInUse(SocketAddr),
    /// The address is not ours, or needs rights.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: String,
    },
    /// The data folder cannot be made or written.
    #[error("cannot write to the data folder {}: {reason}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// Another server works on the same folder.
    #[error("another server is running on the data folder {}", .0.display())]
    Locked(PathBuf),
    /// The Config of the new world has a value out of range.
    #[error(transparent)]
    Config(#[from] bytebiota_core::config::KnobError),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something could not be written while running; nothing was acknowledged after it.
    #[error("the database cannot be written any more; nothing that was acknowledged is lost")]
    StoreFailed,
    /// The auditor's thread cannot be started.
    #[error("the auditor's thread cannot be started: {0}")]
    Thread(std::io::Error),
}
