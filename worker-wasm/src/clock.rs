//! The only file of this module that reads the time. Knows no calendar.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use web_sys::Performance;

/// Unix time by this machine, ms: goes on while the machine sleeps, where the other clock may not.
pub fn wall_ms() -> f64 {
    js_sys::Date::now()
}

/// Milliseconds since this Web Worker began, with fractions; 0 where there is no clock.
pub fn now_ms() -> f64 {
    thread_local! {
        static CLOCK: Option<Performance> =
            Reflect::get(&js_sys::global(), &"performance".into()).ok().and_then(|clock| clock.dyn_into().ok());
    }
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, Performance::now))
}
