//! What the session promises: single rules one by one, and its laws under random events.

use super::*;
use crate::limits::MAX_UNACKED_REPORTS;
use crate::message::{PROTOCOL_VERSION, encode, encode_refused, pack_assignment};
use bytebiota_core::{
    Branch, Config, Epoch, Inputs, IslandId, Outputs, SEMANTICS_VERSION, Segment, Start,
    StretchHeader, WorldId, WorldSeed, codec,
};
use std::collections::{BTreeMap, BTreeSet};

fn options(slots: u32) -> SessionOptions {
    SessionOptions {
        program: "test 1".into(),
        kind: ClientKind::Native,
        slots,
        token: None,
        nick: Some("Ada".into()),
        wishes: Wishes::default(),
        unit_limit: None,
    }
}

fn state_of(island: u32, epoch: u64) -> Vec<u8> {
    format!("state of {island} at {epoch}").into_bytes()
}

/// Epochs `from..end` of an island, in units of `unit` epochs.
fn assignment(island: u32, from: u64, end: u64, unit: u32) -> Assignment {
    let (config, inputs) = (Config::default(), Inputs::default());
    let base = Digest::of(&state_of(island, from));
    Assignment {
        header: StretchHeader {
            world: WorldId(7),
            branch: Branch(0),
            island: IslandId(island),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(from),
            end_epoch: Epoch(end),
            base,
            config: codec::digest(&config),
            inputs: codec::digest(&inputs),
        },
        world_seed: WorldSeed(1),
        config,
        inputs,
        from_epoch: Epoch(from),
        from_digest: base,
        unit_epochs: unit,
        start: Start::State(state_of(island, from)),
    }
}

fn unit_key(island: u32, epoch: u64) -> UnitKey {
    UnitKey {
        world: WorldId(7),
        branch: Branch(0),
        island: IslandId(island),
        first_epoch: Epoch(epoch),
    }
}

fn report(assignment: &Assignment, from: u64) -> Report {
    let island = assignment.header.island.0;
    let epochs = u64::from(assignment.unit_epochs).min(assignment.header.end_epoch.0 - from);
    let state = state_of(island, from + epochs);
    Report {
        key: unit_key(island, from),
        header: assignment.header.digest(),
        base: Digest::of(&state_of(island, from)),
        segments: vec![Segment {
            epochs: epochs as u32,
            state: Digest::of(&state),
            outputs: Outputs::default(),
        }],
        state,
    }
}

fn welcome() -> ServerMessage {
    ServerMessage::Welcome {
        token: Token([9; 32]),
        name: "Ada·ABCD".into(),
        slots: 4,
        credit: 0,
    }
}

fn assign(slot: u32, lease: u64, assignment: &Assignment) -> ServerMessage {
    let assignment = pack_assignment(assignment);
    ServerMessage::Assign {
        slot,
        lease: LeaseId(lease),
        assignment,
    }
}

fn tell(session: &mut WorkerSession, now_ms: u64, message: ServerMessage) {
    session
        .handle_frame(now_ms, &encode(&message))
        .expect("the session understands the server");
}

fn said(session: &mut WorkerSession) -> Vec<ClientMessage> {
    let frames = std::iter::from_fn(|| session.poll_frame());
    frames
        .map(|frame| message::decode_client(&frame).expect("canonical"))
        .collect()
}

fn commands(session: &mut WorkerSession) -> Vec<Command> {
    std::iter::from_fn(|| session.poll_command()).collect()
}

/// A welcomed session whose first Ask of each slot is already taken from the outbox.
fn welcomed(options: SessionOptions) -> WorkerSession {
    let mut session = WorkerSession::new(options);
    assert!(session.wants_connection(0));
    session.handle_connecting(0);
    session.handle_connected(0);
    let hello = session.poll_frame().expect("a greeting");
    assert_eq!(
        message::decode_hello(&hello).map(|hello| hello.nick),
        Ok(Some("Ada".into()))
    );
    tell(&mut session, 0, welcome());
    let asks = said(&mut session);
    assert_eq!(asks.len() as u32, session.slot_count());
    assert!(
        asks.iter()
            .all(|ask| matches!(ask, ClientMessage::Ask { .. }))
    );
    session
}

