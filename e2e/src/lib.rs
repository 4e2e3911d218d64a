//! What the browser tests stand on: a real Chromium, a real server on a free port, and patience with a limit.
//!
//! In reading order: `patience` (every wait ends), `chromium` (the process), `tab` (one page and all its troubles),
//! `world` (a server with a small world), `gate` (a network that can be cut) and `ear` (what is said on it), `shots` (pictures of pages). Knows no page in particular.

mod chromium;
mod ear;
mod gate;
mod patience;
mod shots;
mod tab;
mod world;

pub use chromium::Chromium;
pub use gate::Gate;
pub use patience::{PATIENCE, until, within};
pub use shots::take_shots;
pub use tab::{Tab, Trace};
pub use world::World;
