//! What no honest worker sends: each is closed or refused with a reason, and nobody else is disturbed.

use crate::client::{Client, hello, next, open};
use crate::server::{TestServer, config};
use bytebiota_core::SEMANTICS_VERSION;
use bytebiota_protocol::limits::MAX_FRAME_BYTES;
use bytebiota_protocol::message::{self, ClientMessage, LeaseId, PROTOCOL_VERSION, ServerFrame};
use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// Sends frames after a greeting, and returns why the connection was closed.
async fn reason(server: &TestServer, frames: Vec<Message>) -> String {
    let mut socket = open(server.address).await;
    let greeting = message::encode_hello("test", &hello(None));
    let _ = socket.send(Message::Binary(greeting.into())).await;
    next(&mut socket).await.expect("a welcome");
    for frame in frames {
        let _ = socket.send(frame).await;
    }
    loop {
        match next(&mut socket).await {
            Ok(_) => {}
            Err(reason) => return reason,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_oversized_and_senseless_frames_close_only_their_own_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut honest = Client::join(server.address, None).await;
    honest.stretch().await;
    let ask = message::encode(&ClientMessage::Ask { slot: 0 });
    let progress_like = message::encode(&ClientMessage::Declined {
        slot: 0,
        lease: LeaseId(77),
        reason: "never heard of it".into(),
    });
    let truncated = progress_like[..progress_like.len() - 3].to_vec();
    let mut trailing = ask.clone();
    trailing.push(0);
    for frame in [vec![0xff; 300], truncated, trailing, vec![]] {
        let why = reason(&server, vec![Message::Binary(frame.into())]).await;
        assert!(why.contains("damaged"), "{why:?}");
    }
    let why = reason(&server, vec![Message::Text("hello".into())]).await;
    assert!(why.contains("binary"), "{why:?}");
    let stranger = message::encode(&ClientMessage::Ask { slot: 9 });
    let why = reason(&server, vec![Message::Binary(stranger.into())]).await;
    assert!(why.contains("slot"), "{why:?}");
    // A frame that is far too large may break the connection before the reason can be read.
    reason(
        &server,
        vec![Message::Binary(vec![1; MAX_FRAME_BYTES + 1].into())],
    )
    .await;
    let flood = vec![Message::Binary(message::encode(&ClientMessage::Pause).into()); 30];
    let quiet = [vec![Message::Binary(progress_like.into()); 3], flood].concat();
    let goodbye = Message::Binary(message::encode(&ClientMessage::Goodbye).into());
    assert_eq!(reason(&server, [quiet, vec![goodbye]].concat()).await, "");
    honest.stretch().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let own = message::encode_hello("old 0.1", &hello(None));
    for (at, name) in [(4, "protocol"), (6, "semantics")] {
        let mut frame = own.clone();
        frame[at] ^= 0x40;
        let mut socket = open(server.address).await;
        socket
            .send(Message::Binary(frame.into()))
            .await
            .expect("sent");
        let answer = next(&mut socket).await.expect("an answer");
        let Ok(ServerFrame::Refused(greeting)) = message::decode_server(&answer) else {
            panic!("no refusal to another {name}");
        };
        assert!(greeting.text.contains("update"), "{}", greeting.text);
        assert_eq!(
            (greeting.protocol, greeting.semantics),
            (PROTOCOL_VERSION, SEMANTICS_VERSION)
        );
    }
    let mut noisy = hello(None);
    noisy.nick = Some("x".repeat(100_000));
    for frame in [
        message::encode_hello("test", &noisy),
        b"GET / HTTP".to_vec(),
        vec![],
    ] {
        let mut socket = open(server.address).await;
        socket
            .send(Message::Binary(frame.into()))
            .await
            .expect("sent");
        let answer = next(&mut socket).await.expect("an answer");
        assert!(matches!(
            message::decode_server(&answer),
            Ok(ServerFrame::Refused(_))
        ));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_foreign_origins_and_crowds_are_kept_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.budgets.hello_timeout_ms = 100;
    settings.budgets.sockets_per_address = 3;
    let server = TestServer::start(settings).await;
    let mut silent = open(server.address).await;
    let why = next(&mut silent).await.expect_err("closed");
    assert!(why.contains("greeting"), "{why:?}");
    for origin in ["null", "http://evil.example"] {
        let url = format!("ws://{}/api/v1/worker", server.address);
        let mut request = url.into_client_request().expect("a request");
        request
            .headers_mut()
            .insert("origin", origin.parse().expect("a value"));
        let refused = tokio_tungstenite::connect_async(request).await;
        assert!(refused.is_err(), "{origin}");
    }
    let mut crowd = Vec::new();
    for _ in 0..3 {
        crowd.push(Client::join(server.address, None).await);
    }
    let url = format!("ws://{}/api/v1/worker", server.address);
    assert!(
        tokio_tungstenite::connect_async(url).await.is_err(),
        "a fourth"
    );
    drop(crowd);
    server.stop().await;
}
