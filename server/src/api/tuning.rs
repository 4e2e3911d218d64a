//! The part of the API that tells of the parameters: how it stands, and the whole story. Knows no rule.

use super::inside;
use crate::routes::App;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// `GET /api/v1/tuning`: parameters, bounds, health, and what would be decided now.
pub async fn status(State(app): State<App>) -> Response {
    match app.coordinator.tuning_view().await {
        Ok(view) => Json(view).into_response(),
        Err(error) => inside(&error),
    }
}

/// `GET /api/v1/tuning/manifest`: everything that happened to the parameters, as JSON lines.
pub async fn manifest(State(app): State<App>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    match app.coordinator.tuning_manifest().await {
        Ok(manifest) => (kind, manifest.write()).into_response(),
        Err(error) => inside(&error),
    }
}
