//! A worker in a few lines: greets, asks, computes, delivers. Knows the protocol and nothing of the server's inside.

use bytebiota_core::{Assignment, LocalExecutor, Report, Start, Step, StretchHeader, UnitKey};
use bytebiota_protocol::limits::MAX_BODY_BYTES;
use bytebiota_protocol::message::{
    self, ClientKind, ClientMessage, Hello, LeaseId, ServerFrame, ServerMessage, Token, Wishes,
};
use futures_util::{SinkExt, StreamExt};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub token: Token,
    pub credit: u64,
    held: BTreeMap<bytebiota_core::Digest, Vec<u8>>,
}

/// An assignment with the lease it came under.
pub struct Work {
    pub lease: LeaseId,
    pub assignment: Assignment,
}

impl Work {
    pub fn header(&self) -> &StretchHeader {
        &self.assignment.header
    }
}

pub fn hello(token: Option<Token>) -> Hello {
    Hello {
        kind: ClientKind::Native,
        slots: 1,
        token,
        nick: Some("Ada".into()),
        wishes: Wishes::default(),
    }
}

pub async fn open(address: SocketAddr) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let url = format!("ws://{address}/api/v1/worker");
    connect_async(url).await.expect("connects").0
}

/// The next binary frame, or the close reason.
pub async fn next(
    socket: &mut WebSocketStream<MaybeTlsStream<TcpStream>>,
) -> Result<Vec<u8>, String> {
    loop {
        let next = tokio::time::timeout(Duration::from_secs(20), socket.next());
        match next.await.expect("an answer in 20 s") {
            Some(Ok(Message::Binary(frame))) => return Ok(frame.to_vec()),
            Some(Ok(Message::Close(Some(frame)))) => return Err(frame.reason.to_string()),
            Some(Ok(Message::Close(None)) | Err(_)) | None => return Err(String::new()),
            Some(Ok(_)) => {}
        }
    }
}

impl Client {
    pub async fn join(address: SocketAddr, token: Option<Token>) -> Self {
        let mut socket = open(address).await;
        let frame = message::encode_hello("test 1.0", &hello(token));
        socket
            .send(Message::Binary(frame.into()))
            .await
            .expect("sent");
        let mut client = Self {
            socket,
            token: Token([0; 32]),
            credit: 0,
            held: BTreeMap::new(),
        };
        match client.hear().await {
            ServerMessage::Welcome { token, credit, .. } => {
                (client.token, client.credit) = (token, credit)
            }
            other => panic!("{other:?} instead of a welcome"),
        }
        client
    }

    pub async fn say(&mut self, message: &ClientMessage) {
        let frame = message::encode(message);
        self.socket
            .send(Message::Binary(frame.into()))
            .await
            .expect("sent");
    }

    pub async fn hear(&mut self) -> ServerMessage {
        let frame = next(&mut self.socket).await.expect("a message");
        match message::decode_server(&frame).expect("decodes") {
            ServerFrame::Message(message) => message,
            ServerFrame::Refused(greeting) => panic!("refused: {}", greeting.text),
        }
    }

    /// Asks until there is work, and accepts it.
    pub async fn work(&mut self) -> Work {
        self.say(&ClientMessage::Ask { slot: 0 }).await;
        loop {
            match self.hear().await {
                ServerMessage::NoWork { retry_ms, .. } => {
                    tokio::time::sleep(Duration::from_millis(retry_ms.into())).await;
                    self.say(&ClientMessage::Ask { slot: 0 }).await;
                }
                ServerMessage::Assign {
                    lease, assignment, ..
                } => {
                    let assignment = message::unpack(&assignment, MAX_BODY_BYTES);
                    self.say(&ClientMessage::Accepted { slot: 0, lease }).await;
                    let assignment = assignment.expect("decodes");
                    return Work { lease, assignment };
                }
                ServerMessage::Ack { .. } | ServerMessage::Revoke { .. } => {}
                other => panic!("{other:?} instead of work"),
            }
        }
    }

    /// All units of the work.
    pub fn compute(&mut self, work: &Work) -> Vec<Report> {
        work.assignment.validate().expect("valid");
        let held = self.held.get(&work.assignment.from_digest).cloned();
        assert!(
            work.assignment.start != Start::Held || held.is_some(),
            "held by nobody"
        );
        let executor = LocalExecutor::begin(&work.assignment, held.as_deref());
        let mut executor = executor.expect("begins");
        let mut reports = Vec::new();
        loop {
            match executor.advance(1 << 40) {
                Step::Unit(report) => reports.push(*report),
                Step::Finished => break,
                Step::Running | Step::Segment { .. } => {}
            }
        }
        for report in &reports {
            self.held
                .insert(report.end_state().expect("segments"), report.state.clone());
        }
        reports
    }

    pub async fn deliver(&mut self, work: &Work, report: &Report) {
        let message = ClientMessage::Report {
            slot: 0,
            lease: work.lease,
            header: work.header().clone(),
            report: message::pack_report(report),
        };
        self.say(&message).await;
    }

    /// Delivers and waits for the answer.
    pub async fn settle(&mut self, work: &Work, report: &Report) -> ServerMessage {
        self.deliver(work, report).await;
        loop {
            let answer = self.hear().await;
            if matches!(
                answer,
                ServerMessage::Ack { .. } | ServerMessage::Reject { .. }
            ) {
                return answer;
            }
        }
    }

    /// One whole stretch, every unit acked; the keys of its units.
    pub async fn stretch(&mut self) -> Vec<UnitKey> {
        let work = self.work().await;
        let mut keys = Vec::new();
        for report in self.compute(&work) {
            match self.settle(&work, &report).await {
                ServerMessage::Ack { unit, credit, .. } => {
                    assert_eq!(unit, report.key);
                    self.credit = credit;
                    keys.push(unit);
                }
                other => panic!("{other:?} instead of an ack"),
            }
        }
        keys
    }
}
