//! What follows from a disagreement: the server's own replay, and a conviction.
//! Knows no claim beyond its island.

use super::checks::{Purpose, Task};
use super::engines::Twin;
use super::{Draw, Verifier};
use crate::assignment_book::VolunteerId;
use crate::verification::policy::{Standing, Urgency};
use crate::verification::{Alarm, Conviction, Question, RollBack, Ruling};
use bytebiota_core::assignment::Check;
use bytebiota_core::{Digest, UnitKey};
use bytebiota_protocol::message::Outcome;
use std::sync::Arc;

/// How long a conviction is remembered here, ms: for the alarm and the engine rule.
const REMEMBERED_MS: u64 = 24 * 3_600_000;

/// Two answers to one question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Disagreement {
    /// What it was for.
    pub(super) purpose: Purpose,
    /// What was committed, up to the first difference.
    pub(super) committed: Vec<Digest>,
    /// Who answered otherwise; `None` for the auditor.
    pub(super) checker: Option<VolunteerId>,
    /// What he answered, as long.
    pub(super) answered: Vec<Digest>,
    /// The whole question, in case it has to be asked again.
    pub(super) question: Question,
    pub(super) expected: Vec<Digest>,
    pub(super) urgency: Urgency,
}

/// A conviction as it is remembered.
#[derive(Clone, Debug)]
pub(super) struct Convicted {
    pub(super) number: u64,
    pub(super) volunteer: VolunteerId,
    pub(super) engine: String,
    pub(super) time_ms: u64,
    pub(super) was_proven: bool,
    pub(super) is_lifted: bool,
    /// The very segment: unit, how long it was when it was begun, and which.
    pub(super) place: Option<(UnitKey, u32, u32)>,
    pub(super) wrong: Digest,
    pub(super) right: Vec<Digest>,
    pub(super) before: Standing,
    /// Somebody proven computed it right with the same engine.
    pub(super) is_denied: bool,
    /// Who gave the same wrong answer when he was asked, and is neither acquitted nor convicted yet.
    pub(super) twins: Vec<Twin>,
}

/// The segment that a question ends with.
fn place_of(question: &Question) -> (UnitKey, u32, u32) {
    let epochs = match question {
        Question::Segments { unit, .. } => unit.begun_epochs(),
        Question::Whole(check) => check.unit_epochs,
    };
    (question.unit(), epochs, question.segments().1)
}

/// The same question, but only up to the first difference.
fn cut_at(question: &Question, until: u32) -> Question {
    match question.clone() {
        Question::Segments {
            unit,
            from,
            boundary,
            ..
        } => Question::Segments {
            unit,
            from,
            until,
            boundary,
        },
        Question::Whole(check) => Question::Whole(Arc::new(Check {
            until_segment: until,
            ..(*check).clone()
        })),
    }
}

impl Verifier {
    /// Somebody answered otherwise than committed; `place` is where the first difference is.
    pub(super) fn disagreed(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        task: Task,
        checker: Option<VolunteerId>,
        digests: &[Digest],
        place: usize,
    ) {
        match task.purpose {
            // The right answer is known already.
            Purpose::SelfTest(volunteer) => return self.self_tested(volunteer, false),
            Purpose::Probe { volunteer, first } => {
                let wrong = digests[place];
                let question = cut_at(
                    &task.question,
                    task.question.segments().0 + place as u32 + 1,
                );
                let right = task.expected[..=place].to_vec();
                return self.probed(now_ms, draw, volunteer, first, question, right, wrong);
            }
            _ => {}
        }
        let (from, _) = task.question.segments();
        let question = cut_at(&task.question, from + place as u32 + 1);
        let disagreement = Disagreement {
            committed: task.expected[..=place].to_vec(),
            checker,
            answered: digests[..=place].to_vec(),
            purpose: task.purpose,
            question: task.question,
            expected: task.expected,
            urgency: task.urgency,
        };
        let purpose = Purpose::Dispute(Box::new(disagreement));
        self.open_task(
            now_ms,
            draw,
            question,
            Vec::new(),
            purpose,
            Urgency::Dispute,
        );
    }

