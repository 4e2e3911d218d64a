//! The API: JSON answers and JSON errors that say what is allowed and nothing of the inside. Knows no page.

pub mod addressed;
pub mod checkpoints;
pub mod export;
pub mod life;
pub mod news;
pub mod people;
pub mod previews;
pub mod query;
pub mod recording;
pub mod series;
pub mod tuning;
pub mod world;

use crate::coordinator::Coordinator;
use crate::routes::App;
use crate::store::StoreError;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::IslandId;
use bytebiota_protocol::view::ErrorView;

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
        "there is no {}; /api/docs and /api/v1/openapi.json tell what there is",
        uri.path()
    );
    error(StatusCode::NOT_FOUND, "not_found", message)
}

/// Reads the number of an existing island.
pub fn island_id(coordinator: &Coordinator, text: &str) -> Result<IslandId, Box<Response>> {
    let number = text.parse::<u32>().ok().filter(|number| *number >= 1);
    let Some(number) = number.filter(|number| number.to_string() == text) else {
        let message = "an island is a whole number from 1 on, such as /api/v1/islands/1";
        return Err(Box::new(bad_request(message)));
    };
    existing(coordinator, IslandId(number))
}

/// The island, if there is one of its number.
pub fn existing(coordinator: &Coordinator, island: IslandId) -> Result<IslandId, Box<Response>> {
    if coordinator.island_view(island).is_some() {
        return Ok(island);
    }
    let islands = coordinator.world_view().islands;
    let message = format!("there is no island {island}; the world has islands 1 to {islands}");
    Err(Box::new(error(StatusCode::NOT_FOUND, "not_found", message)))
}

/// Whether the process lives
#[utoipa::path(get, path = "/healthz", tag = "watching",
    responses((status = 200, description = "It does.", body = String, content_type = "text/plain")))]
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether work is given out and reports are stored
#[utoipa::path(get, path = "/readyz", tag = "watching", responses(
    (status = 200, description = "They are.", body = String, content_type = "text/plain"),
    (status = 503, description = "They are not, and why.", body = ErrorView)))]
pub async fn readyz(State(app): State<App>) -> Response {
    match app.coordinator.readiness().fault() {
        Some(fault) => error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", fault),
        None => "ready\n".into_response(),
    }
}

/// What Prometheus reads
#[utoipa::path(get, path = "/metrics", tag = "watching", responses(
    (status = 200, description = "OpenMetrics text.", body = String, content_type = "application/openmetrics-text")))]
pub async fn metrics(State(app): State<App>) -> Response {
    match app.coordinator.measured(app.addresses.sockets()).await {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => inside(&error),
    }
}
