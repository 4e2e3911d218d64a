//! The confirmed chain equals a single machine's replay: from genesis on, unit by unit, every state on the line is the one
//! that follows. Where a lie was believed the replay goes on from the lie; how often that happens is not this law's matter.

use super::{Law, Scene, Seen};
use crate::disk::Link;
use bytebiota_core::assignment::Check;
use bytebiota_core::report::NO_OUTPUTS;
use bytebiota_core::{Digest, Epoch, Start, WorldSeed};

/// Replays what can be replayed when all is quiet, and looks at every kept state.
#[derive(Debug)]
pub struct Replay;

fn question(scene: &Scene, link: &Link) -> Option<(WorldSeed, Check)> {
    let (header, inputs) = scene.disk.headers.get(&link.unit.header)?;
    let key = link.unit.key;
    let start = match key.first_epoch {
        Epoch(0) => Start::Genesis,
        epoch => Start::State(scene.disk.state(key.branch, key.island, epoch)?.1),
    };
    let world = scene.disk.world();
    let check = Check {
        header: header.clone(),
        world_seed: world.seed,
        config: world.config.clone(),
        inputs: inputs.clone(),
        first_epoch: key.first_epoch,
        unit_epochs: link.unit.begun_epochs(),
        from_segment: 0,
        until_segment: link.unit.seals.len() as u32,
        from_digest: link.unit.base,
        running: NO_OUTPUTS,
        start,
    };
    Some((world.seed, check))
}

impl Law for Replay {
    fn name(&self) -> &'static str {
        "replay"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        if !matches!(seen, Seen::Quiet) {
            return Ok(());
        }
        for (place, (digest, state)) in &scene.disk.states {
            if Digest::of(state) != *digest {
                return Err(format!(
                    "the state kept at {place:?} is not the one of its digest"
                ));
            }
        }
        for link in scene.disk.links.values().filter(|link| !link.is_superseded) {
            let key = link.unit.key;
            let truth = scene.record.truth(key, link.unit.end_state);
            let Some((_, check)) = question(scene, link) else {
                continue;
            };
            let replayed = (scene.compute)(&check);
            let said: Vec<Digest> = link.unit.seals.iter().map(|seal| seal.digest).collect();
            let is_lie = truth.is_some_and(|truth| truth.first_false.is_some());
            if replayed.as_ref() != Some(&said) && !is_lie {
                return Err(format!("a replay of {key:?} comes out differently"));
            }
        }
        Ok(())
    }
}
