//! A world's life: work is given, stored, repeated, taken over, and goes on after a stop.

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_core::Start;
use bytebiota_protocol::message::{ClientMessage, Outcome, RejectReason, ServerMessage};
use bytebiota_protocol::view::{IslandView, WorkerView, WorldView};

#[tokio::test(flavor = "multi_thread")]
async fn units_are_acked_once_and_the_world_grows() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let before: WorldView = server.json("/api/v1/world").await;
    assert_eq!(
        (before.islands, before.units_acked, before.workers),
        (2, 0, 0)
    );
    let mut client = Client::join(server.address, None).await;
    let work = client.work().await;
    assert_eq!(
        (work.header().epochs(), &work.assignment.start),
        (1, &Start::Genesis)
    );
    let reports = client.compute(&work);
    let first = client.settle(&work, &reports[0]).await;
    let again = client.settle(&work, &reports[0]).await;
    assert!(matches!(again, ServerMessage::Ack { unit, .. } if unit == reports[0].key));
    assert!(
        matches!(first, ServerMessage::Ack { credit: 0, .. }),
        "credit comes with the verdict: {first:?}"
    );
    if client.verdicts.is_empty() {
        client.verdict().await;
    }
    assert_eq!(client.verdicts, [(reports[0].key, 1, Outcome::Confirmed)]);
    assert_eq!(client.credit, 20_000);
    let mut units = 1;
    while units < 12 {
        units += client.stretch().await.len() as u64;
    }
    let world = server.quiet().await;
    while client.verdicts.iter().map(|v| u64::from(v.1)).sum::<u64>() < units {
        client.verdict().await;
    }
    assert_eq!(
        (world.units_acked, world.units_confirmed, world.workers),
        (units, units, 1)
    );
    assert_eq!(world.instructions, client.credit, "credit is ticks");
    assert!(world.islands == 2 && world.instructions_per_second > 0.0 && world.population > 0);
    let workers: Vec<WorkerView> = server.json("/api/v1/workers").await;
    assert_eq!(
        (
            workers.len(),
            workers[0].units_acked,
            workers[0].kind.as_str()
        ),
        (1, units, "native")
    );
    assert!(workers[0].name.starts_with("Ada#"));
    let mut second = Client::join(server.address, None).await;
    second.stretch().await;
    second.stretch().await;
    second.stretch().await;
    let world: WorldView = server.json("/api/v1/world").await;
    assert!(
        world.islands > 2,
        "two slots with confirmed work have islands to spare"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_stop_the_world_goes_on_from_the_last_acked_unit() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    for _ in 0..6 {
        client.stretch().await;
    }
    let work = client.work().await;
    let reports = client.compute(&work);
    server.quiet().await;
    let before: Vec<IslandView> = server.json("/api/v1/islands").await;
    let (token, held) = (client.token, std::mem::take(&mut client.held));
    drop(client);
    server.stop().await;

    let server = TestServer::start(config(folder.path())).await;
    let after: Vec<IslandView> = server.json("/api/v1/islands").await;
    let heads = |islands: &[IslandView]| -> Vec<_> {
        islands
            .iter()
            .map(|i| (i.island, i.epoch, i.state.clone(), i.link.clone(), i.units))
            .collect()
    };
    assert_eq!(heads(&before), heads(&after));
    let mut client = Client::join(server.address, Some(token)).await;
    client.held = held;
    assert_eq!(client.token.0, token.0, "the volunteer is known again");
    assert!(client.credit > 0);
    let holding = ClientMessage::Holding {
        slot: 0,
        lease: work.lease,
        header: work.header().clone(),
        next_epoch: work.assignment.from_epoch,
    };
    client.say(&holding).await;
    for report in &reports {
        let answer = client.settle(&work, report).await;
        assert!(matches!(answer, ServerMessage::Ack { .. }), "{answer:?}");
    }
    client.stretch().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_workers_stretch_is_computed_by_another_under_the_same_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.max_islands = 1;
    let server = TestServer::start(settings).await;
    let mut lost = Client::join(server.address, None).await;
    let work = lost.work().await;
    let reports = lost.compute(&work);
    drop(lost);
    let mut other = Client::join(server.address, None).await;
    let same = other.work().await;
    assert_eq!(same.header(), work.header());
    assert!(same.lease != work.lease);
    let units = other.compute(&same);
    assert_eq!(units, reports, "the same result on any machine");
    other.settle(&same, &units[0]).await;
    let mut back = Client::join(server.address, None).await;
    let late = back.settle(&work, &reports[0]).await;
    assert!(
        matches!(late, ServerMessage::Ack { credit: 0, .. }),
        "known, and not credited twice: {late:?}"
    );
    other.stretch().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_another_world_or_of_no_stretch_is_rejected_and_nobody_is_disturbed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let mut work = client.work().await;
    let reports = client.compute(&work);
    let honest = work.assignment.header.clone();
    let reason = |answer| match answer {
        ServerMessage::Reject { reason, .. } => reason,
        other => panic!("{other:?} instead of a rejection"),
    };
    let mut foreign = reports[0].clone();
    foreign.key.world.0 ^= 1;
    work.assignment.header.world.0 ^= 1;
    assert_eq!(
        reason(client.settle(&work, &foreign).await),
        RejectReason::Foreign
    );
    work.assignment.header = honest.clone();
    work.assignment.header.end_epoch.0 += 5;
    assert_eq!(
        reason(client.settle(&work, &reports[0]).await),
        RejectReason::Foreign
    );
    work.assignment.header = honest;
    let mut forged = reports[0].clone();
    forged.state[100] ^= 1;
    assert_eq!(
        reason(client.settle(&work, &forged).await),
        RejectReason::Invalid
    );
    let world: WorldView = server.json("/api/v1/world").await;
    assert_eq!(world.units_acked, 0);
    let answer = client.settle(&work, &reports[0]).await;
    assert!(
        matches!(answer, ServerMessage::Ack { .. }),
        "still open: {answer:?}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lonely_server_computes_a_little_and_steps_back_for_volunteers() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    (
        settings.idle_work,
        settings.idle_after_ms,
        settings.idle_percent,
    ) = (true, 100, 90);
    let server = TestServer::start(settings).await;
    let mut world: WorldView = server.json("/api/v1/world").await;
    for _ in 0..200 {
        if world.units_acked >= 3 && world.idle_work {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        world = server.json("/api/v1/world").await;
    }
    assert!(
        world.units_acked >= 3 && world.idle_work && world.workers == 0,
        "{world:?}"
    );
    let mut client = Client::join(server.address, None).await;
    client.stretch().await;
    for _ in 0..100 {
        let workers: Vec<WorkerView> = server.json("/api/v1/workers").await;
        if workers.iter().all(|worker| worker.kind == "native") {
            return server.stop().await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the server does not step back");
}
