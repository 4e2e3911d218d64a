//! What executes in a browser, always inside a Web Worker: units for the world, verification, the stage. Knows no page.

#[cfg(target_arch = "wasm32")]
mod entry;
