//! What travels between server, workers and pages. No I/O, no clock.
//!
//! In reading order: `message` (two closed enums), `limits`, `session` (the worker's brain), `backoff`,
//! `nick`, `view` (what API and pages show), `routes` (addresses), `browser` (page and Web Worker).

pub mod backoff;
pub mod browser;
pub mod limits;
pub mod memory_map;
pub mod message;
pub mod nick;
pub mod routes;
pub mod session;
pub mod view;
