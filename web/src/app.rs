//! The application: one live view of the world for all pages, one volunteer, and the page of the address. Knows no page's content.

use crate::{
    donor::Donor,
    history::History,
    live::{Live, LiveStatus},
    navigation, number,
    pages::{donate::Donate, home::Home, island::Island, world::World},
};
use bytebiota_protocol::routes::{self, Page};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The world as heard so far, shared by all pages.
#[derive(Clone, Copy)]
pub struct WorldFeed {
    /// What was heard.
    pub history: RwSignal<History>,
    /// How live it is.
    pub status: RwSignal<LiveStatus>,
}

impl WorldFeed {
    /// Whether anything was heard yet.
    pub fn is_known(self) -> bool {
        self.history.with(|history| !history.world.world.is_empty())
    }
}

impl WorldFeed {
    /// A number of the world as text; a dash while nothing is known.
    pub fn number(self, value: fn(&History) -> f64) -> Signal<String> {
        Signal::derive(move || {
            if self.is_known() {
                self.history.with(|history| number::compact(value(history)))
            } else {
                "–".into()
            }
        })
    }
}

/// Takes over the main part of the document from its static form.
pub fn mount() {
    let Some(main) = document().get_element_by_id("main") else {
        return;
    };
    main.set_inner_html("");
    leptos::mount::mount_to(main.unchecked_into(), App).forget();
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
    let donor = Donor::new();
    provide_context(feed);
    provide_context(donor);
    let page = navigation::current_page();
    Effect::new(move || {
        let page = page.get();
        navigation::mark_links(page);
        document().set_title(&page.map_or("Not found · ByteBiota".into(), Page::title));
    });
    Effect::new(move || {
        let running = donor.running.get();
        if let Ok(Some(link)) = document().query_selector(".nav-donate") {
            let _ = link.class_list().toggle_with_force("running", running);
        }
    });
    move || match page.get() {
        Some(Page::Home) => view! { <Home/> }.into_any(),
        Some(Page::Donate) => view! { <Donate/> }.into_any(),
        Some(Page::World) => view! { <World/> }.into_any(),
        Some(Page::Island(number)) => view! { <Island number/> }.into_any(),
        None => view! { <div inner_html=include_str!("../pages/not-found.html")></div> }.into_any(),
    }
}
