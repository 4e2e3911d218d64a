//! Moves between pages without loading them anew, by the one table of addresses. Knows no page's content.

use crate::browser;
use bytebiota_protocol::routes::{Module, Page};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, EventTarget, HtmlAnchorElement, HtmlElement, MouseEvent};

/// Puts an application in the place of what the document says without it.
pub fn mount<F, N>(application: F)
where
    F: FnOnce() -> N + 'static,
    N: IntoView,
{
    let Some(main) = document().get_element_by_id("main") else {
        return;
    };
    main.set_inner_html("");
    leptos::mount::mount_to(main.unchecked_into(), application).forget();
}

/// The page in the address line, `None` for an address that does not exist; follows links within its module and the
/// back button, and keeps title and navigation in step.
pub fn current_page(module: Module) -> RwSignal<Option<Page>> {
    let page = RwSignal::new(Page::parse(&browser::path()));
    window_event_listener_untyped("popstate", move |_| page.set(Page::parse(&browser::path())));
    window_event_listener_untyped("click", move |event| {
        let followed = event.dyn_ref::<MouseEvent>().and_then(followed);
        let Some((target, address)) = followed.filter(|(page, _)| page.module() == module) else {
            return;
        };
        if push(&address) {
            event.prevent_default();
            page.set(Some(target));
            arrive();
        }
    });
    Effect::new(move || {
        page.with(|page| {
            mark_links(page.as_ref());
            document().set_title(
                &page
                    .as_ref()
                    .map_or("Not found · ByteBiota".into(), Page::title),
            );
        });
    });
    page
}

/// Puts an address of this server into the address line, as a new step of the history.
fn push(address: &str) -> bool {
    let history = window().history();
    history.is_ok_and(|h| {
        h.push_state_with_url(&JsValue::NULL, "", Some(address))
            .is_ok()
    })
}

/// Puts an address of this server into the address line instead of the one there.
pub fn replace(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

/// While a volunteer computes, links that would end the page open beside it, and one to the page itself leads to its top.
pub fn keep_open(computing: RwSignal<bool>) {
    window_event_listener_untyped("click", move |event| {
        let Some(link) = event.target().and_then(link_at) else {
            return;
        };
        let (holds, is_own) = (
            computing.get_untracked(),
            link.pathname() == browser::path(),
        );
        link.set_target(if holds && !is_own { "_blank" } else { "" });
        if holds && is_own && link.hash().is_empty() {
            event.prevent_default();
            arrive();
        }
    });
}

/// The page a plain click on a link of our own leads to.
fn followed(event: &MouseEvent) -> Option<(Page, String)> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let link = link_at(event.target()?)?;
    let own = window()
        .location()
        .origin()
        .is_ok_and(|origin| origin == link.origin());
    if !own || !link.target().is_empty() || !link.hash().is_empty() {
        return None;
    }
    let page = Page::parse(&link.pathname())?;
    Some((page, format!("{}{}", link.pathname(), link.search())))
}

/// The link that something belongs to.
fn link_at(target: EventTarget) -> Option<HtmlAnchorElement> {
    let link = target.dyn_into::<Element>().ok()?.closest("a[href]");
    link.ok()??.dyn_into().ok()
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
fn mark_links(page: Option<&Page>) {
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
