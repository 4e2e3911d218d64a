//! The lab's module: which genome, or one genome on its bench. Knows no page's content.

use crate::{
    navigation,
    pages::lab::{Lab, LabDoor},
};
use bytebiota_protocol::routes::{Module, Page};
use leptos::prelude::*;

/// Takes over the main part of the document from its static form.
pub fn mount() {
    navigation::mount(App);
}

#[component]
fn App() -> impl IntoView {
    let page = navigation::current_page(Module::Lab);
    move || match page.get() {
        Some(Page::Lab) => view! { <LabDoor/> }.into_any(),
        Some(Page::Genome(word)) => view! { <Lab word/> }.into_any(),
        // Other pages are loaded with a module of their own.
        _ => view! { <div inner_html=include_str!("../pages/not-found.html")></div> }.into_any(),
    }
}
