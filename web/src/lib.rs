//! The public pages and the volunteer's page. Knows view shapes and addresses; executes nothing of the world.
//!
//! In reading order: `history` (what a page has heard), `scale`, `number`, `pigment`, `dish` (pure), then for the
//! browser alone `app` (which page), `live` (the stream), `chart`, `soup_canvas`, `donor`, `pages`.
//! Outside a browser only the pure parts exist, so that they are tested at home.

pub mod dish;
pub mod history;
pub mod number;
pub mod pigment;
pub mod plot;
pub mod scale;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod chart;
#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod donor;
#[cfg(target_arch = "wasm32")]
mod hand;
#[cfg(target_arch = "wasm32")]
mod island_feed;
#[cfg(target_arch = "wasm32")]
mod live;
#[cfg(target_arch = "wasm32")]
mod navigation;
#[cfg(target_arch = "wasm32")]
mod numbers;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod soup_canvas;
#[cfg(target_arch = "wasm32")]
mod status_line;

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    app::mount();
}
