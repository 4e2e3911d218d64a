//! CheckpointService: the whole world of a moment, kept, thinned by age, written to one file, and gone back to. Knows
//! neither worker nor page.
//!
//! `image` is what a checkpoint holds, `retention` which of them stay, `file` how one travels, `keeper` what the command
//! line asks of a folder. The Store takes an image in one transaction and goes back to it in another.

pub mod file;
pub mod image;
pub mod keeper;
pub mod retention;
