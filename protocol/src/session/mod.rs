//! The worker's brain: what to tell the server and what to compute. No I/O, no clock, no thread; both hosts share it.
//!
//! A host calls `handle_*` for what happened (with the time in ms and, after a lost connection, a random number) and
//! then does what `poll_*` says: frames to send, commands to its executors, events to show, the next timer.
//! `slot` holds one slot's work, `work` turns messages and facts into it, `leave` knows pausing and stopping.

mod leave;
mod link;
mod slot;
#[cfg(test)]
mod tests;
mod work;

pub use link::Link;
pub use slot::SlotStatus;

use crate::{
    backoff::Backoff,
    limits,
    message::{
        self, ClientKind, ClientMessage, FrameError, Hello, LeaseId, RejectReason, ServerFrame,
        ServerMessage, Token, Wishes,
    },
};
use bytebiota_core::{Assignment, Digest, Report, Step, UnitKey};
use leave::Leaving;
use slot::Slot;
use std::collections::VecDeque;

/// An unanswered `Ask` is repeated after this.
const ASK_AGAIN_MS: u64 = 60_000;
/// Progress notes of one slot are at least this far apart: well below `limits::PROGRESS_PER_MINUTE`.
const PROGRESS_SPACING_MS: u64 = 250;

/// What a worker is, for its whole life.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Name and version of the program, shown to a server that refuses it.
    pub program: String,
    /// Browser or native.
    pub kind: ClientKind,
    /// Slots, 1 to `limits::MAX_SLOTS`; more are cut.
    pub slots: u32,
    /// The token kept from earlier visits.
    pub token: Option<Token>,
    /// The name to show.
    pub nick: Option<String>,
    /// Wishes for the size of units.
    pub wishes: Wishes,
    /// Stop after so many acknowledged units.
    pub unit_limit: Option<u64>,
}

/// What a host tells about the executor of a slot.
#[derive(Debug)]
pub enum Fact {
    /// A segment inside a unit is done.
    Segment {
        /// The unit.
        unit: UnitKey,
        /// How many of its segments are done.
        done: u32,
        /// Digest of the newest.
        digest: Digest,
    },
    /// A unit is done; the executor goes on at once.
    Unit(Box<Report>),
    /// The stretch is over.
    Finished,
    /// The assignment cannot be executed; a sentence why.
    Failed(String),
}

impl Fact {
    /// The fact that a step of the executor came to; `None` in mid-segment.
    pub fn from_step(step: Step) -> Option<Self> {
        match step {
            Step::Running => None,
            Step::Segment { unit, done, digest } => Some(Self::Segment { unit, done, digest }),
            Step::Unit(report) => Some(Self::Unit(report)),
            Step::Finished => Some(Self::Finished),
        }
    }
}

/// What a host does with the executor of a slot.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Drop whatever the slot computes and begin this.
    Begin {
        /// The slot.
        slot: u32,
        /// The lease that facts about it carry.
        lease: LeaseId,
        /// What to compute; checked already, except for the state.
        assignment: Box<Assignment>,
        /// The state for `Start::Held`.
        held: Option<Vec<u8>>,
    },
    /// Drop whatever the slot computes.
    Halt {
        /// The slot.
        slot: u32,
    },
    /// Compute nothing until `Resume`; `Begin` and `Halt` still apply.
    Suspend {
        /// The slot.
        slot: u32,
    },
    /// Go on.
    Resume {
        /// The slot.
        slot: u32,
    },
}

/// What a host may want to show or keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The server knows us under this name; keep the token for the next visit.
    Welcomed {
        /// To be kept secret.
        token: Token,
        /// As others see it.
        name: String,
    },
    /// A unit is on the server's disk.
    Acked(UnitKey),
    /// A unit was not wanted.
    Rejected(UnitKey, RejectReason),
    /// The server cannot be reached, or went; the next try is in so many ms.
    Offline {
        /// The wait.
        retry_ms: u64,
    },
    /// Work was given back because it cannot be executed; a sentence why.
    Problem(String),
}

/// Why a session ended for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The server does not want this program; the text says what to do.
    Refused(String),
    /// The volunteer stopped it.
    Stopped,
    /// The wanted number of units is acknowledged.
    UnitsDone,
}

/// What happened since the session began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionCounters {
    /// Units computed.
    pub units_done: u64,
    /// Units on the server's disk.
    pub units_acked: u64,
    /// Units the server did not want.
    pub units_rejected: u64,
    /// Ticks of the acknowledged units.
    pub ticks_acked: u64,
    /// Ticks credited to the volunteer in all, over all visits.
    pub credit: u64,
    /// Connections that were welcomed.
    pub connections: u64,
}

/// Why a frame of the server ends the connection.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SessionError {
    /// Not understood.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Understood, but not at this moment.
    #[error("the server sent {0}")]
    OutOfOrder(&'static str),
}

/// The state of one worker over all its connections.
#[derive(Debug)]
pub struct WorkerSession {
    options: SessionOptions,
    link: Link,
    backoff: Backoff,
    server_wish_ms: u64,
    draining: bool,
    slots: Vec<Slot>,
    leaving: Leaving,
    paused_at_ms: Option<u64>,
    end: Option<End>,
    counters: SessionCounters,
    outbox: VecDeque<Vec<u8>>,
    commands: VecDeque<Command>,
    events: VecDeque<Event>,
}