#[test]
fn the_next_assignment_is_asked_for_at_the_start_of_the_last_unit() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 4, 2);
    tell(&mut session, 1, assign(0, 11, &work));
    assert_eq!(
        said(&mut session),
        [ClientMessage::Accepted {
            slot: 0,
            lease: LeaseId(11)
        }]
    );
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    let frames = said(&mut session);
    assert!(matches!(
        frames[..],
        [
            ClientMessage::Report { slot: 0, .. },
            ClientMessage::Ask { slot: 0 }
        ]
    ));
    let next = assignment(2, 0, 1, 1);
    tell(&mut session, 3, assign(0, 12, &next));
    assert!(
        commands(&mut session).len() == 1,
        "the prefetched one waits"
    );
    session.handle_fact(4, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 2))));
    let begun = commands(&mut session);
    assert!(matches!(
        begun[..],
        [Command::Begin {
            lease: LeaseId(12),
            ..
        }]
    ));
    assert_eq!(session.slot_status(0), SlotStatus::Computing(IslandId(2)));
}

#[test]
fn a_lost_connection_loses_no_report_and_names_what_is_held() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 4, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    session.handle_disconnected(3, 0);
    session.handle_fact(4, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 1))));
    assert_eq!(session.poll_frame(), None);
    assert!(!session.wants_connection(1_002) && session.wants_connection(1_003));
    session.handle_connected(2_000);
    session.poll_frame();
    tell(&mut session, 2_001, welcome());
    let frames = said(&mut session);
    let [
        ClientMessage::Report { header, .. },
        ClientMessage::Report { .. },
        holding,
    ] = &frames[..]
    else {
        panic!("{frames:?}");
    };
    assert_eq!(*header, work.header);
    let expected = ClientMessage::Holding {
        slot: 0,
        lease: LeaseId(11),
        header: work.header.clone(),
        next_epoch: Epoch(2),
    };
    assert_eq!(*holding, expected);
    tell(
        &mut session,
        2_002,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 5,
        },
    );
    tell(
        &mut session,
        2_003,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 5,
        },
    );
    assert_eq!((session.unacked(), session.counters().units_acked), (1, 1));
}

#[test]
fn a_rejected_report_takes_with_it_what_builds_on_it() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 9, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    for epoch in 0..3 {
        session.handle_fact(
            2,
            0,
            LeaseId(11),
            Fact::Unit(Box::new(report(&work, epoch))),
        );
    }
    commands(&mut session);
    let reason = RejectReason::Stale;
    tell(
        &mut session,
        3,
        ServerMessage::Reject {
            slot: 0,
            unit: unit_key(1, 1),
            reason,
        },
    );
    assert_eq!(session.unacked(), 1);
    assert_eq!(session.counters().units_rejected, 2);
    assert_eq!(commands(&mut session), [Command::Halt { slot: 0 }]);
    let late = Fact::Unit(Box::new(report(&work, 3)));
    session.handle_fact(4, 0, LeaseId(11), late);
    assert_eq!(
        session.unacked(),
        1,
        "facts about a dropped lease are old news"
    );
    assert!(matches!(
        said(&mut session)[..],
        [.., ClientMessage::Ask { slot: 0 }]
    ));
}

#[test]
fn without_acknowledgements_a_slot_stops_computing_and_goes_on_later() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 100, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    for epoch in 0..MAX_UNACKED_REPORTS as u64 {
        session.handle_fact(
            2,
            0,
            LeaseId(11),
            Fact::Unit(Box::new(report(&work, epoch))),
        );
    }
    assert!(matches!(
        commands(&mut session)[..],
        [Command::Begin { .. }, Command::Suspend { slot: 0 }]
    ));
    assert_eq!(session.slot_status(0), SlotStatus::WaitingForAcks);
    tell(
        &mut session,
        3,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 1,
        },
    );
    assert_eq!(commands(&mut session), [Command::Resume { slot: 0 }]);
}

