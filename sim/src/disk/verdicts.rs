//! Verdicts, as the Store files them: confirmed units become links and are credited, what is void is kept as such, a line
//! that turned out false is left at a good epoch for the next branch. Knows no rule of who is believed.

use super::rows::{CheckRow, Filing, Ledger, Link, Reason, Void};
use super::{Disk, Island, KEPT_STATES, Pending};
use crate::flaw::Flaw;
use bytebiota_core::{Branch, Digest, Epoch, IslandId, Sample, UnitKey, report};
use bytebiota_protocol::message::Outcome;
use bytebiota_server::store::Filed;
use bytebiota_server::verification::{Blocked, CheckDone, Docket, Judgement, RollBack};
use std::collections::BTreeSet;

/// Why lies do not count, in the words of the Store.
const MISMATCH: &str = "results did not match";

impl Disk {
    pub(super) fn file(&mut self, filing: &Filing) -> Filed {
        let docket = &filing.docket;
        let mut filed = Filed {
            fits: true,
            ..Filed::default()
        };
        let mut credited = BTreeSet::new();
        self.add_checks(docket, &mut credited);
        if let Some(judgement) = &docket.judgement {
            match judgement.outcome() {
                Outcome::Confirmed => self.confirm(judgement, &docket.checks, &mut filed),
                Outcome::Mismatch | Outcome::Superseded => {
                    filed.void = self.set_void(&judgement.first(), judgement.reason());
                }
            }
            credited.insert(judgement.maker().0);
        }
        if let (Some(roll_back), Some(back_to)) = (&docket.roll_back, &filing.back_to) {
            filed.void += self.set_void(&roll_back.unit, MISMATCH);
            self.take_credit_back(roll_back);
            if let Some(lost) = self.branch_off(roll_back, back_to) {
                (filed.went_back, filed.void) = (true, filed.void + lost);
                self.call_back(&roll_back.unit);
            }
            credited.insert(roll_back.maker.0);
        }
        for (conviction, question) in docket.convictions.iter().zip(&filing.questions) {
            let row = (conviction.clone(), question.clone(), false);
            self.convictions.push(row);
            filed.convictions.push(self.convictions.len() as i64);
        }
        for (volunteer, standing) in &docket.standings {
            let is_mixed_up = self.flaw == Flaw::BlameAnother && standing.mismatches > 0;
            let number = volunteer.0 + i64::from(is_mixed_up);
            if let Some(person) = self.people.get_mut(&number) {
                person.standing = *standing;
                person.standing.is_operator = false;
            }
        }
        if let Some(blocked) = &docket.blocked {
            self.block_engine(blocked);
        }
        let credit = |volunteer: i64| (volunteer, self.credit(volunteer));
        filed.credits = credited.into_iter().map(credit).collect();
        filed
    }

    fn confirm(&mut self, judgement: &Judgement, checks: &[CheckDone], filed: &mut Filed) {
        let (island, branch) = (judgement.island(), judgement.branch());
        let row = self.islands.get(&(island, branch));
        let Some(row) = row.filter(|row| row.superseded.is_none()).cloned() else {
            filed.fits = false;
            return;
        };
        let of = (island, branch, Epoch(0))..=(island, branch, Epoch(u64::MAX));
        let waiting = self.pending.range(of).map(|(_, unit)| unit);
        let judged = waiting.filter(|unit| unit.end_epoch <= judgement.end_epoch());
        let units: Vec<Pending> = judged.cloned().collect();
        let (Some(first), Some(last)) = (units.first(), units.last()) else {
            filed.fits = false;
            return;
        };
        let stands = (first.key.first_epoch, first.base) == (row.head_epoch, row.head_state);
        if !stands || last.end_epoch != judgement.end_epoch() {
            filed.fits = false;
            return;
        }
        let head = Island {
            head_epoch: last.end_epoch,
            head_state: last.end_state,
            link: row.link,
            units: row.units + units.len() as u64,
            sample: last.sample.clone(),
            updated_ms: last.time_ms,
            superseded: None,
        };
        let mut link = row.link;
        for unit in units {
            link = self.enter(unit, link, checks);
        }
        (filed.link, filed.units, filed.sample) = (link, head.units, head.sample.clone());
        self.islands
            .insert((island, branch), Island { link, ..head });
        self.thin_states(island, branch);
    }

    /// A unit becomes a link, its state is kept, its maker is credited, and what was checked of it may leave.
    fn enter(&mut self, unit: Pending, before: Digest, checks: &[CheckDone]) -> Digest {
        let place = (unit.key.island, unit.key.branch, unit.key.first_epoch);
        let digests: Vec<Digest> = unit.seals.iter().map(|seal| seal.digest).collect();
        let link = report::link(before, unit.header, &digests);
        self.pending.remove(&place);
        let mut state = (unit.end_state, unit.state.clone());
        if self.flaw == Flaw::SpoilStates && unit.end_state.0[0].is_multiple_of(16) {
            state.1.reverse();
        }
        self.states
            .insert((place.0, place.1, unit.end_epoch), state);
        let is_checked = |segment: u32| {
            let covers = |check: &CheckDone| (check.from..check.until).contains(&segment);
            let mut own = checks
                .iter()
                .filter(|check| check.unit == unit.key && check.confirms);
            own.any(covers)
        };
        self.send_off(&unit, is_checked);
        let rows = match self.flaw {
            Flaw::CreditTwice => 1 + u64::from(unit.end_state.0[0].is_multiple_of(16)),
            _ => 1,
        };
        for _ in 0..rows {
            self.add_credit(unit.volunteer, unit.key, unit.ticks as i64, Reason::Unit);
        }
        if let Some(person) = self.people.get_mut(&unit.volunteer) {
            person.units += 1;
        }
        let is_superseded = false;
        self.links.insert(
            place,
            Link {
                unit,
                link,
                is_superseded,
            },
        );
        link
    }

