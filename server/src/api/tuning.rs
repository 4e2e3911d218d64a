//! The part of the API that tells of the parameters, how it stands and the whole story, and changes them for the operator. Knows
//! no rule.

use super::{bad_request, inside};
use crate::coordinator::tuning::WishError;
use crate::operator::Operator;
use crate::routes::App;
use crate::tuning::{ChangeView, TuningView, TuningWish};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytebiota_protocol::view::ErrorView;

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

/// Change the parameters
///
/// For the operator, by his token: sets knobs within their bounds, or goes back to how an earlier version was. It is the same
/// decision as `bytebiota tune set` makes in the folder of a stopped server; what it refuses it names, with the bounds or the
/// nearest knob.
#[utoipa::path(post, path = "/api/v1/operator/tuning", tag = "operation", operation_id = "tune",
    security(("operator" = [])), request_body(content = TuningWish,
        example = json!({"set": {"mutation.copy_rate": 2400}, "reason": "too few mutants"})),
    responses((status = 200, body = ChangeView),
    (status = 400, description = "It may not be, and what may.", body = ErrorView)))]
pub async fn change(_: Operator, State(app): State<App>, body: Bytes) -> Response {
    let wish = match TuningWish::read(&body) {
        Ok(wish) => wish,
        Err(fault) => return bad_request(fault.to_string()),
    };
    match app.coordinator.follow(&wish).await {
        Ok(entry) => Json(ChangeView::of(&entry)).into_response(),
        Err(WishError::Refused(error)) => bad_request(error.to_string()),
        Err(WishError::Store(error)) => inside(&error),
    }
}
