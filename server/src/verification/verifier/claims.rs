//! What is provisional: one maker's units on one island, the segments drawn from them, and when they are believed.
//! Knows nothing of who checks.

use super::checks::Purpose;
use super::drawn::{Boundary, Drawn, StateAt};
use super::{Draw, Verifier};
use crate::assignment_book::{ConnectionId, VolunteerId};
use crate::verification::policy::Mode;
use crate::verification::{CheckDone, CommittedUnit, Judgement, Ruling};
use bytebiota_core::{IslandId, UnitKey};
use bytebiota_protocol::message::Outcome;
use std::sync::Arc;

/// How far a claim has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stage {
    /// Its maker may add units.
    Open,
    /// He adds nothing more, since then; checks decide.
    Closed { since_ms: u64 },
    /// Decided, but not on disk yet.
    Judged { was_closed: bool },
}

/// A maker's provisional units on an island, in order.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) maker: VolunteerId,
    pub(super) units: Vec<Drawn>,
    /// The report before the last that was drawn; each has the same chance.
    pub(super) earlier: Option<usize>,
    pub(super) stage: Stage,
    /// Checks that agreed.
    pub(super) done: Vec<CheckDone>,
    /// Arrived after it was judged and before that was on disk.
    pub(super) later: Vec<CommittedUnit>,
}

impl Claim {
    fn new(maker: VolunteerId, stage: Stage) -> Self {
        Self {
            maker,
            units: Vec::new(),
            earlier: None,
            stage,
            done: Vec::new(),
            later: Vec::new(),
        }
    }

    /// The reports whose drawn segment decides: the last and one earlier.
    fn sampled(&self) -> impl Iterator<Item = usize> {
        let last = self.units.len().checked_sub(1);
        last.into_iter().chain(self.earlier)
    }

    fn judgement(&self, outcome: Outcome, reason: &'static str) -> Option<Judgement> {
        let (first, last) = (self.units.first()?, self.units.last()?);
        Some(Judgement {
            island: first.unit.key.island,
            branch: first.unit.key.branch,
            maker: self.maker,
            first: first.unit.key,
            end_epoch: last.unit.end_epoch,
            end_state: last.unit.seals.last().map_or(last.unit.base, |s| s.state),
            units: self.units.len() as u32,
            outcome,
            reason,
        })
    }
}

impl Verifier {
    pub(super) fn commit(&mut self, now_ms: u64, draw: &mut Draw, unit: CommittedUnit) {
        let island = unit.key.island;
        let maker = unit.maker;
        let claim = self.claims.entry(island);
        let claim = claim.or_insert_with(|| Claim::new(maker, Stage::Open));
        if matches!(claim.stage, Stage::Judged { .. }) {
            claim.later.push(unit);
            return;
        }
        let was_wrong = self
            .people
            .get(&maker)
            .is_some_and(|person| person.standing.suspended_until_ms > 0);
        let million = draw.below(1_000_000) as u32;
        let is_full = self.policy.is_full(unit.is_first, was_wrong, million);
        let segment = draw.below(unit.seals.len()) as u32;
        let boundary = match unit.seat {
            _ if is_full || segment == 0 => Boundary::Base,
            None => Boundary::Gone,
            Some(seat) => {
                let unit = unit.key;
                self.rulings.push(Ruling::Challenge {
                    seat,
                    unit,
                    segment,
                });
                Boundary::Asked
            }
        };
        self.add(draw, island, unit, segment, is_full, boundary);
        if self.policy.mode == Mode::Accept {
            self.judge(island, Outcome::Confirmed, "accepted unchecked");
        } else if is_full {
            let place = self.claims.get(&island).map_or(0, |c| c.units.len() - 1);
            self.give_out(now_ms, draw, island, place, true);
        }
        self.advance(now_ms, draw, island);
    }

    fn add(
        &mut self,
        draw: &mut Draw,
        island: IslandId,
        unit: CommittedUnit,
        segment: u32,
        is_full: bool,
        boundary: Boundary,
    ) {
        let Some(claim) = self.claims.get_mut(&island) else {
            return;
        };
        // The report that was the last so far is one of `earlier` ones now; it is the drawn one with equal chance.
        if let Some(last) = claim.units.len().checked_sub(1) {
            let dropped = match draw.below(claim.units.len()) {
                0 => claim.earlier.replace(last),
                _ => Some(last),
            };
            if let Some(dropped) = dropped.and_then(|place| claim.units.get_mut(place)) {
                dropped.boundary = Boundary::Gone;
            }
        }
        claim.units.push(Drawn {
            unit: Arc::new(unit),
            segment,
            is_full,
            boundary,
            is_tasked: false,
        });
    }

