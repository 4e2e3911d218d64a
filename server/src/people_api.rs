//! What a volunteer may ask for himself over the API: to be forgotten. Knows no storage.

use crate::api;
use crate::coordinator::ForgetError;
use crate::routes::App;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::Digest;
use bytebiota_protocol::message::Token;

/// Forget a volunteer
///
/// By his own token: token and name are erased at once, the ledger keeps a number.
#[utoipa::path(delete, path = "/api/v1/volunteer", tag = "people", operation_id = "forget",
    security(("volunteer" = [])), responses((status = 204, description = "Forgotten.")))]
pub async fn forget(State(app): State<App>, headers: HeaderMap) -> Response {
    let Some(token) = bearer(&headers) else {
        let message = "send the volunteer's token, 64 hex digits, as `Authorization: Bearer TOKEN`";
        return api::error(StatusCode::UNAUTHORIZED, "unauthorized", message);
    };
    match app.coordinator.forget(&token).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => {
            let message = "nobody is known by this token, or not any more";
            api::error(StatusCode::NOT_FOUND, "not_found", message)
        }
        Err(ForgetError::Store(error)) => api::inside(&error),
        Err(error @ ForgetError::List(_)) => {
            tracing::error!(%error, "a volunteer is forgotten, but not in copies of the database");
            let message =
                "you are forgotten here, but the list for restored copies could not be written";
            api::error(StatusCode::INTERNAL_SERVER_ERROR, "unavailable", message)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let digest = Digest::from_hex(value.strip_prefix("Bearer ")?)?;
    Some(Token(digest.0))
}
