//! Gives the turn back to the browser between slices: at once by a message to oneself, later by a timer. Knows no work.
//!
//! Nested `setTimeout(0)` is clamped to 4 ms, a message is not: so messages carry the full speed and timers the rests.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageChannel, MessagePort, WorkerGlobalScope};

/// Calls back in a later turn of the browser.
pub struct Turns {
    sender: MessagePort,
    receiver: MessagePort,
    callback: Closure<dyn FnMut()>,
}

impl Turns {
    /// Calls `callback` for every turn asked for.
    pub fn new(callback: impl FnMut() + 'static) -> Result<Self, JsValue> {
        let channel = MessageChannel::new()?;
        let callback = Closure::<dyn FnMut()>::new(callback);
        let receiver = channel.port2();
        receiver.set_onmessage(Some(callback.as_ref().unchecked_ref()));
        Ok(Self {
            sender: channel.port1(),
            receiver,
            callback,
        })
    }

    /// Asks for a turn after `rest_ms`; 0 for the very next.
    pub fn ask(&self, rest_ms: i32) {
        if rest_ms <= 0 {
            // Posting an empty message to an open port cannot fail.
            let _ = self.sender.post_message(&JsValue::NULL);
        } else if let Some(scope) = scope() {
            let function: &Function = self.callback.as_ref().unchecked_ref();
            let _ = scope.set_timeout_with_callback_and_timeout_and_arguments_0(function, rest_ms);
        }
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.receiver.set_onmessage(None);
        self.sender.close();
        self.receiver.close();
    }
}

/// Calls back every `period_ms` for the rest of the worker's life.
pub fn every(period_ms: i32, callback: impl FnMut() + 'static) -> Result<(), JsValue> {
    let callback = Closure::<dyn FnMut()>::new(callback);
    if let Some(scope) = scope() {
        let function: &Function = callback.as_ref().unchecked_ref();
        scope.set_interval_with_callback_and_timeout_and_arguments_0(function, period_ms)?;
    }
    // The worker's page ends it as a whole; until then the timer needs its callback.
    callback.forget();
    Ok(())
}

fn scope() -> Option<WorkerGlobalScope> {
    js_sys::global().dyn_into().ok()
}
