//! A volunteer's machine: the production session, executors that need virtual time, and the character of whoever owns it.
//! Knows no network beyond frames.

use crate::answers::{Ring, answer};
use crate::executor::Executor;
use crate::people::Kind;
use bytebiota_core::{Assignment, Digest, UnitKey, assignment::Check};
use bytebiota_protocol::message::{
    self, CheckId, ClientKind, ClientMessage, LeaseId, Token, WaitReason,
};
use bytebiota_protocol::session::{Command, End, Event, Fact, SessionOptions, WorkerSession};
use bytebiota_server::assignment_book::ConnectionId;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a machine wants of the world around it.
#[derive(Debug)]
pub enum Deed {
    /// Send this frame.
    Frame(Vec<u8>),
    /// Open a connection.
    Connect,
    /// Close the one there is.
    Disconnect,
    /// Call `tick` for this slot with this serial in so many ms.
    Tick(u64, u32, u64),
    /// Call `wake` then.
    Wake(u64),
    /// He has begun to compute this.
    Began(Box<Assignment>),
    /// A unit of his is acknowledged; the states it may have ended with.
    Acked(UnitKey, Vec<Digest>),
    /// He is known by this token.
    Known(Token),
    /// He has gone, and wants to come back.
    Leaves,
}

/// One slot.
struct Bench<R> {
    work: Option<(LeaseId, R)>,
    check: Option<(CheckId, Box<Check>)>,
    is_suspended: bool,
    serial: u64,
}

/// A machine while it is there.
pub struct Machine<E: Executor> {
    /// What its session is.
    pub session: WorkerSession,
    /// The connection, if there is one.
    pub connection: Option<ConnectionId>,
    benches: Vec<Bench<E::Run>>,
    woken_at_ms: Option<u64>,
    ended: BTreeMap<UnitKey, Vec<Digest>>,
}

/// A volunteer, there or not.
pub struct Volunteer<E: Executor> {
    /// His number in this town.
    pub number: u64,
    /// Who he is.
    pub kind: Kind,
    /// What he shows when he comes.
    pub token: Option<Token>,
    /// His machine, while it is there.
    pub machine: Option<Machine<E>>,
    /// Counts his visits.
    pub visit: u64,
    /// Units of his that were confirmed.
    pub confirmed: u64,
    /// Units of a visit, if he goes after so many; then he goes for good, too, when he gets no work any more.
    pub units: Option<u64>,
    /// Epochs that he has computed, or invented, units and checks.
    pub epochs: u64,
    slots: u32,
    epoch_ms: u64,
    made: u64,
    ring: Ring,
    executor: Rc<E>,
    deeds: Vec<Deed>,
}

impl<E: Executor> Volunteer<E> {
    /// Somebody who has not come yet; an epoch takes him `epoch_ms`.
    pub fn new(
        number: u64,
        kind: Kind,
        slots: u32,
        epoch_ms: u64,
        ring: Ring,
        executor: Rc<E>,
    ) -> Self {
        Self {
            number,
            kind,
            token: None,
            machine: None,
            visit: 0,
            confirmed: 0,
            units: None,
            epochs: 0,
            slots,
            epoch_ms,
            made: 0,
            ring,
            executor,
            deeds: Vec::new(),
        }
    }

    /// What he wants; empties the list.
    pub fn take_deeds(&mut self) -> Vec<Deed> {
        std::mem::take(&mut self.deeds)
    }

    /// He comes.
    pub fn arrive(&mut self, now_ms: u64) {
        self.visit += 1;
        let session = WorkerSession::new(SessionOptions {
            program: "sim".into(),
            kind: ClientKind::Native,
            engine: self.kind.engine().into(),
            slots: self.slots,
            token: self.token,
            nick: None,
            wishes: message::Wishes::default(),
            unit_limit: self.units,
        });
        let bench = |_| Bench {
            work: None,
            check: None,
            is_suspended: false,
            serial: 0,
        };
        self.machine = Some(Machine {
            session,
            connection: None,
            benches: (0..self.slots).map(bench).collect(),
            woken_at_ms: None,
            ended: BTreeMap::new(),
        });
        self.settle(now_ms);
    }

    /// His machine is switched off.
    pub fn vanish(&mut self) {
        self.machine = None;
        self.deeds.push(Deed::Disconnect);
    }

