//! The part of the API that tells of the parameters: how it stands, and the whole story. Knows no rule.

use super::inside;
use crate::routes::App;
use crate::tuning::TuningView;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The parameters in force
///
/// With their bounds, how the world lives, and what would be decided now.
#[utoipa::path(get, path = "/api/v1/tuning", tag = "operation", operation_id = "tuning",
    responses((status = 200, body = TuningView)))]
pub async fn status(State(app): State<App>) -> Response {
    match app.coordinator.tuning_view().await {
        Ok(view) => Json(view).into_response(),
        Err(error) => inside(&error),
    }
}

/// Everything that happened to the parameters
///
/// JSON lines, oldest first, in one piece: a manifest with a part missing proves nothing.
#[utoipa::path(get, path = "/api/v1/tuning/manifest", tag = "operation", operation_id = "tuning_manifest",
    responses((status = 200, description = "JSON lines.", body = String, content_type = "application/x-ndjson")))]
pub async fn manifest(State(app): State<App>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-ndjson")];
    match app.coordinator.tuning_manifest().await {
        Ok(manifest) => (kind, manifest.write()).into_response(),
        Err(error) => inside(&error),
    }
}
