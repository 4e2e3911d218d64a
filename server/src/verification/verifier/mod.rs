//! Verifier: keeps the books of trust. Told what happened, with the time and a random number; says what to do about it.
//! Decides nothing itself that `policy` can decide. Knows no socket, no disk and no clock.
//!
//! `claims` are what is provisional, `checks` what is being computed again and by whom, `disputes` what follows from a
//! disagreement, `engines` whether it was the program, `people` who is here and how they stand.
//!
//! A shell calls one `handle_*` at a time, then carries out `take_rulings` in order. Rulings that store are answered
//! by `handle_stored` once they are on disk. Whatever is lost on the way, `poll` finds by time.

mod checks;
mod claims;
mod disputes;
mod drawn;
mod engines;
mod people;

pub use checks::Audited;
pub use drawn::StateAt;
pub use people::{Arrival, SelfTest};

use super::draw::Draw;
use super::policy::{Bar, Policy, Standing, Trust};
use super::{Alarm, CommittedUnit, Docket, Ruling};
use crate::assignment_book::{ConnectionId, VolunteerId};
use bytebiota_core::IslandId;
use bytebiota_protocol::message::{CheckId, Outcome};
use checks::Task;
use claims::Claim;
use disputes::Convicted;
use people::{Person, Seat};
use std::collections::{BTreeMap, BTreeSet};

/// What the auditor is taken to compute until it was measured, ticks per second.
const FIRST_AUDITOR_SPEED: u64 = 10_000_000;

/// The books of trust.
#[derive(Clone, Debug)]
pub struct Verifier {
    policy: Policy,
    epoch_ticks: u64,
    /// The server computes with it itself, so it cannot be what is wrong.
    own_engine: String,
    claims: BTreeMap<IslandId, Claim>,
    tasks: BTreeMap<CheckId, Task>,
    people: BTreeMap<VolunteerId, Person>,
    seats: BTreeMap<ConnectionId, Seat>,
    blocked_engines: BTreeSet<String>,
    /// Engines with which somebody was proven.
    sound_engines: BTreeSet<String>,
    /// Convictions of which it is open whether the engine is to blame.
    suspects: BTreeSet<u64>,
    /// Convictions of the last day, and of those before a restart their times.
    convicted: Vec<Convicted>,
    next_check: u64,
    next_conviction: u64,
    auditing: Option<CheckId>,
    auditor_ticks_per_s: u64,
    alarm: bool,
    docket: Docket,
    rulings: Vec<Ruling>,
}