    /// A state arrived that a maker was asked for.
    pub fn handle_state(&mut self, now_ms: u64, random: u64, answer: StateAt) {
        let StateAt {
            maker,
            key,
            segment,
            digest,
            state,
        } = answer;
        let mut draw = Draw::new(random);
        let Some(claim) = self.claims.get_mut(&key.island) else {
            return;
        };
        let asked = |d: &&mut Drawn| d.unit.key == key && d.boundary == Boundary::Asked;
        let Some(drawn) = claim.units.iter_mut().find(asked) else {
            return;
        };
        let before = segment.checked_sub(1);
        let seal = before.and_then(|place| drawn.unit.seals.get(place as usize));
        // Another state than the one committed to is as good as none.
        if claim.maker == maker && drawn.segment == segment {
            let is_the_one = seal.is_some_and(|seal| seal.state == digest);
            drawn.boundary = match is_the_one {
                true => Boundary::Here(state),
                false => Boundary::Gone,
            };
            self.note_silence(maker, !is_the_one);
        }
        self.advance(now_ms, &mut draw, key.island);
        self.end_event(now_ms);
    }

    /// Whether a maker was asked for this state and has not answered.
    pub fn is_asked(&self, maker: VolunteerId, key: &UnitKey, segment: u32) -> bool {
        let claim = self.claims.get(&key.island).filter(|c| c.maker == maker);
        let mut units = claim.into_iter().flat_map(|claim| &claim.units);
        units.any(|drawn| {
            drawn.unit.key == *key && drawn.segment == segment && drawn.boundary == Boundary::Asked
        })
    }

    /// The shell reads an island from disk again: what was known of its claim is void.
    pub fn forget_claim(&mut self, island: IslandId) {
        self.drop_tasks_of(island);
        self.claims.remove(&island);
    }

    pub(super) fn close(&mut self, now_ms: u64, draw: &mut Draw, island: IslandId) {
        if let Some(claim) = self.claims.get_mut(&island) {
            match &mut claim.stage {
                stage @ Stage::Open => *stage = Stage::Closed { since_ms: now_ms },
                Stage::Judged { was_closed } => *was_closed = true,
                Stage::Closed { .. } => {}
            }
        }
        self.advance(now_ms, draw, island);
    }

    /// Gives out what is due of a closed claim; believes it when nothing is left.
    pub(super) fn advance(&mut self, now_ms: u64, draw: &mut Draw, island: IslandId) {
        let Some(claim) = self.claims.get(&island) else {
            return;
        };
        let Stage::Closed { since_ms } = claim.stage else {
            return;
        };
        let over = now_ms >= since_ms.saturating_add(self.policy.challenge_ms);
        let open = |place: &usize| claim.units.get(*place).is_some_and(|d| !d.is_tasked);
        let fulls = (0..claim.units.len()).filter(|place| claim.units[*place].is_full);
        let due: Vec<usize> = claim.sampled().chain(fulls).filter(open).collect();
        for place in due {
            self.give_out(now_ms, draw, island, place, over);
        }
        let Some(claim) = self.claims.get(&island) else {
            return;
        };
        let all_given = claim.sampled().all(|place| claim.units[place].is_tasked);
        if all_given && !self.has_tasks_of(island) {
            self.judge(island, Outcome::Confirmed, "checked");
        }
    }

    /// Makes the check of one report, once.
    pub(super) fn give_out(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        island: IslandId,
        place: usize,
        is_patience_over: bool,
    ) {
        let Some(claim) = self.claims.get_mut(&island) else {
            return;
        };
        let maker = claim.maker;
        let Some(drawn) = claim.units.get_mut(place).filter(|d| !d.is_tasked) else {
            return;
        };
        let Some(question) = drawn.question(is_patience_over) else {
            return;
        };
        drawn.is_tasked = true;
        let is_unanswered = is_patience_over && !drawn.is_full && drawn.boundary == Boundary::Asked;
        let unit = drawn.unit.clone();
        let (from, until) = question.segments();
        let seals = unit.seals.iter().take(until as usize).skip(from as usize);
        let expected = seals.map(|seal| seal.digest).collect();
        // A connection that is gone has given up its challenges: whoever is asked now is here.
        if is_unanswered {
            self.note_silence(maker, true);
        }
        let urgency = self.policy.urgency(self.trust_of(maker), unit.is_first);
        let purpose = Purpose::Claim { island, maker };
        self.open_task(now_ms, draw, question, expected, purpose, urgency);
    }

