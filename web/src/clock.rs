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
