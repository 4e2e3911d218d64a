//! Whose page opens a socket: our own, none (a native client), or a foreign one that is refused. Knows no socket.

use axum::http::{HeaderMap, header};

/// Whether the request comes from a page of this server, or from no page at all.
pub fn is_own(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return true;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let (Ok(origin), Some(host), None) = (origin.to_str(), host, origins.next()) else {
        return false;
    };
    let plain = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"));
    plain.is_some_and(|origin| origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn own(host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        is_own(&headers)
    }

    #[test]
    fn only_our_own_pages_and_native_clients_may_open_sockets() {
        assert!(own("127.0.0.1:8080", None));
        assert!(own("127.0.0.1:8080", Some("http://127.0.0.1:8080")));
        assert!(own("world.example", Some("https://World.example")));
        for foreign in [
            "null",
            "http://evil.example",
            "https://127.0.0.1",
            "",
            "127.0.0.1:8080",
        ] {
            assert!(!own("127.0.0.1:8080", Some(foreign)), "{foreign}");
        }
    }
}
