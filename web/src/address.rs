//! Choices that stand in the address line, so that a page can be shared as it is seen. Knows no page.

use crate::{browser, navigation, query};
use leptos::prelude::*;

/// A word of the address line, or `default` where none is; it is written there whenever it changes.
pub fn word(key: &'static str, default: &'static str) -> RwSignal<String> {
    let address = browser::query();
    let word = RwSignal::new(query::get(&address, key).unwrap_or(default).to_owned());
    Effect::new(move |before: Option<()>| {
        word.track();
        if before.is_some() {
            let word = word.get_untracked();
            let value = Some(word.as_str()).filter(|word| *word != default);
            write(&query::with(&browser::query(), key, value));
        }
    });
    word
}

/// A number of the address line from 0 to `most`, or `default` where none is; it is written there whenever it changes.
pub fn number(key: &'static str, default: usize, most: usize) -> RwSignal<usize> {
    let address = browser::query();
    let asked = query::get(&address, key).and_then(|word| word.parse::<usize>().ok());
    let number = RwSignal::new(asked.filter(|number| *number <= most).unwrap_or(default));
    Effect::new(move |before: Option<()>| {
        let number = number.get();
        if before.is_some() {
            let value = (number != default).then(|| number.to_string());
            write(&query::with(&browser::query(), key, value.as_deref()));
        }
    });
    number
}

/// Whether a word stands in a list of the address line; it is put there and taken out as the signal changes.
pub fn listed(key: &'static str, name: String) -> RwSignal<bool> {
    let is_in = RwSignal::new(query::is_listed(&browser::query(), key, &name));
    Effect::new(move |before: Option<()>| {
        let is_in = is_in.get();
        if before.is_some() {
            write(&query::with_listed(&browser::query(), key, &name, is_in));
        }
    });
    is_in
}

fn write(query: &str) {
    navigation::replace(&format!("{}{query}", browser::path()));
}
