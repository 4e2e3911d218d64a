//! The way of a report: gate, Verifier, Store, then the acknowledgement. Nothing is acknowledged before it is on disk.

use super::Coordinator;
use crate::assignment_book::{SlotId, StoredUnit, VolunteerId};
use crate::memory_map;
use crate::run_logger::{self, RunEvent};
use crate::state_aggregator::IslandFacts;
use crate::store::{Appended, NewUnit, StateRow, StoreError};
use crate::verification::{self, Refusal, VerifiedReport};
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

impl Coordinator {
    /// Takes a report and answers it. Returns when it is stored or refused; an error means that nothing can be
    /// stored any more and there is no answer.
    pub async fn deliver(self: &Arc<Self>, delivery: Delivery) -> Result<(), StoreError> {
        let (slot, lease, volunteer) = (delivery.slot, delivery.lease, delivery.volunteer);
        let named = UnitKey {
            world: delivery.header.world,
            branch: delivery.header.branch,
            island: delivery.header.island,
            first_epoch: delivery.header.first_epoch,
        };
        let named = verification::peek_key(&delivery.packed).unwrap_or(named);
        let verified = match self.verify(delivery).await? {
            Ok(verified) => verified,
            Err(refusal) => {
                let reason = refusal.to_string();
                run_logger::log(RunEvent::Refused {
                    unit: named,
                    reason: &reason,
                });
                self.reject(slot, lease, named, refusal.reason());
                return Ok(());
            }
        };
        self.act(|state, now_ms| {
            let (key, end) = (verified.key(), verified.end_epoch());
            state.book.handle_report(now_ms, slot, lease, &key, end);
        });
        let outcome = self.store.append(self.unit(volunteer, &verified)).await?;
        self.settle(slot, lease, &verified, outcome);
        Ok(())
    }

    /// Only a stretch that was opened here is worth inflating anything for.
    async fn verify(
        &self,
        delivery: Delivery,
    ) -> Result<Result<VerifiedReport, Refusal>, StoreError> {
        if let Err(refusal) = self.verifier.check_header(&delivery.header) {
            return Ok(Err(refusal));
        }
        let island = delivery.header.island;
        let is_open = self.lock().book.open_stretch(island) == Some(&delivery.header);
        if !is_open && !self.store.knows_header(delivery.header.digest()).await? {
            return Ok(Err(Refusal::Foreign("its stretch was never given out")));
        }
        let verifier = self.verifier.clone();
        let check = move || verifier.verify(&delivery.header, &delivery.packed);
        let verdict = self.in_workshop(check).await;
        Ok(verdict.unwrap_or(Err(Refusal::Invalid("it cannot be checked"))))
    }

    fn unit(&self, volunteer: VolunteerId, verified: &VerifiedReport) -> NewUnit {
        NewUnit {
            key: verified.key(),
            end_epoch: verified.end_epoch(),
            header: verified.header(),
            base: verified.base(),
            segments: verified.segments().to_vec(),
            state: StateRow {
                digest: verified.end_state(),
                deflated: verified.state_deflated().to_vec(),
            },
            sample: verified.sample().clone(),
            ticks: verified.ticks(),
            volunteer: volunteer.0,
            time_ms: self.clock.now_ms(),
        }
    }

    fn settle(
        self: &Arc<Self>,
        slot: SlotId,
        lease: LeaseId,
        verified: &VerifiedReport,
        outcome: Appended,
    ) {
        let key = verified.key();
        match outcome {
            Appended::Stored {
                credit,
                link,
                units,
            } => {
                let facts = IslandFacts {
                    epoch: verified.end_epoch(),
                    state: verified.end_state(),
                    link,
                    units,
                    sample: verified.sample().clone(),
                    updated_ms: self.clock.now_ms(),
                };
                let stored = StoredUnit {
                    key,
                    end_epoch: verified.end_epoch(),
                    end_state: verified.end_state(),
                };
                self.act(|state, now_ms| {
                    // The acknowledgement goes first: what the book decides next builds on it.
                    let ack = ServerMessage::Ack {
                        slot: slot.slot,
                        unit: key,
                        credit,
                    };
                    state.send(slot.connection, &ack);
                    state.view.merge(now_ms, key.island, facts);
                    state.workers.acked(slot.connection, credit, true);
                    state.book.handle_stored(now_ms, slot, lease, &stored);
                });
            }
            Appended::Repeated { credit } => self.act(|state, _| {
                state.workers.acked(slot.connection, credit, false);
                let ack = ServerMessage::Ack {
                    slot: slot.slot,
                    unit: key,
                    credit,
                };
                state.send(slot.connection, &ack);
            }),
            Appended::Stale => self.reject(slot, lease, key, RejectReason::Stale),
            Appended::Foreign => self.reject(slot, lease, key, RejectReason::Foreign),
        }
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

    /// The soup of an island at its newest stored unit; `None` if there is no such island or its state is damaged.
    pub async fn memory_map(&self, island: IslandId) -> Result<Option<MemoryMapView>, StoreError> {
        let head = self
            .lock()
            .view
            .facts(island)
            .map(|facts| (facts.epoch, facts.state));
        let Some((epoch, digest)) = head else {
            return Ok(None);
        };
        let Some(row) = self.store.state(island, epoch).await? else {
            return Ok(None);
        };
        let config = self.store.world().config.clone();
        let draw = move || memory_map::of_state(&row.deflated, digest, &config);
        Ok(self.in_workshop(draw).await.flatten())
    }
}
