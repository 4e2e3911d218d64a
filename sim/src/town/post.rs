//! What travels through the town: lines that are opened and lost, frames and their fate, and what a machine wants. Knows no
//! content.

use super::{Event, Town};
use crate::executor::Executor;
use crate::laws::Seen;
use crate::network::{Fate, Way};
use crate::volunteer::{Deed, Volunteer};
use bytebiota_core::Digest;
use bytebiota_server::assignment_book::ConnectionId;

/// The server lets a line go on which it hears nothing for this long, ms.
const SILENCE_MS: u64 = 120_000;
/// A machine that cannot reach anybody knows after this, ms.
const NO_ANSWER_MS: u64 = 2_000;

impl<E: Executor> Town<E> {
    pub(super) fn obey(&mut self, who: usize, deed: Deed) {
        let now_ms = self.agenda.now_ms();
        let visit = self.people[who].visit;
        let line = self.people[who].machine.as_ref().and_then(|m| m.connection);
        match deed {
            Deed::Frame(frame) => {
                if let Some(line) = line {
                    self.send_up(line, frame);
                }
            }
            Deed::Connect => {
                let ms = self.network.delay_ms();
                self.agenda.after(ms, Event::Opened(who, visit));
            }
            Deed::Disconnect => self.end_lines_of(who),
            Deed::Tick(ms, slot, serial) => {
                let tick = Event::Tick(who, visit, slot, serial);
                self.agenda.after(ms, tick);
            }
            Deed::Wake(at_ms) => self.agenda.at(at_ms.max(now_ms), Event::Wake(who, visit)),
            Deed::Began(assignment) => self.tell(&Seen::Began(&assignment)),
            Deed::Acked(unit, ended) => self.tell(&Seen::Acked(unit, &ended)),
            Deed::Known(token) => {
                let person = &self.people[who];
                let (kind, number) = (person.kind, person.number);
                self.record.note_token(Digest::of(&token.0).0, kind, number);
            }
            Deed::Leaves => self.returns_later(who),
        }
    }

    /// A connection is made, or nobody is there.
    pub(super) fn opened(&mut self, who: usize, visit: u64) {
        let now_ms = self.agenda.now_ms();
        let person = &mut self.people[who];
        if person.visit != visit || person.machine.is_none() {
            return;
        }
        let Some(server) = &mut self.server else {
            let random = self.dice.bits();
            return person.disconnected(now_ms + NO_ANSWER_MS, random);
        };
        let line = ConnectionId(self.next_line);
        self.next_line += 1;
        self.lines.insert(line, who);
        self.network.open(line);
        server.connected(line);
        person.connected(now_ms, line);
    }

    fn send_up(&mut self, line: ConnectionId, frame: Vec<u8>) {
        match self.network.carry(self.agenda.now_ms(), line, Way::Up) {
            Fate::Cut => self.cut(line),
            Fate::Arrives(moments) => {
                for at_ms in moments {
                    self.agenda.at(at_ms, Event::ToServer(line, frame.clone()));
                }
            }
        }
        self.watch_hole(line);
    }

    pub(super) fn send_down(&mut self, line: ConnectionId, frame: Vec<u8>) {
        match self.network.carry(self.agenda.now_ms(), line, Way::Down) {
            Fate::Cut => self.cut(line),
            Fate::Arrives(moments) => {
                for at_ms in moments {
                    self.agenda.at(at_ms, Event::ToWorker(line, frame.clone()));
                }
            }
        }
        self.watch_hole(line);
    }

    /// A line that swallows everything is let go after a long silence.
    fn watch_hole(&mut self, line: ConnectionId) {
        if self.network.has_just_become_a_hole(line) {
            self.agenda.after(SILENCE_MS, Event::ServerLost(line));
        }
    }

    /// A line ends; both sides hear of it, each in its time.
    pub(super) fn cut(&mut self, line: ConnectionId) {
        let (up_ms, down_ms) = (self.network.delay_ms(), self.network.delay_ms());
        self.agenda.after(up_ms, Event::ServerLost(line));
        self.agenda.after(down_ms, Event::WorkerLost(line));
    }

    pub(super) fn end_line_from_server(&mut self, line: ConnectionId) {
        if self.network.tells(line) {
            let ms = self
                .network
                .last_ms(line, Way::Down)
                .saturating_sub(self.agenda.now_ms());
            self.agenda.after(ms + 1, Event::WorkerLost(line));
        }
        self.agenda.after(0, Event::ServerLost(line));
    }

    /// Whoever sits there closes what he has; the server hears of it if anything gets through.
    fn end_lines_of(&mut self, who: usize) {
        let own = self.lines.iter().filter(|(_, owner)| **owner == who);
        let own: Vec<ConnectionId> = own.map(|(line, _)| *line).collect();
        for line in own {
            // What was sent before arrives before.
            let sent_ms = self.network.last_ms(line, Way::Up);
            let sent_ms = sent_ms.saturating_sub(self.agenda.now_ms());
            let ms = match self.network.tells(line) {
                true => self.network.delay_ms().max(sent_ms) + 1,
                false => SILENCE_MS,
            };
            self.agenda.after(ms, Event::ServerLost(line));
            self.worker_lost(line);
        }
    }

    pub(super) fn worker_lost(&mut self, line: ConnectionId) {
        let (now_ms, random) = (self.agenda.now_ms(), self.dice.bits());
        self.with_worker(line, |person| person.disconnected(now_ms, random));
        self.lines.remove(&line);
    }

    /// Does something with whoever sits at the end of a line, if he still does.
    pub(super) fn with_worker(&mut self, line: ConnectionId, does: impl FnOnce(&mut Volunteer<E>)) {
        let Some(person) = self
            .lines
            .get(&line)
            .and_then(|who| self.people.get_mut(*who))
        else {
            return;
        };
        let own = person
            .machine
            .as_ref()
            .and_then(|machine| machine.connection);
        if own == Some(line) {
            does(person);
        }
    }
}
