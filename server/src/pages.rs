//! The pages: embedded files and documents with their headers. Knows no number that they show.

use crate::origin;
use crate::pictures::Subject;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytebiota_core::IslandId;
use bytebiota_protocol::routes::{Module, Page};
use bytebiota_web_assets::{Asset, Document};

/// What is named by its content never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everything else is asked for again, with its ETag.
const ASK_AGAIN: &str = "no-cache";

/// Everything that is neither API nor socket.
pub async fn page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        let allowed = [(header::ALLOW, "GET,HEAD")];
        return (StatusCode::METHOD_NOT_ALLOWED, allowed).into_response();
    }
    let path = uri.path();
    if let Some(asset) = bytebiota_web_assets::get(path) {
        return file(&asset, &headers);
    }
    match Page::parse(path) {
        Some(page) if is_there(&page) => {
            document(StatusCode::OK, &described(&page, path), &headers)
        }
        _ if path == "/api" || path.starts_with("/api/") => crate::api::unknown(uri).await,
        _ => document(StatusCode::NOT_FOUND, &not_found(path), &headers),
    }
}

/// Whether there is something to show: a part in a file, or one that is made here.
fn is_there(page: &Page) -> bool {
    *page == Page::Interface || bytebiota_web_assets::has_page(&name(page))
}

fn described<'a>(page: &Page, path: &'a str) -> Described<'a> {
    Described {
        part: name(page),
        module: match page.module() {
            Module::Donate => "web_donate",
            Module::First => "web_first",
            Module::Lab => "web_lab",
            Module::More => "web_more",
            Module::Still => "",
        },
        path,
        title: title(page),
        description: page.description(),
        picture: match page {
            Page::Island(number) => Subject::Island(IslandId(*number)),
            Page::Genome(word) => Subject::Genome(word.clone()),
            _ => Subject::World,
        }
        .path(),
        main: (*page == Page::Interface).then(crate::openapi::page::html),
    }
}

fn not_found(path: &str) -> Described<'_> {
    Described {
        part: "not-found".into(),
        module: "",
        path,
        title: "Not found · ByteBiota".into(),
        description: "There is no such page.",
        picture: Subject::World.path(),
        main: None,
    }
}

/// A document before it is put together.
struct Described<'a> {
    part: String,
    module: &'static str,
    path: &'a str,
    title: String,
    description: &'static str,
    picture: String,
    /// What stands in it, where no file holds that.
    main: Option<&'static str>,
}

/// A document is called what its first heading says.
fn title(page: &Page) -> String {
    let heading = match page {
        Page::Document(_) => bytebiota_web_assets::heading(&name(page)),
        _ => None,
    };
    heading.map_or_else(|| page.title(), |heading| format!("{heading} · ByteBiota"))
}

/// The part of the page that the document is built around.
fn name(page: &Page) -> String {
    let name = match page {
        Page::Document(name) => return format!("docs-{name}"),
        Page::Home => "home",
        Page::Donate => "donate",
        Page::World => "world",
        Page::Island(_) => "island",
        Page::Lab | Page::Genome(_) => "genome",
        Page::Taxonomy => "taxonomy",
        Page::Species(_) => "species",
        Page::Phylogeny => "phylogeny",
        Page::Icons => "icons",
        Page::SeedBank => "seed-bank",
        Page::Analytics => "analytics",
        Page::Workers => "workers",
        Page::Leaderboard => "leaderboard",
        Page::Operations => "operations",
        Page::Verify(_) => "verify",
        Page::Documents => "docs",
        Page::Interface => "interface",
        Page::Privacy => "privacy",
    };
    name.to_owned()
}

fn document(status: StatusCode, described: &Described<'_>, headers: &HeaderMap) -> Response {
    let parts = Document {
        page: &described.part,
        module: described.module,
        path: described.path,
        title: &described.title,
        description: described.description,
        origin: &origin::of_server(headers),
        picture: &described.picture,
    };
    let html = match described.main {
        Some(main) => bytebiota_web_assets::around(&parts, main),
        None => bytebiota_web_assets::document(&parts),
    };
    let mut response = match accepts(headers, "deflate") {
        true => {
            let packed = miniz_oxide::deflate::compress_to_vec_zlib(html.as_bytes(), 6);
            let mut response = packed.into_response();
            put(&mut response, header::CONTENT_ENCODING, "deflate");
            response
        }
        false => html.into_response(),
    };
    *response.status_mut() = status;
    put(
        &mut response,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    put(&mut response, header::CACHE_CONTROL, ASK_AGAIN);
    put(&mut response, header::VARY, "accept-encoding");
    response
}

fn file(asset: &Asset, headers: &HeaderMap) -> Response {
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|etag| etag.to_str().ok());
    let is_known =
        known.is_some_and(|known| known.split(',').any(|etag| etag.trim() == asset.etag));
    let (encoding, bytes) = match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if accepts(headers, "br") => (Some("br"), bytes),
        (_, Some(bytes)) if accepts(headers, "gzip") => (Some("gzip"), bytes),
        _ => (None, asset.raw),
    };
    let mut response = match is_known {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Response::new(Body::from(bytes)),
    };
    if let Some(encoding) = encoding.filter(|_| !is_known) {
        put(&mut response, header::CONTENT_ENCODING, encoding);
    }
    put(&mut response, header::CONTENT_TYPE, asset.mime);
    put(&mut response, header::ETAG, asset.etag);
    put(&mut response, header::VARY, "accept-encoding");
    let cache = if asset.immutable { FOR_EVER } else { ASK_AGAIN };
    put(&mut response, header::CACHE_CONTROL, cache);
    response
}

/// Whether an encoding is named and not refused by a zero weight.
pub(crate) fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter();
    let named = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    named.into_iter().any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let is_named = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let is_refused = parts.any(|part| part.trim_end_matches(['0', '.']) == "q=");
        is_named && !is_refused
    })
}

fn put(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_taken_only_where_they_are_wanted() {
        let mut headers = HeaderMap::new();
        assert!(!accepts(&headers, "br"));
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip;q=0, deflate;q=0.5, Br"),
        );
        assert!(accepts(&headers, "br") && accepts(&headers, "deflate"));
        assert!(!accepts(&headers, "gzip") && !accepts(&headers, "zstd"));
    }
}
