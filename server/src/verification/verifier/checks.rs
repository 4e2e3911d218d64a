//! What is being computed again, by whom, and what the answer means. Knows no claim beyond its island.

use super::disputes::Disagreement;
use super::{Draw, Verifier};
use crate::assignment_book::{SlotId, VolunteerId};
use crate::verification::policy::{Trust, Urgency};
use crate::verification::{Alarm, CheckDone, CommittedUnit, Order, Question, Ruling};
use bytebiota_core::{Digest, IslandId};
use bytebiota_protocol::message::{CheckId, Outcome};
use std::sync::Arc;

/// Why something is computed again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    /// To believe a claim.
    Claim {
        island: IslandId,
        maker: VolunteerId,
    },
    /// To know who is right; the server's own replay.
    Dispute(Box<Disagreement>),
    /// To find earlier lies of somebody found wrong.
    LookBack { maker: VolunteerId },
    /// To end a suspension.
    SelfTest(VolunteerId),
    /// To know whether an engine is wrong rather than a person.
    Probe { volunteer: VolunteerId, first: u64 },
}

impl Purpose {
    fn island(&self) -> Option<IslandId> {
        match self {
            Self::Claim { island, .. } => Some(*island),
            Self::Dispute(disagreement) => disagreement.purpose.island(),
            _ => None,
        }
    }
}

/// Where a check is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// It waits for the auditor, or is with him.
    Auditor,
    /// A volunteer computes it.
    With {
        checker: VolunteerId,
        seat: SlotId,
        until_ms: u64,
    },
}

/// A check under way.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) question: Question,
    /// What was committed; it never leaves this process.
    pub(super) expected: Vec<Digest>,
    pub(super) purpose: Purpose,
    pub(super) urgency: Urgency,
    pub(super) place: Place,
}

/// What the auditor brings back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Audited {
    /// The digests of each run; `None` if the question cannot be computed.
    pub runs: Option<Vec<Vec<Digest>>>,
    /// How long it took in all, ms.
    pub elapsed_ms: u64,
}

impl Verifier {
    /// Opens a check and draws who computes it.
    pub(super) fn open_task(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        question: Question,
        expected: Vec<Digest>,
        purpose: Purpose,
        urgency: Urgency,
    ) {
        let place = match &purpose {
            Purpose::Claim { maker, .. } => self.draw_checker(now_ms, draw, *maker),
            Purpose::SelfTest(volunteer) | Purpose::Probe { volunteer, .. } => {
                match self.seat_of(*volunteer) {
                    Some(seat) => self.at(now_ms, *volunteer, seat),
                    None => return,
                }
            }
            Purpose::Dispute(_) | Purpose::LookBack { .. } => Place::Auditor,
        };
        let id = CheckId(self.next_check);
        self.next_check = self.next_check.wrapping_add(1);
        if let Place::With { seat, .. } = place {
            let question = question.clone();
            self.rulings
                .push(Ruling::Check(seat, Order { id, question }));
        }
        let task = Task {
            question,
            expected,
            purpose,
            urgency,
            place,
        };
        self.tasks.insert(id, task);
    }

    fn at(&self, now_ms: u64, checker: VolunteerId, seat: SlotId) -> Place {
        let until_ms = now_ms.saturating_add(self.policy.check_ms);
        Place::With {
            checker,
            seat,
            until_ms,
        }
    }

    /// One among all who may, each person with the same chance however many slots he has; the auditor by his share.
    fn draw_checker(&mut self, now_ms: u64, draw: &mut Draw, maker: VolunteerId) -> Place {
        let trust = self.trust_of(maker);
        let busy = |volunteer: VolunteerId| {
            let with = |task: &Task| matches!(task.place, Place::With { checker, .. } if checker == volunteer);
            self.tasks.values().any(with)
        };
        let may = |volunteer: &VolunteerId| {
            let person = self.people.get(volunteer);
            *volunteer != maker
                && person.is_some_and(|person| {
                    let root = person.standing.is_operator;
                    person.is_checker && self.policy.may_check(self.trust_in(person), root, trust)
                })
                && !busy(*volunteer)
        };
        let mut candidates = self.present();
        candidates.retain(may);
        let is_auditors = draw.below(100) < self.policy.auditor_percent as usize;
        let is_free = self.auditor_queue_ms() < self.policy.auditor_queue_ms / 2;
        let drawn = candidates.get(draw.below(candidates.len())).copied();
        let Some(checker) = drawn.filter(|_| !(is_auditors && is_free)) else {
            return Place::Auditor;
        };
        let seat = self.seat_of(checker);
        seat.map_or(Place::Auditor, |seat| self.at(now_ms, checker, seat))
    }

