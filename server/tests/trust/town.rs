//! The town: the production Verifier, people around it, a ledger and a history that do what its rulings say. Everything
//! happens at once and in virtual time.

use crate::papers::{header, reproducer};
use crate::people::{Kind, compute};
use bytebiota_core::{Branch, Digest, Epoch, IslandId, UnitKey, WorldId};
use bytebiota_protocol::message::Outcome;
use bytebiota_server::assignment_book::{ConnectionId, SlotId, VolunteerId};
use bytebiota_server::verification::verifier::{Arrival, Audited, StateAt};
use bytebiota_server::verification::{
    Alarm, CheckDone, CommittedUnit, Docket, Policy, Question, RollBack, Ruling, Standing, Trust,
    Verifier,
};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

const EPOCH_TICKS: u64 = 1_000;

pub struct Person {
    pub kind: Kind,
    pub made: u64,
    pub trust: Trust,
}

pub struct Town {
    pub verifier: Verifier,
    pub now_ms: u64,
    dice: u64,
    pub people: BTreeMap<VolunteerId, Person>,
    /// Where islands were last confirmed, and on which branch.
    pub heads: BTreeMap<IslandId, (Branch, Epoch, Digest)>,
    /// Confirmed units, and whether they are true.
    pub history: BTreeMap<IslandId, Vec<(CommittedUnit, bool)>>,
    waiting: BTreeMap<IslandId, Vec<(CommittedUnit, bool)>>,
    pub void: u64,
    pub credit: BTreeMap<VolunteerId, u64>,
    pub standings: BTreeMap<VolunteerId, Standing>,
    pub checks: Vec<CheckDone>,
    pub convicted: Vec<VolunteerId>,
    pub blocked: Vec<String>,
    pub roll_backs: Vec<RollBack>,
    pub alarms: Vec<Alarm>,
    pub audits: u64,
    /// Who was asked to check somebody's claim; self-tests and probes left out.
    pub asked: Vec<VolunteerId>,
    /// The auditor's machine flips a bit now and then.
    pub is_server_faulty: bool,
}

impl Town {
    pub fn new(policy: Policy, seed: u64) -> Self {
        Self {
            verifier: Verifier::new(policy, EPOCH_TICKS, "own".into(), 1),
            now_ms: 1_000,
            dice: seed,
            people: BTreeMap::new(),
            heads: BTreeMap::new(),
            history: BTreeMap::new(),
            waiting: BTreeMap::new(),
            void: 0,
            credit: BTreeMap::new(),
            standings: BTreeMap::new(),
            checks: Vec::new(),
            convicted: Vec::new(),
            blocked: Vec::new(),
            roll_backs: Vec::new(),
            alarms: Vec::new(),
            audits: 0,
            asked: Vec::new(),
            is_server_faulty: false,
        }
    }

