//! The one file of the pages that reads the time and sets timers. Knows nothing of what is timed.

use leptos::leptos_dom::helpers::{
    IntervalHandle, TimeoutHandle, set_interval_with_handle, set_timeout_with_handle,
};
use std::time::Duration;

/// Unix time, ms.
pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// Minutes that local time is ahead of UTC, now.
pub fn offset_min() -> f64 {
    -js_sys::Date::new_0().get_timezone_offset()
}

/// A moment as a field for local date and time has it: `2026-03-01T14:05`.
pub fn field(time_ms: u64) -> String {
    let date = js_sys::Date::new(&(time_ms as f64).into());
    let local = time_ms as f64 - date.get_timezone_offset() * 60_000.0;
    let text = String::from(js_sys::Date::new(&local.into()).to_iso_string());
    text.chars().take(16).collect()
}

/// The moment in such a field, Unix ms; `None` while it is not whole.
pub fn from_field(text: &str) -> Option<u64> {
    let time_ms = js_sys::Date::parse(text);
    (time_ms > 0.0).then_some(time_ms as u64)
}

/// Lets so much time pass while nothing else happens on the page: only for a page that is going, and has no other way to
/// wait for its workers.
pub fn hold_on(ms: u32) {
    let until_ms = now_ms() + u64::from(ms);
    while now_ms() < until_ms {}
}

/// Calls once after a while, unless dropped before.
pub struct Timer(Option<TimeoutHandle>);

impl Timer {
    /// Starts to wait.
    pub fn after(ms: u64, call: impl FnOnce() + 'static) -> Self {
        Self(set_timeout_with_handle(call, Duration::from_millis(ms)).ok())
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            handle.clear();
        }
    }
}

/// Day of the week, 0 for Monday, and hour, where the volunteer is.
pub fn local_hour() -> (usize, u32) {
    let now = js_sys::Date::new_0();
    ((now.get_day() as usize + 6) % 7, now.get_hours())
}

/// Calls again and again, until dropped.
pub struct Ticker(IntervalHandle);

impl Ticker {
    /// Starts to tick; `None` where the browser has no timers.
    pub fn every(ms: u64, call: impl Fn() + 'static) -> Option<Self> {
        set_interval_with_handle(call, Duration::from_millis(ms))
            .ok()
            .map(Self)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.0.clear();
    }
}
