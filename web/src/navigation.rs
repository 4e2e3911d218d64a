//! Moves between pages without loading them anew, by the one table of addresses. Knows no page's content.

use crate::browser;
use bytebiota_protocol::routes::Page;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, HtmlElement, MouseEvent};

/// The page in the address line, `None` for an address that does not exist; follows links and the back button.
pub fn current_page() -> RwSignal<Option<Page>> {
    let page = RwSignal::new(Page::parse(&browser::path()));
    window_event_listener_untyped("popstate", move |_| page.set(Page::parse(&browser::path())));
    window_event_listener_untyped("click", move |event| {
        let Some(event) = event.dyn_ref::<MouseEvent>() else {
            return;
        };
        let Some(target) = followed(event) else {
            return;
        };
        let state = JsValue::NULL;
        let moved = window()
            .history()
            .and_then(|h| h.push_state_with_url(&state, "", Some(&target.path())));
        if moved.is_ok() {
            event.prevent_default();
            page.set(Some(target));
            arrive();
        }
    });
    page
}

/// The page a plain click on a link of our own leads to.
fn followed(event: &MouseEvent) -> Option<Page> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let link = event
        .target()?
        .dyn_into::<Element>()
        .ok()?
        .closest("a[href]")
        .ok()??;
    let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
    let own = window()
        .location()
        .origin()
        .is_ok_and(|origin| origin == link.origin());
    if !own || !link.target().is_empty() || !link.hash().is_empty() {
        return None;
    }
    Page::parse(&link.pathname())
}

/// A new page begins at its top, for eyes and for screen readers.
fn arrive() {
    let main = document().get_element_by_id("main");
    if let Some(main) = main.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = main.focus();
    }
    // Taking the focus scrolls too.
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Marks the links of the navigation that lead to the page shown.
pub fn mark_links(page: Option<Page>) {
    let path = page.map(Page::path);
    let Ok(links) = document().query_selector_all(".top nav a") else {
        return;
    };
    for index in 0..links.length() {
        let Some(link) = links
            .get(index)
            .and_then(|node| node.dyn_into::<Element>().ok())
        else {
            continue;
        };
        let marked = link.get_attribute("href") == path;
        let _ = if marked {
            link.set_attribute("aria-current", "page")
        } else {
            link.remove_attribute("aria-current")
        };
    }
}
