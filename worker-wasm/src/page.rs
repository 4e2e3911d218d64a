//! The border to the page: `PageMessage` in, `WorkerMessage` out. Knows not what they cause.

use bytebiota_protocol::browser::{PageMessage, WorkerMessage};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Says something to the page; without a page nobody listens.
pub fn tell(message: &WorkerMessage) {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    if let (Some(scope), Ok(value)) = (scope(), message.serialize(&serializer)) {
        // The page may be closing: there is nobody left to be told about it.
        let _ = scope.post_message(&value);
    }
}

/// Listens to the page for the rest of the worker's life; what is not understood is ignored.
pub fn listen(mut callback: impl FnMut(PageMessage) + 'static) {
    let handler = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Ok(message) = serde_wasm_bindgen::from_value(event.data()) {
            callback(message);
        }
    });
    if let Some(scope) = scope() {
        scope.set_onmessage(Some(handler.as_ref().unchecked_ref()));
    }
    handler.forget();
}

fn scope() -> Option<DedicatedWorkerGlobalScope> {
    let global: JsValue = js_sys::global().into();
    global.dyn_into().ok()
}
