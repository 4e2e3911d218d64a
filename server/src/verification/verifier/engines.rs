//! Whether an engine is to blame rather than a person: what others who run it answer to the very segment that came out wrong.
//! Knows no claim and no island.

use super::checks::Purpose;
use super::disputes::Convicted;
use super::people::SelfTest;
use super::{Draw, Verifier};
use crate::assignment_book::VolunteerId;
use crate::verification::policy::{Evidence, MOST_WITNESSES, Urgency};
use crate::verification::{Blocked, Question};
use bytebiota_core::Digest;
use bytebiota_core::assignment::Check;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Engines that are remembered as run by somebody proven, at most.
const MOST_ENGINES: usize = 256;

/// Somebody who was asked about another one's mistake, and made the same.
#[derive(Clone, Debug)]
pub(super) struct Twin {
    volunteer: VolunteerId,
    was_proven: bool,
    /// Up to where it differs.
    question: Question,
}

impl Convicted {
    fn is_same_deed(&self, other: &Self) -> bool {
        self.place.is_some()
            && (&self.engine, self.place, self.wrong) == (&other.engine, other.place, other.wrong)
    }
}

impl Verifier {
    /// An engine with which somebody was proven in an earlier life of the server.
    pub fn handle_sound_engine(&mut self, engine: String) {
        self.sound_engines.insert(engine);
        if self.sound_engines.len() > MOST_ENGINES {
            self.sound_engines.pop_first();
        }
    }

    /// Whoever is proven is so with what he computes with.
    pub(super) fn note_engine_of(&mut self, volunteer: VolunteerId) {
        let person = self.people.get(&volunteer);
        let engine = person.map(|person| person.engine.clone());
        if let Some(engine) = engine.filter(|_| self.is_trusted(volunteer)) {
            self.handle_sound_engine(engine);
        }
    }

    /// Whether somebody proven was seen with it.
    pub(super) fn is_sound(&self, engine: &str) -> bool {
        self.sound_engines.contains(engine)
    }

    /// The server computes with its own engine, and it computed right.
    fn may_be_to_blame(&self, engine: &str) -> bool {
        !engine.is_empty() && engine != self.own_engine
    }

    fn same_deed(&self, deed: &Convicted) -> impl Iterator<Item = &Convicted> {
        let all = self.convicted.iter();
        all.filter(move |c| c.number == deed.number || c.is_same_deed(deed))
    }

    /// Whether all that is known of a mistake speaks against the engine.
    pub(super) fn is_to_blame(&self, number: u64) -> bool {
        let Some(deed) = self.convicted.iter().find(|c| c.number == number) else {
            return false;
        };
        let mut wrong: BTreeMap<VolunteerId, bool> = BTreeMap::new();
        let mut has_proven_right = false;
        for one in self.same_deed(deed) {
            wrong.insert(one.volunteer, one.was_proven);
            wrong.extend(
                one.twins
                    .iter()
                    .map(|twin| (twin.volunteer, twin.was_proven)),
            );
            has_proven_right |= one.is_denied;
        }
        let evidence = Evidence {
            is_sound: self.is_sound(&deed.engine),
            wrong: wrong.len(),
            proven_wrong: wrong.values().filter(|was_proven| **was_proven).count(),
            has_proven_right,
        };
        self.may_be_to_blame(&deed.engine) && self.policy.is_engine_to_blame(&evidence)
    }

    /// An engine is blocked, and whomever it made say the same wrong thing is free again.
    pub(super) fn blame_engine(&mut self, number: u64) {
        let Some(deed) = self.convicted.iter().find(|c| c.number == number) else {
            return;
        };
        let deed = deed.clone();
        let mut acquitted = Vec::new();
        for one in &mut self.convicted {
            if one.number == number || one.is_same_deed(&deed) {
                (one.is_lifted, one.twins) = (true, Vec::new());
                acquitted.push((one.volunteer, one.before));
            }
        }
        // The newest first: how he stood before the first counts in the end.
        for (volunteer, before) in acquitted.into_iter().rev() {
            let after = self.policy.acquitted(before);
            self.set_standing(volunteer, after);
        }
        self.bar_engine(&deed.engine);
        self.docket.blocked = Some(Blocked {
            engine: deed.engine,
            wrong: deed.wrong,
        });
    }

