//! The connection as the session sees it: down, being made, or up. Knows no socket.

use super::{ClientMessage, Event, SessionError, Slot, Token, Versions, WorkerSession};

/// A connection attempt or a greeting takes no longer.
const GREETING_MS: u64 = 20_000;
/// A server that owes us an answer is not silent for longer.
const SILENCE_MS: u64 = 60_000;

/// A report is answered within this by a server that talks of other things; else one of the two was lost.
const OVERDUE_MS: u64 = 180_000;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// None; not to be tried before this.
    Down {
        /// The earliest moment for the next try, ms.
        retry_at_ms: u64,
    },
    /// Being made, or greeted, since then.
    Greeting {
        /// When it began, ms.
        since_ms: u64,
    },
    /// Welcomed.
    Up {
        /// When the server was last heard, ms.
        heard_ms: u64,
    },
}

impl Link {
    /// Whether messages can be sent.
    pub fn is_up(self) -> bool {
        matches!(self, Self::Up { .. })
    }

    pub(super) fn heard(&mut self, now_ms: u64) {
        if let Self::Up { heard_ms } = self {
            *heard_ms = now_ms;
        }
    }

    pub(super) fn silence_deadline_ms(self, is_answer_owed: bool) -> Option<u64> {
        match self {
            Self::Down { .. } => None,
            Self::Greeting { since_ms } => Some(since_ms + GREETING_MS),
            Self::Up { heard_ms } => is_answer_owed.then_some(heard_ms + SILENCE_MS),
        }
    }

    pub(super) fn deadline_ms(self, is_answer_owed: bool) -> Option<u64> {
        match self {
            Self::Down { retry_at_ms } => Some(retry_at_ms),
            _ => self.silence_deadline_ms(is_answer_owed),
        }
    }
}

impl WorkerSession {
    /// Where the connection stands.
    pub fn link(&self) -> Link {
        self.link
    }

    /// When the oldest report without an answer means that something was lost on the way.
    pub(super) fn overdue_ms(&self) -> Option<u64> {
        let oldest = |slot: &Slot| slot.unacked.front().map(|delivery| delivery.sent_at_ms);
        let sent_at_ms = self.slots.iter().filter_map(oldest).min()?;
        self.link.is_up().then_some(sent_at_ms + OVERDUE_MS)
    }

    /// Whether the host should connect now.
    pub fn wants_connection(&self, now_ms: u64) -> bool {
        let is_due = matches!(self.link, Link::Down { retry_at_ms } if now_ms >= retry_at_ms);
        is_due && self.end.is_none()
    }

    /// The host has begun to connect.
    pub fn handle_connecting(&mut self, now_ms: u64) {
        self.link = Link::Greeting { since_ms: now_ms };
    }

    /// The socket is open: the greeting goes out.
    pub fn handle_connected(&mut self, now_ms: u64) {
        self.link = Link::Greeting { since_ms: now_ms };
        self.draining = false;
        self.server_wish_ms = 0;
        let hello = self.hello();
        self.outbox.clear();
        self.outbox.push_back(hello);
    }

    /// The socket closed or could not be opened. Executors go on; what is unacknowledged stays.
    pub fn handle_disconnected(&mut self, now_ms: u64, random: u64) {
        let retry_ms = self.backoff.failed(random, self.server_wish_ms);
        self.link = Link::Down {
            retry_at_ms: now_ms.saturating_add(retry_ms),
        };
        self.outbox.clear();
        for slot in &mut self.slots {
            slot.asked_at_ms = None;
            // What the server had none of then is nothing to whoever answers next.
            slot.ask_not_before_ms = 0;
        }
        self.events.push_back(Event::Offline { retry_ms });
        self.drive(now_ms);
    }

    pub(super) fn welcomed(
        &mut self,
        now_ms: u64,
        token: Token,
        name: String,
        credit: u64,
    ) -> Result<(), SessionError> {
        if !matches!(self.link, Link::Greeting { .. }) {
            return Err(SessionError::OutOfOrder("a second Welcome"));
        }
        self.link = Link::Up { heard_ms: now_ms };
        self.options.token = Some(token);
        self.counters.credit = credit;
        self.counters.connections += 1;
        self.versions = Versions::default();
        self.events.push_back(Event::Welcomed { token, name });
        self.offer_everything(now_ms);
        if self.paused_at_ms.is_some() {
            self.send(&ClientMessage::Pause);
        }
        Ok(())
    }

    /// After a welcome: every unacknowledged report again, oldest first, then the names of all leases held.
    fn offer_everything(&mut self, now_ms: u64) {
        let messages: Vec<ClientMessage> = self
            .slots
            .iter_mut()
            .enumerate()
            .flat_map(|(number, slot)| slot.offers(now_ms, number as u32))
            .collect();
        for message in &messages {
            self.send(message);
        }
    }
}
