//! What the Verifier wants done: states asked for, checks sent and computed, verdicts stored and told. Knows no rule.

use super::{Coordinator, State, draw, restoring};
use crate::assignment_book::{ConnectionId, SlotId, VolunteerId};
use crate::auditor::{self, Job};
use crate::clock::Clock;
use crate::config::ServerConfig;
use crate::memory_map;
use crate::run_logger::{self, RunEvent};
use crate::state_aggregator::IslandFacts;
use crate::store::{Filed, GoodState, Store, StoreError};
use crate::verification::verifier::{Audited, StateAt};
use crate::verification::{Judgement, Order, Question, RollBack, Ruling, Verifier};
use bytebiota_core::assignment::Check;
use bytebiota_core::{Digest, Epoch, Island, MAX_STATE_BYTES, Start, UnitKey};
use bytebiota_protocol::message::{self, CheckId, Outcome, ServerMessage};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Weak};

/// The engine of this server, in the words of its native workers.
fn own_engine() -> String {
    let (arch, system) = (std::env::consts::ARCH, std::env::consts::OS);
    format!("native {} {arch} {system}", env!("CARGO_PKG_VERSION"))
}

/// The Verifier with what is remembered of engines and convictions.
pub(super) async fn open_verifier(
    config: &ServerConfig,
    store: &Store,
    now_ms: u64,
) -> Result<Verifier, StoreError> {
    let epoch_ticks = store.world().config.evolution.epoch_ticks;
    let first_check = rand::random::<u32>().into();
    let mut verifier = Verifier::new(config.policy, epoch_ticks, own_engine(), first_check);
    for engine in store.blocked_engines().await? {
        verifier.handle_blocked_engine(engine);
    }
    for engine in store.sound_engines(config.policy.proving_reports).await? {
        verifier.handle_sound_engine(engine);
    }
    let since_ms = now_ms.saturating_sub(config.policy.alarm_ms);
    for time_ms in store.proven_convictions(since_ms).await? {
        verifier.handle_past_conviction(time_ms);
    }
    Ok(verifier)
}

/// The auditor of a coordinator.
pub(super) fn start_auditor(
    own: Weak<Coordinator>,
    clock: Clock,
    questions: Receiver<Job>,
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Handle::current();
    auditor::start(clock, questions, move |id, audited| {
        let _context = runtime.enter();
        if let Some(coordinator) = own.upgrade() {
            coordinator.audited(id, &audited);
        }
    })
}

impl State {
    pub(super) fn volunteer(&self, connection: ConnectionId) -> Option<VolunteerId> {
        self.workers.get(connection).map(|worker| worker.volunteer)
    }
}

