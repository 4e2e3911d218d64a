//! The volunteer's module: one volunteer, and the page where he sees himself work. Knows no page's content.

use crate::{donor::Donor, navigation, pages::donate::Donate};
use leptos::prelude::*;

/// Takes over the main part of the document from its static form.
pub fn mount() {
    navigation::mount(App);
}

/// Every other page is a document of its own and opens beside this one while it computes.
#[component]
fn App() -> impl IntoView {
    let donor = Donor::new();
    provide_context(donor);
    navigation::keep_open(donor.running);
    Effect::new(move || {
        let running = donor.running.get();
        if let Ok(Some(link)) = document().query_selector(".nav-donate") {
            let _ = link.class_list().toggle_with_force("running", running);
        }
    });
    view! { <Donate/> }
}
