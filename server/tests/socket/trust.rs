//! Trust over real sockets: a lie is found, the stretch void, the credit not given, and everybody else goes on; what is
//! checked by volunteers is credited to them.

use crate::client::{Client, hello, next, open};
use crate::server::{TestServer, config};
use bytebiota_protocol::message::{
    self, ClientMessage, Outcome, ServerFrame, ServerMessage, Token, WaitReason,
};
use bytebiota_protocol::view::{IslandView, MismatchView, WorldView};
use bytebiota_server::token_list::TokenList;
use futures_util::SinkExt;
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test(flavor = "multi_thread")]
async fn a_lie_is_found_the_stretch_is_void_and_an_honest_worker_does_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.max_islands = 1;
    let server = TestServer::start(settings).await;
    let before: Vec<IslandView> = server.json("/api/v1/islands").await;
    let mut liar = Client::join(server.address, None).await;
    let work = liar.work().await;
    let invented = liar.invent(&work);
    let answer = liar.settle(&work, &invented[0]).await;
    assert!(
        matches!(answer, ServerMessage::Ack { .. }),
        "sound: {answer:?}"
    );
    let verdict = liar.verdict().await;
    assert_eq!(verdict, (invented[0].key, 1, Outcome::Mismatch));
    assert_eq!(liar.credit, 0);
    liar.say(&ClientMessage::Ask { slot: 0 }).await;
    let refused = loop {
        match liar.hear().await {
            ServerMessage::NoWork { reason, .. } => break reason,
            ServerMessage::Revoke { .. } => {}
            other => panic!("{other:?} for a convict"),
        }
    };
    assert_eq!(refused, WaitReason::Suspended);
    let world: WorldView = server.json("/api/v1/world").await;
    assert_eq!((world.units_confirmed, world.units_void), (0, 1));
    let after: Vec<IslandView> = server.json("/api/v1/islands").await;
    assert_eq!(after[0].state, before[0].state, "nothing of it is public");

    let mut honest = Client::join(server.address, None).await;
    let same = honest.work().await;
    assert_eq!(same.header(), work.header(), "under the very same header");
    let reports = honest.compute(&same);
    assert_ne!(reports[0].state, invented[0].state);
    honest.settle(&same, &reports[0]).await;
    assert_eq!(honest.verdict().await.2, Outcome::Confirmed);
    assert_eq!(honest.credit, 20_000);
    let mismatches: Vec<MismatchView> = server.json("/api/v1/mismatches").await;
    assert_eq!(mismatches.len(), 1);
    assert_eq!(mismatches[0].text, "results did not match");
    assert_eq!(mismatches[0].fingerprint.len(), 4);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut liar = Client::join(server.address, None).await;
    let work = liar.work().await;
    let invented = liar.invent(&work);
    liar.settle(&work, &invented[0]).await;
    assert_eq!(liar.verdict().await.2, Outcome::Mismatch);
    let token = liar.token;
    drop(liar);
    server.stop().await;
    let server = TestServer::start(config(folder.path())).await;
    let mut liar = Client::join(server.address, Some(token)).await;
    liar.say(&ClientMessage::Ask { slot: 0 }).await;
    let heard = liar.hear().await;
    let reason = WaitReason::Suspended;
    assert!(
        matches!(heard, ServerMessage::NoWork { reason: r, .. } if r == reason),
        "{heard:?}"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_the_very_segment_is_the_self_test_and_whoever_fails_it_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.policy.suspension_ms = 300;
    // An invented unit lies in its first segment only, as all others follow from it: every segment is to be looked at.
    settings.policy.full_per_million = 1_000_000;
    let server = TestServer::start(settings).await;
    let mut reformed = Client::join(server.address, None).await;
    let work = reformed.work().await;
    let invented = reformed.invent(&work);
    reformed.settle(&work, &invented[0]).await;
    assert_eq!(reformed.verdict().await.2, Outcome::Mismatch);
    // From now on it computes honestly: the self-test comes by itself, and then work.
    while reformed.checks == 0 {
        reformed.answer_for(50).await;
    }
    let again = reformed.work().await;
    assert_eq!(reformed.checks, 1, "the self-test");
    let reports = reformed.compute(&again);
    reformed.settle(&again, &reports[0]).await;
    assert_eq!(reformed.verdict().await.2, Outcome::Confirmed);
    let second = reformed.work().await;
    let invented = reformed.invent(&second);
    let answer = reformed.settle(&second, &invented[0]).await;
    assert!(matches!(answer, ServerMessage::Ack { .. }), "{answer:?}");
    assert_eq!(reformed.verdict().await.2, Outcome::Mismatch);
    let text = until_refused(server.address, reformed.token).await;
    assert!(text.contains("twice"), "{text}");
    server.stop().await;
}

