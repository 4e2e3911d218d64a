//! What JavaScript calls: `run_units` for the volunteer, `run_case`, `verify` and `bench` for tests. Knows nothing of how work is done.

use crate::{cases, clock, unit};
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// The meaning of instructions that this module computes.
#[wasm_bindgen]
pub fn semantics_version() -> u32 {
    bytebiota_core::SEMANTICS_VERSION
}

/// Listens to the page and computes for the server it names.
#[wasm_bindgen]
pub fn run_units() -> Result<(), JsValue> {
    unit::start()
}

/// Executes the first unit of an assignment (canonical bytes); the chain over its segment digests, 64 hex digits.
#[wasm_bindgen]
pub fn run_case(assignment: &[u8]) -> Result<String, JsValue> {
    let digest = cases::run_case(assignment).map_err(|reason| JsValue::from_str(&reason))?;
    Ok(digest.to_string())
}

/// Executes the first unit of an assignment (canonical bytes); its segment digests, 64 hex digits each.
#[wasm_bindgen]
pub fn verify(assignment: &[u8]) -> Result<Vec<String>, JsValue> {
    let digests = cases::verify(assignment).map_err(|reason| JsValue::from_str(&reason))?;
    Ok(digests.iter().map(ToString::to_string).collect())
}

/// Ticks per second in a grown default world: `warm_ticks` to grow, `ticks` measured.
#[wasm_bindgen]
pub fn bench(warm_ticks: u32, ticks: u32) -> f64 {
    let mut island = cases::grown_island(1, u64::from(warm_ticks));
    let begin_ms = clock::now_ms();
    island.run_until(u64::from(warm_ticks) + u64::from(ticks));
    f64::from(ticks) * 1_000.0 / (clock::now_ms() - begin_ms).max(0.001)
}
