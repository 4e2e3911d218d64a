//! The live soup of one island at a time. Knows no drawing.

use crate::live::{Live, LiveStatus};
use bytebiota_protocol::{
    routes::LIVE_ISLAND_PREFIX,
    view::{IslandView, LiveMessage},
};
use leptos::prelude::*;
use std::sync::Arc;

use crate::soup_canvas::Soup;

/// What is known of the island that is followed.
#[derive(Clone, Copy)]
pub struct IslandFeed {
    /// Its numbers.
    pub island: RwSignal<Option<IslandView>>,
    /// Its soup.
    pub soup: RwSignal<Soup>,
    /// How live it is.
    pub status: RwSignal<LiveStatus>,
}

impl IslandFeed {
    /// Follows whichever island the signal names; the stream closes with the page.
    pub fn follow(number: Signal<Option<u32>>) -> Self {
        let feed = Self {
            island: RwSignal::new(None),
            soup: RwSignal::new(None),
            status: RwSignal::default(),
        };
        let stream = StoredValue::new_local(None::<Live>);
        Effect::new(move || {
            // The stream of the island before closes first.
            stream.set_value(None);
            if let Some(number) = number.get() {
                stream.set_value(Some(feed.open(number)));
            }
        });
        feed
    }

    fn open(self, number: u32) -> Live {
        Live::open(
            &format!("{LIVE_ISLAND_PREFIX}{number}"),
            self.status,
            move |message| {
                if let LiveMessage::Island { island, map, .. } = message {
                    self.take(number, island, map);
                }
            },
        )
    }

    fn take(self, number: u32, island: IslandView, map: bytebiota_protocol::view::MemoryMapView) {
        let known = self
            .island
            .try_with_untracked(|known| known.as_ref().map(|k| (k.island, k.branch, k.tick)));
        let Some(known) = known else { return };
        // On one branch time only goes forward; a late message is dropped.
        let is_late = known.is_some_and(|(island_known, branch, tick)| {
            island_known == number && branch == island.branch && tick > island.tick
        });
        if island.island == number && !is_late {
            self.island.set(Some(island));
            self.soup.set(Some(Arc::new(map)));
        }
    }
}
