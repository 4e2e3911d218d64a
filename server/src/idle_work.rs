//! While no volunteer computes, the server does a little itself, so that no visitor meets a dead world. It is a worker
//! like any other: its reports go through the Verifier into the Store. Knows no shortcut.

use crate::assignment_book::{ConnectionId, SlotId};
use crate::clock::{block_ms, sleep_ms};
use crate::coordinator::delivery::Delivery;
use crate::coordinator::{Coordinator, Joined, OUTBOX_FRAMES};
use crate::worker_manager::WorkerKind;
use axum::body::Bytes;
use bytebiota_core::LocalExecutor;
use bytebiota_protocol::message::{self, ClientKind, ClientMessage, Hello, LeaseId, Token, Wishes};
use bytebiota_protocol::session::{Command, Fact, SessionOptions, WorkerSession};
use std::sync::Arc;
use tokio::sync::mpsc;

/// How often it is looked whether anybody is here, ms.
const LOOK_MS: u64 = 500;
/// Ticks computed between two rests.
const SLICE_TICKS: u64 = 1_000_000;
/// A rest is at least so long, ms; so is a look at the queue with nothing to compute.
const REST_MS: u64 = 10;

/// Computes whenever nobody has been here for a while, until it is dropped.
pub async fn run(coordinator: Arc<Coordinator>) {
    // One volunteer row for the life of the process; nobody else can speak for it.
    let token = Token(rand::random());
    let after_ms = coordinator.config().idle_after_ms;
    loop {
        sleep_ms(LOOK_MS).await;
        if coordinator.lonely_ms() >= after_ms && !coordinator.is_draining() {
            stand_in(&coordinator, token).await;
        }
    }
}

/// Computes until a volunteer comes or the server goes.
async fn stand_in(coordinator: &Arc<Coordinator>, token: Token) {
    let (outbox, queue) = mpsc::channel(OUTBOX_FRAMES);
    let hello = Hello {
        kind: ClientKind::Native,
        engine: String::new(),
        slots: 1,
        token: Some(token),
        nick: None,
        wishes: Wishes::default(),
    };
    let Ok(Ok(joined)) = coordinator.join(WorkerKind::Server, &hello, outbox).await else {
        return;
    };
    let connection = joined.connection;
    let runtime = tokio::runtime::Handle::current();
    let mut worker = OwnWorker::new(coordinator.clone(), joined, queue);
    // A thread of its own: resting and computing would hold up the tasks that serve sockets.
    let work = tokio::task::spawn_blocking(move || runtime.block_on(worker.work()));
    if work.await.is_err() {
        tracing::error!("the server's own work failed; volunteers are not concerned");
    }
    coordinator.leave(connection);
}

struct OwnWorker {
    coordinator: Arc<Coordinator>,
    joined: Joined,
    queue: mpsc::Receiver<Bytes>,
    session: WorkerSession,
    executor: Option<(LeaseId, LocalExecutor)>,
}

impl OwnWorker {
    fn new(coordinator: Arc<Coordinator>, joined: Joined, queue: mpsc::Receiver<Bytes>) -> Self {
        let mut session = WorkerSession::new(SessionOptions {
            program: "server".into(),
            kind: ClientKind::Native,
            engine: String::new(),
            slots: 1,
            token: None,
            nick: None,
            wishes: Wishes::default(),
            unit_limit: None,
        });
        let now_ms = coordinator.clock().now_ms();
        session.handle_connecting(now_ms);
        session.handle_connected(now_ms);
        // The Hello has been said by `join`.
        while session.poll_frame().is_some() {}
        Self {
            coordinator,
            joined,
            queue,
            session,
            executor: None,
        }
    }

    async fn work(&mut self) {
        let welcome = message::encode(&self.joined.welcome);
        let now_ms = self.now_ms();
        let mut healthy = self.session.handle_frame(now_ms, &welcome).is_ok();
        while healthy && self.coordinator.lonely_ms() > 0 && !self.coordinator.is_draining() {
            healthy = self.exchange().await;
            self.obey();
            self.compute();
        }
        let now_ms = self.now_ms();
        self.session.handle_stop_now(now_ms);
        self.exchange().await;
    }

    fn now_ms(&self) -> u64 {
        self.coordinator.clock().now_ms()
    }

    /// Says what the session wants said and hears what is in the queue; `false` at the end of the connection.
    async fn exchange(&mut self) -> bool {
        while let Some(frame) = self.session.poll_frame() {
            let Ok(message) = message::decode_client(&frame) else {
                return false;
            };
            if !say(&self.coordinator, &self.joined, message).await {
                return false;
            }
        }
        loop {
            match self.queue.try_recv() {
                Ok(frame) if self.session.handle_frame(self.now_ms(), &frame).is_ok() => {}
                Err(mpsc::error::TryRecvError::Empty) => break,
                Ok(_) | Err(mpsc::error::TryRecvError::Disconnected) => return false,
            }
        }
        let now_ms = self.now_ms();
        self.session.handle_timeout(now_ms);
        while self.session.poll_event().is_some() {}
        true
    }

    fn obey(&mut self) {
        while let Some(command) = self.session.poll_command() {
            match command {
                Command::Begin {
                    slot,
                    lease,
                    assignment,
                    held,
                } => match LocalExecutor::begin(&assignment, held.as_deref()) {
                    Ok(executor) => self.executor = Some((lease, executor)),
                    Err(error) => {
                        let fact = Fact::Failed(error.to_string());
                        let now_ms = self.now_ms();
                        self.session.handle_fact(now_ms, slot, lease, fact);
                    }
                },
                // The server has the auditor for that.
                Command::Check { slot, id, .. } => self.session.handle_checked(slot, id, None),
                Command::Halt { .. } => self.executor = None,
                Command::Suspend { .. } | Command::Resume { .. } => {}
            }
        }
    }

    /// One slice, and a rest in proportion to it.
    fn compute(&mut self) {
        let began_ms = self.now_ms();
        if let Some((lease, executor)) = &mut self.executor {
            let lease = *lease;
            if let Some(fact) = Fact::from_step(executor.advance(SLICE_TICKS), executor.island()) {
                self.session.handle_fact(began_ms, 0, lease, fact);
            }
        }
        let percent = u64::from(self.coordinator.config().idle_percent.clamp(1, 100));
        let worked_ms = self.now_ms().saturating_sub(began_ms);
        let rest_ms = worked_ms * (100 - percent) / percent;
        if percent < 100 || self.executor.is_none() {
            block_ms(rest_ms.max(REST_MS));
        }
    }
}

async fn say(coordinator: &Arc<Coordinator>, joined: &Joined, message: ClientMessage) -> bool {
    let connection: ConnectionId = joined.connection;
    let (slot, lease, header, report) = match message {
        ClientMessage::Report {
            slot,
            lease,
            header,
            report,
        } => (slot, lease, header, report),
        ClientMessage::StateAt {
            unit,
            segment,
            state,
            ..
        } => {
            let taken = coordinator.take_state(connection, unit, segment, state);
            taken.await;
            return true;
        }
        message => {
            coordinator.hear(connection, &message);
            return true;
        }
    };
    let delivery = Delivery {
        slot: SlotId { connection, slot },
        volunteer: joined.volunteer,
        lease,
        header,
        packed: report,
    };
    coordinator.deliver(delivery).await.is_ok()
}
