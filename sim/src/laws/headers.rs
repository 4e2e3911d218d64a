//! A header never changes: whoever is given a stretch, now or after a crash, is given the same, and it was on disk before.

use super::{Law, Scene, Seen};
use bytebiota_core::{Branch, Digest, Epoch, IslandId};
use std::collections::BTreeMap;

/// The header of every stretch that somebody was given.
#[derive(Debug, Default)]
pub struct Headers {
    known: BTreeMap<(IslandId, Branch, Epoch), Digest>,
}

impl Law for Headers {
    fn name(&self) -> &'static str {
        "headers"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Began(assignment) = seen else {
            return Ok(());
        };
        let header = &assignment.header;
        let digest = header.digest();
        let place = (header.island, header.branch, header.first_epoch);
        if scene.disk.inputs(digest) != Some(&assignment.inputs) {
            return Err(format!(
                "a stretch at {place:?} was sent that is not on disk"
            ));
        }
        match *self.known.entry(place).or_insert(digest) {
            known if known == digest => Ok(()),
            known => Err(format!(
                "the stretch at {place:?} was {known}, now {digest}"
            )),
        }
    }
}
