//! The few words of the browser that several pages need: place, visibility, memory, chance. Knows no page.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use web_sys::{HtmlAnchorElement, HtmlCanvasElement, VisibilityState};

/// The path of the address line.
pub fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The absolute address of a socket of this server.
pub fn socket_address(path: &str) -> String {
    let location = window().location();
    let secure = location
        .protocol()
        .is_ok_and(|protocol| protocol == "https:");
    let scheme = if secure { "wss" } else { "ws" };
    format!("{scheme}://{}{path}", location.host().unwrap_or_default())
}

/// Whether nobody can see the page.
pub fn is_hidden() -> bool {
    document().visibility_state() == VisibilityState::Hidden
}

/// The content of `<meta name=..>`.
pub fn meta(name: &str) -> Option<String> {
    let element = document()
        .query_selector(&format!("meta[name={name}]"))
        .ok()??;
    element.get_attribute("content")
}

/// How many threads the machine runs at once, at least 1.
pub fn cores() -> u32 {
    (window().navigator().hardware_concurrency() as u32).max(1)
}

/// Whether this is most likely a phone or tablet.
pub fn is_handheld() -> bool {
    let query = window().match_media("(pointer: coarse) and (hover: none)");
    query.ok().flatten().is_some_and(|list| list.matches())
}

/// Whether somebody asks for pictures that keep still.
pub fn wants_stillness() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|list| list.matches())
}

/// A uniformly drawn number.
pub fn random() -> u64 {
    (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
}

/// What this browser remembers under a name; nothing where storage is refused.
pub fn recall(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Remembers a text, if the browser lets it.
pub fn remember(name: &str, text: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, text);
    }
}

/// What stands behind the question mark of the address line, question mark included.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Goes to another page.
pub fn go(address: &str) {
    let _ = window().location().assign(address);
}

/// Scheme, host and port of this server.
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Puts a text on the clipboard, where the browser lets us.
pub fn copy(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Forgets what was remembered under a name.
pub fn forget(name: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.remove_item(name);
    }
}

/// Saves the picture of a canvas as a file, if there is one.
pub fn save_canvas(selector: &str, file: &str) {
    let found = document().query_selector(selector).ok().flatten();
    let canvas = found.and_then(|found| found.dyn_into::<HtmlCanvasElement>().ok());
    if let Some(picture) = canvas.and_then(|canvas| canvas.to_data_url().ok()) {
        save_address(&picture, file);
    }
}

/// Saves a text as a file.
pub fn save_text(text: &str, kind: &str, file: &str) {
    let text = String::from(js_sys::encode_uri_component(text));
    save_address(&format!("data:{kind};charset=utf-8,{text}"), file);
}

/// Saves what is at an address as a file.
pub fn save_address(address: &str, file: &str) {
    let link = document().create_element("a").ok();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(address);
        link.set_download(file);
        link.click();
    }
}
