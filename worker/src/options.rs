//! What a volunteer can choose, and what can go wrong. Knows no socket and no thread.

use crate::{Controls, Machine};
use bytebiota_core::UnitKey;
use bytebiota_protocol::{message::Wishes, routes};
use std::path::PathBuf;
use tokio::sync::mpsc::UnboundedSender;

/// What the native worker is asked to do.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// Address of the server, such as `http://127.0.0.1:8080`.
    pub server: String,
    /// Slots; `None` for all cores but one, at least 1.
    pub slots: Option<u32>,
    /// The name to show.
    pub nick: Option<String>,
    /// Where the token is kept; `None` for not at all.
    pub token_file: Option<PathBuf>,
    /// Stop after so many acknowledged units.
    pub units: Option<u64>,
    /// Wishes for the size of units.
    pub wishes: Wishes,
    /// When and how much to compute.
    pub controls: Controls,
    /// Whether to show on standard error what happens.
    pub show_progress: bool,
    /// Told of each unit when the server has acknowledged it, for who keeps a log.
    pub acks: Option<UnboundedSender<UnitKey>>,
}

impl WorkerOptions {
    /// A worker for a server, with everything else as it is by default and nothing shown.
    pub fn new(server: impl Into<String>) -> Self {
        Self {
            server: server.into(),
            slots: None,
            nick: None,
            token_file: None,
            units: None,
            wishes: Wishes::default(),
            controls: Controls::default(),
            show_progress: false,
            acks: None,
        }
    }

    pub(crate) fn slot_count(&self) -> u32 {
        let cores = Machine::look().cores;
        self.slots.unwrap_or_else(|| cores.saturating_sub(1)).max(1)
    }

    /// The address of the server's worker socket.
    pub(crate) fn socket_url(&self) -> Result<String, WorkerError> {
        let server = self.server.trim();
        let refused = |reason| WorkerError::Address {
            address: server.to_owned(),
            reason,
        };
        let host = match server.split_once("://") {
            Some(("http" | "ws", host)) => host,
            Some(("https" | "wss", _)) => {
                return Err(refused("this build has no TLS; use http://"));
            }
            Some(_) => return Err(refused("it begins with neither http:// nor ws://")),
            None => server,
        };
        let host = host.trim_end_matches('/');
        if host.is_empty() || host.starts_with('/') {
            return Err(refused("it names no host"));
        }
        Ok(format!("ws://{host}{}", routes::WORKER_SOCKET))
    }
}

/// How far a volunteer wants to stop; only ever grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Not at all.
    #[default]
    No,
    /// Finish and deliver the units begun.
    AfterUnit,
    /// Give everything back.
    Now,
}

/// Why a worker could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The address of the server is none.
    #[error("`{address}` is no address of a server: {reason}")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The token file is there but cannot be used.
    #[error("the token file {path} cannot be used: {reason}")]
    TokenFile {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The server does not want this worker; its own words.
    #[error("the server refuses this worker: {0}")]
    Refused(String),
    /// The system gives no thread.
    #[error("a computing thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_socket_addresses_or_clear_errors() {
        let url = |server: &str| {
            WorkerOptions::new(server)
                .socket_url()
                .map_err(|e| e.to_string())
        };
        let expected = Ok("ws://127.0.0.1:8080/api/v1/worker".to_owned());
        for server in [
            "http://127.0.0.1:8080",
            "ws://127.0.0.1:8080/",
            " 127.0.0.1:8080 ",
        ] {
            assert_eq!(url(server), expected);
        }
        for server in ["", "http://", "ftp://x", "https://x", "http:///x"] {
            assert!(
                url(server).is_err_and(|e| e.contains("no address")),
                "{server}"
            );
        }
    }

    #[test]
    fn there_is_always_a_slot() {
        let slots = |slots| {
            WorkerOptions {
                slots,
                ..WorkerOptions::new("x")
            }
            .slot_count()
        };
        assert_eq!((slots(Some(0)), slots(Some(3))), (1, 3));
        assert!(slots(None) >= 1);
    }
}
