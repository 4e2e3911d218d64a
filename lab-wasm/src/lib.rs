//! One lab inside a Web Worker: an organism under the glass, and surveys of what lies around a genome. Knows no page.
//!
//! `bench` (what requests do, with the time as an argument), `survey` (the genome and its neighbours, a part at a time), `verify` (a unit once more),
//! `views` (how things are told); `entry` and `clock` are the shell around them, for the browser alone.

pub mod bench;
mod survey;
pub mod verify;
mod views;

#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod entry;
