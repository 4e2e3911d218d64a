//! The lab's module: the organism that lives in the page, and nothing else, so that it is there soon. Knows no page's content.

#![cfg(target_arch = "wasm32")]

/// Takes over the document.
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    bytebiota_web::mount_lab();
}
