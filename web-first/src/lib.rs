//! The first module: start page, world and islands, nothing else, so that it stays small. Knows no page's content.

#![cfg(target_arch = "wasm32")]

/// Takes over the document.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    bytebiota_web::mount_first();
}
