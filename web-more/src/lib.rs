//! The large module: every live page that is in none of the small ones. Knows no page's content.

#![cfg(target_arch = "wasm32")]

/// Takes over the document.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    bytebiota_web::mount_more();
}
