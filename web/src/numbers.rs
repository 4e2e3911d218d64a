//! A row of large numbers with their names. Knows no meaning.

use leptos::prelude::*;

/// One number: a word for tests and scripts, what it counts, and its text.
pub type Entry = (&'static str, &'static str, Signal<String>);

/// The row.
#[component]
pub fn Numbers(
    /// What all of them are about.
    label: &'static str,
    /// The numbers.
    entries: Vec<Entry>,
) -> impl IntoView {
    let entries = entries.into_iter().map(|(word, name, text)| {
        view! { <div><dt>{name}</dt><dd data-number=word>{move || text.get()}</dd></div> }
    });
    view! { <dl class="numbers" aria-label=label>{entries.collect_view()}</dl> }
}