    /// The server has replayed what two disagree about, and knows.
    pub(super) fn decide(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        question: Question,
        dispute: Disagreement,
        truth: &[Digest],
    ) {
        let maker_is_right = dispute.committed == truth;
        let checker_is_right = dispute.answered == truth;
        match (dispute.checker, checker_is_right) {
            (Some(checker), false) => {
                let wrong = first_difference(&dispute.answered, truth);
                self.convict(now_ms, draw, checker, &question, truth, wrong);
            }
            // The auditor contradicts himself: the server's memory is faulty, or was when he first looked.
            (None, false) => self.rulings.push(Ruling::Alarm(Alarm::Server)),
            (_, true) => {}
        }
        if maker_is_right {
            let Disagreement {
                purpose,
                question,
                expected,
                urgency,
                ..
            } = dispute;
            return self.open_task(now_ms, draw, question, expected, purpose, urgency);
        }
        let wrong = first_difference(&dispute.committed, truth);
        match dispute.purpose {
            Purpose::Claim { island, maker } => {
                self.judge(island, Outcome::Mismatch, "results did not match");
                self.convict(now_ms, draw, maker, &question, truth, wrong);
            }
            Purpose::LookBack { maker } => {
                if let Question::Segments { unit, .. } = &question {
                    let roll_back = RollBack {
                        unit: unit.key,
                        maker,
                        base: unit.base,
                    };
                    self.roll_back(roll_back);
                }
                self.convict(now_ms, draw, maker, &question, truth, wrong);
            }
            Purpose::Dispute(_) | Purpose::SelfTest(_) | Purpose::Probe { .. } => {}
        }
    }

    /// When a proven volunteer was convicted in an earlier life of the server: the alarm counts it.
    pub fn handle_past_conviction(&mut self, time_ms: u64) {
        self.convicted.push(Convicted {
            number: 0,
            volunteer: VolunteerId::default(),
            engine: String::new(),
            time_ms,
            was_proven: true,
            is_lifted: false,
            place: None,
            wrong: Digest::default(),
            right: Vec::new(),
            before: Standing::default(),
            is_denied: false,
            twins: Vec::new(),
        });
    }

    fn roll_back(&mut self, roll_back: RollBack) {
        let island = roll_back.unit.island;
        let later = |task: &Task| {
            let unit = task.question.unit();
            matches!(task.purpose, Purpose::LookBack { .. })
                && unit.island == island
                && unit.first_epoch >= roll_back.unit.first_epoch
        };
        self.tasks.retain(|_, task| !later(task));
        self.drop_tasks_of(island);
        self.claims.remove(&island);
        if self.docket.roll_back.is_some() {
            self.flush();
        }
        self.docket.roll_back = Some(roll_back);
    }

    /// Writes down who was wrong, and what it costs; or that it was the engine.
    pub(super) fn convict(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        volunteer: VolunteerId,
        question: &Question,
        right: &[Digest],
        wrong: Digest,
    ) {
        self.convicted
            .retain(|c| c.time_ms >= now_ms.saturating_sub(REMEMBERED_MS));
        let person = self.people.entry(volunteer).or_default();
        let (engine, before) = (person.engine.clone(), person.standing);
        let was_proven = self.is_trusted(volunteer);
        let number = self.next_conviction;
        self.next_conviction += 1;
        self.docket.convictions.push(Conviction {
            number,
            volunteer,
            engine: engine.clone(),
            time_ms: now_ms,
            was_proven,
            question: question.clone(),
            right: right.to_vec(),
            wrong,
        });
        self.convicted.push(Convicted {
            number,
            volunteer,
            engine: engine.clone(),
            time_ms: now_ms,
            was_proven,
            is_lifted: false,
            place: Some(place_of(question)),
            wrong,
            right: right.to_vec(),
            before,
            is_denied: false,
            twins: Vec::new(),
        });
        self.expect_self_test(volunteer);
        self.watch_alarm(now_ms);
        // What a refused engine got wrong before is its fault, too.
        let is_spared = self.alarm || self.is_blocked(&engine);
        let penalty = self.policy.penalty(&before, is_spared);
        let after = self.policy.convicted(before, penalty, now_ms);
        self.set_standing(volunteer, after);
        // Where somebody proven runs the engine, what others answer comes first.
        match !self.is_sound(&engine) && self.is_to_blame(number) {
            true => self.blame_engine(number),
            false => self.distrust(now_ms, draw, volunteer),
        }
    }
}

/// What was said where it first differs from the truth.
fn first_difference(said: &[Digest], truth: &[Digest]) -> Digest {
    let differs = said.iter().zip(truth).find(|(a, b)| a != b);
    differs.map_or(Digest::default(), |(said, _)| *said)
}
