//! The worker's brain: what to tell the server and what to compute. No I/O, no clock, no thread; both hosts share it.
//!
//! A host calls `handle_*` for what happened (with the time in ms and, after a lost connection, a random number) and
//! then does what `poll_*` says: frames to send, commands to its executors, events to show, the next timer.
//! `slot` holds one slot's work, `check` recomputes for the server, `work` turns messages and facts into it, `leave` knows pausing and
//! stopping, `versions` which parameters were in force, `keepsake` what outlives the host.

mod check;
mod keepsake;
mod leave;
mod link;
mod slot;
#[cfg(test)]
mod tests;
mod versions;
mod words;
mod work;

pub use check::CheckRun;
pub use keepsake::{Keepsake, KeepsakeMark};
pub use link::Link;
pub use slot::SlotStatus;
pub use words::{Command, End, Event, Fact, SessionCounters, SessionError, SessionOptions};

use crate::{
    backoff::Backoff,
    limits,
    message::{
        self, CheckId, ClientMessage, Hello, LeaseId, ServerFrame, ServerMessage, Token, WaitReason,
    },
};
use leave::Leaving;
use slot::Slot;
use std::collections::VecDeque;
use versions::Versions;

/// An unanswered `Ask` is repeated after this.
const ASK_AGAIN_MS: u64 = 60_000;
/// Progress notes of one slot are at least this far apart: well below `limits::PROGRESS_PER_MINUTE`.
const PROGRESS_SPACING_MS: u64 = 250;

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
    waiting: WaitReason,
    versions: Versions,
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
            waiting: WaitReason::default(),
            versions: Versions::default(),
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
            self.overdue_ms(),
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

    /// Whether the server should have said something by now and did not: the connection is to be closed.
    pub fn is_connection_dead(&self, now_ms: u64) -> bool {
        let silence = self.link.silence_deadline_ms(self.is_waiting_for_server());
        let mut deadlines = [silence, self.overdue_ms()].into_iter().flatten();
        deadlines.any(|deadline| now_ms >= deadline)
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
            ServerMessage::NoWork {
                slot,
                retry_ms,
                reason,
            } => {
                self.known(slot)?.no_work(now_ms + u64::from(retry_ms));
                self.note_waiting(reason);
            }
            ServerMessage::Challenge {
                slot,
                unit,
                segment,
            } => {
                self.known(slot)?;
                self.challenged(slot, unit, segment);
            }
            ServerMessage::Check { slot, check, body } => {
                self.known(slot)?;
                self.check(slot, check, &body);
            }
            ServerMessage::Verdict {
                unit,
                units,
                outcome,
                credit,
                ..
            } => self.judged(unit, units, outcome, credit),
            ServerMessage::Ack { slot, unit, credit } => {
                self.known(slot)?;
                self.acked(now_ms, slot, unit, credit);
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
            engine: crate::nick::cut(&self.options.engine, limits::MAX_ENGINE_BYTES).to_owned(),
            slots: self.slot_count(),
            token: self.options.token,
            nick: self.options.nick.clone(),
            wishes: self.options.wishes,
        };
        message::encode_hello(&self.options.program, &hello)
    }
}
