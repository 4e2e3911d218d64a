//! The only file of this module that reads the time. Knows no calendar.

use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

/// Milliseconds since this Web Worker began, with fractions; 0 where there is no clock.
pub fn now_ms() -> f64 {
    let scope = js_sys::global().dyn_into::<WorkerGlobalScope>().ok();
    scope
        .and_then(|scope| scope.performance())
        .map_or(0.0, |clock| clock.now())
}