    /// The reproducer of a conviction is on disk, or cannot be had: it is the convict's self-test, and others who run the
    /// same engine are asked the same.
    pub fn handle_reproducer(
        &mut self,
        now_ms: u64,
        random: u64,
        number: u64,
        check: Option<Arc<Check>>,
    ) {
        let mut draw = Draw::new(random);
        let found = self.convicted.iter().find(|c| c.number == number);
        let Some(convicted) = found.cloned() else {
            return;
        };
        let test = check.clone().map(|check| SelfTest {
            check,
            right: convicted.right.clone(),
        });
        self.keep_self_test(convicted.volunteer, test);
        let is_denied = self.same_deed(&convicted).any(|one| one.is_denied);
        if !convicted.is_lifted && !is_denied && self.may_be_to_blame(&convicted.engine) {
            for volunteer in self.draw_witnesses(&mut draw, &convicted) {
                let Some(check) = &check else { break };
                let purpose = Purpose::Probe {
                    volunteer,
                    first: number,
                };
                let question = Question::Whole(check.clone());
                let right = convicted.right.clone();
                let urgency = Urgency::Dispute;
                self.open_task(now_ms, &mut draw, question, right, purpose, urgency);
            }
            self.suspects.insert(number);
        }
        self.weigh_engines(now_ms, &mut draw);
        self.end_event(now_ms);
    }

    /// Others who are here with the engine: those who are proven, or if nobody ever was, anybody.
    fn draw_witnesses(&self, draw: &mut Draw, convicted: &Convicted) -> Vec<VolunteerId> {
        let is_sound = self.is_sound(&convicted.engine);
        let mut fellows = self.present();
        fellows.retain(|fellow| {
            let person = self.people.get(fellow);
            let runs_it = person.is_some_and(|p| p.is_checker && p.engine == convicted.engine);
            runs_it && *fellow != convicted.volunteer && (!is_sound || self.is_trusted(*fellow))
        });
        let most = if is_sound { MOST_WITNESSES } else { 1 };
        let number = most.min(fellows.len());
        (0..number)
            .map(|_| fellows.swap_remove(draw.below(fellows.len())))
            .collect()
    }

    /// Somebody asked computed right what another one with his engine got wrong.
    pub(super) fn vouched(&mut self, volunteer: VolunteerId, first: u64) {
        let is_proven = self.is_trusted(volunteer);
        let known = self.convicted.iter_mut().find(|c| c.number == first);
        if let Some(known) = known {
            known.is_denied |= is_proven;
        }
    }

    /// Somebody asked got it wrong, too: in the same way it may be the engine, in another it is a lie of his own.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call, and each is another thing"
    )]
    pub(super) fn probed(
        &mut self,
        now_ms: u64,
        draw: &mut Draw,
        volunteer: VolunteerId,
        first: u64,
        question: Question,
        right: Vec<Digest>,
        wrong: Digest,
    ) {
        let was_proven = self.is_trusted(volunteer);
        let known = self.convicted.iter_mut().find(|c| c.number == first);
        let Some(known) = known.filter(|c| c.wrong == wrong && c.right == right) else {
            return self.convict(now_ms, draw, volunteer, &question, &right, wrong);
        };
        // An engine that is refused already has nobody to convict.
        if !known.is_lifted {
            known.twins.push(Twin {
                volunteer,
                was_proven,
                question,
            });
            self.suspects.insert(first);
        }
    }

    /// Once all who were asked about a mistake have answered, or cannot, it is the engine's or their own.
    pub(super) fn weigh_engines(&mut self, now_ms: u64, draw: &mut Draw) {
        for number in std::mem::take(&mut self.suspects) {
            let found = self.convicted.iter().find(|c| c.number == number);
            let Some(deed) = found.filter(|c| !c.is_lifted).cloned() else {
                continue;
            };
            let group: Vec<u64> = self.same_deed(&deed).map(|c| c.number).collect();
            let mut tasks = self.tasks.values();
            let is_asked = tasks.any(|task| {
                matches!(task.purpose, Purpose::Probe { first, .. } if group.contains(&first))
            });
            if is_asked {
                self.suspects.insert(number);
            } else if self.is_to_blame(number) {
                self.blame_engine(number);
            } else {
                self.convict_twins(now_ms, draw, &deed);
            }
        }
    }

    fn convict_twins(&mut self, now_ms: u64, draw: &mut Draw, deed: &Convicted) {
        let known = self.convicted.iter_mut().find(|c| c.number == deed.number);
        let twins = known.map(|known| std::mem::take(&mut known.twins));
        for twin in twins.unwrap_or_default() {
            let (volunteer, question) = (twin.volunteer, &twin.question);
            self.convict(now_ms, draw, volunteer, question, &deed.right, deed.wrong);
        }
    }
}