#[test]
fn the_first_stop_finishes_the_unit_and_the_second_gives_it_back() {
    let work = assignment(1, 0, 9, 1);
    let mut first = welcomed(options(1));
    tell(&mut first, 1, assign(0, 11, &work));
    first.handle_stop(2);
    assert_eq!(first.end(), None);
    said(&mut first);
    first.handle_fact(3, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    assert!(matches!(
        said(&mut first)[..],
        [ClientMessage::Report { .. }, ClientMessage::Declined { .. }]
    ));
    assert_eq!(first.end(), None, "the report is not acknowledged yet");
    tell(
        &mut first,
        4,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 1,
        },
    );
    assert_eq!(first.end(), Some(&End::Stopped));
    assert_eq!(said(&mut first), [ClientMessage::Goodbye]);

    let mut second = welcomed(options(1));
    tell(&mut second, 1, assign(0, 11, &work));
    commands(&mut second);
    second.handle_stop(2);
    second.handle_stop(3);
    assert_eq!(second.end(), Some(&End::Stopped));
    assert_eq!(commands(&mut second), [Command::Halt { slot: 0 }]);
    assert!(matches!(
        said(&mut second)[..],
        [.., ClientMessage::Declined { .. }, ClientMessage::Goodbye]
    ));
}

#[test]
fn wanted_units_are_delivered_exactly_and_replaced_when_rejected() {
    let mut session = welcomed(SessionOptions {
        unit_limit: Some(2),
        ..options(2)
    });
    let (a, b) = (assignment(1, 0, 9, 1), assignment(2, 0, 9, 1));
    tell(&mut session, 1, assign(0, 11, &a));
    tell(&mut session, 1, assign(1, 12, &b));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&a, 0))));
    session.handle_fact(3, 0, LeaseId(11), Fact::Unit(Box::new(report(&a, 1))));
    session.handle_fact(4, 1, LeaseId(12), Fact::Unit(Box::new(report(&b, 0))));
    assert_eq!(session.unacked(), 2);
    tell(
        &mut session,
        5,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(1, 0),
            credit: 1,
        },
    );
    said(&mut session);
    let reason = RejectReason::Stale;
    tell(
        &mut session,
        6,
        ServerMessage::Reject {
            slot: 0,
            unit: unit_key(1, 1),
            reason,
        },
    );
    assert!(said(&mut session).contains(&ClientMessage::Ask { slot: 0 }));
    tell(&mut session, 7, assign(0, 13, &b));
    session.handle_fact(8, 0, LeaseId(13), Fact::Unit(Box::new(report(&b, 0))));
    tell(
        &mut session,
        9,
        ServerMessage::Ack {
            slot: 0,
            unit: unit_key(2, 0),
            credit: 2,
        },
    );
    assert_eq!(session.end(), Some(&End::UnitsDone));
}

#[test]
fn a_held_state_is_used_and_an_unknown_one_declined() {
    let mut session = welcomed(options(1));
    let work = assignment(1, 0, 1, 1);
    tell(&mut session, 1, assign(0, 11, &work));
    session.handle_fact(2, 0, LeaseId(11), Fact::Unit(Box::new(report(&work, 0))));
    commands(&mut session);
    said(&mut session);
    let held = Assignment {
        start: Start::Held,
        ..assignment(1, 1, 2, 1)
    };
    tell(&mut session, 3, assign(0, 12, &held));
    let begun = commands(&mut session);
    let [
        Command::Begin {
            held: Some(state), ..
        },
    ] = &begun[..]
    else {
        panic!("{begun:?}")
    };
    assert_eq!(*state, state_of(1, 1));
    let foreign = Assignment {
        start: Start::Held,
        ..assignment(3, 5, 6, 1)
    };
    tell(&mut session, 4, assign(0, 13, &foreign));
    assert!(matches!(
        said(&mut session)[..],
        [
            ..,
            ClientMessage::Declined {
                lease: LeaseId(13),
                ..
            }
        ]
    ));
}

