//! Whose page opens a socket: our own, none (a native client), or a foreign one that is refused; and where this server is for
//! whoever asks. Knows no socket.

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

/// Where this server is for whoever asks, such as `https://world.example`; empty if he does not say in a way that can be
/// written into a page. A proxy tells by `X-Forwarded-Proto` that he came by TLS.
pub fn of_server(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let host = text("host").filter(|host| !host.is_empty() && host.chars().all(is_plain));
    let scheme = match text("x-forwarded-proto") {
        Some(scheme) if scheme.eq_ignore_ascii_case("https") => "https",
        _ => "http",
    };
    host.map_or_else(String::new, |host| format!("{scheme}://{host}"))
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

    #[test]
    fn a_page_says_where_it_is_and_takes_no_marks_from_a_header() {
        let here = |host: &'static str, scheme: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(scheme) = scheme {
                headers.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
            }
            of_server(&headers)
        };
        assert_eq!(here("[::1]:8080", None), "http://[::1]:8080");
        assert_eq!(
            here("world.example", Some("HTTPS")),
            "https://world.example"
        );
        assert_eq!(
            here("world.example", Some("javascript")),
            "http://world.example"
        );
        for wrong in ["", "a\"b", "a<b", "a/b", "a b"] {
            assert_eq!(here(wrong, None), "", "{wrong}");
        }
    }
}