    pub fn random(&mut self) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005);
        self.dice = self.dice.wrapping_add(1_442_695_040_888_963_407);
        self.dice ^ (self.dice >> 29)
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        (self.random() >> 20) % sides
    }

    /// Somebody comes, with nothing known of him but what is stored; his connection has his number.
    pub fn join(&mut self, number: i64, kind: Kind, engine: &str) -> VolunteerId {
        self.join_as(number, kind, engine, Standing::default())
    }

    pub fn join_as(
        &mut self,
        number: i64,
        kind: Kind,
        engine: &str,
        known: Standing,
    ) -> VolunteerId {
        let volunteer = VolunteerId(number);
        let standing = *self.standings.entry(volunteer).or_insert(known);
        let person = Person {
            kind,
            made: 0,
            trust: Trust::Newcomer,
        };
        self.people.entry(volunteer).or_insert(person);
        let arrival = Arrival {
            connection: ConnectionId(number as u64),
            slots: 1,
            volunteer,
            engine: engine.into(),
            is_checker: true,
            standing,
            test: None,
        };
        self.verifier.handle_join(self.now_ms, arrival);
        self.run();
        volunteer
    }

    /// Somebody who was found right often enough before.
    pub fn join_proven(&mut self, number: i64, kind: Kind) -> VolunteerId {
        let proofs = Policy::default().proving_reports;
        let standing = Standing {
            proofs,
            ..Standing::default()
        };
        self.join_as(number, kind, "native 1", standing)
    }

    pub fn leave(&mut self, volunteer: VolunteerId) {
        let connection = ConnectionId(volunteer.0 as u64);
        let random = self.random();
        self.verifier.handle_gone(self.now_ms, random, connection);
        self.run();
    }

    /// One visit: a stretch of so many units, closed at its end. Whether there was anything to do.
    pub fn visit(&mut self, maker: VolunteerId, island: u32, units: u64, epochs: u64) -> bool {
        let island = IslandId(island);
        let is_open = (0..units).all(|_| self.commit(maker, island, epochs));
        self.close(island);
        is_open
    }

    /// One unit on top of what the maker has there.
    pub fn commit(&mut self, maker: VolunteerId, island: IslandId, epochs: u64) -> bool {
        let trust = self.people[&maker].trust;
        let others = self.waiting.get(&island).and_then(|units| units.first());
        if matches!(trust, Trust::Barred(_)) || others.is_some_and(|(u, _)| u.maker != maker) {
            return false;
        }
        let genesis = Digest::of(format!("genesis of {island}").as_bytes());
        let good = *self
            .heads
            .entry(island)
            .or_insert((Branch(0), Epoch(0), genesis));
        let (branch, mut first, mut base) = good;
        if let Some((last, _)) = self.waiting.get(&island).and_then(|units| units.last()) {
            (first, base) = (last.end_epoch, last.seals[last.seals.len() - 1].state);
        }
        let Some(person) = self.people.get_mut(&maker) else {
            return false;
        };
        let (kind, nth) = (person.kind, person.made);
        person.made += 1;
        let unit = CommittedUnit {
            header: Arc::new(header(island, branch, first)),
            key: UnitKey {
                world: WorldId(7),
                branch,
                island,
                first_epoch: first,
            },
            end_epoch: Epoch(first.0 + epochs),
            base,
            seals: kind.make(maker.0, nth, base, first.0, epochs),
            maker,
            seat: Some(SlotId {
                connection: ConnectionId(maker.0 as u64),
                slot: 0,
            }),
            is_first: nth == 0,
        };
        let is_true = kind.is_true(nth, first.0, epochs);
        let waiting = self.waiting.entry(island).or_default();
        waiting.push((unit.clone(), is_true));
        let random = self.random();
        self.verifier.handle_committed(self.now_ms, random, unit);
        self.run();
        true
    }

    pub fn close(&mut self, island: IslandId) {
        let random = self.random();
        self.verifier.handle_closed(self.now_ms, random, island);
        self.run();
    }

    pub fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        let random = self.random();
        self.verifier.poll(self.now_ms, random);
        self.run();
    }

    /// Units that wait for a verdict.
    pub fn provisional(&self) -> usize {
        self.waiting.values().map(Vec::len).sum()
    }

    /// Confirmed units that are false.
    pub fn believed_lies(&self) -> usize {
        let units = self.history.values().flatten();
        units.filter(|(_, is_true)| !is_true).count()
    }

    fn run(&mut self) {
        let mut rulings: VecDeque<Ruling> = self.verifier.take_rulings().into();
        while let Some(ruling) = rulings.pop_front() {
            self.obey(ruling);
            rulings.extend(self.verifier.take_rulings());
        }
    }

    fn obey(&mut self, ruling: Ruling) {
        let random = self.random();
        match ruling {
            Ruling::Challenge {
                seat,
                unit,
                segment,
            } => {
                let maker = VolunteerId(seat.connection.0 as i64);
                let units = self.waiting.get(&unit.island).into_iter().flatten();
                let own = units.into_iter().find(|(own, _)| own.key == unit);
                let Some((own, _)) = own.filter(|_| self.people[&maker].kind != Kind::Silent)
                else {
                    return;
                };
                let answer = StateAt {
                    maker,
                    key: unit,
                    segment,
                    digest: own.seals[segment as usize - 1].state,
                    state: Arc::from(*b"state"),
                };
                self.verifier.handle_state(self.now_ms, random, answer);
            }
            Ruling::Check(seat, order) => {
                let checker = VolunteerId(seat.connection.0 as i64);
                if matches!(order.question, Question::Segments { .. }) {
                    self.asked.push(checker);
                }
                let maker = match &order.question {
                    Question::Segments { unit, .. } => self.people[&unit.maker].kind,
                    Question::Whole(_) => Kind::Honest,
                };
                let answer = self.people[&checker].kind.answer(&order.question, maker);
                self.verifier
                    .handle_checked(self.now_ms, random, checker, order.id, &answer);
            }
            Ruling::Audit(order, times) => {
                self.audits += order.question.epochs() * u64::from(times);
                assert!(
                    self.audits < 100_000_000,
                    "the auditor goes round in circles"
                );
                let mut runs = vec![compute(&order.question, false); times as usize];
                if self.is_server_faulty && times > 1 {
                    self.is_server_faulty = false;
                    runs[0][0] = Digest::default();
                }
                let audited = Audited {
                    runs: Some(runs),
                    elapsed_ms: 1,
                };
                self.verifier
                    .handle_audited(self.now_ms, random, order.id, &audited);
            }
            Ruling::Store(docket) => self.store(&docket),
            Ruling::Trust(volunteer, trust) => {
                if let Some(person) = self.people.get_mut(&volunteer) {
                    person.trust = trust;
                }
            }
            Ruling::LookBack(volunteer) => self.look_back(volunteer),
            Ruling::Alarm(alarm) => self.alarms.push(alarm),
        }
    }

    fn look_back(&mut self, volunteer: VolunteerId) {
        let checked = |unit: &CommittedUnit| {
            let his =
                |check: &&CheckDone| check.checker == Some(volunteer) && check.unit == unit.key;
            self.checks.iter().any(|check| his(&check))
        };
        let all = self.history.values().flatten().map(|(unit, _)| unit);
        let units = all.filter(|unit| unit.maker == volunteer || checked(unit));
        let units = units.cloned().collect();
        let random = self.random();
        self.verifier.handle_history(self.now_ms, random, units);
    }

    fn store(&mut self, docket: &Docket) {
        if let Some(judgement) = &docket.judgement {
            let island = judgement.island();
            let units = self.waiting.remove(&island).unwrap_or_default();
            assert_eq!(units.len() as u32, judgement.units(), "judged as a whole");
            assert_eq!(units[0].0.key, judgement.first());
            if judgement.outcome() == Outcome::Confirmed {
                let earned: u64 = units.iter().map(|(unit, _)| unit.epochs()).sum();
                *self.credit.entry(judgement.maker()).or_default() += earned;
                let head = (
                    judgement.branch(),
                    judgement.end_epoch(),
                    judgement.end_state(),
                );
                self.heads.insert(island, head);
                self.history.entry(island).or_default().extend(units);
            } else {
                self.void += units.len() as u64;
            }
        }
        if let Some(roll_back) = docket.roll_back {
            self.go_back(roll_back);
        }
        for check in &docket.checks {
            if let Some(checker) = check.checker {
                *self.credit.entry(checker).or_default() += check.epochs;
            }
            self.checks.push(*check);
        }
        self.standings.extend(docket.standings.iter().copied());
        self.convicted
            .extend(docket.convictions.iter().map(|c| c.volunteer));
        self.blocked
            .extend(docket.blocked.iter().map(|b| b.engine.clone()));
        let random = self.random();
        self.verifier.handle_stored(self.now_ms, random, docket);
        for conviction in &docket.convictions {
            let check = Some(Arc::new(reproducer(&conviction.question)));
            let random = self.random();
            let number = conviction.number;
            self.verifier
                .handle_reproducer(self.now_ms, random, number, check);
        }
    }

    fn go_back(&mut self, roll_back: RollBack) {
        let unit = roll_back.unit;
        let history = self.history.entry(unit.island).or_default();
        let lost = history
            .iter()
            .filter(|(u, _)| u.key.first_epoch >= unit.first_epoch);
        self.void += lost.count() as u64;
        history.retain(|(u, _)| u.key.first_epoch < unit.first_epoch);
        let branch = self.heads[&unit.island].0;
        let head = (Branch(branch.0 + 1), unit.first_epoch, roll_back.base);
        self.heads.insert(unit.island, head);
        self.void += self
            .waiting
            .remove(&unit.island)
            .map_or(0, |u| u.len() as u64);
        self.roll_backs.push(roll_back);
    }
}
