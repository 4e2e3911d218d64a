//! The large module: every page that is in none of the small ones, by its address. Knows no page's content.

use crate::{
    navigation,
    pages::{
        analytics::Analytics,
        gallery::Gallery,
        operations::Operations,
        people::{Leaderboard, Workers},
        phylogeny::Phylogeny,
        seed_bank::SeedBank,
        taxonomy::{Species, Taxonomy},
        verify::{Verify, VerifyDoor},
    },
};
use bytebiota_protocol::routes::{Module, Page};
use leptos::prelude::*;

/// Takes over the main part of the document from its static form.
pub fn mount() {
    navigation::mount(App);
}

#[component]
fn App() -> impl IntoView {
    let page = navigation::current_page(Module::More);
    move || match page.get() {
        Some(Page::Taxonomy) => view! { <Taxonomy/> }.into_any(),
        Some(Page::Species(slug)) => view! { <Species slug/> }.into_any(),
        Some(Page::Phylogeny) => view! { <Phylogeny/> }.into_any(),
        Some(Page::Analytics) => view! { <Analytics/> }.into_any(),
        Some(Page::Workers) => view! { <Workers/> }.into_any(),
        Some(Page::Leaderboard) => view! { <Leaderboard/> }.into_any(),
        Some(Page::Operations) => view! { <Operations/> }.into_any(),
        Some(Page::Verify(None)) => view! { <VerifyDoor/> }.into_any(),
        Some(Page::Verify(Some((island, epoch)))) => view! { <Verify island epoch/> }.into_any(),
        Some(Page::SeedBank) => view! { <SeedBank/> }.into_any(),
        Some(Page::Icons) => view! { <Gallery/> }.into_any(),
        _ => view! { <div inner_html=include_str!("../pages/not-found.html")></div> }.into_any(),
    }
}
