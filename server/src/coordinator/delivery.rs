//! The way of a report: gate, Store, then the acknowledgement; what comes of it is the Verifier's. Nothing is
//! acknowledged before it is on disk.

use super::{Coordinator, State, draw};
use crate::assignment_book::{SlotId, StoredUnit, VolunteerId};
use crate::clock::Stopwatch;
use crate::memory_map;
use crate::metrics::Answer;
use crate::run_logger::{self, RunEvent};
use crate::store::{Appended, NewUnit, StateRow, StoreError};
use crate::verification::{self, CommittedUnit, Gate, Refusal, SoundReport};
use bytebiota_core::{IslandId, StretchHeader, UnitKey};
use bytebiota_protocol::message::{LeaseId, RejectReason, ServerMessage};
use bytebiota_protocol::view::MemoryMapView;
use std::sync::Arc;

/// A report as it arrived.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who delivers.
    pub slot: SlotId,
    /// Whose work it is, also when the connection is gone by now.
    pub volunteer: VolunteerId,
    /// The lease he names.
    pub lease: LeaseId,
    /// The stretch he names.
    pub header: StretchHeader,
    /// The report, packed.
    pub packed: Vec<u8>,
}

impl State {
    fn acknowledge(&mut self, slot: SlotId, unit: UnitKey, credit: u64) {
        let ack = ServerMessage::Ack {
            slot: slot.slot,
            unit,
            credit,
        };
        self.send(slot.connection, &ack);
    }
}

impl Coordinator {
    /// Takes a report and answers it. Returns when it is stored or refused; an error means that nothing can be
    /// stored any more and there is no answer.
    pub async fn deliver(self: &Arc<Self>, delivery: Delivery) -> Result<(), StoreError> {
        let (slot, lease, volunteer) = (delivery.slot, delivery.lease, delivery.volunteer);
        let took = Stopwatch::start();
        let header = delivery.header.clone();
        let named = UnitKey {
            world: header.world,
            branch: header.branch,
            island: header.island,
            first_epoch: header.first_epoch,
        };
        let named = verification::peek_key(&delivery.packed).unwrap_or(named);
        let sound = match self.examine(delivery).await? {
            Ok(sound) => sound,
            Err(refusal) => {
                let reason = refusal.to_string();
                run_logger::log(RunEvent::Refused {
                    unit: named,
                    reason: &reason,
                });
                self.reject(slot, lease, named, refusal.reason());
                let answer = Answer::Rejected(refusal.reason());
                self.metrics.answered(answer, took.seconds());
                return Ok(());
            }
        };
        let is_first = self.act(|state, now_ms| {
            let (key, end) = (sound.key(), sound.end_epoch());
            let is_first = state.book.is_first_unit(slot, lease, &key);
            state.book.handle_report(now_ms, slot, lease, &key, end);
            is_first
        });
        let unit = CommittedUnit {
            header: Arc::new(header),
            key: sound.key(),
            end_epoch: sound.end_epoch(),
            base: sound.base(),
            seals: sound.seals().to_vec(),
            maker: volunteer,
            seat: Some(slot),
            is_first,
        };
        let outcome = self.store.append(self.row(&unit, &sound)).await?;
        let answer = self.settle(slot, lease, unit, outcome).await?;
        self.metrics.answered(answer, took.seconds());
        Ok(())
    }

    /// Only a stretch that was opened here is worth inflating anything for.
    async fn examine(
        &self,
        delivery: Delivery,
    ) -> Result<Result<SoundReport, Refusal>, StoreError> {
        let config = self.config_of(delivery.header.config);
        let gate = config.map(|config| Gate::new(self.store.world().id, config));
        let Some(gate) = gate else {
            return Ok(Err(Refusal::Foreign("another Config")));
        };
        if let Err(refusal) = gate.check_header(&delivery.header) {
            return Ok(Err(refusal));
        }
        let island = delivery.header.island;
        let is_open = self.lock().book.open_stretch(island) == Some(&delivery.header);
        if !is_open && !self.store.knows_header(delivery.header.digest()).await? {
            return Ok(Err(Refusal::Foreign("its stretch was never given out")));
        }
        let check = move || gate.examine(&delivery.header, &delivery.packed);
        let passed = self.in_workshop(check).await;
        Ok(passed.unwrap_or(Err(Refusal::Invalid("it cannot be examined"))))
    }

