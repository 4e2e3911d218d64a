//! What was acknowledged is never lost: it is on disk when the acknowledgement arrives, and still there after every crash,
//! as history, as waiting for its verdict, or as void with a reason.

use super::{Law, Scene, Seen};
use crate::disk::Disk;
use bytebiota_core::{Digest, UnitKey};
use std::collections::BTreeSet;

/// All that somebody was told to be on disk.
#[derive(Debug, Default)]
pub struct Acknowledged {
    acked: BTreeSet<(UnitKey, Digest)>,
}

fn is_on(disk: &Disk, unit: UnitKey, end_state: Digest) -> bool {
    let place = (unit.island, unit.branch, unit.first_epoch);
    let linked = disk.links.get(&place).map(|link| link.unit.end_state);
    let waiting = disk.pending.get(&place).map(|unit| unit.end_state);
    let mut void = disk.void.iter();
    [linked, waiting].contains(&Some(end_state))
        || void.any(|void| void.key == unit && void.end_state == end_state)
}

impl Law for Acknowledged {
    fn name(&self) -> &'static str {
        "acknowledged"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        match seen {
            Seen::Acked(unit, ended) => {
                let found = ended.iter().find(|end| is_on(scene.disk, *unit, **end));
                let found = found.ok_or(format!("{unit:?} was acknowledged and is not on disk"))?;
                self.acked.insert((*unit, *found));
            }
            Seen::Restarted | Seen::Quiet => {
                let mut acked = self.acked.iter();
                if let Some((unit, _)) = acked.find(|(unit, end)| !is_on(scene.disk, *unit, *end)) {
                    return Err(format!("{unit:?} was acknowledged and is lost"));
                }
            }
            _ => {}
        }
        Ok(())
    }
}
