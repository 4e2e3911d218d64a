//! `GET /api/v1/recording`: a soup from its founder until it is full. Made once, when the first one asks. Knows no organism.

use super::error;
use crate::pages::accepts;
use crate::recording::record;
use crate::routes::App;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytebiota_protocol::recording::RecordingView;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// How much trouble is taken to make it small; it is done once.
const LEVEL: u8 = 9;

/// The recording as it is sent, once it is made.
#[derive(Clone, Default)]
pub struct Film(Arc<OnceCell<Reels>>);

struct Reels {
    plain: Bytes,
    deflated: Bytes,
}

/// A young soup, moment by moment
///
/// What the program of this server computes from one founder in an empty soup, until the soup is full and for as long again:
/// the same on every server of the same semantics version, and no part of the world's history. Each moment says what changed
/// since the one before.
#[utoipa::path(get, path = "/api/v1/recording", tag = "life", operation_id = "recording",
    responses((status = 200, body = RecordingView)))]
pub async fn recording(State(app): State<App>, headers: HeaderMap) -> Response {
    let make = || async { app.coordinator.in_workshop(made).await.flatten().ok_or(()) };
    let Ok(reels) = app.film.0.get_or_try_init(make).await else {
        let message = "the recording could not be made";
        return error(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
    };
    let kind = [
        (header::CONTENT_TYPE, "application/json"),
        (header::VARY, "accept-encoding"),
    ];
    if !accepts(&headers, "deflate") {
        return (kind, reels.plain.clone()).into_response();
    }
    let mut response = (kind, reels.deflated.clone()).into_response();
    let deflate = HeaderValue::from_static("deflate");
    response
        .headers_mut()
        .insert(header::CONTENT_ENCODING, deflate);
    response
}

fn made() -> Option<Reels> {
    let plain = serde_json::to_vec(&record()).ok()?;
    let deflated = miniz_oxide::deflate::compress_to_vec_zlib(&plain, LEVEL);
    Some(Reels {
        plain: plain.into(),
        deflated: deflated.into(),
    })
}
