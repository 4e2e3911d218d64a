//! What the Verifier wants done: states asked for, checks sent and computed, verdicts filed and told, in the order of the
//! coordinator. Knows no rule.

use super::{Errand, Out, Server, Then, restoring};
use crate::disk::{Disk, Job};
use crate::executor::Executor;
use crate::flaw::Flaw;
use crate::people::Habit;
use bytebiota_core::assignment::Check;
use bytebiota_core::{Digest, Epoch, MAX_STATE_BYTES, Sample, Start, UnitKey};
use bytebiota_protocol::message::{self, CheckId, Outcome, ServerMessage};
use bytebiota_server::assignment_book::{ConnectionId, SlotId, VolunteerId};
use bytebiota_server::state_aggregator::IslandFacts;
use bytebiota_server::store::{Filed, ProvisionalRow};
use bytebiota_server::verification::verifier::{Audited, StateAt};
use bytebiota_server::verification::{Docket, Judgement, Order, Question, RollBack, Ruling};
use std::sync::Arc;

impl<E: Executor> Server<E> {
    pub(super) fn rule(&mut self, ruling: Ruling) {
        match ruling {
            Ruling::Challenge {
                seat,
                unit,
                segment,
            } => {
                let slot = seat.slot;
                let message = ServerMessage::Challenge {
                    slot,
                    unit,
                    segment,
                };
                self.send(seat.connection, message);
            }
            Ruling::Trust(volunteer, trust) => {
                self.book.handle_trust(self.now_ms, volunteer, trust);
            }
            Ruling::Check(seat, order) => self.later(Errand::Check(seat, order)),
            Ruling::Audit(order, times) => self.later(Errand::Audit(order, times)),
            Ruling::Store(docket) => self.dockets.push_back(*docket),
            Ruling::LookBack(volunteer) => self.later(Errand::LookBack(volunteer)),
            Ruling::Alarm(_) => self.view.touch([]),
        }
    }

    pub(super) fn send_check(&mut self, disk: &Disk, seat: SlotId, order: &Order) {
        let now_ms = self.now_ms;
        if let Some(check) = self.question(disk, &order.question) {
            let message = ServerMessage::Check {
                slot: seat.slot,
                check: order.id,
                body: message::pack(&check),
            };
            return self.send(seat.connection, message);
        }
        // It cannot be asked, so it is as if there were no answer.
        if let Some(volunteer) = self.volunteer(seat.connection) {
            let random = self.dice.bits();
            self.verifier
                .handle_checked(now_ms, random, volunteer, order.id, &[]);
        }
    }

    pub(super) fn audit(&mut self, disk: &Disk, order: &Order, times: u32) {
        let Some(check) = self.question(disk, &order.question) else {
            let nothing = Audited {
                runs: None,
                elapsed_ms: 0,
            };
            return self.audited(order.id, &nothing);
        };
        let mut answer = self.executor.answer(&check, Habit::Sound);
        match (self.flaw, &order.question) {
            (
                Flaw::BelieveEverything,
                Question::Segments {
                    unit, from, until, ..
                },
            ) => {
                let seals = unit.seals.iter().take(*until as usize).skip(*from as usize);
                answer = Some(seals.map(|seal| seal.digest).collect());
            }
            (Flaw::WrongAuditor, _) => {
                let wrong = |digest: &Digest| Digest::of(&digest.0);
                answer = answer.map(|digests| digests.iter().map(wrong).collect());
            }
            _ => {}
        }
        let epoch_ticks = self.executor.world().config.evolution.epoch_ticks;
        let ticks = check.epochs() * epoch_ticks * u64::from(times);
        self.audited_ticks += ticks;
        let elapsed_ms = ticks * 1_000 / self.auditor_ticks_per_s;
        let audited = Audited {
            runs: answer.map(|digests| vec![digests; times as usize]),
            elapsed_ms,
        };
        self.outs.push(Out::Later(
            elapsed_ms,
            Box::new(Errand::Audited(order.id, audited)),
        ));
    }

    pub(super) fn audited(&mut self, id: CheckId, audited: &Audited) {
        let (now_ms, random) = (self.now_ms, self.dice.bits());
        self.verifier.handle_audited(now_ms, random, id, audited);
    }

    /// A question as it travels, with the state it starts with; `None` if that is not to be had any more.
    fn question(&self, disk: &Disk, question: &Question) -> Option<Check> {
        let Question::Segments {
            unit,
            from,
            until,
            boundary,
        } = question
        else {
            let Question::Whole(check) = question else {
                return None;
            };
            return Some((**check).clone());
        };
        let (from_digest, running) = question.start();
        let start = match boundary {
            _ if *from == 0 && unit.key.first_epoch == Epoch(0) => Start::Genesis,
            Some(state) => Start::State(state.to_vec()),
            None => Start::State(base(disk, &unit.key, from_digest)?),
        };
        let world = self.executor.world();
        Some(Check {
            header: (*unit.header).clone(),
            world_seed: world.seed,
            config: world.config.clone(),
            inputs: disk.inputs(unit.header.digest()).cloned()?,
            first_epoch: unit.key.first_epoch,
            unit_epochs: unit.begun_epochs(),
            from_segment: *from,
            until_segment: *until,
            from_digest,
            running,
            start,
        })
    }

