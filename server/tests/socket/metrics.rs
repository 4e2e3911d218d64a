//! What an operator sees: numbers that follow what happened, and readiness with its reason.

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_protocol::message::{ClientMessage, ServerMessage, WaitReason};
use bytebiota_protocol::view::WorldView;
use bytebiota_server::metrics::machine::FreeDisk;
use std::time::Duration;

/// The value of a metric, labels included in its name.
async fn value(server: &TestServer, name: &str) -> f64 {
    let (status, head, body) = server.get("/metrics").await;
    assert!(status == 200 && head.contains("openmetrics-text"), "{head}");
    let line = body.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.trim().parse().ok());
    number.unwrap_or_else(|| panic!("no {name} in\n{body}"))
}

/// Waits until a metric satisfies a condition.
async fn until(server: &TestServer, name: &str, holds: impl Fn(f64) -> bool) {
    for _ in 0..400 {
        if holds(value(server, name).await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{name} is still {}", value(server, name).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_follow_what_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    assert_eq!(value(&server, "bytebiota_ack_seconds_count").await, 0.0);
    assert_eq!(value(&server, "bytebiota_workers").await, 0.0);
    let mut ada = Client::join(server.address, None).await;
    let work = ada.work().await;
    assert_eq!(value(&server, "bytebiota_slots_busy").await, 1.0);
    assert_eq!(value(&server, "bytebiota_sockets").await, 1.0);
    let reports = ada.compute(&work);
    for report in &reports {
        ada.settle(&work, report).await;
    }
    ada.settle(&work, &reports[0]).await;
    let mut foreign = reports[0].clone();
    foreign.base.0[0] ^= 1;
    ada.settle(&work, &foreign).await;
    let units = reports.len() as f64;
    let confirmed = "bytebiota_reports_judged_total{verdict=\"confirmed\"}";
    for _ in 0..200 {
        if value(&server, confirmed).await == units {
            break;
        }
        ada.answer_for(50).await;
    }
    assert_eq!(value(&server, confirmed).await, units);
    for (name, wanted) in [
        ("bytebiota_reports_total{answer=\"stored\"}", units),
        ("bytebiota_reports_total{answer=\"repeated\"}", 1.0),
        ("bytebiota_ack_seconds_count", units + 1.0),
        ("bytebiota_units_confirmed", units),
        ("bytebiota_oldest_provisional_seconds", 0.0),
        ("bytebiota_reports_waiting", 0.0),
        ("bytebiota_workers", 1.0),
    ] {
        assert_eq!(value(&server, name).await, wanted, "{name}");
    }
    for name in [
        "bytebiota_ticks_confirmed",
        "bytebiota_commit_seconds_count",
        "bytebiota_database_bytes",
        "bytebiota_wal_bytes",
    ] {
        assert!(value(&server, name).await > 0.0, "{name}");
    }
    let (_, _, body) = server.get("/metrics").await;
    let answers = body
        .lines()
        .filter(|l| l.starts_with("bytebiota_reports_total"));
    let sum: f64 = answers
        .filter_map(|l| l.rsplit(' ').next()?.parse::<f64>().ok())
        .sum();
    assert_eq!(sum, units + 2.0, "each report has one answer");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_that_are_lost_are_counted_by_cause() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut ada = Client::join(server.address, None).await;
    ada.work().await;
    drop(ada);
    until(
        &server,
        "bytebiota_leases_lost_total{cause=\"gone\"}",
        |count| count == 1.0,
    )
    .await;
    let mut bob = Client::join(server.address, None).await;
    bob.work().await;
    bob.say(&ClientMessage::Goodbye).await;
    until(
        &server,
        "bytebiota_leases_lost_total{cause=\"goodbye\"}",
        |count| count == 1.0,
    )
    .await;
    assert_eq!(
        value(&server, "bytebiota_leases_lost_total{cause=\"gone\"}").await,
        1.0
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_leasing_and_what_was_leased_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut ada = Client::join(server.address, None).await;
    let work = ada.work().await;
    let reports = ada.compute(&work);
    let token = ada.token;
    drop(ada);
    let world: WorldView = server.json("/api/v1/world").await;
    assert_eq!(world.alarm, None);
    server.stop().await;
    let mut full = config(folder.path());
    full.free_disk = FreeDisk {
        bytes: u64::MAX,
        percent: 100,
    };
    let server = TestServer::start(full).await;
    let (status, _, body) = server.get("/readyz").await;
    assert!(status == 503 && body.contains("too full"), "{body}");
    // The page for operators shows what is wrong with the world, and that is this, with its numbers.
    let world: WorldView = server.json("/api/v1/world").await;
    let alarm = world.alarm.unwrap_or_default();
    assert!(
        alarm.contains("nothing is leased") && alarm.matches(" MiB are ").count() == 2,
        "{alarm}"
    );
    let free = value(&server, "bytebiota_disk_free_bytes").await;
    assert!(value(&server, "bytebiota_disk_wanted_bytes").await > free);
    let mut ada = Client::join(server.address, Some(token)).await;
    let answer = ada.settle(&work, &reports[0]).await;
    assert!(matches!(answer, ServerMessage::Ack { .. }), "{answer:?}");
    ada.say(&ClientMessage::Ask { slot: 0 }).await;
    let answer = ada.hear().await;
    assert!(
        matches!(
            answer,
            ServerMessage::NoWork {
                reason: WaitReason::DiskFull,
                ..
            }
        ),
        "{answer:?}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_age_of_the_newest_checkpoint_is_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut often = config(folder.path());
    often.checkpoint_interval_ms = 300;
    let server = TestServer::start(often).await;
    until(&server, "bytebiota_checkpoint_age_seconds", |age| age > 0.0).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_about_to_go_is_not_ready() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    assert_eq!(server.get("/readyz").await.0, 200);
    let ada = Client::join(server.address, None).await;
    // The listener stops with the drain, so it is asked over a connection that is there already.
    let mut asked = server.keep_alive().await;
    assert!(asked.get("/readyz").await.starts_with("HTTP/1.1 200"));
    let stopping = tokio::spawn(server.stop());
    let mut answer = String::new();
    for _ in 0..100 {
        answer = asked.get("/readyz").await;
        if answer.starts_with("HTTP/1.1 503") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(answer.contains("leases nothing more"), "{answer}");
    drop((ada, asked));
    stopping.await.expect("stops");
}
