//! Who is here, how they stand, and how a suspension ends. Knows no check beyond a self-test.

use super::checks::{Place, Purpose};
use super::{Draw, Verifier};
use crate::assignment_book::{ConnectionId, SlotId, VolunteerId};
use crate::verification::policy::{Standing, Trust, Urgency};
use crate::verification::{Question, Ruling};
use bytebiota_core::Digest;
use bytebiota_core::assignment::Check;
use std::sync::Arc;

/// What somebody suspended must compute: the very segment that did not match, whose right answer the server knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SelfTest {
    /// The question.
    pub check: Arc<Check>,
    /// The answer.
    pub right: Vec<Digest>,
}

/// A worker that was welcomed.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Its connection.
    pub connection: ConnectionId,
    /// Slots it offers.
    pub slots: u32,
    /// Whose it is.
    pub volunteer: VolunteerId,
    /// What it computes with.
    pub engine: String,
    /// Whether it takes checks: the server's own stand-in does not.
    pub is_checker: bool,
    /// How the volunteer stands, as stored.
    pub standing: Standing,
    /// His self-test, if one is due.
    pub test: Option<SelfTest>,
}

/// What is known of a volunteer.
#[derive(Clone, Debug, Default)]
pub(super) struct Person {
    pub(super) standing: Standing,
    pub(super) engine: String,
    pub(super) is_checker: bool,
    /// His last challenge went unanswered though he was here.
    pub(super) is_silent: bool,
    test: Option<SelfTest>,
    /// What he got wrong is still on its way to the disk and back.
    is_test_pending: bool,
}

/// A connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    pub(super) volunteer: VolunteerId,
    slots: u32,
    /// The slot that gets the next check.
    turn: u32,
}

impl Verifier {
    /// A volunteer of whom something is stored, though he need not be here.
    pub fn handle_known(&mut self, volunteer: VolunteerId, standing: Standing, engine: &str) {
        let person = self.people.entry(volunteer).or_default();
        person.standing = standing;
        engine.clone_into(&mut person.engine);
    }

    /// An engine that was blocked in an earlier life of the server.
    pub fn handle_blocked_engine(&mut self, engine: String) {
        self.blocked_engines.insert(engine);
    }

    /// A worker was welcomed.
    pub fn handle_join(&mut self, now_ms: u64, arrival: Arrival) {
        let Arrival {
            connection,
            slots,
            volunteer,
            engine,
            is_checker,
            standing,
            test,
        } = arrival;
        let is_here = self.seats.values().any(|seat| seat.volunteer == volunteer);
        let person = self.people.entry(volunteer).or_default();
        // What is known here is newer than what was read for this visit.
        if !is_here {
            person.standing = standing;
        }
        person.standing.is_operator |= standing.is_operator;
        person.engine = engine;
        person.is_checker = is_checker;
        person.test = test.or_else(|| person.test.take());
        let turn = 0;
        let seat = Seat {
            volunteer,
            slots,
            turn,
        };
        self.seats.insert(connection, seat);
        let trust = self.trust_of(volunteer);
        self.note_engine_of(volunteer);
        self.rulings.push(Ruling::Trust(volunteer, trust));
        self.offer_self_tests(now_ms);
        self.end_event(now_ms);
    }

    /// A connection is gone.
    pub fn handle_gone(&mut self, now_ms: u64, random: u64, connection: ConnectionId) {
        let Some(seat) = self.seats.remove(&connection) else {
            return;
        };
        let is_there = |place: &Place| matches!(place, Place::With { seat, .. } if seat.connection == connection);
        self.take_back(is_there);
        let mut draw = Draw::new(random);
        for island in self.give_up_boundaries(connection) {
            self.advance(now_ms, &mut draw, island);
        }
        self.weigh_engines(now_ms, &mut draw);
        self.forget_if_gone(seat.volunteer);
        self.end_event(now_ms);
    }

    /// Nothing is kept of whoever has gone, has nothing open and was never wrong: all of it is on disk.
    pub(super) fn forget_if_gone(&mut self, volunteer: VolunteerId) {
        let is_here = self.seats.values().any(|seat| seat.volunteer == volunteer);
        let has_claim = self.claims.values().any(|claim| claim.maker == volunteer);
        let is_clean = self.standing(volunteer).is_none_or(|s| s.mismatches == 0);
        let is_unsaved = self.docket.standings.iter().any(|(v, _)| *v == volunteer);
        if !is_here && !has_claim && is_clean && !is_unsaved {
            self.people.remove(&volunteer);
        }
    }

