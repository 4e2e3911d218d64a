//! What travels between server, workers and pages. No I/O, no clock.
//!
//! In reading order: `message` (two closed enums, with `greeting` and `reasons`), `limits`, `session` (the worker's brain), `backoff`,
//! `nick`, `parameters` (versions of the Config), `view` (what API and pages show), `recording` (a young soup, moment by moment), `colour` (of genotypes), `history` (what replays compare), `routes` (addresses), `genome_name` (genomes in
//! addresses), `browser` and `lab` (a page and its Web Workers), `controls` (how a volunteer's machine computes).

pub mod backoff;
pub mod browser;
pub mod colour;
pub mod controls;
mod deflate;
pub mod genome_name;
mod greeting;
pub mod history;
pub mod lab;
pub mod limits;
pub mod memory_map;
pub mod message;
pub mod nick;
pub mod parameters;
mod reasons;
pub mod recording;
pub mod routes;
pub mod session;
pub mod view;
