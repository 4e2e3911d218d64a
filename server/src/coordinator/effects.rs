//! Does what the book wants done: stores headers, sends assignments, raises islands. Decides nothing.

use super::{Coordinator, State, draw};
use crate::assignment_book::{ConnectionId, Effect, Grant};
use crate::memory_map;
use crate::migration;
use crate::run_logger::{self, RunEvent};
use crate::store::StoreError;
use bytebiota_core::{Assignment, Epoch, Inputs, Start, StretchHeader, codec, report};
use bytebiota_protocol::message::{self, ServerMessage};
use std::sync::Arc;

impl State {
    /// Puts a message into a worker's queue. Whoever does not read is let go: dropping the queue closes the socket.
    pub(super) fn send(&mut self, connection: ConnectionId, message: &ServerMessage) {
        let Some(outbox) = self.outboxes.get(&connection) else {
            return;
        };
        if outbox.try_send(message::encode(message).into()).is_err() {
            self.outboxes.remove(&connection);
        }
    }
}

impl Coordinator {
    /// Takes the book's effects and carries them out; what takes time goes on by itself.
    pub(super) fn carry_out(self: &Arc<Self>, state: &mut State, now_ms: u64) {
        loop {
            let (effects, rulings) = (state.book.take_effects(), state.verifier.take_rulings());
            if effects.is_empty() && rulings.is_empty() {
                break;
            }
            for effect in effects {
                self.carry_out_one(state, now_ms, effect);
            }
            for ruling in rulings {
                self.rule(state, now_ms, ruling);
            }
            let verifier = &state.verifier;
            let is_full = verifier.is_auditor_full();
            let most = report::largest_unit_ticks(&self.store.world().config);
            let largest = verifier.largest_unit_ticks().min(most);
            state.book.set_auditor(is_full, largest);
        }
    }

    fn carry_out_one(self: &Arc<Self>, state: &mut State, now_ms: u64, effect: Effect) {
        match effect {
            Effect::NoWork {
                slot,
                retry_ms,
                reason,
            } => {
                let message = ServerMessage::NoWork {
                    slot: slot.slot,
                    retry_ms,
                    reason,
                };
                state.send(slot.connection, &message);
            }
            Effect::Revoke { slot, lease } => {
                state.view.touch([]);
                let message = ServerMessage::Revoke {
                    slot: slot.slot,
                    lease,
                };
                state.send(slot.connection, &message);
            }
            Effect::OpenStretch(header) => self.spawn(|own| own.open_stretch(header)),
            Effect::Assign(grant) => {
                state.view.touch([grant.header.island]);
                self.spawn(|own| own.assign(grant));
            }
            Effect::CreateIslands(islands) => self.spawn(|own| own.create_islands(islands)),
            Effect::Closed(island) => {
                state.view.touch([island]);
                state.verifier.handle_closed(now_ms, draw(), island);
            }
        }
    }

    pub(super) fn spawn<F>(self: &Arc<Self>, work: impl FnOnce(Arc<Self>) -> F)
    where
        F: Future<Output = Result<(), StoreError>> + Send + 'static,
    {
        let work = work(self.clone());
        tokio::spawn(async move {
            if let Err(error) = work.await {
                tracing::error!(%error, "the database did not do what the book decided");
            }
        });
    }

    /// The Config of a stretch and what enters it are fixed here, together with its header, for good.
    async fn open_stretch(self: Arc<Self>, mut header: StretchHeader) -> Result<(), StoreError> {
        loop {
            let post = self.store.post(header.island).await?;
            let admitted = migration::admit(&header, post.waiting);
            let entering = admitted.iter().map(|(number, a)| (*number, a.epoch));
            let entering: Vec<(i64, Epoch)> = entering.collect();
            let inputs = Inputs {
                parameters_version: self.lock().fix_parameters(&mut header),
                arrivals: admitted.into_iter().map(|(_, arrival)| arrival).collect(),
                halo: post.halo,
            };
            header.inputs = codec::digest(&inputs);
            let (bytes, arrivals) = (codec::encode(&inputs), inputs.arrivals.len());
            let opening = self.store.open_stretch(header.clone(), bytes, entering);
            if opening.await? {
                run_logger::log(RunEvent::Opened {
                    header: &header,
                    arrivals,
                });
                break;
            }
            // Somebody was called back meanwhile; who is left is asked for again.
        }
        self.act(|state, now_ms| state.book.handle_opened(now_ms, &header));
        Ok(())
    }

    async fn assign(self: Arc<Self>, grant: Grant) -> Result<(), StoreError> {
        let island = grant.header.island;
        let stored = match grant.held || grant.from_epoch == Epoch(0) {
            true => None,
            false => {
                let branch = grant.header.branch;
                self.store.state(branch, island, grant.from_epoch).await?
            }
        };
        let world = self.store.world();
        let inputs = self.store.inputs(grant.header.digest()).await?;
        let Some((inputs, config)) = inputs.zip(self.config_of(grant.header.config)) else {
            return Err(StoreError::Damaged("the header of a stretch"));
        };
        let mut assignment = Assignment {
            world_seed: world.seed,
            config,
            inputs,
            from_epoch: grant.from_epoch,
            from_digest: grant.from_digest,
            unit_epochs: grant.unit_epochs,
            start: Start::Genesis,
            header: grant.header,
        };
        let slot = grant.slot;
        let (held, lease) = (grant.held, grant.lease);
        let pack = move || {
            if assignment.from_epoch != Epoch(0) && held {
                assignment.start = Start::Held;
            } else if assignment.from_epoch != Epoch(0) {
                let state = memory_map::intact(&stored?.deflated, assignment.from_digest)?;
                assignment.start = Start::State(state);
            }
            Some(ServerMessage::Assign {
                slot: slot.slot,
                lease,
                assignment: message::pack_assignment(&assignment),
            })
        };
        let packed = self.in_workshop(pack).await.flatten();
        self.act(|state, now_ms| match &packed {
            Some(message) => state.send(slot.connection, message),
            None => {
                run_logger::log(RunEvent::Damaged(island));
                state.book.mark_damaged(now_ms, island);
                state.book.poll(now_ms);
            }
        });
        Ok(())
    }
}
