//! `GET /pictures/{name}`: what previews of pages show, kept for a while because many ask at once. Knows no pixel.

use super::{error, inside, island_id};
use crate::pictures::{self, MAX_ISLANDS};
use crate::routes::App;
use crate::store::StoreError;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::IslandId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a picture is shown before it is drawn anew, ms.
const FRESH_MS: u64 = 60_000;
/// Pictures that are kept.
const MAX_KEPT: usize = 16;

/// The pictures of the last minute with the moment they were drawn; by island, 0 for the world.
#[derive(Clone, Default)]
pub struct Album(Arc<Mutex<BTreeMap<u32, (u64, Bytes)>>>);

impl Album {
    fn find(&self, island: u32, now_ms: u64) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(&island);
        let fresh = found.filter(|(drawn_ms, _)| now_ms.saturating_sub(*drawn_ms) < FRESH_MS);
        fresh.map(|(_, picture)| picture.clone())
    }

    /// Keeps a picture; where there is no room, the oldest one goes.
    fn keep(&self, island: u32, now_ms: u64, picture: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT && !kept.contains_key(&island) {
            let oldest = kept.iter().min_by_key(|(_, (drawn_ms, _))| *drawn_ms);
            let oldest = oldest.map(|(island, _)| *island);
            oldest.and_then(|oldest| kept.remove(&oldest));
        }
        kept.insert(island, (now_ms, picture));
    }
}

/// A picture of the world, or of an island
///
/// `world.png`, or `island-1.png`: soups with every body in the colour of its genotype, 1200 x 630 pixels, at most a
/// minute old.
#[utoipa::path(get, path = "/pictures/{name}", tag = "world",
    params(("name" = String, Path, description = "`world.png` or `island-N.png`.", example = "world.png")),
    responses((status = 200, description = "A picture.", body = Vec<u8>, content_type = "image/png")))]
pub async fn picture(State(app): State<App>, Path(name): Path<String>) -> Response {
    let number = name
        .strip_prefix("island-")
        .and_then(|rest| rest.strip_suffix(".png"));
    let island = match number.map(|number| island_id(&app.coordinator, number)) {
        Some(Ok(island)) => Some(island),
        Some(Err(refusal)) => return *refusal,
        None if name == pictures::name(None) => None,
        None => {
            let message =
                format!("there is no picture {name}; there are world.png and island-1.png");
            return error(StatusCode::NOT_FOUND, "not_found", message);
        }
    };
    match drawn(&app, island).await {
        Ok(Some(picture)) => ([(header::CONTENT_TYPE, "image/png")], picture).into_response(),
        Ok(None) => {
            let message = "the picture could not be drawn";
            error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
        }
        Err(fault) => inside(&fault),
    }
}

async fn drawn(app: &App, island: Option<IslandId>) -> Result<Option<Bytes>, StoreError> {
    let now_ms = app.coordinator.clock().now_ms();
    let key = island.map_or(0, |island| island.0);
    if let Some(picture) = app.album.find(key, now_ms) {
        return Ok(Some(picture));
    }
    let islands = match island {
        Some(island) => vec![island],
        None => {
            let all = app.coordinator.snapshot(0).islands;
            let first = all.iter().take(MAX_ISLANDS);
            first.map(|view| IslandId(view.island)).collect()
        }
    };
    let mut maps = Vec::new();
    for island in islands {
        // An island whose state is damaged leaves the place to others.
        maps.extend(app.dashboard.island(island).await?.map(|(_, map)| map));
    }
    let picture = app.coordinator.in_workshop(move || pictures::draw(&maps));
    let picture = picture.await.and_then(Result::ok).map(Bytes::from);
    if let Some(picture) = &picture {
        app.album.keep(key, now_ms, picture.clone());
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_kept_for_a_minute_and_few_of_them() {
        let album = Album::default();
        album.keep(0, 1_000, Bytes::from_static(b"a"));
        assert!(album.find(0, 60_999).is_some() && album.find(0, 61_000).is_none());
        for island in 1..=MAX_KEPT as u32 {
            album.keep(island, 2_000, Bytes::new());
        }
        assert!(album.find(0, 2_000).is_none() && album.find(1, 2_000).is_some());
    }
}
