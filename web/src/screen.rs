//! Keeps the screen on for a while, where the browser can. Knows not what for.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The hold on the screen; the browser lets go by itself when the page is hidden.
#[derive(Clone, Default)]
pub struct Screen {
    hold: Rc<RefCell<Hold>>,
}

#[derive(Default)]
enum Hold {
    #[default]
    None,
    Asked,
    Held(JsValue),
}

impl Screen {
    /// Whether browsers like this one can do it.
    pub fn can_hold() -> bool {
        Reflect::get(&window().navigator(), &"wakeLock".into()).is_ok_and(|lock| lock.is_object())
    }

    /// Keeps the screen on, or does so no longer.
    pub fn hold(&self, wanted: bool) {
        let is_idle = {
            let hold = self.hold.borrow();
            match &*hold {
                Hold::None => true,
                Hold::Asked => false,
                Hold::Held(sentinel) => is_released(sentinel),
            }
        };
        if wanted && is_idle && Self::can_hold() {
            *self.hold.borrow_mut() = Hold::Asked;
            let hold = Rc::clone(&self.hold);
            leptos::task::spawn_local(async move {
                let asked = ask().await.map_or(Hold::None, Hold::Held);
                *hold.borrow_mut() = asked;
            });
        } else if !wanted && let Hold::Held(sentinel) = self.hold.replace(Hold::None) {
            // A hold that the browser has let go already cannot be let go again; nothing is lost.
            let _ = call(&sentinel, "release", &JsValue::UNDEFINED);
        }
    }
}

fn is_released(sentinel: &JsValue) -> bool {
    Reflect::get(sentinel, &"released".into()).is_ok_and(|released| released.is_truthy())
}

async fn ask() -> Result<JsValue, JsValue> {
    let lock = Reflect::get(&window().navigator(), &"wakeLock".into())?;
    let asked = call(&lock, "request", &"screen".into())?;
    JsFuture::from(asked.dyn_into::<Promise>()?).await
}

fn call(object: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    function.call1(object, argument)
}
