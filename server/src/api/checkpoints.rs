//! The part of the API that lists checkpoints, and takes one for the operator. Knows no image.

use super::inside;
use crate::operator::Operator;
use crate::routes::App;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

/// `GET /api/v1/checkpoints`: every checkpoint, newest first.
pub async fn list(State(app): State<App>) -> Response {
    match app.coordinator.store().checkpoints().await {
        Ok(checkpoints) => Json(checkpoints).into_response(),
        Err(error) => inside(&error),
    }
}

/// `POST /api/v1/operator/checkpoints`: takes one now; the answer is the list with it.
pub async fn take(_: Operator, State(app): State<App>) -> Response {
    match app.coordinator.take_checkpoint("by hand").await {
        Ok(_) => list(State(app)).await,
        Err(error) => inside(&error),
    }
}