    /// Whether he answers what he is asked while he is here; what he may do can change with it.
    pub(super) fn note_silence(&mut self, volunteer: VolunteerId, is_silent: bool) {
        let before = self.trust_of(volunteer);
        if let Some(person) = self.people.get_mut(&volunteer) {
            person.is_silent = is_silent;
        }
        let trust = self.trust_of(volunteer);
        if trust != before {
            self.rulings.push(Ruling::Trust(volunteer, trust));
        }
    }

    /// How somebody stands, as far as he is known here.
    pub fn standing(&self, volunteer: VolunteerId) -> Option<Standing> {
        self.people.get(&volunteer).map(|person| person.standing)
    }

    /// What somebody may do.
    pub fn trust(&self, volunteer: VolunteerId) -> Trust {
        self.trust_of(volunteer)
    }

    /// Whether an engine is blocked.
    pub fn is_blocked(&self, engine: &str) -> bool {
        self.blocked_engines.contains(engine)
    }

    /// Everybody who is here, once.
    pub(super) fn present(&self) -> Vec<VolunteerId> {
        let mut present: Vec<VolunteerId> = self.seats.values().map(|s| s.volunteer).collect();
        present.sort_unstable();
        present.dedup();
        present
    }

    /// A slot of a volunteer who is here.
    pub(super) fn seat_of(&mut self, volunteer: VolunteerId) -> Option<SlotId> {
        let mut own = self.seats.iter_mut();
        let (connection, seat) = own.find(|(_, seat)| seat.volunteer == volunteer)?;
        let slot = seat.turn;
        seat.turn = (seat.turn + 1) % seat.slots.max(1);
        Some(SlotId {
            connection: *connection,
            slot,
        })
    }

    pub(super) fn expect_self_test(&mut self, volunteer: VolunteerId) {
        if let Some(person) = self.people.get_mut(&volunteer) {
            person.is_test_pending = true;
        }
    }

    pub(super) fn keep_self_test(&mut self, volunteer: VolunteerId, test: Option<SelfTest>) {
        if let Some(person) = self.people.get_mut(&volunteer) {
            person.is_test_pending = false;
            person.test = test.or_else(|| person.test.take());
        }
    }

    /// Whoever has served a suspension and is here computes the segment that did not match once more.
    pub(super) fn offer_self_tests(&mut self, now_ms: u64) {
        let here = |v: &VolunteerId| self.seats.values().any(|seat| seat.volunteer == *v);
        let under_way = |v: &VolunteerId| {
            let mut tasks = self.tasks.values();
            tasks.any(|task| task.purpose == Purpose::SelfTest(*v))
        };
        let is_due = |(volunteer, person): &(&VolunteerId, &Person)| {
            let until_ms = person.standing.suspended_until_ms;
            let served = until_ms > 0 && now_ms >= until_ms && !person.standing.is_banned;
            let served = served && !person.is_test_pending;
            served && here(volunteer) && !under_way(volunteer)
        };
        let due = self.people.iter().filter(is_due);
        let due: Vec<_> = due.map(|(v, person)| (*v, person.test.clone())).collect();
        for (volunteer, test) in due {
            match test {
                // What he got wrong is not kept any more: the time served has to do.
                None => self.self_tested(volunteer, true),
                Some(SelfTest { check, right }) => {
                    let purpose = Purpose::SelfTest(volunteer);
                    let question = Question::Whole(check);
                    // A self-test is drawn by nobody.
                    let mut draw = Draw::new(0);
                    let urgency = Urgency::Dispute;
                    self.open_task(now_ms, &mut draw, question, right, purpose, urgency);
                }
            }
        }
    }

    pub(super) fn self_tested(&mut self, volunteer: VolunteerId, was_right: bool) {
        let Some(person) = self.people.get_mut(&volunteer) else {
            return;
        };
        person.test = None;
        let after = self.policy.tested(person.standing, was_right);
        self.set_standing(volunteer, after);
    }
}
