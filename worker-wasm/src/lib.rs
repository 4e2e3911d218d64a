//! What executes in a browser, always inside a Web Worker: units for the world, and single cases for tests. Knows no page.
//!
//! In reading order: `entry` (what JavaScript calls), `unit` (the volunteer: session, executor and how they meet),
//! `telling` (what the page hears), `keep` (what outlives the worker),
//! `work` (slices of one lease), `pace` (how long a slice and a rest are), `page` and `socket` (what crosses the
//! border), `turns` (yielding between slices), `clock` (the only file that reads the time), `cases`.
//! `pace` and `cases` are pure and tested natively; the rest needs a browser.

pub mod cases;
pub mod pace;

#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod engine;
#[cfg(target_arch = "wasm32")]
mod entry;
#[cfg(target_arch = "wasm32")]
mod keep;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod socket;
#[cfg(target_arch = "wasm32")]
mod telling;
#[cfg(target_arch = "wasm32")]
mod turns;
#[cfg(target_arch = "wasm32")]
mod unit;
#[cfg(target_arch = "wasm32")]
mod work;
