//! The volunteer's module: what one loads to give, and nothing else, so that it is the smallest. Knows no page's content.

#![cfg(target_arch = "wasm32")]

/// Takes over the document.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    bytebiota_web::mount_donate();
}
