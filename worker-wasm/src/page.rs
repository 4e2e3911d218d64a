//! The border to the page: `PageMessage` in, `WorkerMessage` out. Knows not what they cause.

use bytebiota_protocol::browser::{PageMessage, WorkerMessage, decode, encode};
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Says something to the page; without a page nobody listens.
pub fn tell(message: &WorkerMessage) {
    if let Some(scope) = scope() {
        // The page may be closing: there is nobody left to be told about it.
        let _ = scope.post_message(&Uint8Array::from(&encode(message)[..]));
    }
}

/// Listens to the page for the rest of the worker's life; what is not understood is ignored.
pub fn listen(mut callback: impl FnMut(PageMessage) + 'static) {
    let handler = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>();
        if let Some(message) = bytes.ok().and_then(|bytes| decode(&bytes.to_vec())) {
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
