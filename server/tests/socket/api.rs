//! The API and the pages over plain HTTP: shapes, errors, headers, and a start that fails with one clear line.

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_protocol::message::Outcome;
use bytebiota_protocol::view::{ErrorView, IslandView};
use bytebiota_server::{DistributedServer, ServerError};

#[tokio::test(flavor = "multi_thread")]
async fn addresses_answer_and_errors_say_what_is_allowed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    assert_eq!(server.get("/healthz").await.0, 200);
    assert_eq!(server.get("/readyz").await.0, 200);
    let island: IslandView = server.json("/api/v1/islands/2").await;
    assert_eq!((island.island, island.status.as_str()), (2, "asleep"));
    let settings: serde_json::Value = server.json("/api/simulation/config").await;
    assert_eq!(settings["config"]["soup"]["size"], 4096);
    assert!(
        settings["knobs"]
            .as_array()
            .is_some_and(|knobs| knobs.len() > 50)
    );
    let cases = [
        ("GET", "/api/v1/islands/99", 404, "not_found"),
        ("GET", "/api/v1/islands/x", 400, "bad_request"),
        ("GET", "/api/v1/islands/01", 400, "bad_request"),
        ("GET", "/api/v1/islands/-1/memory-map", 400, "bad_request"),
        (
            "GET",
            "/api/v1/islands/99999999999999/memory-map",
            400,
            "bad_request",
        ),
        ("GET", "/api/v1/series?limit=0", 400, "bad_request"),
        ("GET", "/api/v1/series?from=abc", 400, "bad_request"),
        ("GET", "/api/v1/series?from_ms=abc", 400, "bad_request"),
        ("GET", "/api/v1/series?grain=week", 400, "bad_request"),
        ("GET", "/api/v1/series.csv?limit=1001", 400, "bad_request"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("POST", "/api/v1/world", 405, "method_not_allowed"),
        ("DELETE", "/world", 405, "method_not_allowed"),
    ];
    for (method, path, status, word) in cases {
        let (code, head, body) = server.request(method, path, "").await;
        assert_eq!(code, status, "{method} {path}: {body}");
        assert!(
            head.contains("application/json") && head.contains("nosniff"),
            "{head}"
        );
        let error: ErrorView = serde_json::from_str(&body).expect("JSON");
        assert!(
            error.error == word && error.message.len() > 10,
            "{path}: {error:?}"
        );
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_with_their_policy_and_unknown_ones_are_404() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    for path in ["/", "/donate", "/world", "/island/1"] {
        let (status, head, body) = server.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert!(
            head.contains("content-security-policy: default-src 'none'"),
            "{head}"
        );
        assert!(
            head.contains("text/html") && body.contains("<html"),
            "{path}"
        );
    }
    for path in ["/nothing", "/island/0", "/world/", "/../etc/passwd"] {
        assert_eq!(server.get(path).await.0, 404, "{path}");
    }
    let style = bytebiota_web_assets::address("style.css").expect("a style");
    let (status, head, _) = server.get(style).await;
    assert!(status == 200 && head.contains("immutable"), "{head}");
    let etag = head
        .lines()
        .find_map(|line| line.strip_prefix("etag: "))
        .expect("an etag");
    let again = format!("if-none-match: {etag}\r\n");
    assert_eq!(server.request("GET", style, &again).await.0, 304);
    let (_, head, _) = server
        .request("GET", style, "accept-encoding: br\r\n")
        .await;
    assert!(head.contains("content-encoding: br"), "{head}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_cannot_be_says_why_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let refusal = |error: ServerError| {
        let text = error.to_string();
        assert!(!text.contains('\n'), "{text}");
        error
    };
    let second = DistributedServer::open(config(folder.path()))
        .await
        .err()
        .map(refusal);
    assert!(matches!(second, Some(ServerError::Locked(_))));
    let other = tempfile::tempdir().expect("a folder");
    let mut settings = config(other.path());
    settings.listen = server.address;
    let third = DistributedServer::open(settings)
        .await
        .expect("another folder");
    let taken = third.listen().await.err().map(refusal);
    assert!(matches!(taken, Some(ServerError::PortInUse(_))));
    let mut settings = config(&other.path().join("world.sqlite/below"));
    let fourth = DistributedServer::open(settings.clone())
        .await
        .err()
        .map(refusal);
    assert!(matches!(fourth, Some(ServerError::Folder { .. })));
    settings.world.soup.size = 5_000;
    let fifth = DistributedServer::open(settings).await.err().map(refusal);
    assert!(matches!(fifth, Some(ServerError::Config(_))));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_snapshot_stops_its_own_island_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let work = client.work().await;
    let victim = work.header().island.0;
    let reports = client.compute(&work);
    client.settle(&work, &reports[0]).await;
    assert_eq!(client.verdict().await.2, Outcome::Confirmed);
    drop(client);
    server.stop().await;
    damage(&folder.path().join("world.sqlite"), &reports[0].state);

    let server = TestServer::start(config(folder.path())).await;
    let island: IslandView = server.json(&format!("/api/v1/islands/{victim}")).await;
    assert_eq!(island.status, "damaged");
    let (status, _, body) = server
        .get(&format!("/api/v1/islands/{victim}/memory-map"))
        .await;
    assert_eq!(status, 503, "{body}");
    let mut client = Client::join(server.address, None).await;
    for _ in 0..4 {
        let units = client.stretch().await;
        assert!(units.iter().all(|unit| unit.island.0 != victim));
    }
    server.stop().await;
}

/// Flips a bit of a stored state, found in the file by its deflated bytes.
fn damage(path: &std::path::Path, state: &[u8]) {
    let deflated = bytebiota_server::verification::deflate(state);
    let trace = &deflated[60..120];
    let mut file = std::fs::read(path).expect("readable");
    let at = file.windows(trace.len()).position(|window| window == trace);
    file[at.expect("the state is in the file") + 30] ^= 0x10;
    std::fs::write(path, file).expect("written");
}
