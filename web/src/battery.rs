//! Whether the machine runs on its battery, where the browser tells. Knows not what follows from it.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Calls back with the present answer and whenever it changes; never where the browser does not tell.
pub fn watch(call: impl Fn(bool) + 'static) {
    leptos::task::spawn_local(async move {
        // Without the interface nobody is called: that is the answer.
        let _ = follow(call).await;
    });
}

async fn follow(call: impl Fn(bool) + 'static) -> Result<(), JsValue> {
    let navigator = window().navigator();
    let ask: Function = Reflect::get(&navigator, &"getBattery".into())?.dyn_into()?;
    let battery = JsFuture::from(ask.call0(&navigator)?.dyn_into::<Promise>()?).await?;
    let known = battery.clone();
    let tell = move || {
        if let Ok(charging) = Reflect::get(&known, &"charging".into()) {
            call(charging.is_falsy());
        }
    };
    tell();
    let changed = Closure::<dyn Fn()>::new(tell);
    Reflect::set(&battery, &"onchargingchange".into(), changed.as_ref())?;
    // The battery is watched as long as the page lives.
    changed.forget();
    Ok(())
}
