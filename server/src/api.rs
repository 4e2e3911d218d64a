//! The API: JSON answers and JSON errors that say what is allowed and nothing of the inside. Knows no page.

pub mod checkpoints;
pub mod export;
pub mod life;
pub mod tuning;

use crate::coordinator::{Coordinator, fingerprint};
use crate::routes::App;
use crate::store::{Mismatch, StoreError};
use crate::tuning::Bounds;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{Config, Digest, IslandId};
use bytebiota_protocol::parameters::Parameters;
use bytebiota_protocol::view::{ErrorView, LeaderView, MismatchView};
use serde::{Deserialize, Serialize};

/// Points of the series in one answer, at most and by default.
const MAX_POINTS: u32 = 10_000;
const DEFAULT_POINTS: u32 = 600;
/// Mismatches in one answer.
const MAX_MISMATCHES: u32 = 100;
/// People in one answer, at most and by default.
const MAX_LEADERS: u32 = 100;

/// The format of `/metrics`.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// An error as the API shows it.
pub(crate) fn error(status: StatusCode, word: &str, message: impl Into<String>) -> Response {
    let view = ErrorView {
        error: word.to_owned(),
        message: message.into(),
    };
    (status, Json(view)).into_response()
}

/// 403.
pub fn forbidden(message: &str) -> Response {
    error(StatusCode::FORBIDDEN, "forbidden", message)
}

/// 429.
pub fn too_many(message: &str) -> Response {
    error(StatusCode::TOO_MANY_REQUESTS, "too_many", message)
}

pub(crate) fn bad_request(message: impl Into<String>) -> Response {
    error(StatusCode::BAD_REQUEST, "bad_request", message)
}

/// What goes wrong inside is logged, and only said to be so.
pub(crate) fn inside(error_inside: &StoreError) -> Response {
    tracing::error!(error = %error_inside, "a request could not be answered");
    let message = "the server cannot answer this now; try again later";
    error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
}

/// 404 for an address that the API does not have.
pub async fn unknown(uri: Uri) -> Response {
    let message = format!(
        "there is no {}; see /api/v1/world, /api/v1/islands, /api/v1/genotypes, /api/v1/workers",
        uri.path()
    );
    error(StatusCode::NOT_FOUND, "not_found", message)
}

/// 405.
pub async fn wrong_method() -> Response {
    let message = "this address answers GET and HEAD only";
    error(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        message,
    )
}

/// Reads the number of an existing island.
pub fn island_id(coordinator: &Coordinator, text: &str) -> Result<IslandId, Box<Response>> {
    let number = text.parse::<u32>().ok().filter(|number| *number >= 1);
    let Some(number) = number.filter(|number| number.to_string() == text) else {
        let message = "an island is a whole number from 1 on, such as /api/v1/islands/1";
        return Err(Box::new(bad_request(message)));
    };
    let islands = coordinator.world_view().islands;
    if coordinator.island_view(IslandId(number)).is_none() {
        let message = format!("there is no island {number}; the world has islands 1 to {islands}");
        return Err(Box::new(error(StatusCode::NOT_FOUND, "not_found", message)));
    }
    Ok(IslandId(number))
}

/// `GET /healthz`: the process lives.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: work is given out and reports are stored.
pub async fn readyz(State(app): State<App>) -> Response {
    match app.coordinator.readiness().fault() {
        Some(fault) => error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", fault),
        None => "ready\n".into_response(),
    }
}

/// `GET /metrics`: what Prometheus reads.
pub async fn metrics(State(app): State<App>) -> Response {
    match app.coordinator.measured(app.addresses.sockets()).await {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => inside(&error),
    }
}

/// `GET /api/v1/world`
pub async fn world(State(app): State<App>) -> Response {
    Json(app.coordinator.world_view()).into_response()
}

/// `GET /api/v1/analytics`: diversity, mutation, selection and tasks of the whole world.
pub async fn analytics(State(app): State<App>) -> Response {
    match app.coordinator.analytics().await {
        Ok(view) => Json(view).into_response(),
        Err(error) => inside(&error),
    }
}

/// `GET /api/v1/islands`
pub async fn islands(State(app): State<App>) -> Response {
    Json(app.coordinator.snapshot(0).islands).into_response()
}

/// `GET /api/v1/islands/{id}`
pub async fn island(State(app): State<App>, Path(id): Path<String>) -> Response {
    match island_id(&app.coordinator, &id) {
        Ok(island) => Json(app.coordinator.island_view(island)).into_response(),
        Err(refusal) => *refusal,
    }
}

