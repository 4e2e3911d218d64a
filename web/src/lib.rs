//! The public pages and the volunteer's page. Knows view shapes and addresses; executes nothing of the world.
//!
//! Outside the browser only the pure parts exist, so that they are tested at home.

#[cfg(target_arch = "wasm32")]
mod app;

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    app::mount();
}
