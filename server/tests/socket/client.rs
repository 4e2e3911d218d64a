//! A worker in a few lines: greets, asks, computes, delivers, shows states, checks others; and lies if it is told to.
//! Knows the protocol and nothing of the server's inside.

use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Assignment, Digest, Island, LocalExecutor, Report, Start, Step, StretchHeader, UnitKey,
    WorldSeed,
};
use bytebiota_protocol::limits::MAX_BODY_BYTES;
use bytebiota_protocol::message::{
    self, CheckId, ClientKind, ClientMessage, Hello, LeaseId, Outcome, ServerFrame, ServerMessage,
    Token, Wishes,
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
    /// What became of what it delivered: first unit, units, outcome.
    pub verdicts: Vec<(UnitKey, u32, Outcome)>,
    /// Checks it computed for the server.
    pub checks: u32,
    /// States it still holds; the server may build on them, also after a new connection.
    pub held: BTreeMap<Digest, Vec<u8>>,
    boundaries: BTreeMap<(UnitKey, u32), Vec<u8>>,
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
        engine: "test 1.0".into(),
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
        Self::join_as(address, &hello(token)).await
    }

    pub async fn join_as(address: SocketAddr, hello: &Hello) -> Self {
        let mut socket = open(address).await;
        let frame = message::encode_hello("test 1.0", hello);
        socket
            .send(Message::Binary(frame.into()))
            .await
            .expect("sent");
        let mut client = Self {
            socket,
            token: Token([0; 32]),
            credit: 0,
            verdicts: Vec::new(),
            checks: 0,
            held: BTreeMap::new(),
            boundaries: BTreeMap::new(),
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

    /// The next message that is about work; everything else is answered on the way.
    pub async fn hear(&mut self) -> ServerMessage {
        loop {
            let frame = next(&mut self.socket).await.expect("a message");
            let message = match message::decode_server(&frame).expect("decodes") {
                ServerFrame::Message(message) => message,
                ServerFrame::Refused(greeting) => panic!("refused: {}", greeting.text),
            };
            match message {
                ServerMessage::Challenge { unit, segment, .. } => self.show(unit, segment).await,
                ServerMessage::Check { check, body, .. } => self.check(check, &body).await,
                ServerMessage::Verdict {
                    unit,
                    units,
                    outcome,
                    credit,
                    ..
                } => {
                    self.credit = credit;
                    self.verdicts.push((unit, units, outcome));
                }
                message => return message,
            }
        }
    }

    /// Listens until a verdict was heard that is new.
    pub async fn verdict(&mut self) -> (UnitKey, u32, Outcome) {
        let before = self.verdicts.len();
        for _ in 0..200 {
            if let Some(verdict) = self.verdicts.get(before) {
                return *verdict;
            }
            self.answer_for(100).await;
        }
        panic!("no verdict within 20 s");
    }

    /// Answers what it is asked, for a while.
    pub async fn answer_for(&mut self, ms: u64) {
        let heard = tokio::time::timeout(Duration::from_millis(ms), self.hear());
        match heard.await {
            Err(_) | Ok(ServerMessage::Revoke { .. } | ServerMessage::NoWork { .. }) => {}
            Ok(other) => panic!("{other:?} for one who asked for nothing"),
        }
    }

    async fn show(&mut self, unit: UnitKey, segment: u32) {
        let Some(state) = self.boundaries.get(&(unit, segment)) else {
            return;
        };
        let state = miniz_oxide::deflate::compress_to_vec(state, 6);
        let slot = 0;
        self.say(&ClientMessage::StateAt {
            slot,
            unit,
            segment,
            state,
        })
        .await;
    }

    async fn check(&mut self, check: CheckId, body: &[u8]) {
        let question: Check = message::unpack(body, MAX_BODY_BYTES).expect("decodes");
        let digests = LocalExecutor::execute_check(&question).expect("computes");
        self.checks += 1;
        let slot = 0;
        self.say(&ClientMessage::Checked {
            slot,
            check,
            digests,
        })
        .await;
    }

    /// What a liar sends for the work: sound in itself, and of a world that is not this one.
    pub fn invent(&mut self, work: &Work) -> Vec<Report> {
        let real = &work.assignment;
        let mut other = real.clone();
        other.world_seed = WorldSeed(real.world_seed.0 ^ 1);
        let genesis = Island::genesis(other.world_seed, real.header.island, &real.config);
        other.header.first_epoch.0 = 0;
        other.from_epoch.0 = 0;
        (other.start, other.from_digest) = (Start::Genesis, Digest::of(&genesis.to_bytes()));
        other.header.base = other.from_digest;
        let invented = Work {
            lease: work.lease,
            assignment: other,
        };
        // Only what lies where the work should; its beginning is claimed to be the real one.
        let from = real.from_epoch;
        let mut base = real.from_digest;
        let mut reports = self.compute(&invented);
        reports.retain(|report| report.key.first_epoch >= from);
        for report in &mut reports {
            (report.header, report.base) = (real.header.digest(), base);
            base = report.end_state().expect("segments");
        }
        reports
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
                Step::Segment { unit, done, .. } => {
                    let state = executor.island().to_bytes();
                    self.boundaries.insert((unit, done), state);
                }
                Step::Running => {}
            }
        }
        for report in &reports {
            self.held
                .insert(report.end_state().expect("segments"), report.state.clone());
        }
        reports
    }

    pub async fn deliver(&mut self, work: &Work, report: &Report) {
        // Whoever delivers a unit holds the state at its end, and the server relies on it.
        let end = report.end_state().expect("segments");
        self.held.insert(end, report.state.clone());
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
                ServerMessage::Ack { unit, .. } => {
                    assert_eq!(unit, report.key);
                    keys.push(unit);
                }
                other => panic!("{other:?} instead of an ack"),
            }
        }
        keys
    }
}