/// `GET /api/v1/islands/{id}/memory-map`
pub async fn memory_map(State(app): State<App>, Path(id): Path<String>) -> Response {
    let island = match island_id(&app.coordinator, &id) {
        Ok(island) => island,
        Err(refusal) => return *refusal,
    };
    match app.dashboard.island(island).await {
        Ok(Some((_, map))) => Json(&*map).into_response(),
        Ok(None) => {
            let message = "the stored state of this island is damaged, so there is no map of it";
            error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
        }
        Err(error) => inside(&error),
    }
}

/// `GET /api/v1/workers`
pub async fn workers(State(app): State<App>) -> Response {
    Json(app.coordinator.workers_view()).into_response()
}

/// How many rows are wanted.
#[derive(Deserialize)]
pub struct LimitQuery {
    limit: Option<String>,
}

/// `GET /api/v1/leaderboard?limit=`: those who gave a name, by confirmed work.
pub async fn leaderboard(State(app): State<App>, Query(query): Query<LimitQuery>) -> Response {
    let limit = query
        .limit
        .as_deref()
        .map_or(Some(MAX_LEADERS), |text| text.parse().ok());
    let Some(limit) = limit.filter(|limit| (1..=MAX_LEADERS).contains(limit)) else {
        return bad_request("limit is a number of people from 1 to 100");
    };
    let leaders = match app.coordinator.store().leaders(limit).await {
        Ok(leaders) => leaders,
        Err(error) => return inside(&error),
    };
    let view = |(nick, token_hash, credit, units): &(String, Digest, u64, u64)| LeaderView {
        name: format!("{nick}#{}", fingerprint(&token_hash.0)),
        credit: *credit,
        units: *units,
    };
    Json(leaders.iter().map(view).collect::<Vec<_>>()).into_response()
}

/// `GET /api/v1/mismatches`: the newest results that did not match, without names.
pub async fn mismatches(State(app): State<App>) -> Response {
    let mismatches = match app.coordinator.store().mismatches(MAX_MISMATCHES).await {
        Ok(mismatches) => mismatches,
        Err(error) => return inside(&error),
    };
    let view = |mismatch: &Mismatch| MismatchView {
        time_ms: mismatch.time_ms,
        fingerprint: fingerprint(&mismatch.token_hash),
        text: match mismatch.is_lifted {
            true => "results did not match; the program was wrong, not the volunteer",
            false => "results did not match",
        }
        .into(),
    };
    let views: Vec<MismatchView> = mismatches.iter().map(view).collect();
    Json(views).into_response()
}

/// The Config in force and what each knob means.
#[derive(Serialize)]
struct ConfigView {
    version: u64,
    world_seed: String,
    semantics_version: u32,
    digest: String,
    config: Config,
    knobs: Vec<KnobView>,
}

#[derive(Serialize)]
struct KnobView {
    name: &'static str,
    value: String,
    default: String,
    range: String,
    unit: &'static str,
    /// Whether it may change while the world lives, and between which values.
    online: Option<(u64, u64)>,
    sentence: &'static str,
}

/// `GET /api/simulation/config`
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

/// What part of the series is wanted.
#[derive(Deserialize)]
pub struct SeriesQuery {
    from_ms: Option<String>,
    to_ms: Option<String>,
    limit: Option<String>,
}

/// `GET /api/v1/series?from_ms=&to_ms=&limit=`
pub async fn series(State(app): State<App>, Query(query): Query<SeriesQuery>) -> Response {
    let number = |text: &Option<String>, default: u64| match text {
        Some(text) => text.parse::<u64>().ok(),
        None => Some(default),
    };
    let from = number(&query.from_ms, 0);
    let to = number(&query.to_ms, u64::MAX);
    let limit = number(&query.limit, u64::from(DEFAULT_POINTS));
    let limit = limit.filter(|limit| (1..=u64::from(MAX_POINTS)).contains(limit));
    let (Some(from), Some(to), Some(limit)) = (from, to, limit) else {
        let message = "from_ms and to_ms are Unix milliseconds, limit is 1 to 10000";
        return bad_request(message);
    };
    match app.coordinator.store().series(from, to, limit as u32).await {
        Ok(points) => Json(points).into_response(),
        Err(error) => inside(&error),
    }
}
