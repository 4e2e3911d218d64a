//! The start page: what this is, the liveliest island as a dish, live numbers. Knows no stream.

use crate::{
    browser, history::History, island_feed::IslandFeed, last_visit::Look, number, numbers::Numbers,
    pages::home_film::Film, soup_canvas::Dish, status_line::StatusLine, world_feed::WorldFeed,
};
use bytebiota_protocol::routes::Page;
use leptos::prelude::*;

/// `/`
#[component]
pub fn Home() -> impl IntoView {
    let feed = expect_context::<WorldFeed>();
    // Once chosen the island stays, so that the picture does not jump from one to another.
    let chosen = Memo::new(move |before: Option<&Option<u32>>| {
        before
            .copied()
            .flatten()
            .or_else(|| feed.history.with(|history| history.liveliest()))
    });
    let island = IslandFeed::follow(chosen.into());
    let since = since_last_visit(feed);
    let caption = move || {
        let Some(number) = chosen.get() else {
            let words = if feed.is_known() {
                "The dish is sown and waits: the first confirmed work will show here."
            } else {
                "The living world appears here in a moment."
            };
            return view! { <span>{words}</span> }.into_any();
        };
        let words = island.island.with(|island| {
            island.as_ref().map(|island| {
                let alive = number::compact(island.population as f64);
                let kinds = match island.genotypes {
                    1 => "one genotype".to_owned(),
                    many => format!(
                        "{} genotypes, each in its own colour",
                        number::compact(many as f64)
                    ),
                };
                format!(": {alive} organisms of {kinds}")
            })
        });
        view! { <a href=Page::Island(number).path()>"Island " {number}</a>{words} }.into_any()
    };
    view! {
        <div class="hero">
            <div class="hero-words" inner_html=include_str!("../../pages/home-words.html")></div>
            <figure class="dish-figure">
                <Dish soup=island.soup/>
                <figcaption>{caption}</figcaption>
            </figure>
        </div>
        <Numbers label="The world now" entries=entries(feed)/>
        <StatusLine status=feed.status/>
        <p class="live-line" hidden=move || since.with(Option::is_none)>{since}</p>
        <Film/>
        <div inner_html=include_str!("../../pages/home-more.html")></div>
    }
}

/// The name under which a browser remembers its last look at a world.
const LAST_LOOK: &str = "bytebiota-last-look";

/// What has happened since the last visit, told once, as soon as the world is known.
fn since_last_visit(feed: WorldFeed) -> RwSignal<Option<String>> {
    let since = RwSignal::new(None);
    let told = StoredValue::new(false);
    Effect::new(move || {
        if !feed.is_known() || told.get_value() {
            return;
        }
        told.set_value(true);
        let now = feed.history.with(|history| Look::at(&history.world));
        let before = browser::recall(LAST_LOOK).and_then(|words| Look::parse(&words));
        since.set(before.as_ref().and_then(|before| before.since(&now)));
        if before.is_none_or(|before| before.is_another_visit(&now)) {
            browser::remember(LAST_LOOK, &now.words());
        }
    });
    since
}

fn entries(feed: WorldFeed) -> Vec<crate::numbers::Entry> {
    vec![
        (
            "population",
            "organisms alive",
            feed.number(|known| known.world.population as f64),
        ),
        (
            "births",
            "births so far",
            feed.number(|known| known.world.births as f64),
        ),
        (
            "genotypes",
            "living genotypes",
            feed.number(|known| known.world.genotypes as f64),
        ),
        (
            "instructions",
            "instructions run",
            feed.number(|known| known.world.instructions as f64),
        ),
        (
            "speed",
            "instructions a second",
            feed.number(History::lately),
        ),
        (
            "workers",
            "workers now",
            feed.number(|known| f64::from(known.world.workers)),
        ),
    ]
}
