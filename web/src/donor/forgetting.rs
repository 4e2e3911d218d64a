//! The volunteer wants to be forgotten: by the server first, then by this browser and all its tabs. Knows no control.

use super::{CREDIT, Donor, NAME, NICK, TOKEN};
use crate::{ask, browser};
use bytebiota_protocol::{browser::database_name, routes::VOLUNTEER};
use leptos::prelude::*;

impl Donor {
    /// Ends all work and erases token and name, on the server and here.
    pub fn forget(self) {
        self.stop_now();
        let Some(token) = browser::recall(TOKEN) else {
            return self.forget_here("This browser keeps nothing about you.");
        };
        self.farewell
            .set(Some("The server is asked to forget you …".into()));
        leptos::task::spawn_local(async move {
            match ask::delete(VOLUNTEER, &token).await {
                // Whom the server does not know it has forgotten.
                Some(204 | 404) => self.forget_here(
                    "You are forgotten: the server has erased your token and name, and this browser keeps neither. What you computed stays, under a number.",
                ),
                _ => self.farewell.set(Some(
                    "The server could not do it at the moment, so nothing was erased. Please try again.".into(),
                )),
            }
        });
    }

    fn forget_here(self, words: &str) {
        for name in [TOKEN, NAME, NICK, CREDIT] {
            browser::forget(name);
        }
        if let Ok(Some(factory)) = window().indexed_db() {
            // Where there is none, nothing is kept.
            let _ = factory.delete_database(&database_name());
        }
        self.name.set(None);
        self.credit.set(0);
        self.farewell.set(Some(words.to_owned()));
    }

    /// Who is forgotten in one tab stops in the others.
    pub(super) fn watch_other_tabs(self) {
        window_event_listener_untyped("storage", move |_| {
            if self.name.get_untracked().is_some() && !Self::is_known() {
                self.stop_now();
                self.forget_here("You were forgotten in another tab.");
            }
        });
    }
}
