//! The part of the API that tells what happened: as a list, and as a feed for readers of feeds. Knows no event by itself.

use super::inside;
use super::query::{DEFAULT_ROWS, Limit, Offset, Page, Refusal};
use crate::events::{self, EventView, Sources};
use crate::routes::App;
use crate::store::StoreError;
use crate::{feed, origin, turns};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{GenotypeHash, IslandId};

/// Islands that are asked who took them over: those with the newest units.
const ISLANDS: usize = 16;
/// Units of each that are looked back on.
const UNITS: u32 = 64;
/// Sowings that are told of.
const SOWINGS: u32 = 100;

/// What happened
///
/// Who took an island over and stayed ahead for four units, what became a seed, what was sown, which parameters changed, which checkpoint somebody took:
/// the newest 200, newest first. Where there is more, a `Link` header names the next page.
#[utoipa::path(get, path = "/api/v1/events", tag = "world", params(Offset, Limit),
    responses((status = 200, body = Vec<EventView>)))]
pub async fn events(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, DEFAULT_ROWS)?;
    Ok(page.cut(happened(&app).await?, &uri))
}

/// What happened, as a feed
///
/// The newest 50 events as Atom.
#[utoipa::path(get, path = "/feed.xml", tag = "world", responses(
    (status = 200, description = "An Atom feed.", body = String, content_type = "application/atom+xml")))]
pub async fn feed(State(app): State<App>, headers: HeaderMap) -> Response {
    let world = app.coordinator.store().world();
    let (name, since_ms) = (format!("{:016x}", world.id.0), world.created_ms);
    let kind = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    match happened(&app).await {
        Ok(events) => {
            let text = feed::atom(&name, &origin::of_server(&headers), since_ms, &events);
            (kind, text).into_response()
        }
        Err(error) => inside(&error),
    }
}

async fn happened(app: &App) -> Result<Vec<EventView>, StoreError> {
    let store = app.coordinator.store();
    let mut islands = app.coordinator.snapshot(0).islands;
    islands.sort_by_key(|island| std::cmp::Reverse(island.updated_ms));
    let mut sources = Sources {
        reseedings: store.reseedings(SOWINGS).await?,
        checkpoints: store.checkpoints().await?,
        entries: store.tuning().await?,
        ..Sources::default()
    };
    let seeds = store.seeds().await?;
    sources.seeds = seeds.iter().map(crate::seed_bank::Seed::view).collect();
    for island in islands.iter().take(ISLANDS) {
        let id = IslandId(island.island);
        let foremost = store.foremost(id, island.branch, UNITS).await?;
        let turns = turns::newest(&foremost).into_iter();
        sources
            .turns
            .extend(turns.map(|turn| (island.island, turn)));
    }
    let sown = sources.reseedings.iter();
    let sown = sown.filter_map(|sowing| GenotypeHash::from_hex(&sowing.genotype));
    let risen = sources.turns.iter().map(|(_, turn)| turn.genotype);
    let named: Vec<GenotypeHash> = risen.chain(sown).collect();
    sources.species = store.species_of(&named).await?;
    Ok(events::told(&sources))
}