    fn row(&self, unit: &CommittedUnit, sound: &SoundReport) -> NewUnit {
        NewUnit {
            key: unit.key,
            end_epoch: unit.end_epoch,
            header: sound.header(),
            base: unit.base,
            seals: unit.seals.clone(),
            state: StateRow {
                digest: sound.end_state(),
                deflated: sound.state_deflated().to_vec(),
            },
            sample: sound.sample().clone(),
            outputs: sound.outputs().pack(),
            ticks: sound.ticks(),
            volunteer: unit.maker.0,
            is_first: unit.is_first,
            time_ms: self.clock.now_ms(),
        }
    }

    async fn settle(
        self: &Arc<Self>,
        slot: SlotId,
        lease: LeaseId,
        unit: CommittedUnit,
        outcome: Appended,
    ) -> Result<Answer, StoreError> {
        let key = unit.key;
        let refusal = match outcome {
            Appended::Stored { credit } => {
                if !self.stored(slot, lease, unit, credit) {
                    self.restore_again(key.island).await?;
                }
                return Ok(Answer::Stored);
            }
            Appended::Repeated { credit } => {
                self.act(|state, _| state.acknowledge(slot, key, credit));
                return Ok(Answer::Repeated);
            }
            Appended::Stale => RejectReason::Stale,
            Appended::Foreign => RejectReason::Foreign,
        };
        self.reject(slot, lease, key, refusal);
        Ok(Answer::Rejected(refusal))
    }

    /// A unit is on disk. `false` if the book did not expect it where it is.
    fn stored(
        self: &Arc<Self>,
        slot: SlotId,
        lease: LeaseId,
        unit: CommittedUnit,
        credit: u64,
    ) -> bool {
        let stored = StoredUnit {
            key: unit.key,
            base: unit.base,
            maker: unit.maker,
            end_epoch: unit.end_epoch,
            end_state: unit.seals.last().map_or(unit.base, |seal| seal.state),
        };
        let island = unit.key.island;
        self.act(|state, now_ms| {
            // The Verifier comes before the book, so that a claim is whole when it closes.
            let is_expected = state.book.expects(&stored);
            if is_expected {
                *state.moves.entry(island).or_default() += 1;
                state.verifier.handle_committed(now_ms, draw(), unit);
                state.book.handle_stored(now_ms, slot, lease, &stored);
            }
            // What is asked of the maker goes before the acknowledgement, with which he lets the states go.
            self.carry_out(state, now_ms);
            state.workers.acked(slot.connection);
            let provisional = state.verifier.provisional_units(island) as u64;
            state.view.set_provisional(island, provisional);
            state.acknowledge(slot, stored.key, credit);
            is_expected
        })
    }

    fn reject(self: &Arc<Self>, slot: SlotId, lease: LeaseId, unit: UnitKey, reason: RejectReason) {
        self.act(|state, now_ms| {
            let message = ServerMessage::Reject {
                slot: slot.slot,
                unit,
                reason,
            };
            state.send(slot.connection, &message);
            state.book.handle_stale(now_ms, slot, lease, &unit);
        });
    }

    /// The soup of an island at its newest confirmed unit; `None` if there is no such island or its state is damaged.
    pub async fn memory_map(&self, island: IslandId) -> Result<Option<MemoryMapView>, StoreError> {
        let head = self
            .lock()
            .view
            .facts(island)
            .map(|facts| (facts.branch, facts.epoch, facts.state));
        let Some((branch, epoch, digest)) = head else {
            return Ok(None);
        };
        let Some(row) = self.store.state(branch, island, epoch).await? else {
            return Ok(None);
        };
        let config = self.store.world().config.clone();
        let draw = move || memory_map::of_state(&row.deflated, digest, &config);
        Ok(self.in_workshop(draw).await.flatten())
    }
}