#[test]
fn a_refusal_ends_the_session_with_the_servers_words() {
    let mut session = WorkerSession::new(options(1));
    session.handle_connected(0);
    session.poll_frame();
    session
        .handle_frame(1, &encode_refused("please update"))
        .expect("readable");
    assert_eq!(session.end(), Some(&End::Refused("please update".into())));
    assert!(!session.wants_connection(u64::MAX));
    assert_eq!(PROTOCOL_VERSION, 1);
}

#[test]
fn what_does_not_belong_is_an_error_or_declined_and_never_a_panic() {
    let mut session = WorkerSession::new(options(1));
    session.handle_connected(0);
    session.poll_frame();
    let early = encode(&ServerMessage::NoWork {
        slot: 0,
        retry_ms: 1,
    });
    assert!(session.handle_frame(1, &early).is_err());
    tell(&mut session, 2, welcome());
    assert!(session.handle_frame(3, &encode(&welcome())).is_err());
    assert!(
        session
            .handle_frame(
                3,
                &encode(&ServerMessage::NoWork {
                    slot: 9,
                    retry_ms: 1
                })
            )
            .is_err()
    );
    assert!(session.handle_frame(3, &[255, 1, 2]).is_err());
    said(&mut session);
    let noise = ServerMessage::Assign {
        slot: 0,
        lease: LeaseId(1),
        assignment: vec![1, 2, 3],
    };
    tell(&mut session, 4, noise);
    assert!(matches!(
        said(&mut session)[0],
        ClientMessage::Declined { .. }
    ));
    session.handle_fact(5, 77, LeaseId(1), Fact::Finished);
    assert_eq!(session.slot_status(77), SlotStatus::Stopped);
}

#[test]
fn a_pause_gives_back_the_prefetched_at_once_and_the_running_after_a_minute() {
    let mut session = welcomed(options(1));
    tell(&mut session, 1, assign(0, 11, &assignment(1, 0, 1, 1)));
    tell(&mut session, 1, assign(0, 12, &assignment(2, 0, 1, 1)));
    said(&mut session);
    commands(&mut session);
    session.handle_pause(1_000);
    assert!(matches!(
        said(&mut session)[..],
        [
            ClientMessage::Declined {
                lease: LeaseId(12),
                ..
            },
            ClientMessage::Pause
        ]
    ));
    assert_eq!(commands(&mut session), [Command::Suspend { slot: 0 }]);
    assert_eq!(session.poll_timeout(), Some(61_000));
    session.handle_timeout(61_000);
    assert!(matches!(
        said(&mut session)[..],
        [ClientMessage::Declined {
            lease: LeaseId(11),
            ..
        }]
    ));
    session.handle_resume(70_000);
    assert_eq!(said(&mut session), [ClientMessage::Ask { slot: 0 }]);
}

#[test]
fn a_server_that_owes_an_answer_and_is_silent_is_given_up() {
    let mut session = welcomed(options(1));
    assert!(!session.is_connection_dead(59_999) && session.is_connection_dead(60_000));
    tell(&mut session, 60_000, assign(0, 11, &assignment(1, 0, 9, 1)));
    assert!(
        !session.is_connection_dead(10_000_000),
        "nothing is owed while it computes"
    );
    session.handle_fact(
        10_000_000,
        0,
        LeaseId(11),
        Fact::Unit(Box::new(report(&assignment(1, 0, 9, 1), 0))),
    );
    assert!(!session.is_connection_dead(10_059_999) && session.is_connection_dead(10_060_000));
}

/// A small generator of our own: the laws must not depend on which.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What one slot's executor computes.
struct Executing {
    lease: LeaseId,
    assignment: Assignment,
    next_epoch: u64,
}

