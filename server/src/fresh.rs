//! Answers that are asked for again cost little: each has an ETag, and who knows it gets none of it again. Anybody's page may
//! read the API. Knows no address but its beginnings.

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytebiota_core::Digest;

/// Bytes of an answer that is given an ETag, at most; a larger one goes out as it is.
const MAX_BYTES: usize = 8 << 20;
/// Hex digits of an ETag: enough for answers that differ by chance.
const ETAG_DIGITS: usize = 32;

/// Gives whole answers to readers their ETag, or says that nothing has changed.
pub async fn fresh(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_open = is_open(request.uri().path());
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    if is_read && is_open {
        let anybody = HeaderValue::from_static("*");
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anybody);
        let shown = HeaderValue::from_static("etag, link");
        response
            .headers_mut()
            .insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, shown);
    }
    if !is_read
        || response.status() != StatusCode::OK
        || response.headers().contains_key(header::ETAG)
    {
        return response;
    }
    tagged(response, known.as_ref()).await
}

/// What anybody's page may read: the API, but for sockets and what an operator does.
fn is_open(path: &str) -> bool {
    let closed = ["/api/v1/worker", "/api/v1/live", "/api/v1/operator"];
    let is_closed = |begin: &str| {
        let rest = path.strip_prefix(begin);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path.starts_with("/api/") && !closed.iter().any(|begin| is_closed(begin))
}

async fn tagged(response: Response, known: Option<&HeaderValue>) -> Response {
    let length = response.body().size_hint().exact();
    if length.is_none_or(|length| length > MAX_BYTES as u64) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let digest = Digest::of(&bytes).to_string();
    let etag = format!("W/\"{}\"", &digest[..ETAG_DIGITS.min(digest.len())]);
    if let Ok(value) = HeaderValue::from_str(&etag) {
        head.headers.insert(header::ETAG, value);
    }
    let again = HeaderValue::from_static("no-cache");
    head.headers.entry(header::CACHE_CONTROL).or_insert(again);
    match knows(known, &etag) {
        true => not_modified(head.headers),
        false => Response::from_parts(head, Body::from(bytes)),
    }
}

/// By the weak comparison (RFC 9110, section 13.1.2): a proxy may have made a tag weak or strong.
fn knows(known: Option<&HeaderValue>, etag: &str) -> bool {
    let known = known
        .and_then(|known| known.to_str().ok())
        .unwrap_or_default();
    let tag = |one: &str| one.trim().trim_start_matches("W/").to_owned();
    known
        .split(',')
        .any(|one| tag(one) == tag(etag) || one.trim() == "*")
}

/// Nothing of the content, and no word about its form.
fn not_modified(mut headers: HeaderMap) -> Response {
    headers.remove(header::CONTENT_LENGTH);
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_ENCODING);
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    *response.headers_mut() = headers;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_is_open_and_doors_are_not() {
        for path in ["/api/v1/world", "/api/v1/workers", "/api/simulation/config"] {
            assert!(is_open(path), "{path}");
        }
        for path in [
            "/",
            "/world",
            "/api/v1/worker",
            "/api/v1/live/world",
            "/api/v1/operator/nicks",
            "/metrics",
        ] {
            assert!(!is_open(path), "{path}");
        }
    }

    #[test]
    fn etags_are_found_in_lists() {
        let list = HeaderValue::from_static("\"x\", W/\"abc\"");
        assert!(knows(Some(&list), "W/\"abc\"") && knows(Some(&list), "W/\"x\""));
        assert!(!knows(Some(&list), "W/\"abd\"") && !knows(None, "W/\"abc\""));
    }
}
