//! The server of a simulation: the production book, Verifier, StateAggregator and WorkerManager, and around them the shell
//! that the coordinator is in production, without threads: what takes time becomes an errand, what must be on disk a job.
//! Knows no network; a crash is to drop it.

mod delivery;
mod effects;
mod joining;
mod restoring;
mod trust;

use crate::dice::Dice;
use crate::disk::{Answer, Disk, Job};
use crate::executor::Executor;
use crate::flaw::Flaw;
use bytebiota_core::{Digest, IslandId, Sample, StretchHeader};
use bytebiota_protocol::message::{self, CheckId, ClientMessage, Hello, LeaseId, ServerMessage};
use bytebiota_server::ServerConfig;
use bytebiota_server::assignment_book::{AssignmentBook, ConnectionId, Grant, SlotId, VolunteerId};
use bytebiota_server::state_aggregator::StateAggregator;
use bytebiota_server::store::{IslandRow, ProvisionalRow};
use bytebiota_server::verification::verifier::{Audited, StateAt};
use bytebiota_server::verification::{CommittedUnit, Docket, Order, Verifier};
use bytebiota_server::worker_manager::WorkerManager;
pub use restoring::{Commons, book_config};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// Something a server wants of the world around it.
#[derive(Debug)]
pub enum Out {
    /// Send this.
    Frame(ConnectionId, ServerMessage),
    /// Send this refusal, then close.
    Refuse(ConnectionId, String),
    /// Close without a word.
    Close(ConnectionId),
    /// Come back with this in so many ms.
    Later(u64, Box<Errand>),
    /// Put this on disk, then come back with the answer.
    Write(Job, Box<Then>),
}

/// What goes on by itself once its time has come.
#[derive(Debug)]
pub enum Errand {
    /// What enters a stretch is read and fixed.
    Open(StretchHeader),
    /// A state is read and sent.
    Assign(Grant),
    /// A genesis is computed.
    Create(Vec<IslandId>),
    /// A report was examined.
    Examined(Box<Delivery>),
    /// A question is put together for a volunteer.
    Check(SlotId, Order),
    /// A question is put together for the auditor.
    Audit(Order, u32),
    /// The auditor is done.
    Audited(CheckId, Audited),
    /// History is read.
    LookBack(VolunteerId),
    /// History was read.
    LookedBack(Vec<ProvisionalRow>),
    /// An island is read.
    Restore(IslandId),
    /// An island was read.
    Restored(Option<u64>, Box<IslandRow>, Vec<ProvisionalRow>),
    /// A state that a maker was asked for is inflated.
    Inflated(ConnectionId, StateAt),
}

/// How it goes on with what is on disk now.
#[derive(Debug)]
pub enum Then {
    /// The header of a stretch.
    Opened(StretchHeader),
    /// An island that was not there before.
    Created(IslandId, Digest, Box<Sample>),
    /// A unit.
    Appended(SlotId, LeaseId, Box<CommittedUnit>),
    /// A visit.
    Visited(ConnectionId, Hello),
    /// A docket.
    Filed(Box<Docket>, Vec<Option<bytebiota_core::assignment::Check>>),
}

/// A report as it arrived.
#[derive(Clone, Debug)]
pub struct Delivery {
    slot: SlotId,
    volunteer: VolunteerId,
    lease: LeaseId,
    header: StretchHeader,
    packed: Vec<u8>,
}

/// A connection, whose frames are taken one after the other.
#[derive(Debug, Default)]
struct Seat {
    volunteer: Option<VolunteerId>,
    slots: u32,
    inbox: VecDeque<Vec<u8>>,
    is_busy: bool,
    /// The line is over; what came before is still read.
    is_over: bool,
}

/// One life of the server.
#[derive(Debug)]
pub struct Server<E> {
    executor: Rc<E>,
    config: ServerConfig,
    flaw: Flaw,
    auditor_ticks_per_s: u64,
    now_ms: u64,
    dice: Dice,
    /// Which slot computes what.
    pub book: AssignmentBook,
    /// Whom to believe.
    pub verifier: Verifier,
    /// What is shown.
    pub view: StateAggregator,
    workers: WorkerManager,
    seats: BTreeMap<ConnectionId, Seat>,
    /// How often something stored was taken note of, by island.
    moves: BTreeMap<IslandId, u64>,
    dockets: VecDeque<Docket>,
    is_filing: bool,
    outs: Vec<Out>,
    /// Ticks that the auditor has computed.
    pub audited_ticks: u64,
}

