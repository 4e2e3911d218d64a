//! A volunteer wants to be forgotten: at once, and in a copy of the database that is put back as well.

use crate::client::{Client, next};
use crate::server::{TestServer, config};
use bytebiota_core::Digest;
use bytebiota_protocol::message::{Outcome, ServerMessage};
use bytebiota_protocol::routes::VOLUNTEER;
use bytebiota_protocol::view::{LeaderView, WorldView};
use std::path::Path;

fn authorization(client: &Client) -> String {
    format!("Authorization: Bearer {}\r\n", Digest(client.token.0))
}

async fn leaders(server: &TestServer) -> Vec<LeaderView> {
    server.json("/api/v1/leaderboard").await
}

fn copy_database(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    std::fs::copy(from.join("world.sqlite"), to.join("world.sqlite")).expect("copied");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_to_be_forgotten_is_and_stays_so_in_a_restored_copy() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, kept) = (folder.path().join("data"), folder.path().join("kept"));
    let server = TestServer::start(config(&data)).await;
    let mut client = Client::join(server.address, None).await;
    let work = client.work().await;
    let reports = client.compute(&work);
    let answer = client.settle(&work, &reports[0]).await;
    assert!(matches!(answer, ServerMessage::Ack { .. }), "{answer:?}");
    assert_eq!(client.verdict().await.2, Outcome::Confirmed);
    assert!(leaders(&server).await[0].name.starts_with("Ada#"));
    server.stop().await;
    copy_database(&data, &kept);

    let server = TestServer::start(config(&data)).await;
    let mut other_tab = Client::join(server.address, Some(client.token)).await;
    let header = authorization(&client);
    assert_eq!(server.request("DELETE", VOLUNTEER, &header).await.0, 204);
    // Whatever was on its way comes first.
    while next(&mut other_tab.socket).await.is_ok() {}
    assert!(leaders(&server).await.is_empty());
    assert_eq!(server.request("DELETE", VOLUNTEER, &header).await.0, 404);
    let world: WorldView = server.json("/api/v1/world").await;
    assert_eq!(world.units_confirmed, 1, "what he computed stays");
    server.stop().await;

    copy_database(&kept, &data);
    let server = TestServer::start(config(&data)).await;
    assert!(leaders(&server).await.is_empty(), "nor in an older copy");
    let back = Client::join(server.address, Some(client.token)).await;
    assert_eq!(back.credit, 0, "the token opens nothing any more");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_shows_a_token_is_forgotten() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    for header in [
        "",
        "Authorization: Bearer 12\r\n",
        "Authorization: Basic abc\r\n",
    ] {
        let (status, _, body) = server.request("DELETE", VOLUNTEER, header).await;
        assert_eq!(status, 401, "{header}");
        assert!(body.contains("64 hex digits"), "{body}");
    }
    assert_eq!(server.get(VOLUNTEER).await.0, 405);
    server.stop().await;
}