    fn thin_states(&mut self, island: IslandId, branch: Branch) {
        let of = (island, branch, Epoch(0))..=(island, branch, Epoch(u64::MAX));
        let kept: Vec<_> = self.states.range(of).map(|(place, _)| *place).collect();
        for place in kept.iter().rev().skip(KEPT_STATES) {
            self.states.remove(place);
        }
    }

    fn add_credit(&mut self, volunteer: i64, unit: UnitKey, ticks: i64, reason: Reason) {
        self.ledger.push(Ledger {
            volunteer,
            unit,
            ticks,
            reason,
        });
        if let Some(person) = self.people.get_mut(&volunteer) {
            person.credit += ticks;
        }
    }

    fn add_checks(&mut self, docket: &Docket, credited: &mut BTreeSet<i64>) {
        let epoch_ticks = self.world.config.evolution.epoch_ticks;
        for done in &docket.checks {
            let place = (done.unit.island, done.unit.branch, done.unit.first_epoch);
            let waiting = self.pending.get(&place);
            self.checks.push(CheckRow {
                done: *done,
                end_state: waiting.map(|unit| unit.end_state),
                maker: waiting.map(|unit| unit.volunteer),
            });
            if let Some(checker) = done.checker {
                let ticks = (done.epochs * epoch_ticks) as i64;
                self.add_credit(checker.0, done.unit, ticks, Reason::Check);
                credited.insert(checker.0);
            }
        }
    }

    /// What is provisional on an island, on this line or a later one, does not count; it is kept, without its states.
    fn set_void(&mut self, first: &UnitKey, reason: &'static str) -> u64 {
        let before = self.void.len();
        let of = |(island, branch, _): &(IslandId, Branch, Epoch), _: &mut Pending| {
            *island == first.island && *branch >= first.branch
        };
        for (_, unit) in self.pending.extract_if(.., of) {
            self.void.push(Void {
                key: unit.key,
                end_state: unit.end_state,
                volunteer: unit.volunteer,
                reason,
            });
        }
        (self.void.len() - before) as u64
    }

    fn take_credit_back(&mut self, roll_back: &RollBack) {
        let of = |reason: Reason| {
            let mut rows = self.ledger.iter();
            rows.find(|row| row.unit == roll_back.unit && row.reason == reason)
        };
        let (Some(row), None) = (of(Reason::Unit).copied(), of(Reason::TakenBack)) else {
            return;
        };
        self.add_credit(row.volunteer, row.unit, -row.ticks, Reason::TakenBack);
        if let Some(person) = self.people.get_mut(&row.volunteer) {
            person.units -= 1;
        }
    }

    fn branch_off(
        &mut self,
        roll_back: &RollBack,
        (state, sample): &(Vec<u8>, Sample),
    ) -> Option<u64> {
        let unit = &roll_back.unit;
        let (island, epoch) = (unit.island, unit.first_epoch);
        let standing = self.links.get(&(island, unit.branch, epoch));
        if standing.is_none_or(|link| link.is_superseded) {
            return None;
        }
        let (left, row) = self.current(island)?;
        let row = row.clone();
        let before = self.units().0;
        for ((_, branch, first), link) in self.links.range_mut(on(island)) {
            link.is_superseded |= *branch <= left && *first >= epoch;
        }
        if let Some(row) = self.islands.get_mut(&(island, left)) {
            row.superseded = Some(MISMATCH);
        }
        let standing = || {
            self.links
                .range(on(island))
                .filter(|(_, l)| !l.is_superseded)
        };
        let last = standing().find(|(_, link)| link.unit.end_epoch == epoch);
        let next = Island {
            head_epoch: epoch,
            head_state: roll_back.base,
            link: last.map_or(Digest::default(), |(_, link)| link.link),
            units: standing().count() as u64,
            sample: sample.clone(),
            updated_ms: row.updated_ms,
            superseded: None,
        };
        let last = self
            .islands
            .range((island, Branch(0))..=(island, Branch(u32::MAX)));
        let branch = Branch(last.last().map_or(0, |((_, branch), _)| branch.0 + 1));
        self.islands.insert((island, branch), next);
        let kept = (Digest::of(state), state.clone());
        self.states.insert((island, branch, epoch), kept);
        Some(before - self.units().0)
    }

    fn block_engine(&mut self, blocked: &Blocked) {
        self.blocked.insert(blocked.engine.clone());
        for (conviction, _, is_lifted) in &mut self.convictions {
            *is_lifted |= conviction.engine == blocked.engine && conviction.wrong == blocked.wrong;
        }
    }
}

/// The places of an island on all its lines.
fn on(island: IslandId) -> std::ops::RangeInclusive<(IslandId, Branch, Epoch)> {
    (island, Branch(0), Epoch(0))..=(island, Branch(u32::MAX), Epoch(u64::MAX))
}
