//! What is refused is refused in the words of the API, whoever refused it: JSON with a sentence, and where a method is wrong,
//! those that the address allows. Knows no address but its beginning.

use crate::api;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// Bytes of the longest sentence that is taken over.
const MAX_BYTES: usize = 4_096;

/// Says again in JSON what was refused in plain text, and which methods there are.
pub async fn in_words(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path == "/api" || path.starts_with("/api/");
    let response = next.run(request).await;
    let status = response.status();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        return keeping(&response, wrong_method(response.headers()));
    }
    if !is_api || !status.is_client_error() || is_json(response.headers()) {
        return response;
    }
    let headers = response.headers().clone();
    let text = to_bytes(response.into_body(), MAX_BYTES).await.ok();
    let text = text.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    let mut said = api::error(status, word(status), text.unwrap_or_default());
    keep(&headers, &mut said);
    said
}

fn wrong_method(headers: &HeaderMap) -> Response {
    let allowed = headers
        .get(header::ALLOW)
        .and_then(|allowed| allowed.to_str().ok());
    let allowed: Vec<&str> = allowed
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|method| !method.is_empty())
        .collect();
    let message = format!("this address answers {} only", listed(&allowed));
    let word = "method_not_allowed";
    api::error(StatusCode::METHOD_NOT_ALLOWED, word, message)
}

/// `GET`, `GET and HEAD`, `GET, HEAD and POST`.
fn listed(words: &[&str]) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn word(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::UPGRADE_REQUIRED => "upgrade_required",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        _ => "bad_request",
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"))
}

fn keeping(refused: &Response, mut said: Response) -> Response {
    keep(refused.headers(), &mut said);
    said
}

/// The headers that say something of the refusal itself.
fn keep(headers: &HeaderMap, said: &mut Response) {
    for name in [header::ALLOW, header::UPGRADE, header::CONNECTION] {
        if let Some(value) = headers.get(&name) {
            said.headers_mut().insert(name, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_listed_as_people_say_them() {
        assert_eq!(listed(&["DELETE"]), "DELETE");
        assert_eq!(listed(&["GET", "HEAD"]), "GET and HEAD");
        assert_eq!(listed(&["GET", "HEAD", "POST"]), "GET, HEAD and POST");
    }
}
