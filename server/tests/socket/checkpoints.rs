//! Checkpoints of a real server: whoever shows the token takes one, and a world that went back lives on as it had.

use crate::client::{Client, Work, hello};
use crate::server::{TestServer, config, operator};
use bytebiota_core::{Digest, Epoch, IslandId};
use bytebiota_protocol::message::{Outcome, Token, Wishes};
use bytebiota_protocol::view::{CheckpointView, IslandView};
use bytebiota_server::ServerConfig;
use bytebiota_server::checkpoint_service::keeper::{self, CheckpointError, Which};
use std::path::Path;

const STEPS: usize = 14;

/// One epoch a stretch, so that history does not depend on speed; organisms wander at every line.
fn steady(folder: &Path) -> ServerConfig {
    let mut config = config(folder);
    let knob = config.world.set("evolution.migration_interval", "1");
    knob.expect("a knob");
    config.policy.full_per_million = 1_000_000;
    config.stretch_units = 1;
    config.max_islands = 2;
    config.grace_ms = 0;
    config.kept_states = 1;
    config.reseeding.is_on = false;
    config
}

async fn join(server: &TestServer, token: Option<Token>) -> Client {
    let mut hello = hello(token);
    hello.wishes = Wishes {
        max_unit_ticks: 20_000,
        ..Wishes::default()
    };
    Client::join_as(server.address, &hello).await
}

type Point = (IslandId, Epoch, Digest, usize);

/// Computes a stretch of one unit until it is confirmed: where it ends, and how many entered.
async fn finish(client: &mut Client, work: &Work) -> Point {
    let reports = client.compute(work);
    let [report] = reports.as_slice() else {
        panic!("{} units in a stretch", reports.len());
    };
    client.settle(work, report).await;
    while !client.verdicts.iter().any(|(unit, ..)| *unit == report.key) {
        client.answer_for(50).await;
    }
    assert!(client.verdicts.iter().all(|v| v.2 == Outcome::Confirmed));
    let end = report.end_state().expect("segments");
    let arrivals = work.assignment.inputs.arrivals.len();
    (report.key.island, report.end_epoch(), end, arrivals)
}

async fn live_on(client: &mut Client, steps: usize) -> Vec<Point> {
    let mut points = Vec::new();
    for _ in 0..steps {
        let work = client.work().await;
        points.push(finish(client, &work).await);
    }
    points
}

/// Status and answer of the route that takes a checkpoint.
async fn take(server: &TestServer, operator: &str) -> (u16, String) {
    let path = "/api/v1/operator/checkpoints";
    let (status, _, body) = server.request("POST", path, operator).await;
    (status, body)
}

/// Lives on in a folder from where it stands.
async fn again(folder: &Path, token: Option<Token>) -> Vec<Point> {
    let server = TestServer::start(steady(folder)).await;
    let mut client = join(&server, token).await;
    let points = live_on(&mut client, STEPS).await;
    server.stop().await;
    points
}

#[tokio::test(flavor = "multi_thread")]
async fn a_world_that_went_back_goes_on_as_it_had_also_from_a_file_in_another_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let server = TestServer::start(steady(folder)).await;
    let mut client = join(&server, None).await;
    live_on(&mut client, 9).await;
    // A stretch is under way, with whoever enters it.
    let work = client.work().await;
    let stranger = format!("authorization: Bearer {}\r\n", "0".repeat(64));
    assert_eq!(take(&server, &stranger).await.0, 401);
    let (status, body) = take(&server, &operator(folder)).await;
    assert_eq!(status, 200, "{body}");
    let mut original = vec![finish(&mut client, &work).await];
    original.extend(live_on(&mut client, STEPS - 1).await);
    assert!(original.iter().any(|point| point.3 > 0), "somebody enters");
    let listed: Vec<CheckpointView> = server.json("/api/v1/checkpoints").await;
    assert_eq!((listed.len(), listed[0].cause.as_str()), (1, "by hand"));
    let token = client.token;
    drop(client);
    server.stop().await;

    let number = Which::Number(1);
    let refused = keeper::restore(folder, &number, false).await;
    assert!(matches!(refused, Err(CheckpointError::Present(_))));
    assert_eq!(keeper::restore(folder, &number, true).await.ok(), Some(2));
    assert_eq!(again(folder, Some(token)).await, original);

    // The line that was left is still there to go back to.
    keeper::restore(folder, &Which::Number(2), true)
        .await
        .expect("goes forth");
    let server = TestServer::start(steady(folder)).await;
    let islands: Vec<IslandView> = server.json("/api/v1/islands").await;
    for island in islands {
        let newest = original
            .iter()
            .rev()
            .find(|point| point.0.0 == island.island);
        let newest = newest.expect("both islands lived");
        assert_eq!(
            (island.epoch, island.state),
            (newest.1.0, newest.2.to_string())
        );
    }
    server.stop().await;

    let other = tempfile::tempdir().expect("a folder");
    let file = other.path().join("world.checkpoint");
    keeper::export(folder, 1, &file).await.expect("written");
    let empty = other.path().join("empty");
    keeper::import(&empty, &file).await.expect("a world");
    assert_eq!(again(&empty, None).await, original);
    bad_files_are_named(folder, &file).await;
}

async fn bad_files_are_named(folder: &Path, file: &Path) {
    let whole = std::fs::read(file).expect("read");
    let bad = file.with_file_name("bad");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let foreign = b"PK\x03\x04".to_vec();
    let cases = [
        (whole[..whole.len() / 2].to_vec(), "cut short"),
        (flipped, "damaged"),
        (foreign, "no checkpoint"),
    ];
    for (bytes, word) in cases {
        std::fs::write(&bad, bytes).expect("written");
        let which = Which::File(bad.clone());
        for refused in [
            keeper::restore(folder, &which, true).await,
            keeper::import(folder, &bad).await,
        ] {
            let text = refused.expect_err("refused").to_string();
            assert!(
                text.contains(word) && text.contains("bad") && !text.contains('\n'),
                "{text}"
            );
        }
    }
    let none = keeper::restore(folder, &Which::Number(99), true).await;
    assert!(matches!(none, Err(CheckpointError::NoCheckpoint(99))));
}