/// The session, its executors and a server that is fair but forgetful, with every law checked on the way.
struct Trial {
    dice: Dice,
    now_ms: u64,
    session: WorkerSession,
    executors: Vec<Option<Executing>>,
    suspended: Vec<bool>,
    next_lease: u64,
    next_island: u32,
    /// Made and not answered: (slot, unit) and the lease it was made under.
    open: BTreeMap<(u32, UnitKey), LeaseId>,
    acked: BTreeSet<UnitKey>,
    made: u64,
    dropped: u64,
}

impl Trial {
    fn new(seed: u64, slots: u32) -> Self {
        Self {
            dice: Dice(seed),
            now_ms: 0,
            session: WorkerSession::new(options(slots)),
            executors: (0..slots).map(|_| None).collect(),
            suspended: vec![false; slots as usize],
            next_lease: 1,
            next_island: 1,
            open: BTreeMap::new(),
            acked: BTreeSet::new(),
            made: 0,
            dropped: 0,
        }
    }

    fn obey(&mut self) {
        for command in commands(&mut self.session) {
            match command {
                Command::Begin {
                    slot,
                    lease,
                    assignment,
                    ..
                } => {
                    let place = &mut self.executors[slot as usize];
                    assert!(place.is_none(), "two assignments on slot {slot}");
                    let next_epoch = assignment.from_epoch.0;
                    *place = Some(Executing {
                        lease,
                        assignment: *assignment,
                        next_epoch,
                    });
                }
                Command::Halt { slot } => self.executors[slot as usize] = None,
                Command::Suspend { slot } => self.suspended[slot as usize] = true,
                Command::Resume { slot } => self.suspended[slot as usize] = false,
            }
        }
        assert!(self.session.unacked() <= MAX_UNACKED_REPORTS * self.executors.len());
        assert_eq!(
            self.session.unacked(),
            self.open.len(),
            "open reports are kept"
        );
    }

    fn compute(&mut self, slot: u32) {
        let index = slot as usize;
        if self.suspended[index] {
            return;
        }
        let Some(running) = self.executors[index].as_mut() else {
            return;
        };
        let report = report(&running.assignment, running.next_epoch);
        let lease = running.lease;
        running.next_epoch = report.end_epoch().0;
        if running.next_epoch >= running.assignment.header.end_epoch.0 {
            self.executors[index] = None;
        }
        self.made += 1;
        self.open.insert((slot, report.key), lease);
        self.session
            .handle_fact(self.now_ms, slot, lease, Fact::Unit(Box::new(report)));
    }

    fn connect(&mut self) {
        self.session.handle_connecting(self.now_ms);
        if self.dice.roll(4) == 0 {
            let random = self.dice.roll(u64::from(u32::MAX));
            return self.session.handle_disconnected(self.now_ms, random);
        }
        self.session.handle_connected(self.now_ms);
        self.session.poll_frame();
        tell(&mut self.session, self.now_ms, welcome());
        let offered: BTreeSet<UnitKey> = self.offered();
        for (_, unit) in self.open.keys() {
            assert!(offered.contains(unit), "{unit:?} is not offered again");
        }
    }

    /// Answers everything the session said; returns the units of the reports among it.
    fn offered(&mut self) -> BTreeSet<UnitKey> {
        let mut units = BTreeSet::new();
        for message in said(&mut self.session) {
            match message {
                ClientMessage::Ask { slot } => self.answer_ask(slot),
                ClientMessage::Report { slot, report, .. } => {
                    let report: Report = message::unpack(&report, 1 << 20).expect("whole");
                    units.insert(report.key);
                    self.answer_report(slot, report.key);
                }
                _ => {}
            }
        }
        units
    }

    fn answer_ask(&mut self, slot: u32) {
        match self.dice.roll(5) {
            0 => tell(
                &mut self.session,
                self.now_ms,
                ServerMessage::NoWork {
                    slot,
                    retry_ms: 500,
                },
            ),
            1 => {}
            _ => {
                let (units, unit) = (1 + self.dice.roll(4), 1 + self.dice.roll(3));
                let work = assignment(self.next_island, 0, units * unit, unit as u32);
                self.next_island += 1;
                self.next_lease += 1;
                tell(
                    &mut self.session,
                    self.now_ms,
                    assign(slot, self.next_lease, &work),
                );
            }
        }
    }