/// Greets with a token until the server has written down that it is not wanted; its words.
async fn until_refused(address: std::net::SocketAddr, token: Token) -> String {
    for _ in 0..100 {
        let mut socket = open(address).await;
        let frame = message::encode_hello("test", &hello(Some(token)));
        socket
            .send(Message::Binary(frame.into()))
            .await
            .expect("sent");
        let answer = next(&mut socket).await.expect("an answer");
        if let Ok(ServerFrame::Refused(greeting)) = message::decode_server(&answer) {
            return greeting.text;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("welcome after two mismatches");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_honest_volunteer_is_confirmed_within_ten_seconds_of_closing_a_stretch() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..10 {
        let units = client.stretch().await;
        let closed = Instant::now();
        let last = units.last().copied().expect("units");
        let judged = |client: &Client| {
            client.verdicts.iter().any(|v| {
                v.0.island == last.island
                    && v.0.first_epoch <= last.first_epoch
                    && v.0.first_epoch >= units[0].first_epoch
            })
        };
        while !judged(&client) {
            client.verdict().await;
        }
        slowest = slowest.max(closed.elapsed());
    }
    println!("the slowest verdict came after {slowest:?}");
    assert!(slowest < Duration::from_secs(10), "{slowest:?}");
    assert!(client.verdicts.iter().all(|v| v.2 == Outcome::Confirmed));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_worker_checks_others_and_earns_the_same_credit() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.policy.auditor_percent = 0;
    let server = TestServer::start(settings).await;
    let token = Token([42; 32]);
    let hash = hash_of(&token);
    TokenList::operators(folder.path())
        .add(&hash)
        .expect("written");
    let mut own = Client::join(server.address, Some(token)).await;
    let mut volunteer = Client::join(server.address, None).await;
    let work = volunteer.work().await;
    let reports = volunteer.compute(&work);
    volunteer.settle(&work, &reports[0]).await;
    let verdict = tokio::select! {
        verdict = volunteer.verdict() => verdict,
        // The operator's worker only answers what it is asked.
        heard = own.hear() => panic!("{heard:?} for one who asked for nothing"),
    };
    assert_eq!(verdict.2, Outcome::Confirmed);
    assert_eq!(own.checks, 1, "the check was his");
    let back = Client::join(server.address, Some(token)).await;
    assert_eq!(back.credit, 20_000, "ticks of the check");
    server.stop().await;
}

fn hash_of(token: &Token) -> [u8; 32] {
    bytebiota_core::Digest::of(&token.0).0
}

#[tokio::test(flavor = "multi_thread")]
async fn with_verification_off_everything_sound_is_believed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.policy.mode = bytebiota_server::verification::Mode::Accept;
    let server = TestServer::start(settings).await;
    let mut liar = Client::join(server.address, None).await;
    let work = liar.work().await;
    let invented = liar.invent(&work);
    liar.settle(&work, &invented[0]).await;
    assert_eq!(liar.verdict().await.2, Outcome::Confirmed);
    server.stop().await;
}