impl Verifier {
    /// Empty books. `first_check` keeps the names of checks apart from those of an earlier life of the server.
    pub fn new(policy: Policy, epoch_ticks: u64, own_engine: String, first_check: u64) -> Self {
        Self {
            policy,
            epoch_ticks,
            own_engine,
            claims: BTreeMap::new(),
            tasks: BTreeMap::new(),
            people: BTreeMap::new(),
            seats: BTreeMap::new(),
            blocked_engines: BTreeSet::new(),
            sound_engines: BTreeSet::new(),
            suspects: BTreeSet::new(),
            convicted: Vec::new(),
            next_check: first_check,
            next_conviction: 1,
            auditing: None,
            auditor_ticks_per_s: FIRST_AUDITOR_SPEED,
            alarm: false,
            docket: Docket::default(),
            rulings: Vec::new(),
        }
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What there is to do; empties the list.
    pub fn take_rulings(&mut self) -> Vec<Ruling> {
        std::mem::take(&mut self.rulings)
    }

    /// A unit is on disk and acknowledged. The draw is made now, after the maker has committed to all of it.
    pub fn handle_committed(&mut self, now_ms: u64, random: u64, unit: CommittedUnit) {
        let mut draw = Draw::new(random);
        self.commit(now_ms, &mut draw, unit);
        self.end_event(now_ms);
    }

    /// A maker will add nothing more to his claim on an island, by the book.
    pub fn handle_closed(&mut self, now_ms: u64, random: u64, island: IslandId) {
        let mut draw = Draw::new(random);
        self.close(now_ms, &mut draw, island);
        self.end_event(now_ms);
    }

    /// A docket is on disk.
    pub fn handle_stored(&mut self, now_ms: u64, random: u64, docket: &Docket) {
        let mut draw = Draw::new(random);
        if let Some(judgement) = &docket.judgement {
            let goes_on = judgement.outcome == Outcome::Confirmed;
            self.settle_claim(now_ms, &mut draw, judgement.island, goes_on);
        }
        // Only now the history on disk no longer holds what was just found false.
        for conviction in &docket.convictions {
            self.rulings.push(Ruling::LookBack(conviction.volunteer));
        }
        self.end_event(now_ms);
    }

    /// Time passes.
    pub fn poll(&mut self, now_ms: u64, random: u64) {
        let mut draw = Draw::new(random);
        self.expire_checks(now_ms);
        let islands: Vec<IslandId> = self.claims.keys().copied().collect();
        for island in islands {
            self.advance(now_ms, &mut draw, island);
        }
        self.offer_self_tests(now_ms);
        self.weigh_engines(now_ms, &mut draw);
        self.end_event(now_ms);
    }

    /// Whether newcomers have to wait because the auditor has enough to do.
    pub fn is_auditor_full(&self) -> bool {
        self.auditor_queue_ms() > self.policy.auditor_queue_ms
    }

    /// Whether so many were convicted that nobody is punished for now.
    pub fn is_alarmed(&self) -> bool {
        self.alarm
    }

    /// Ticks that the server can replay within the limit of the policy: no unit should be larger.
    pub fn largest_unit_ticks(&self) -> u64 {
        let ticks = u128::from(self.auditor_ticks_per_s) * u128::from(self.policy.replay_ms);
        u64::try_from(ticks / 1_000).unwrap_or(u64::MAX)
    }

    /// Units of an island that are provisional.
    pub fn provisional_units(&self, island: IslandId) -> usize {
        let claim = self.claims.get(&island);
        claim.map_or(0, |claim| claim.units.len() + claim.later.len())
    }

    fn trust_of(&self, volunteer: VolunteerId) -> Trust {
        let person = self.people.get(&volunteer);
        person.map_or(Trust::Newcomer, |person| self.trust_in(person))
    }

    fn trust_in(&self, person: &Person) -> Trust {
        let blocked = self.blocked_engines.contains(&person.engine);
        let trust = self.policy.trust(&person.standing, blocked);
        match person.is_silent {
            true => self.policy.trust_in_silence(&person.standing, trust),
            false => trust,
        }
    }

    /// Changes a standing, for the disk and for the book.
    fn set_standing(&mut self, volunteer: VolunteerId, standing: Standing) {
        let person = self.people.entry(volunteer).or_default();
        if person.standing == standing {
            return;
        }
        person.standing = standing;
        let list = &mut self.docket.standings;
        list.retain(|(other, _)| *other != volunteer);
        list.push((volunteer, standing));
        let trust = self.trust_of(volunteer);
        self.note_engine_of(volunteer);
        self.rulings.push(Ruling::Trust(volunteer, trust));
    }

    /// What has become due by an event: the auditor's next work, the alarm, and one docket for all that changed.
    fn end_event(&mut self, now_ms: u64) {
        self.feed_auditor();
        self.watch_alarm(now_ms);
        self.flush();
    }

    fn flush(&mut self) {
        if !self.docket.is_empty() {
            let docket = std::mem::take(&mut self.docket);
            self.rulings.push(Ruling::Store(Box::new(docket)));
        }
    }

    fn watch_alarm(&mut self, now_ms: u64) {
        let since_ms = now_ms.saturating_sub(self.policy.alarm_ms);
        let counts = |c: &&Convicted| c.was_proven && !c.is_lifted && c.time_ms >= since_ms;
        let count = self.convicted.iter().filter(counts).count();
        let alarm = self.policy.is_alarm(count);
        if alarm != self.alarm {
            self.alarm = alarm;
            let kind = if alarm {
                Alarm::Convictions
            } else {
                Alarm::Over
            };
            self.rulings.push(Ruling::Alarm(kind));
        }
    }

    fn bar_engine(&mut self, engine: &str) {
        self.blocked_engines.insert(engine.to_owned());
        let hit = self.people.iter().filter(|(_, p)| p.engine == engine);
        let hit: Vec<VolunteerId> = hit.map(|(volunteer, _)| *volunteer).collect();
        for volunteer in hit {
            let trust = self.trust_of(volunteer);
            debug_assert_eq!(trust, Trust::Barred(Bar::Engine));
            self.rulings.push(Ruling::Trust(volunteer, trust));
        }
    }
}