    fn answer_report(&mut self, slot: u32, unit: UnitKey) {
        match self.dice.roll(8) {
            0 => {}
            1 if !self.acked.contains(&unit) => {
                let Some(lease) = self.open.get(&(slot, unit)).copied() else {
                    return;
                };
                let before = self.open.len();
                self.open.retain(|(of, key), other| {
                    *of != slot || *other != lease || key.first_epoch < unit.first_epoch
                });
                self.dropped += (before - self.open.len()) as u64;
                let reason = RejectReason::Stale;
                tell(
                    &mut self.session,
                    self.now_ms,
                    ServerMessage::Reject { slot, unit, reason },
                );
            }
            _ => {
                self.acked.insert(unit);
                self.open.remove(&(slot, unit));
                tell(
                    &mut self.session,
                    self.now_ms,
                    ServerMessage::Ack {
                        slot,
                        unit,
                        credit: 1,
                    },
                );
            }
        }
    }

    fn happen(&mut self) {
        let slot = self.dice.roll(self.executors.len() as u64) as u32;
        match self.dice.roll(12) {
            0 if self.session.link() != (Link::Down { retry_at_ms: 0 }) => {
                let random = self.dice.roll(u64::from(u32::MAX));
                self.session.handle_disconnected(self.now_ms, random);
            }
            1 if self.session.link().is_up() => {
                let lease = self.executors[slot as usize]
                    .as_ref()
                    .map_or(LeaseId(0), |e| e.lease);
                tell(
                    &mut self.session,
                    self.now_ms,
                    ServerMessage::Revoke { slot, lease },
                );
            }
            2 if self.session.link().is_up() && self.dice.roll(10) == 0 => {
                tell(
                    &mut self.session,
                    self.now_ms,
                    ServerMessage::Drain { retry_ms: 3_000 },
                );
            }
            3 => self.session.handle_pause(self.now_ms),
            4 | 5 => self.session.handle_resume(self.now_ms),
            _ => self.compute(slot),
        }
    }

    fn step(&mut self, is_wild: bool) {
        self.now_ms += self.dice.roll(3_000);
        self.obey();
        if self.session.wants_connection(self.now_ms) {
            self.connect();
        }
        self.obey();
        if is_wild {
            self.happen();
        } else {
            let slots = self.executors.len() as u32;
            (0..slots).for_each(|slot| self.compute(slot));
        }
        self.obey();
        self.offered();
        self.obey();
        if self.session.is_connection_dead(self.now_ms) {
            self.session.handle_disconnected(self.now_ms, 1);
        }
        self.session.handle_timeout(self.now_ms);
        self.obey();
    }
}

#[test]
fn the_laws_hold_under_random_events() {
    let mut computed = 0;
    for seed in 0..300 {
        let mut trial = Trial::new(seed, 1 + (seed % 3) as u32);
        for _ in 0..200 {
            trial.step(true);
        }
        trial.session.handle_resume(trial.now_ms);
        trial.session.handle_stop(trial.now_ms);
        let mut steps = 0;
        while trial.session.end().is_none() {
            trial.step(false);
            steps += 1;
            assert!(steps < 2_000, "seed {seed}: a stop never completes");
        }
        assert!(trial.open.is_empty(), "seed {seed}: reports were lost");
        assert_eq!(trial.made, trial.session.counters().units_done);
        let answered = trial.session.counters();
        assert_eq!(
            answered.units_acked + answered.units_rejected,
            trial.made,
            "seed {seed}"
        );
        assert_eq!(answered.units_rejected, trial.dropped);
        computed += trial.made;
    }
    assert!(computed > 3_000, "the trial computes: {computed}");
}
