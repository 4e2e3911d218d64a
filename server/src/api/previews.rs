//! `GET /pictures/{name}`: what previews of pages show, kept for a while because many ask at once. Knows no pixel.

use super::{error, existing, inside};
use crate::pictures::{self, MAX_ISLANDS, Subject};
use crate::routes::App;
use crate::store::StoreError;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{GenotypeHash, IslandId};
use bytebiota_protocol::genome_name::{self, GenomeName};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a picture is shown before it is drawn anew, ms.
const FRESH_MS: u64 = 60_000;
/// Pictures that are kept.
const MAX_KEPT: usize = 16;

/// The pictures of the last minute with the moment they were drawn, by path.
#[derive(Clone, Default)]
pub struct Album(Arc<Mutex<BTreeMap<String, (u64, Bytes)>>>);

impl Album {
    fn find(&self, path: &str, now_ms: u64) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(path);
        let fresh = found.filter(|(drawn_ms, _)| now_ms.saturating_sub(*drawn_ms) < FRESH_MS);
        fresh.map(|(_, picture)| picture.clone())
    }

    /// Keeps a picture; where there is no room, the oldest one goes.
    fn keep(&self, path: String, now_ms: u64, picture: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT && !kept.contains_key(&path) {
            let oldest = kept.iter().min_by_key(|(_, (drawn_ms, _))| *drawn_ms);
            let oldest = oldest.map(|(path, _)| path.clone());
            oldest.and_then(|oldest| kept.remove(&oldest));
        }
        kept.insert(path, (now_ms, picture));
    }
}

/// A picture of the world, of an island, or of a genome
///
/// `world.png`, or `island-1.png`: soups with every body in the colour of its genotype, at most a minute old; or
/// `genome-ancestor.png`, by hash, hex digits or name: its bytes in the colours of their families. 1200 x 630 pixels.
#[utoipa::path(get, path = "/pictures/{name}", tag = "world",
    params(("name" = String, Path, description = "`world.png`, `island-N.png` or `genome-HASH.png`.", example = "world.png")),
    responses((status = 200, description = "A picture.", body = Vec<u8>, content_type = "image/png")))]
pub async fn picture(State(app): State<App>, Path(name): Path<String>) -> Response {
    let subject = match Subject::parse(&name) {
        Some(Subject::Island(island)) => match existing(&app.coordinator, island) {
            Ok(island) => Subject::Island(island),
            Err(refusal) => return *refusal,
        },
        Some(subject) => subject,
        None => {
            return no_picture(format!(
                "there is no picture {name}; there are world.png, island-1.png and genome-ancestor.png"
            ));
        }
    };
    match drawn(&app, &subject).await {
        Ok(Drawn::Picture(picture)) => {
            ([(header::CONTENT_TYPE, "image/png")], picture).into_response()
        }
        Ok(Drawn::UnknownGenome) => no_picture(format!("no genome is known for {name}")),
        Ok(Drawn::Failed) => {
            let message = "the picture could not be drawn";
            error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
        }
        Err(fault) => inside(&fault),
    }
}

fn no_picture(message: String) -> Response {
    error(StatusCode::NOT_FOUND, "not_found", message)
}

/// What came of drawing.
enum Drawn {
    Picture(Bytes),
    UnknownGenome,
    Failed,
}

async fn drawn(app: &App, subject: &Subject) -> Result<Drawn, StoreError> {
    let (now_ms, path) = (app.coordinator.clock().now_ms(), subject.path());
    if let Some(picture) = app.album.find(&path, now_ms) {
        return Ok(Drawn::Picture(picture));
    }
    let workshop = &app.coordinator;
    let picture = match subject {
        Subject::Genome(word) => {
            let Some(genome) = genome(app, word).await? else {
                return Ok(Drawn::UnknownGenome);
            };
            let draw = move || pictures::draw_genome(&genome);
            workshop.in_workshop(draw).await
        }
        Subject::World | Subject::Island(_) => {
            let mut maps = Vec::new();
            for island in islands(app, subject) {
                // An island whose state is damaged leaves the place to others.
                maps.extend(app.dashboard.island(island).await?.map(|(_, map)| map));
            }
            let draw = move || pictures::draw_soups(&maps);
            workshop.in_workshop(draw).await
        }
    };
    Ok(match picture.and_then(Result::ok).map(Bytes::from) {
        Some(picture) => {
            app.album.keep(path, now_ms, picture.clone());
            Drawn::Picture(picture)
        }
        None => Drawn::Failed,
    })
}

fn islands(app: &App, subject: &Subject) -> Vec<IslandId> {
    if let Subject::Island(island) = subject {
        return vec![*island];
    }
    let all = app.coordinator.snapshot(0).islands;
    let first = all.iter().take(MAX_ISLANDS);
    first.map(|view| IslandId(view.island)).collect()
}

/// The bytes a word stands for, as far as anybody knows.
async fn genome(app: &App, word: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let hash = match GenomeName::parse(word) {
        None => return Ok(None),
        Some(GenomeName::Genome(genome)) => return Ok(Some(genome)),
        Some(GenomeName::Genotype(hash)) => hash,
    };
    let Some(hash) = GenotypeHash::from_hex(&hash) else {
        return Ok(None);
    };
    let known = app.coordinator.store().genotype(hash).await?;
    Ok(known.and_then(|known| genome_name::from_hex(&known.summary.genome)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_kept_for_a_minute_and_few_of_them() {
        let album = Album::default();
        album.keep("a".into(), 1_000, Bytes::from_static(b"a"));
        assert!(album.find("a", 60_999).is_some() && album.find("a", 61_000).is_none());
        for number in 1..=MAX_KEPT {
            album.keep(number.to_string(), 2_000, Bytes::new());
        }
        assert!(album.find("a", 2_000).is_none() && album.find("1", 2_000).is_some());
    }
}
