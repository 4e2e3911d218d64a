//! What computes here, in one line: this build and the browser that runs it. Knows no session.

use wasm_bindgen::JsCast;

/// Whoever shares all of it computes alike.
pub fn name() -> String {
    let worker = js_sys::global().unchecked_into::<web_sys::WorkerGlobalScope>();
    let agent = worker.navigator().user_agent().unwrap_or_default();
    format!("wasm {} {agent}", env!("CARGO_PKG_VERSION"))
}
