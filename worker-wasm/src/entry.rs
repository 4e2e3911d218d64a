//! What `worker.js` calls. Knows nothing of how work is done.

use wasm_bindgen::prelude::wasm_bindgen;

/// The meaning of instructions that this module computes.
#[wasm_bindgen]
pub fn semantics_version() -> u32 {
    bytebiota_core::SEMANTICS_VERSION
}