    /// Something happens to his session.
    pub fn with_session(&mut self, now_ms: u64, happens: impl FnOnce(&mut WorkerSession)) {
        if let Some(machine) = &mut self.machine {
            happens(&mut machine.session);
            self.settle(now_ms);
        }
    }

    /// A connection is open.
    pub fn connected(&mut self, now_ms: u64, connection: ConnectionId) {
        if let Some(machine) = &mut self.machine {
            machine.connection = Some(connection);
        }
        self.with_session(now_ms, |session| session.handle_connected(now_ms));
    }

    /// The connection is gone, or could not be made.
    pub fn disconnected(&mut self, now_ms: u64, random: u64) {
        if let Some(machine) = &mut self.machine {
            machine.connection = None;
        }
        self.with_session(now_ms, |session| {
            session.handle_disconnected(now_ms, random)
        });
    }

    /// A frame arrived.
    pub fn hear(&mut self, now_ms: u64, frame: &[u8]) {
        let mut is_fault = false;
        self.with_session(now_ms, |session| {
            is_fault = session.handle_frame(now_ms, frame).is_err();
        });
        if is_fault {
            self.deeds.push(Deed::Disconnect);
        }
    }

    /// A moment that his session has named is there.
    pub fn wake(&mut self, now_ms: u64) {
        // Of several moments that were named only the newest counts.
        let machine = self.machine.as_mut();
        let is_due = |machine: &&mut Machine<E>| machine.woken_at_ms.is_some_and(|at| at <= now_ms);
        if let Some(machine) = machine.filter(is_due) {
            machine.woken_at_ms = None;
            self.with_session(now_ms, |session| session.handle_timeout(now_ms));
        }
    }

    /// A slot has computed what it was at.
    pub fn tick(&mut self, now_ms: u64, slot: u32, serial: u64) {
        let (kind, made) = (self.kind, self.made);
        let bench = self
            .machine
            .as_mut()
            .and_then(|m| m.benches.get_mut(slot as usize));
        let Some(bench) = bench.filter(|bench| bench.serial == serial) else {
            return;
        };
        if let Some((id, check)) = bench.check.take() {
            self.epochs += check.epochs();
            let answer = answer(&*self.executor, kind, made, &self.ring, &check);
            if kind != Kind::Silent {
                self.with_session(now_ms, |session| session.handle_checked(slot, id, answer));
            }
        } else if let Some((lease, run)) = &mut bench.work {
            let lease = *lease;
            self.epochs += self.executor.due_epochs(run);
            let fact = self.executor.advance(run);
            if matches!(fact, Fact::Finished) {
                bench.work = None;
            }
            self.done(now_ms, slot, lease, fact);
        }
        self.go_on(slot);
    }

    fn done(&mut self, now_ms: u64, slot: u32, lease: LeaseId, fact: Fact) {
        self.tell_accomplices(&fact);
        // A unit may end at any of its boundaries, if he goes before it is done.
        if let Fact::Segment { unit, segment, .. } = &fact
            && let Some(machine) = &mut self.machine
        {
            machine.ended.entry(*unit).or_default().push(segment.state);
        }
        if let Fact::Unit(report) = &fact {
            self.made += 1;
            let end = report.end_state().unwrap_or_default();
            if let Some(machine) = &mut self.machine {
                machine.ended.entry(report.key).or_default().push(end);
            }
            if self.kind == Kind::Picky && end.0[0] % 8 == 0 {
                self.token = None;
                self.vanish();
                return self.deeds.push(Deed::Leaves);
            }
        }
        self.with_session(now_ms, |session| {
            session.handle_fact(now_ms, slot, lease, fact)
        });
    }

    fn tell_accomplices(&self, fact: &Fact) {
        if !matches!(self.kind, Kind::Colluder(honest) if self.made >= honest) {
            return;
        }
        let mut ring = self.ring.borrow_mut();
        match fact {
            Fact::Segment {
                unit, done, digest, ..
            } => {
                ring.insert((*unit, done - 1), *digest);
            }
            Fact::Unit(report) => {
                for (digest, number) in report.segment_digests().into_iter().zip(0..) {
                    ring.insert((report.key, number), digest);
                }
            }
            Fact::Finished | Fact::Failed(_) => {}
        }
    }

