//! Does what the book wants done, in the order of the coordinator. Decides nothing.

use super::{Errand, Server, Then};
use crate::disk::{Disk, Job};
use crate::executor::Executor;
use crate::flaw::Flaw;
use bytebiota_core::{
    Assignment, Branch, Digest, Epoch, Inputs, IslandId, Sample, Start, StretchHeader, codec,
};
use bytebiota_protocol::message::{self, ServerMessage};
use bytebiota_server::assignment_book::{Effect, Grant, IslandStart};
use bytebiota_server::migration;
use bytebiota_server::state_aggregator::IslandFacts;

impl<E: Executor> Server<E> {
    /// Takes effects and rulings and carries them out; what takes time goes on by itself.
    pub(super) fn carry_out(&mut self) {
        loop {
            let (effects, rulings) = (self.book.take_effects(), self.verifier.take_rulings());
            if effects.is_empty() && rulings.is_empty() {
                break;
            }
            for effect in effects {
                self.carry_out_one(effect);
            }
            for ruling in rulings {
                self.rule(ruling);
            }
            let (is_full, largest) = (
                self.verifier.is_auditor_full(),
                self.verifier.largest_unit_ticks(),
            );
            self.book.set_auditor(is_full, largest);
        }
    }

    fn carry_out_one(&mut self, effect: Effect) {
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
                self.send(slot.connection, message);
            }
            Effect::Revoke { slot, lease } => {
                self.view.touch([]);
                let slot_number = slot.slot;
                let message = ServerMessage::Revoke {
                    slot: slot_number,
                    lease,
                };
                self.send(slot.connection, message);
            }
            Effect::OpenStretch(header) => self.later(Errand::Open(header)),
            Effect::Assign(grant) => {
                self.view.touch([grant.header.island]);
                self.later(Errand::Assign(grant));
            }
            Effect::CreateIslands(islands) => self.later(Errand::Create(islands)),
            Effect::Closed(island) => {
                self.view.touch([island]);
                let is_forgotten = self.flaw == Flaw::ForgetClosings && self.dice.below(4) == 0;
                if !is_forgotten {
                    let (now_ms, random) = (self.now_ms, self.dice.bits());
                    self.verifier.handle_closed(now_ms, random, island);
                }
            }
        }
    }

    /// What enters a stretch is fixed here, together with its header, for good.
    pub(super) fn open_stretch(&mut self, disk: &Disk, mut header: StretchHeader) {
        let admitted = migration::admit(&header, disk.waiting_for(header.island));
        let entering = admitted.iter().map(|(number, a)| (*number, a.epoch));
        let entering: Vec<(i64, Epoch)> = entering.collect();
        let inputs = Inputs {
            arrivals: admitted.into_iter().map(|(_, arrival)| arrival).collect(),
            ..Inputs::default()
        };
        header.inputs = codec::digest(&inputs);
        let job = Job::Header(header.clone(), inputs, entering);
        self.write(job, Then::Opened(header));
    }

    pub(super) fn assign(&mut self, disk: &Disk, mut grant: Grant) {
        let (island, branch) = (grant.header.island, grant.header.branch);
        if self.flaw == Flaw::ChangeHeaders && self.dice.below(4) == 0 {
            grant.header.end_epoch = Epoch(grant.header.end_epoch.0 + 1);
        }
        let start = match (grant.from_epoch, grant.held) {
            (Epoch(0), _) => Some(Start::Genesis),
            (_, true) => Some(Start::Held),
            (epoch, false) => disk
                .state(branch, island, epoch)
                .filter(|(digest, _)| *digest == grant.from_digest)
                .map(|(_, state)| Start::State(state)),
        };
        let inputs = disk.inputs(grant.header.digest()).cloned();
        let Some(start) = start else {
            self.book.mark_damaged(self.now_ms, island);
            return self.book.poll(self.now_ms);
        };
        let world = self.executor.world();
        let assignment = Assignment {
            world_seed: world.seed,
            config: world.config.clone(),
            inputs: inputs.unwrap_or_default(),
            from_epoch: grant.from_epoch,
            from_digest: grant.from_digest,
            unit_epochs: grant.unit_epochs,
            start,
            header: grant.header,
        };
        let message = ServerMessage::Assign {
            slot: grant.slot.slot,
            lease: grant.lease,
            assignment: message::pack_assignment(&assignment),
        };
        self.send(grant.slot.connection, message);
    }

    /// Raises islands that are not there yet.
    pub(super) fn create(&mut self, islands: Vec<IslandId>) {
        for island in islands {
            let (state, sample) = self.executor.genesis(island);
            let sample = Box::new(sample);
            let then = Then::Created(island, Digest::of(&state), sample.clone());
            self.write(Job::Island(island, state, sample), then);
        }
    }

    pub(super) fn created(&mut self, island: IslandId, digest: Digest, sample: Sample) {
        // The start and the book may both have asked for it.
        if self.book.status(island).is_some() {
            return;
        }
        let facts = IslandFacts {
            branch: Branch(0),
            epoch: Epoch(0),
            state: digest,
            link: Digest::default(),
            units: 0,
            sample,
            updated_ms: 0,
        };
        self.view.put(island, facts);
        self.book
            .add_island(island, IslandStart::genesis(digest), 0);
        self.book.poll(self.now_ms);
    }
}