    /// A volunteer's answer to a check; no digests if he cannot.
    pub fn handle_checked(
        &mut self,
        now_ms: u64,
        random: u64,
        volunteer: VolunteerId,
        id: CheckId,
        digests: &[Digest],
    ) {
        let his =
            |task: &Task| matches!(task.place, Place::With { checker, .. } if checker == volunteer);
        if self.tasks.get(&id).is_some_and(his) {
            let mut draw = Draw::new(random);
            self.answered(now_ms, &mut draw, id, Some(volunteer), digests);
            self.weigh_engines(now_ms, &mut draw);
        }
        self.end_event(now_ms);
    }

    /// The auditor's answer.
    pub fn handle_audited(&mut self, now_ms: u64, random: u64, id: CheckId, audited: &Audited) {
        if self.auditing == Some(id) {
            self.auditing = None;
        }
        let mut draw = Draw::new(random);
        if let Some(runs) = &audited.runs {
            self.measure(id, runs.len(), audited.elapsed_ms);
        }
        let is_his = |task: &Task| task.place == Place::Auditor;
        if self.tasks.get(&id).is_some_and(is_his) {
            let runs = audited.runs.as_deref().unwrap_or_default();
            match runs {
                [] => self.cannot_be_computed(id),
                [first, rest @ ..] if rest.iter().any(|run| run != first) => {
                    // The question stays open: the next run may tell, and the operator knows.
                    self.rulings.push(Ruling::Alarm(Alarm::Server));
                }
                [digests, ..] => self.answered(now_ms, &mut draw, id, None, digests),
            }
        }
        self.end_event(now_ms);
    }

    fn measure(&mut self, id: CheckId, runs: usize, elapsed_ms: u64) {
        let Some(task) = self.tasks.get(&id) else {
            return;
        };
        let ticks = u128::from(task.question.epochs()) * u128::from(self.epoch_ticks);
        let speed = ticks * runs as u128 * 1_000 / u128::from(elapsed_ms.max(1));
        let speed = u64::try_from(speed).unwrap_or(u64::MAX / 2);
        // The mean of old and new: one odd check does not throw it about.
        self.auditor_ticks_per_s = (self.auditor_ticks_per_s / 2 + speed / 2).max(1);
    }

    fn answered(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        id: CheckId,
        by: Option<VolunteerId>,
        digests: &[Digest],
    ) {
        let Some(mut task) = self.tasks.remove(&id) else {
            return;
        };
        if let Purpose::Dispute(disagreement) = task.purpose {
            return self.decide(now_ms, draw, task.question, *disagreement, digests);
        }
        if digests.len() != task.expected.len() {
            // He cannot, or will not. The auditor can, except for what only the volunteer himself can show.
            if !matches!(task.purpose, Purpose::SelfTest(_) | Purpose::Probe { .. }) {
                task.place = Place::Auditor;
                self.tasks.insert(id, task);
            }
            return;
        }
        let same = task
            .expected
            .iter()
            .zip(digests)
            .take_while(|(a, b)| a == b);
        let place = same.count();
        if place == digests.len() {
            return self.agreed(now_ms, draw, task, by);
        }
        self.disagreed(now_ms, draw, task, by, digests, place);
    }

    fn agreed(&mut self, now_ms: u64, draw: &mut Draw, task: Task, by: Option<VolunteerId>) {
        let (from, until) = task.question.segments();
        let done = CheckDone {
            checker: by,
            unit: task.question.unit(),
            from,
            until,
            epochs: task.question.epochs(),
            confirms: matches!(task.purpose, Purpose::Claim { .. }),
        };
        match task.purpose {
            Purpose::Claim { island, .. } => {
                if let Some(claim) = self.claims.get_mut(&island) {
                    claim.done.push(done);
                }
                self.advance(now_ms, draw, island);
            }
            Purpose::SelfTest(volunteer) => self.self_tested(volunteer, true),
            Purpose::Probe { volunteer, first } => {
                self.docket.checks.push(done);
                self.vouched(volunteer, first);
            }
            Purpose::LookBack { .. } | Purpose::Dispute(_) => {}
        }
    }

