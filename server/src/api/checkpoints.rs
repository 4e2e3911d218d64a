//! The part of the API that lists checkpoints, and takes one for the operator. Knows no image.

use super::inside;
use super::query::{Limit, MAX_ROWS, Offset, Page, Refusal};
use crate::operator::Operator;
use crate::routes::App;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use bytebiota_protocol::view::CheckpointView;

/// Checkpoints
///
/// Newest first. Without a limit the first 1000; where there are more, a `Link` header names the next page.
#[utoipa::path(get, path = "/api/v1/checkpoints", tag = "operation", operation_id = "checkpoints",
    params(Offset, Limit), responses((status = 200, body = Vec<CheckpointView>)))]
pub async fn list(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, MAX_ROWS)?;
    let checkpoints = app.coordinator.store().checkpoints().await?;
    Ok(page.cut(checkpoints, &uri))
}

/// Take a checkpoint now
///
/// For the operator, by his token. The answer is the list of all with the new one, newest first.
#[utoipa::path(post, path = "/api/v1/operator/checkpoints", tag = "operation", operation_id = "take_checkpoint",
    security(("operator" = [])), responses((status = 200, body = Vec<CheckpointView>)))]
pub async fn take(_: Operator, State(app): State<App>) -> Response {
    let taken = app.coordinator.take_checkpoint("by hand").await;
    let list = match taken {
        Ok(_) => app.coordinator.store().checkpoints().await,
        Err(error) => Err(error),
    };
    match list {
        Ok(checkpoints) => Json(checkpoints).into_response(),
        Err(error) => inside(&error),
    }
}
