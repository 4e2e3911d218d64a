//! The native worker: computes islands for a server with idle cores. The brain is `bytebiota_protocol::session`; this is its host.
//!
//! In reading order: `options`, `host` (the loop), `connection` (the socket), `threads` (one per slot), `token_file`,
//! `stats` (what the volunteer sees), `controls` (what he has chosen), `machine` and `battery` (what there is), `clock` (the only file that reads the time).

mod battery;
mod clock;
mod connection;
mod controls;
mod host;
mod machine;
mod options;
mod priority;
mod stats;
mod threads;
mod token_file;

pub use controls::Controls;
pub use host::run;
pub use machine::Machine;
pub use options::{Stop, WorkerError, WorkerOptions};
pub use stats::Summary;
pub use token_file::{default_path as default_token_path, write as write_token};
