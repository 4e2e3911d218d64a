//! The laws of the session under random events: connections, losses, rejections, pauses, stops in any order.

use super::*;
use crate::limits::MAX_UNACKED_REPORTS;
use std::collections::{BTreeMap, BTreeSet};

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
                Command::Check { .. } => {}
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
                    reason: WaitReason::NothingFree,
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
