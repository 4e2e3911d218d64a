//! What JavaScript calls: `run_lab` listens to the page and gives the turn back to it between slices. Decides nothing.

use crate::{bench::Bench, clock};
use bytebiota_protocol::lab::{LabAnswer, LabRequest};
use serde::Serialize;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// A turn of the bench, which asks for the next one by itself.
type Turn = Rc<RefCell<Option<Closure<dyn FnMut()>>>>;

/// Listens to the page for the rest of the worker's life.
#[wasm_bindgen]
pub fn run_lab() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into()?;
    let bench = Rc::new(RefCell::new(Bench::default()));
    let turn: Turn = Rc::default();
    let waits = Rc::new(RefCell::new(false));

    let (own_scope, own_bench, own_turn, own_waits) =
        (scope.clone(), bench.clone(), turn.clone(), waits.clone());
    *turn.borrow_mut() = Some(Closure::new(move || {
        own_waits.replace(false);
        let answers = own_bench.borrow_mut().turn(clock::now_ms());
        answers.iter().for_each(|answer| tell(&own_scope, answer));
        ask(&own_scope, &own_bench, &own_turn, &own_waits);
    }));

    let heard_scope = scope.clone();
    let handler = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        // What is not understood comes from a page of another version, and is ignored.
        if let Ok(request) = serde_wasm_bindgen::from_value::<LabRequest>(event.data()) {
            let answers = bench.borrow_mut().hear(request, clock::now_ms());
            answers.iter().for_each(|answer| tell(&heard_scope, answer));
            ask(&heard_scope, &bench, &turn, &waits);
        }
    });
    scope.set_onmessage(Some(handler.as_ref().unchecked_ref()));
    handler.forget();
    tell(&scope, &LabAnswer::Ready);
    Ok(())
}

/// Asks for one more turn if the bench has something to do and none is on its way.
fn ask(
    scope: &DedicatedWorkerGlobalScope,
    bench: &Rc<RefCell<Bench>>,
    turn: &Turn,
    waits: &Rc<RefCell<bool>>,
) {
    let Some(rest_ms) = bench.borrow().rest_ms() else {
        return;
    };
    if let (false, Some(turn)) = (waits.replace(true), turn.borrow().as_ref()) {
        let function = turn.as_ref().unchecked_ref();
        let _ = scope.set_timeout_with_callback_and_timeout_and_arguments_0(function, rest_ms);
    }
}

/// Says something to the page; without a page nobody listens.
fn tell(scope: &DedicatedWorkerGlobalScope, answer: &LabAnswer) {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    if let Ok(value) = answer.serialize(&serializer) {
        let _ = scope.post_message(&value);
    }
}
