//! The part of the API that tells of those who compute: who does now, who did most, whose results did not match. Knows no token.

use super::query::{DEFAULT_ROWS, Limit, MAX_ROWS, Offset, Page, Refusal};
use crate::coordinator::fingerprint;
use crate::routes::App;
use crate::store::Mismatch;
use axum::extract::{Query, State};
use axum::http::Uri;
use axum::response::Response;
use bytebiota_core::Digest;
use bytebiota_protocol::view::{LeaderView, MismatchView, WorkerView};

/// Who computes now
///
/// Without a limit the first 1000; where there are more, a `Link` header names the next page.
#[utoipa::path(get, path = "/api/v1/workers", tag = "people", params(Offset, Limit),
    responses((status = 200, body = Vec<WorkerView>)))]
pub async fn workers(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, MAX_ROWS)?;
    Ok(page.cut(app.coordinator.workers_view(), &uri))
}

/// Who gave most
///
/// Those who gave a name, by confirmed work, most first.
#[utoipa::path(get, path = "/api/v1/leaderboard", tag = "people", params(Offset, Limit),
    responses((status = 200, body = Vec<LeaderView>)))]
pub async fn leaderboard(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, DEFAULT_ROWS)?;
    let store = app.coordinator.store();
    let view = |(nick, token_hash, credit, units): (String, Digest, u64, u64)| LeaderView {
        name: format!("{nick}#{}", fingerprint(&token_hash.0)),
        credit,
        units,
    };
    let leaders = store.leaders(page.offset, page.rows_and_one()).await?;
    Ok(page.answer(leaders.into_iter().map(view).collect(), &uri))
}

/// Results that did not match
///
/// The newest first, without names.
#[utoipa::path(get, path = "/api/v1/mismatches", tag = "people", params(Offset, Limit),
    responses((status = 200, body = Vec<MismatchView>)))]
pub async fn mismatches(
    State(app): State<App>,
    uri: Uri,
    Query(offset): Query<Offset>,
    Query(limit): Query<Limit>,
) -> Result<Response, Refusal> {
    let page = Page::of(&offset, &limit, DEFAULT_ROWS)?;
    let view = |mismatch: Mismatch| MismatchView {
        time_ms: mismatch.time_ms,
        fingerprint: fingerprint(&mismatch.token_hash),
        text: match mismatch.is_lifted {
            true => "results did not match; the program was wrong, not the volunteer",
            false => "results did not match",
        }
        .into(),
    };
    let store = app.coordinator.store();
    let mismatches = store.mismatches(page.offset, page.rows_and_one()).await?;
    Ok(page.answer(mismatches.into_iter().map(view).collect(), &uri))
}
