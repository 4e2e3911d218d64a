//! The part of the API that tells of the world and its islands in numbers. Knows no genome.

use super::query::{Limit, MAX_ROWS, Offset, Page, Refusal};
use super::{error, inside, island_id};
use crate::routes::App;
use crate::tuning::Bounds;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{Config, IslandId};
use bytebiota_protocol::parameters::Parameters;
use bytebiota_protocol::view::{AnalyticsView, IslandView, MemoryMapView, WorldView};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// The world in numbers
#[utoipa::path(get, path = "/api/v1/world", tag = "world", responses((status = 200, body = WorldView)))]
pub async fn world(State(app): State<App>) -> Response {
    Json(app.coordinator.world_view()).into_response()
}

/// Diversity, mutation, selection and tasks of the whole world
///
/// Counted at most every ten seconds.
#[utoipa::path(get, path = "/api/v1/analytics", tag = "world", responses((status = 200, body = AnalyticsView)))]
pub async fn analytics(State(app): State<App>) -> Response {
    match app.coordinator.analytics().await {
        Ok(view) => Json(view).into_response(),
        Err(error) => inside(&error),
    }
}

/// Where the islands stand
///
/// In order of number. Without a limit the first 1000; where there are more, a `Link` header names the next page.
#[utoipa::path(get, path = "/api/v1/islands", tag = "world", params(Offset, Limit),
    responses((status = 200, body = Vec<IslandView>)))]
pub async fn islands(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, MAX_ROWS)?;
    Ok(page.cut(app.coordinator.snapshot(0).islands, &uri))
}

/// One island in numbers
#[utoipa::path(get, path = "/api/v1/islands/{id}", tag = "world",
    params(("id" = u32, Path, description = "The number of an island.", example = 1)),
    responses((status = 200, body = IslandView)))]
pub async fn island(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    Ok(Json(app.coordinator.island_view(island)).into_response())
}

/// The soup of an island
///
/// At its newest confirmed state: bodies with real addresses, their genotypes, free space.
#[utoipa::path(get, path = "/api/v1/islands/{id}/memory-map", tag = "world",
    params(("id" = u32, Path, description = "The number of an island.", example = 1)),
    responses((status = 200, body = MemoryMapView)))]
pub async fn memory_map(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let island = island_id(&app.coordinator, &id)?;
    let map = soup(&app, island).await?;
    Ok(Json(&*map).into_response())
}

/// The map of an island that exists.
pub async fn soup(app: &App, island: IslandId) -> Result<Arc<MemoryMapView>, Refusal> {
    match app.dashboard.island(island).await {
        Ok(Some((_, map))) => Ok(map),
        Ok(None) => {
            let message = "the stored state of this island is damaged, so there is no map of it";
            let refusal = error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
            Err(Box::new(refusal).into())
        }
        Err(error) => Err(Box::new(inside(&error)).into()),
    }
}

/// The Config in force and what each knob means.
#[derive(Serialize, ToSchema)]
pub struct ConfigView {
    /// The version of the parameters; 0 is how the world was made.
    version: u64,
    /// What the world grew from, 16 hex digits.
    world_seed: String,
    /// What instructions mean.
    semantics_version: u32,
    /// Digest of the Config, hex.
    digest: String,
    /// The Config, group by group.
    #[schema(value_type = Object)]
    config: Config,
    /// Every knob by itself.
    knobs: Vec<KnobView>,
}

/// A knob of the world.
#[derive(Serialize, ToSchema)]
pub struct KnobView {
    /// Its path, such as `soup.size`.
    name: &'static str,
    /// Its value now, as text.
    value: String,
    /// Its value in a world that nobody set anything of.
    default: String,
    /// What is allowed when a world is made.
    range: String,
    /// Of the number.
    unit: &'static str,
    /// Whether it may change while the world lives, and between which values.
    online: Option<(u64, u64)>,
    /// What it does.
    sentence: &'static str,
}

/// The Config in force
///
/// Every knob of the world with its value, range, unit and a sentence.
#[utoipa::path(get, path = "/api/simulation/config", tag = "world", operation_id = "simulation_config",
    responses((status = 200, body = ConfigView)))]
pub async fn config(State(app): State<App>) -> Response {
    let world = app.coordinator.store().world();
    let Parameters { version, config } = app.coordinator.parameters();
    let online = |path: &str| Bounds::of(path).ok().map(|b| (b.lowest, b.highest));
    let knob = |knob: &'static bytebiota_core::config::Knob| KnobView {
        name: knob.path,
        value: (knob.get)(&config),
        online: online(knob.path),
        default: knob.default(),
        range: knob.range.to_string(),
        unit: knob.unit,
        sentence: knob.sentence,
    };
    let view = ConfigView {
        world_seed: format!("{:016x}", world.seed.0),
        semantics_version: bytebiota_core::SEMANTICS_VERSION,
        version,
        digest: config.digest().to_string(),
        knobs: Config::knobs().iter().map(knob).collect(),
        config,
    };
    Json(view).into_response()
}
