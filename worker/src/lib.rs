//! The native worker: computes islands for a server with idle cores. The brain is `bytebiota_protocol::session`; this is its host.
//!
//! In reading order: `options`, `host` (the loop), `connection` (the socket), `threads` (one per slot), `token_file`,
//! `stats` (what the volunteer sees), `clock` (the only file that reads the time).

mod clock;
mod connection;
mod host;
mod options;
mod priority;
mod stats;
mod threads;
mod token_file;

pub use host::run;
pub use options::{Stop, WorkerError, WorkerOptions};
pub use stats::Summary;
pub use token_file::{default_path as default_token_path, write as write_token};
