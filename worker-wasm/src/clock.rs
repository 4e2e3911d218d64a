//! The only file of this module that reads the time. Knows no calendar.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use web_sys::Performance;

/// Milliseconds since this Web Worker began, with fractions; 0 where there is no clock.
pub fn now_ms() -> f64 {
    thread_local! {
        static CLOCK: Option<Performance> =
            Reflect::get(&js_sys::global(), &"performance".into()).ok().and_then(|clock| clock.dyn_into().ok());
    }
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, Performance::now))
}
