//! The start page: what this is, the liveliest island as a dish, live numbers. Knows no stream.

use crate::{
    app::WorldFeed, island_feed::IslandFeed, number, numbers::Numbers, soup_canvas::Dish,
    status_line::StatusLine,
};
use bytebiota_protocol::{routes::Page, view::WorldView};
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
                let (alive, kinds) = (
                    number::compact(island.population as f64),
                    number::compact(island.genotypes as f64),
                );
                format!(": {alive} organisms of {kinds} genotypes, each in its own colour")
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
        <div inner_html=include_str!("../../pages/home-more.html")></div>
    }
}

fn entries(feed: WorldFeed) -> Vec<crate::numbers::Entry> {
    let show = move |value: fn(&WorldView) -> f64| {
        Signal::derive(move || {
            if feed.is_known() {
                feed.history
                    .with(|history| number::compact(value(&history.world)))
            } else {
                "–".into()
            }
        })
    };
    vec![
        (
            "population",
            "organisms alive",
            show(|world| world.population as f64),
        ),
        ("births", "births so far", show(|world| world.births as f64)),
        (
            "genotypes",
            "living genotypes",
            show(|world| world.genotypes as f64),
        ),
        (
            "instructions",
            "instructions run",
            show(|world| world.instructions as f64),
        ),
        (
            "speed",
            "instructions a second",
            show(|world| world.instructions_per_second.round()),
        ),
        (
            "workers",
            "workers now",
            show(|world| f64::from(world.workers)),
        ),
    ]
}