impl Coordinator {
    /// Carries out one ruling; what takes time goes on by itself.
    pub(super) fn rule(self: &Arc<Self>, state: &mut State, now_ms: u64, ruling: Ruling) {
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
                state.send(seat.connection, &message);
            }
            Ruling::Trust(volunteer, trust) => state.book.handle_trust(now_ms, volunteer, trust),
            Ruling::Check(seat, order) => self.spawn(|own| own.send_check(seat, order)),
            Ruling::Audit(order, times) => self.spawn(|own| own.audit(order, times)),
            Ruling::Store(docket) => {
                // Without its reader the process is about to end.
                let _ = self.dockets.send(*docket);
            }
            Ruling::LookBack(volunteer) => self.spawn(|own| own.look_back(volunteer)),
            Ruling::Alarm(alarm) => {
                state.view.touch([]);
                run_logger::log(RunEvent::Alarm(alarm));
            }
        }
    }

    fn audited(self: &Arc<Self>, id: CheckId, audited: &Audited) {
        self.act(|state, now_ms| {
            state.verifier.handle_audited(now_ms, draw(), id, audited);
        });
    }

    async fn send_check(self: Arc<Self>, seat: SlotId, order: Order) -> Result<(), StoreError> {
        let check = self.question(&order.question).await?;
        let (slot, id) = (seat.slot, order.id);
        let pack = move || {
            let body = message::pack(&check?);
            let check = id;
            Some(ServerMessage::Check { slot, check, body })
        };
        let packed = self.in_workshop(pack).await.flatten();
        self.act(
            |state, now_ms| match (&packed, state.volunteer(seat.connection)) {
                (Some(message), _) => state.send(seat.connection, message),
                // It cannot be asked, so it is as if there were no answer.
                (None, Some(volunteer)) => {
                    let verifier = &mut state.verifier;
                    verifier.handle_checked(now_ms, draw(), volunteer, id, &[]);
                }
                (None, None) => {}
            },
        );
        Ok(())
    }

    async fn audit(self: Arc<Self>, order: Order, times: u32) -> Result<(), StoreError> {
        let id = order.id;
        match self.question(&order.question).await? {
            Some(check) => self.auditor.ask(Job { id, check, times }),
            None => {
                let nothing = Audited {
                    runs: None,
                    elapsed_ms: 0,
                };
                self.audited(id, &nothing);
            }
        }
        Ok(())
    }

    /// A question as it travels, with the state it starts with; `None` if that is not to be had any more.
    pub(super) async fn question(&self, question: &Question) -> Result<Option<Check>, StoreError> {
        let Question::Segments {
            unit,
            from,
            until,
            boundary,
        } = question
        else {
            let Question::Whole(check) = question else {
                return Ok(None);
            };
            return Ok(Some((**check).clone()));
        };
        let (from_digest, running) = question.start();
        let deflated = match boundary {
            Some(state) => Some(state.to_vec()),
            None => self.base(&unit.key).await?,
        };
        let inputs = self.store.inputs(unit.header.digest()).await?;
        let is_genesis = *from == 0 && unit.key.first_epoch == Epoch(0);
        let inflate = move || memory_map::intact(&deflated?, from_digest);
        let start = match is_genesis {
            true => Some(Start::Genesis),
            false => self.in_workshop(inflate).await.flatten().map(Start::State),
        };
        let world_seed = self.store.world().seed;
        let known = inputs.zip(self.config_of(unit.header.config));
        Ok(start.zip(known).map(|(start, (inputs, config))| Check {
            header: (*unit.header).clone(),
            world_seed,
            config,
            inputs,
            first_epoch: unit.key.first_epoch,
            unit_epochs: unit.begun_epochs(),
            from_segment: *from,
            until_segment: *until,
            from_digest,
            running,
            start,
        }))
    }

    async fn base(&self, unit: &UnitKey) -> Result<Option<Vec<u8>>, StoreError> {
        let state = self.store.state(unit.branch, unit.island, unit.first_epoch);
        Ok(state.await?.map(|state| state.deflated))
    }

    /// A maker's answer to a challenge: inflated only if he was asked for it.
    pub async fn take_state(
        self: &Arc<Self>,
        connection: ConnectionId,
        key: UnitKey,
        segment: u32,
        deflated: Vec<u8>,
    ) {
        let maker = {
            let state = self.lock();
            let maker = state.volunteer(connection);
            maker.filter(|maker| state.verifier.is_asked(*maker, &key, segment))
        };
        let Some(maker) = maker else {
            return;
        };
        let check = move || {
            let bytes =
                miniz_oxide::inflate::decompress_to_vec_with_limit(&deflated, MAX_STATE_BYTES);
            // What cannot be inflated is the state of nothing.
            let digest = bytes.map_or(Digest::default(), |bytes| Digest::of(&bytes));
            (digest, deflated)
        };
        let Some((digest, deflated)) = self.in_workshop(check).await else {
            return;
        };
        let answer = StateAt {
            maker,
            key,
            segment,
            digest,
            state: deflated.into(),
        };
        self.act(|state, now_ms| state.verifier.handle_state(now_ms, draw(), answer));
    }

    async fn look_back(self: Arc<Self>, volunteer: VolunteerId) -> Result<(), StoreError> {
        let limit = self.config.policy.look_back_units;
        let rows = self.store.made_or_checked_by(volunteer.0, limit).await?;
        self.act(|state, now_ms| {
            for row in &rows {
                let maker = VolunteerId(row.volunteer);
                if state.verifier.standing(maker).is_none() {
                    state
                        .verifier
                        .handle_known(maker, row.standing, &row.engine);
                }
            }
            let units = rows.into_iter().map(restoring::unit).collect();
            state.verifier.handle_history(now_ms, draw(), units);
        });
        Ok(())
    }

    /// What an island goes back to.
    pub(super) async fn good_state(
        &self,
        roll_back: &RollBack,
    ) -> Result<Option<GoodState>, StoreError> {
        let world = self.store.world();
        let (config, seed) = (world.config.clone(), world.seed);
        let (unit, digest) = (roll_back.unit, roll_back.base);
        let deflated = self.base(&unit).await?;
        let read = move || {
            let island = match unit.first_epoch {
                Epoch(0) => Island::genesis(seed, unit.island, &config),
                _ => {
                    let bytes = memory_map::intact(&deflated?, digest)?;
                    Island::from_bytes(&bytes, &config).ok()?
                }
            };
            let (state, sample) = super::raising::condensed(&island);
            Some(GoodState {
                state,
                sample,
                begun: island.next_serial(),
                taxa: island.taxa(),
                edges: island.edges(),
            })
        };
        Ok(self.in_workshop(read).await.flatten())
    }
}

impl State {
    /// A verdict is on disk: book, view and maker learn of it.
    pub(super) fn judged(&mut self, now_ms: u64, judgement: &Judgement, filed: &Filed) {
        let (island, maker) = (judgement.island(), judgement.maker());
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
                // Also what came after it was judged: it built on what is void.
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
            self.send(connection, &verdict);
        }
    }
}
