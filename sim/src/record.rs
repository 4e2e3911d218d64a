//! Record: what only the simulation knows: who is behind a token, and whether a stored unit is true. It computes every unit
//! again from the state it was built on. Decides nothing.

use crate::disk::{Disk, Pending};
use crate::executor::Executor;
use crate::people::{Habit, Kind};
use bytebiota_core::assignment::Check;
use bytebiota_core::report::NO_OUTPUTS;
use bytebiota_core::{Digest, Epoch, Start, UnitKey};
use std::collections::BTreeMap;

/// What is true of a stored unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Truth {
    /// The first segment that is false; none if all follow from the unit's base.
    pub first_false: Option<u32>,
}

/// The record.
#[derive(Clone, Debug, Default)]
pub struct Record {
    truths: BTreeMap<(UnitKey, Digest), Truth>,
    kinds: BTreeMap<[u8; 32], (Kind, u64)>,
}

impl Record {
    /// A volunteer is known by a token of this hash.
    pub fn note_token(&mut self, token_hash: [u8; 32], kind: Kind, number: u64) {
        self.kinds.insert(token_hash, (kind, number));
    }

    /// A unit is on disk: its maker has committed to it.
    pub fn note_unit<E: Executor>(&mut self, executor: &E, disk: &Disk, unit: &Pending) {
        let first_false = first_false(executor, disk, unit);
        let truth = Truth { first_false };
        self.truths.insert((unit.key, unit.end_state), truth);
    }

    /// What is true of a unit that ended with this state.
    pub fn truth(&self, unit: UnitKey, end_state: Digest) -> Option<Truth> {
        self.truths.get(&(unit, end_state)).copied()
    }

    /// Who is behind a number on disk.
    pub fn kind(&self, disk: &Disk, volunteer: i64) -> Option<Kind> {
        let person = disk.people.get(&volunteer)?;
        self.kinds.get(&person.token_hash).map(|(kind, _)| *kind)
    }

    /// Stored units that are false, and all.
    pub fn units(&self) -> (usize, usize) {
        let is_false = |truth: &&Truth| truth.first_false.is_some();
        (
            self.truths.values().filter(is_false).count(),
            self.truths.len(),
        )
    }
}

fn first_false<E: Executor>(executor: &E, disk: &Disk, unit: &Pending) -> Option<u32> {
    let (header, inputs) = disk.headers.get(&unit.header)?;
    let key = unit.key;
    let start = match key.first_epoch {
        Epoch(0) => Start::Genesis,
        epoch => Start::State(disk.state(key.branch, key.island, epoch)?.1),
    };
    let world = executor.world();
    let check = Check {
        header: header.clone(),
        world_seed: world.seed,
        config: world.config.clone(),
        inputs: inputs.clone(),
        first_epoch: key.first_epoch,
        unit_epochs: unit.begun_epochs(),
        from_segment: 0,
        until_segment: unit.seals.len() as u32,
        from_digest: unit.base,
        running: NO_OUTPUTS,
        start,
    };
    let truth = executor.answer(&check, Habit::Sound)?;
    let mut pairs = unit.seals.iter().zip(&truth);
    let place = pairs.position(|(seal, digest)| seal.digest != *digest);
    place.map(|place| place as u32)
}