    /// Decides a claim. What checked it is credited either way.
    pub(super) fn judge(&mut self, island: IslandId, outcome: Outcome, reason: &'static str) {
        self.drop_tasks_of(island);
        let Some(claim) = self.claims.get_mut(&island) else {
            return;
        };
        if matches!(claim.stage, Stage::Judged { .. }) {
            return;
        }
        let was_closed = matches!(claim.stage, Stage::Closed { .. });
        claim.stage = Stage::Judged { was_closed };
        let judgement = claim.judgement(outcome, reason);
        let (maker, mut done) = (claim.maker, std::mem::take(&mut claim.done));
        match outcome {
            Outcome::Confirmed => self.add_proofs(maker, &done),
            Outcome::Mismatch | Outcome::Superseded => {
                done.iter_mut().for_each(|check| check.confirms = false);
            }
        }
        // One docket holds one judgement: together with its own checks it is on disk, or not at all.
        if self.docket.judgement.is_some() {
            self.flush();
        }
        self.docket.judgement = judgement;
        self.docket.checks.extend(done);
    }

    /// Reports that a root recomputed are proofs.
    fn add_proofs(&mut self, maker: VolunteerId, done: &[CheckDone]) {
        let is_root = |check: &&CheckDone| match check.checker {
            None => true,
            Some(checker) => self
                .people
                .get(&checker)
                .is_some_and(|person| person.standing.is_operator),
        };
        let mut units: Vec<UnitKey> = done.iter().filter(is_root).map(|c| c.unit).collect();
        units.sort_unstable();
        units.dedup();
        let Some(person) = self.people.get(&maker) else {
            return;
        };
        let mut standing = person.standing;
        standing.proofs = standing.proofs.saturating_add(units.len() as u32);
        if standing.suspended_until_ms == 0 && !standing.is_banned {
            self.set_standing(maker, standing);
        }
    }

    /// A judgement is on disk. What came after it is a claim of its own, unless it built on what is void.
    pub(super) fn settle_claim(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        island: IslandId,
        goes_on: bool,
    ) {
        let judged = |claim: &Claim| matches!(claim.stage, Stage::Judged { .. });
        if !self.claims.get(&island).is_some_and(judged) {
            return;
        }
        let Some(claim) = self.claims.remove(&island) else {
            return;
        };
        if !goes_on || claim.later.is_empty() {
            return self.forget_if_gone(claim.maker);
        }
        for unit in claim.later {
            self.commit(now_ms, draw, unit);
        }
        if claim.stage == (Stage::Judged { was_closed: true }) {
            self.close(now_ms, draw, island);
        }
    }

    /// A maker's connection is gone: he cannot be asked for states any more.
    pub(super) fn give_up_boundaries(&mut self, connection: ConnectionId) -> Vec<IslandId> {
        let mut concerned = Vec::new();
        for (island, claim) in &mut self.claims {
            let asked = claim.units.iter_mut().filter(|drawn| {
                let seat = drawn.unit.seat;
                drawn.boundary == Boundary::Asked
                    && seat.is_some_and(|s| s.connection == connection)
            });
            let count = asked.map(|drawn| drawn.boundary = Boundary::Gone).count();
            if count > 0 {
                concerned.push(*island);
            }
        }
        concerned
    }

    /// Everything a convict has open is recomputed in full, and what he agreed to by somebody else.
    pub(super) fn distrust(&mut self, now_ms: u64, draw: &mut Draw, maker: VolunteerId) {
        self.discount_checks_of(now_ms, draw, maker);
        let own = self.claims.iter().filter(|(_, c)| c.maker == maker);
        let islands: Vec<IslandId> = own.map(|(island, _)| *island).collect();
        for island in islands {
            let Some(claim) = self.claims.get_mut(&island) else {
                continue;
            };
            if matches!(claim.stage, Stage::Judged { .. }) {
                continue;
            }
            let mut due = Vec::new();
            for (place, drawn) in claim.units.iter_mut().enumerate() {
                if !drawn.is_full {
                    (drawn.is_full, drawn.is_tasked) = (true, false);
                    due.push(place);
                }
            }
            for place in due {
                self.give_out(now_ms, draw, island, place, true);
            }
        }
    }

    /// What a convict has agreed to is asked of somebody else.
    fn discount_checks_of(&mut self, now_ms: u64, draw: &mut Draw, checker: VolunteerId) {
        let mut due = Vec::new();
        for (island, claim) in &mut self.claims {
            let his = |done: &CheckDone| done.checker == Some(checker);
            for done in claim.done.extract_if(.., |done| his(done)) {
                let same = |drawn: &Drawn| drawn.unit.key == done.unit;
                if let Some(place) = claim.units.iter().position(same) {
                    claim.units[place].is_tasked = false;
                    due.push((*island, place));
                }
            }
        }
        for (island, place) in due {
            self.give_out(now_ms, draw, island, place, true);
        }
    }
}