    /// Nobody's fault can be shown where nothing can be computed: the states on disk are damaged.
    fn cannot_be_computed(&mut self, id: CheckId) {
        let Some(task) = self.tasks.remove(&id) else {
            return;
        };
        if let Some(island) = task.purpose.island() {
            self.judge(island, Outcome::Superseded, "it cannot be recomputed");
        }
    }

    /// Confirmed units of a convict as they are on disk: each is recomputed in full when nothing else waits.
    pub fn handle_history(&mut self, now_ms: u64, random: u64, units: Vec<CommittedUnit>) {
        let mut draw = Draw::new(random);
        for unit in units {
            let maker = unit.maker;
            let question = Question::Segments {
                from: 0,
                until: unit.seals.len() as u32,
                boundary: None,
                unit: Arc::new(unit),
            };
            let expected = match &question {
                Question::Segments { unit, .. } => unit.seals.iter().map(|s| s.digest).collect(),
                Question::Whole(_) => Vec::new(),
            };
            let purpose = Purpose::LookBack { maker };
            let urgency = Urgency::LookBack;
            self.open_task(now_ms, &mut draw, question, expected, purpose, urgency);
        }
        self.end_event(now_ms);
    }

    pub(super) fn has_tasks_of(&self, island: IslandId) -> bool {
        let of = |task: &Task| task.purpose.island() == Some(island);
        self.tasks.values().any(of)
    }

    pub(super) fn drop_tasks_of(&mut self, island: IslandId) {
        self.tasks
            .retain(|_, task| task.purpose.island() != Some(island));
    }

    /// What a volunteer does not answer in time, or cannot because he has gone, is the auditor's.
    pub(super) fn expire_checks(&mut self, now_ms: u64) {
        self.take_back(
            |place| matches!(place, Place::With { until_ms, .. } if *until_ms <= now_ms),
        );
    }

    pub(super) fn take_back(&mut self, is_lost: impl Fn(&Place) -> bool) {
        self.tasks.retain(|_, task| {
            if !is_lost(&task.place) {
                return true;
            }
            task.place = Place::Auditor;
            !matches!(task.purpose, Purpose::SelfTest(_) | Purpose::Probe { .. })
        });
    }

    /// One thing at a time for the auditor, the most urgent first.
    pub(super) fn feed_auditor(&mut self) {
        if self.auditing.is_some() {
            return;
        }
        let waiting = self.tasks.iter().filter(|(_, t)| t.place == Place::Auditor);
        let next = waiting.min_by_key(|(id, task)| (task.urgency, **id));
        if let Some((&id, task)) = next {
            let times = match task.purpose {
                Purpose::Dispute(_) => 2,
                _ => 1,
            };
            self.auditing = Some(id);
            let question = task.question.clone();
            self.rulings
                .push(Ruling::Audit(Order { id, question }, times));
        }
    }

    /// How long the auditor needs for what waits, looking back left out.
    pub fn auditor_queue_ms(&self) -> u64 {
        let waits =
            |task: &&Task| task.place == Place::Auditor && task.urgency != Urgency::LookBack;
        let epochs = self
            .tasks
            .values()
            .filter(waits)
            .map(|t| t.question.epochs());
        let ticks = u128::from(epochs.fold(0, u64::saturating_add)) * u128::from(self.epoch_ticks);
        let ms = ticks * 1_000 / u128::from(self.auditor_ticks_per_s.max(1));
        u64::try_from(ms).unwrap_or(u64::MAX)
    }

    /// Checks under way, for the operator.
    pub fn checks_under_way(&self) -> usize {
        self.tasks.len()
    }

    /// Whether a maker is still somebody to whom checks could be given.
    pub(super) fn is_trusted(&self, volunteer: VolunteerId) -> bool {
        self.trust_of(volunteer) == Trust::Proven
    }
}