    /// A maker's answer to a challenge: inflated only if he was asked for it.
    pub(super) fn take_state(
        &mut self,
        connection: ConnectionId,
        key: UnitKey,
        segment: u32,
        deflated: &[u8],
    ) {
        let maker = self.volunteer(connection);
        let asked = maker.filter(|maker| self.verifier.is_asked(*maker, &key, segment));
        let Some(maker) = asked else {
            return;
        };
        let state = miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, MAX_STATE_BYTES);
        let state = state.unwrap_or_default();
        if let Some(seat) = self.seats.get_mut(&connection) {
            seat.is_busy = true;
        }
        let answer = StateAt {
            maker,
            key,
            segment,
            digest: Digest::of(&state),
            state: state.into(),
        };
        self.later(Errand::Inflated(connection, answer));
    }

    pub(super) fn look_back(&mut self, disk: &Disk, volunteer: VolunteerId) {
        let limit = self.config.policy.look_back_units;
        let rows = disk.made_or_checked_by(volunteer.0, limit);
        self.later(Errand::LookedBack(rows));
    }

    pub(super) fn looked_back(&mut self, rows: Vec<ProvisionalRow>) {
        for row in &rows {
            let maker = VolunteerId(row.volunteer);
            if self.verifier.standing(maker).is_none() {
                self.verifier.handle_known(maker, row.standing, &row.engine);
            }
        }
        let units = rows.into_iter().map(restoring::unit).collect();
        let (now_ms, random) = (self.now_ms, self.dice.bits());
        self.verifier.handle_history(now_ms, random, units);
    }

    /// Verdicts reach the disk one after the other, in the order in which they were made.
    pub(crate) fn file_next(&mut self, disk: &Disk) {
        if self.is_filing {
            return;
        }
        let Some(docket) = self.dockets.pop_front() else {
            return;
        };
        self.is_filing = true;
        let question = |conviction: &bytebiota_server::verification::Conviction| {
            self.question(disk, &conviction.question)
        };
        let questions: Vec<Option<Check>> = docket.convictions.iter().map(question).collect();
        let back_to = docket
            .roll_back
            .and_then(|back| self.good_state(disk, &back));
        let filing = crate::disk::Filing {
            questions: questions.clone(),
            back_to,
            docket: docket.clone(),
        };
        let then = Then::Filed(Box::new(docket), questions);
        self.write(Job::File(Box::new(filing)), then);
    }

    /// A docket is on disk: everybody concerned learns of it.
    pub(super) fn filed(&mut self, docket: &Docket, questions: Vec<Option<Check>>, filed: &Filed) {
        let now_ms = self.now_ms;
        if self.flaw != Flaw::ForgetTheView {
            self.view.note_void(filed.void);
        }
        if let Some(judgement) = docket.judgement.as_ref().filter(|_| filed.fits) {
            self.judged(judgement, filed);
        }
        for (volunteer, credit) in &filed.credits {
            self.workers.credited(VolunteerId(*volunteer), *credit);
        }
        let random = self.dice.bits();
        self.verifier.handle_stored(now_ms, random, docket);
        for (conviction, check) in docket.convictions.iter().zip(questions) {
            let (number, random) = (conviction.number, self.dice.bits());
            self.verifier
                .handle_reproducer(now_ms, random, number, check.map(Arc::new));
        }
        self.carry_out();
        let unfit = docket.judgement.as_ref().filter(|_| !filed.fits);
        let back = docket.roll_back.map(|roll_back| roll_back.unit.island);
        if let Some(island) = unfit.map(Judgement::island).or(back) {
            self.later(Errand::Restore(island));
        }
    }

    /// The state an island goes back to, and the numbers there.
    fn good_state(&self, disk: &Disk, roll_back: &RollBack) -> Option<(Vec<u8>, Sample)> {
        let unit = roll_back.unit;
        let state = match unit.first_epoch {
            Epoch(0) => self.executor.genesis(unit.island).0,
            _ => base(disk, &unit, roll_back.base)?,
        };
        let sample = self.executor.sample(&state);
        Some((state, sample))
    }

    /// A verdict is on disk: book, view and maker learn of it.
    fn judged(&mut self, judgement: &Judgement, filed: &Filed) {
        let (island, maker, now_ms) = (judgement.island(), judgement.maker(), self.now_ms);
        *self.moves.entry(island).or_default() += 1;
        let units = u64::from(judgement.units());
        let before = self.verifier.provisional_units(island) as u64;
        match judgement.outcome() {
            Outcome::Confirmed => {
                let facts = IslandFacts {
                    branch: judgement.branch(),
                    epoch: judgement.end_epoch(),
                    state: judgement.end_state(),
                    link: filed.link,
                    units: filed.units,
                    sample: filed.sample.clone(),
                    updated_ms: now_ms,
                };
                self.view
                    .set_provisional(island, before.saturating_sub(units));
                self.view.merge(now_ms, island, facts, units);
                let (until, state) = (judgement.end_epoch(), judgement.end_state());
                self.book.handle_confirmed(now_ms, island, until, state);
            }
            Outcome::Mismatch | Outcome::Superseded => {
                self.view.set_provisional(island, 0);
                self.book.handle_void(now_ms, island);
            }
        }
        let credit = filed.credits.iter().find(|(who, _)| *who == maker.0);
        let verdict = ServerMessage::Verdict {
            unit: judgement.first(),
            end_epoch: judgement.end_epoch(),
            units: judgement.units(),
            outcome: judgement.outcome(),
            credit: credit.map_or(0, |(_, credit)| *credit),
        };
        for connection in self.workers.connections_of(maker) {
            self.send(connection, verdict.clone());
        }
    }
}

fn base(disk: &Disk, unit: &UnitKey, digest: Digest) -> Option<Vec<u8>> {
    let state = disk.state(unit.branch, unit.island, unit.first_epoch);
    let intact = state.filter(|(known, _)| *known == digest);
    intact.map(|(_, state)| state)
}
