//! The world as heard so far, for all pages that show it. Knows no page.

use crate::{history::History, live::LiveStatus, number};
use leptos::prelude::*;

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
