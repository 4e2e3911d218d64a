//! The first module: one live view of the world for all its pages, and the page of the address. Knows no page's content.

use crate::{
    live::Live,
    navigation,
    pages::{home::Home, island::Island, world::World},
    world_feed::WorldFeed,
};
use bytebiota_protocol::routes::{self, Module, Page};
use leptos::prelude::*;

/// Takes over the main part of the document from its static form.
pub fn mount() {
    navigation::mount(App);
}

#[component]
fn App() -> impl IntoView {
    let feed = WorldFeed {
        history: RwSignal::default(),
        status: RwSignal::default(),
    };
    let live = Live::open(routes::LIVE_WORLD, feed.status, move |message| {
        feed.history.update(|history| {
            history.apply(message);
        });
    });
    // Kept as long as the application.
    let _kept = StoredValue::new_local(live);
    provide_context(feed);
    let page = navigation::current_page(Module::First);
    move || match page.get() {
        Some(Page::Home) => view! { <Home/> }.into_any(),
        Some(Page::World) => view! { <World/> }.into_any(),
        Some(Page::Island(number)) => view! { <Island number/> }.into_any(),
        // Other pages are loaded with a module of their own.
        _ => view! { <div inner_html=include_str!("../pages/not-found.html")></div> }.into_any(),
    }
}