impl<E: Executor> Server<E> {
    /// What the server wants; empties the list.
    pub fn take_outs(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.outs)
    }

    /// Connections it holds, but for those whose lines are over and whose last words are still being read.
    pub fn connections(&self) -> impl Iterator<Item = ConnectionId> {
        let is_reading = |seat: &Seat| seat.is_busy || !seat.inbox.is_empty();
        let seats = self.seats.iter();
        let here = seats.filter(move |(_, seat)| !(seat.is_over && is_reading(seat)));
        here.map(|(connection, _)| *connection)
    }

    /// Frames that wait to be read, and dockets that are not filed yet.
    pub fn waiting(&self) -> (usize, usize) {
        let frames = self.seats.values().map(|seat| seat.inbox.len()).sum();
        (frames, self.dockets.len() + usize::from(self.is_filing))
    }

    /// Time passes.
    pub fn poll(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.book.poll(now_ms);
        let random = self.dice.bits();
        self.verifier.poll(now_ms, random);
        self.carry_out();
    }

    /// The server is about to go: leases nothing more and says so.
    pub fn drain(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        self.book.drain();
        let retry_ms = self.config.retry_ms;
        let welcomed = self
            .seats
            .iter()
            .filter(|(_, seat)| seat.volunteer.is_some());
        let all: Vec<ConnectionId> = welcomed.map(|(connection, _)| *connection).collect();
        for connection in all {
            self.send(connection, ServerMessage::Drain { retry_ms });
        }
    }

    /// A connection was opened.
    pub fn connected(&mut self, connection: ConnectionId) {
        self.seats.insert(connection, Seat::default());
    }

    /// A frame arrived.
    pub fn hear(&mut self, now_ms: u64, disk: &Disk, connection: ConnectionId, frame: Vec<u8>) {
        self.now_ms = now_ms;
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.inbox.push_back(frame);
        }
        self.read_on(disk, connection);
    }

    /// Reads what a connection has sent, until something of it takes time.
    fn read_on(&mut self, disk: &Disk, connection: ConnectionId) {
        while let Some(seat) = self.seats.get_mut(&connection).filter(|seat| !seat.is_busy) {
            let Some(frame) = seat.inbox.pop_front() else {
                if seat.is_over {
                    self.leave(self.now_ms, connection);
                }
                return;
            };
            match seat.volunteer {
                None => self.greet(connection, &frame),
                Some(volunteer) => self.take(disk, connection, volunteer, &frame),
            }
        }
    }

    fn is_free_again(&mut self, disk: &Disk, connection: ConnectionId) {
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.is_busy = false;
        }
        self.read_on(disk, connection);
    }

    fn take(&mut self, disk: &Disk, connection: ConnectionId, who: VolunteerId, frame: &[u8]) {
        let Ok(message) = message::decode_client(frame) else {
            return self.close(connection);
        };
        let now_ms = self.now_ms;
        let at = |slot: u32| SlotId { connection, slot };
        match message {
            ClientMessage::Ask { slot } => self.book.handle_ask(now_ms, at(slot)),
            ClientMessage::Accepted { slot, lease } => {
                self.book.handle_accepted(now_ms, at(slot), lease);
            }
            ClientMessage::Declined { slot, lease, .. } => {
                self.book.handle_declined(now_ms, at(slot), lease);
            }
            ClientMessage::Progress {
                slot, lease, unit, ..
            } => {
                self.book.handle_progress(now_ms, at(slot), lease, &unit);
            }
            ClientMessage::Holding {
                slot,
                lease,
                header,
                next_epoch,
            } => {
                let slot = at(slot);
                self.book
                    .handle_holding(now_ms, slot, lease, &header, next_epoch);
            }
            ClientMessage::Pause => self.book.handle_pause(now_ms, connection),
            ClientMessage::Goodbye => {
                self.book.handle_goodbye(now_ms, connection);
                self.carry_out();
                return self.close(connection);
            }
            ClientMessage::Checked { check, digests, .. } => {
                let random = self.dice.bits();
                self.verifier
                    .handle_checked(now_ms, random, who, check, &digests);
            }
            ClientMessage::Report {
                slot,
                lease,
                header,
                report,
            } => {
                let delivery = Delivery {
                    slot: at(slot),
                    volunteer: who,
                    lease,
                    header,
                    packed: report,
                };
                self.receive(disk, delivery);
            }
            ClientMessage::StateAt {
                unit,
                segment,
                state,
                ..
            } => self.take_state(connection, unit, segment, &state),
        }
        self.carry_out();
    }

    /// Something has had its time.
    pub fn resume(&mut self, now_ms: u64, disk: &Disk, errand: Errand) {
        self.now_ms = now_ms;
        match errand {
            Errand::Open(header) => self.open_stretch(disk, header),
            Errand::Assign(grant) => self.assign(disk, grant),
            Errand::Create(islands) => self.create(islands),
            Errand::Examined(delivery) => self.examined(disk, *delivery),
            Errand::Check(seat, order) => self.send_check(disk, seat, &order),
            Errand::Audit(order, times) => self.audit(disk, &order, times),
            Errand::Audited(id, audited) => self.audited(id, &audited),
            Errand::LookBack(volunteer) => self.look_back(disk, volunteer),
            Errand::LookedBack(rows) => self.looked_back(rows),
            Errand::Restore(island) => self.read_island(disk, island),
            Errand::Restored(before, row, claim) => self.restored(before, &row, claim),
            Errand::Inflated(connection, answer) => {
                let random = self.dice.bits();
                self.verifier.handle_state(now_ms, random, answer);
                self.is_free_again(disk, connection);
            }
        }
        self.carry_out();
    }

    /// Something is on disk.
    pub fn stored(&mut self, now_ms: u64, disk: &Disk, then: Then, answer: Answer) {
        self.now_ms = now_ms;
        match (then, answer) {
            // Somebody was called back meanwhile; who is left is asked for again.
            (Then::Opened(header), Answer::Opened(false)) => self.later(Errand::Open(header)),
            (Then::Opened(header), _) => self.book.handle_opened(now_ms, &header),
            (Then::Created(island, digest, sample), _) => self.created(island, digest, *sample),
            (Then::Visited(connection, hello), Answer::Visited(number, person)) => {
                self.visited(disk, connection, &hello, number, *person);
            }
            (Then::Appended(slot, lease, unit), Answer::Appended(outcome)) => {
                self.settle(slot, lease, *unit, outcome);
                self.carry_out();
                self.is_free_again(disk, slot.connection);
            }
            (Then::Filed(docket, questions), Answer::Filed(filed)) => {
                self.filed(&docket, questions, &filed);
                self.is_filing = false;
            }
            _ => {}
        }
        self.carry_out();
        self.file_next(disk);
    }

    /// A line is over. As with a socket, what came before is read first.
    pub fn lost(&mut self, now_ms: u64, disk: &Disk, connection: ConnectionId) {
        self.now_ms = now_ms;
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.is_over = true;
        }
        self.read_on(disk, connection);
    }

    /// A connection is gone.
    fn leave(&mut self, now_ms: u64, connection: ConnectionId) {
        self.now_ms = now_ms;
        if self.flaw == Flaw::KeepSeats || self.seats.remove(&connection).is_none() {
            return;
        }
        let islands = self.book.islands_of(connection);
        self.book.handle_gone(now_ms, connection);
        let random = self.dice.bits();
        self.verifier.handle_gone(now_ms, random, connection);
        self.view.touch(islands);
        self.workers.gone(now_ms, connection);
        self.carry_out();
    }

    fn close(&mut self, connection: ConnectionId) {
        let now_ms = self.now_ms;
        self.outs.push(Out::Close(connection));
        self.leave(now_ms, connection);
    }

    fn send(&mut self, connection: ConnectionId, message: ServerMessage) {
        if self.seats.contains_key(&connection) {
            self.outs.push(Out::Frame(connection, message));
        }
    }

    /// What a thread or a task would do meanwhile: mostly quick, sometimes not.
    fn later(&mut self, errand: Errand) {
        let ms = match self.dice.below(20) {
            0 => self.dice.below(400),
            _ => self.dice.below(8),
        };
        self.outs.push(Out::Later(ms, Box::new(errand)));
    }

    fn write(&mut self, job: Job, then: Then) {
        self.outs.push(Out::Write(job, Box::new(then)));
    }

    fn volunteer(&self, connection: ConnectionId) -> Option<VolunteerId> {
        self.seats.get(&connection).and_then(|seat| seat.volunteer)
    }
}