    /// Begins what a slot has to compute next, from the start of a segment.
    fn go_on(&mut self, slot: u32) {
        let bench = self
            .machine
            .as_mut()
            .and_then(|m| m.benches.get_mut(slot as usize));
        let Some(bench) = bench else {
            return;
        };
        bench.serial += 1;
        let epochs = match (&bench.check, &bench.work) {
            (Some((_, check)), _) => check.epochs(),
            (None, Some((_, run))) if !bench.is_suspended => self.executor.due_epochs(run),
            _ => return,
        };
        let serial = bench.serial;
        let ms = (epochs * self.epoch_ms).max(1);
        self.deeds.push(Deed::Tick(ms, slot, serial));
    }

    /// Does what the session wants done.
    fn settle(&mut self, now_ms: u64) {
        while let Some(command) = self.machine.as_mut().and_then(|m| m.session.poll_command()) {
            self.obey(now_ms, command);
        }
        let Some(machine) = &mut self.machine else {
            return;
        };
        let mut is_unwelcome = false;
        while let Some(event) = machine.session.poll_event() {
            match event {
                Event::Welcomed { token, .. } => {
                    self.token = Some(token);
                    self.deeds.push(Deed::Known(token));
                }
                Event::Acked(unit) => {
                    let ended = machine.ended.get(&unit).cloned().unwrap_or_default();
                    self.deeds.push(Deed::Acked(unit, ended));
                }
                Event::Judged(_, message::Outcome::Confirmed) => self.confirmed += 1,
                Event::Waiting(WaitReason::Suspended | WaitReason::Banned) => {
                    is_unwelcome = self.units.is_some();
                }
                _ => {}
            }
        }
        while let Some(frame) = machine.session.poll_frame() {
            let is_answer = |frame: &[u8]| {
                matches!(
                    message::decode_client(frame),
                    Ok(ClientMessage::StateAt { .. })
                )
            };
            if self.kind != Kind::Silent || !is_answer(&frame) {
                self.deeds.push(Deed::Frame(frame));
            }
        }
        match machine.session.end() {
            None if !is_unwelcome => {}
            None | Some(End::Stopped | End::UnitsDone) => {
                self.vanish();
                return self.deeds.push(Deed::Leaves);
            }
            Some(_) => return self.vanish(),
        }
        if machine.session.is_connection_dead(now_ms) {
            self.deeds.push(Deed::Disconnect);
        } else if machine.session.wants_connection(now_ms) {
            machine.session.handle_connecting(now_ms);
            self.deeds.push(Deed::Connect);
        }
        let wish = machine.session.poll_timeout();
        let wish = wish.map(|at_ms| at_ms.max(now_ms + 1));
        if let Some(at_ms) = wish.filter(|at| machine.woken_at_ms.is_none_or(|due| *at < due)) {
            machine.woken_at_ms = Some(at_ms);
            self.deeds.push(Deed::Wake(at_ms));
        }
    }

    fn obey(&mut self, now_ms: u64, command: Command) {
        let Some(machine) = &mut self.machine else {
            return;
        };
        let slot = match &command {
            Command::Begin { slot, .. } | Command::Check { slot, .. } => *slot,
            Command::Halt { slot } | Command::Suspend { slot } | Command::Resume { slot } => *slot,
        };
        let Some(bench) = machine.benches.get_mut(slot as usize) else {
            return;
        };
        match command {
            Command::Begin {
                lease,
                assignment,
                held,
                ..
            } => {
                let habit = self.kind.habit(self.number);
                let begun = self
                    .executor
                    .begin(&assignment, held.as_deref(), habit, self.made);
                self.deeds.push(Deed::Began(assignment));
                match begun {
                    Ok(run) => bench.work = Some((lease, run)),
                    Err(reason) => {
                        bench.work = None;
                        let failed = Fact::Failed(reason);
                        machine.session.handle_fact(now_ms, slot, lease, failed);
                    }
                }
            }
            Command::Check { id, check, .. } => {
                if let Some((before, _)) = bench.check.replace((id, check)) {
                    machine.session.handle_checked(slot, before, None);
                }
            }
            Command::Halt { .. } => bench.work = None,
            Command::Suspend { .. } => {
                bench.is_suspended = true;
                if let Some((id, _)) = bench.check.take() {
                    machine.session.handle_checked(slot, id, None);
                }
            }
            Command::Resume { .. } => bench.is_suspended = false,
        }
        self.go_on(slot);
    }
}