impl WorkerSession {
    /// A worker that has not connected yet.
    pub fn new(mut options: SessionOptions) -> Self {
        options.slots = options.slots.clamp(1, limits::MAX_SLOTS);
        Self {
            link: Link::Down { retry_at_ms: 0 },
            backoff: Backoff::default(),
            server_wish_ms: 0,
            draining: false,
            slots: (0..options.slots).map(|_| Slot::default()).collect(),
            leaving: Leaving::No,
            paused_at_ms: None,
            end: None,
            counters: SessionCounters::default(),
            outbox: VecDeque::new(),
            commands: VecDeque::new(),
            events: VecDeque::new(),
            options,
        }
    }

    /// The next frame to send, in order.
    pub fn poll_frame(&mut self) -> Option<Vec<u8>> {
        self.outbox.pop_front()
    }

    /// The next thing to do with an executor, in order.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// The next thing to show or keep.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When `handle_timeout` should be called at the latest, ms; `None` for not at all.
    pub fn poll_timeout(&self) -> Option<u64> {
        let slots = self
            .slots
            .iter()
            .filter_map(|slot| self.slot_deadline(slot));
        let links = [
            self.link.deadline_ms(self.is_waiting_for_server()),
            self.pause_deadline(),
        ];
        slots.chain(links.into_iter().flatten()).min()
    }

    /// Something `poll_timeout` named is due.
    pub fn handle_timeout(&mut self, now_ms: u64) {
        self.give_back_when_paused_long(now_ms);
        self.drive(now_ms);
    }

    /// Why the session is over; frames still in the outbox should be sent before the socket is closed.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// What happened so far.
    pub fn counters(&self) -> SessionCounters {
        self.counters
    }

    /// How many slots there are.
    pub fn slot_count(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Reports of all slots that wait for their acknowledgement.
    pub fn unacked(&self) -> usize {
        self.slots.iter().map(|slot| slot.unacked.len()).sum()
    }

    /// The token to come back with.
    pub fn token(&self) -> Option<Token> {
        self.options.token
    }

    /// Whether the server should have said something by now and is silent: the connection is to be closed.
    pub fn is_connection_dead(&self, now_ms: u64) -> bool {
        let deadline = self.link.silence_deadline_ms(self.is_waiting_for_server());
        deadline.is_some_and(|deadline| now_ms >= deadline)
    }

    fn is_waiting_for_server(&self) -> bool {
        self.slots
            .iter()
            .any(|slot| !slot.unacked.is_empty() || slot.asked_at_ms.is_some())
    }

    fn send(&mut self, message: &ClientMessage) {
        if self.link.is_up() {
            self.outbox.push_back(message::encode(message));
        }
    }

    /// Sends what the server must answer; its silence counts from now on, if it owed us nothing before.
    fn send_asking(&mut self, now_ms: u64, message: &ClientMessage) {
        if !self.is_waiting_for_server() {
            self.link.heard(now_ms);
        }
        self.send(message);
    }

    /// A frame arrived. An error means: close the connection.
    pub fn handle_frame(&mut self, now_ms: u64, frame: &[u8]) -> Result<(), SessionError> {
        self.link.heard(now_ms);
        match message::decode_server(frame)? {
            ServerFrame::Refused(greeting) => self.refused(greeting.text),
            ServerFrame::Message(message) => self.handle_message(now_ms, message)?,
        }
        self.drive(now_ms);
        Ok(())
    }

    fn refused(&mut self, text: String) {
        self.end.get_or_insert(End::Refused(text));
        for slot in 0..self.slot_count() {
            self.halt(slot);
        }
        self.outbox.clear();
    }

    fn handle_message(&mut self, now_ms: u64, message: ServerMessage) -> Result<(), SessionError> {
        if let ServerMessage::Welcome {
            token,
            name,
            credit,
            ..
        } = message
        {
            return self.welcomed(now_ms, token, name, credit);
        }
        if !self.link.is_up() {
            return Err(SessionError::OutOfOrder("a message before its Welcome"));
        }
        match message {
            ServerMessage::Welcome { .. } => {}
            ServerMessage::Drain { retry_ms } => {
                self.draining = true;
                self.server_wish_ms = u64::from(retry_ms);
            }
            ServerMessage::Assign {
                slot,
                lease,
                assignment,
            } => {
                self.known(slot)?;
                self.assigned(now_ms, slot, lease, &assignment);
            }
            ServerMessage::NoWork { slot, retry_ms } => {
                self.known(slot)?.no_work(now_ms + u64::from(retry_ms));
            }
            ServerMessage::Ack { slot, unit, credit } => {
                self.known(slot)?;
                self.acked(slot, unit, credit);
            }
            ServerMessage::Reject { slot, unit, reason } => {
                self.known(slot)?;
                self.rejected(slot, unit, reason);
            }
            ServerMessage::Revoke { slot, lease } => {
                self.known(slot)?;
                self.revoked(slot, lease);
            }
        }
        Ok(())
    }

    fn known(&mut self, slot: u32) -> Result<&mut Slot, SessionError> {
        let slot = self.slots.get_mut(slot as usize);
        slot.ok_or(SessionError::OutOfOrder(
            "a slot number that nobody offered",
        ))
    }

    fn hello(&self) -> Vec<u8> {
        let hello = Hello {
            kind: self.options.kind,
            slots: self.slot_count(),
            token: self.options.token,
            nick: self.options.nick.clone(),
            wishes: self.options.wishes,
        };
        message::encode_hello(&self.options.program, &hello)
    }
}
