//! Only verdicts change the world: a head moves on with a confirmed claim and back with a roll-back, never otherwise, and
//! what is confirmed was computed again at its end by somebody.

use super::{Law, Scene, Seen};
use crate::disk::{Disk, Filing, Job};
use bytebiota_core::{Branch, Epoch, IslandId};
use bytebiota_protocol::message::Outcome;
use std::collections::BTreeMap;

/// Where every island stood.
#[derive(Debug, Default)]
pub struct Verdicts {
    heads: BTreeMap<IslandId, (Branch, Epoch)>,
}

/// Whether the last unit of what a docket confirms was computed again.
fn is_checked(disk: &Disk, filing: &Filing) -> bool {
    let Some(judgement) = &filing.docket.judgement else {
        return false;
    };
    let mut checks = filing.docket.checks.iter().filter(|check| check.confirms);
    checks.any(|check| {
        let place = (check.unit.island, check.unit.branch, check.unit.first_epoch);
        let link = disk.links.get(&place);
        judgement.island() == check.unit.island
            && link.is_some_and(|link| link.unit.end_epoch == judgement.end_epoch())
    })
}

impl Law for Verdicts {
    fn name(&self) -> &'static str {
        "verdicts"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Committed(job, _) = seen else {
            return Ok(());
        };
        let docket = match job {
            Job::File(filing) => Some(filing),
            _ => None,
        };
        for row in scene.disk.island_rows() {
            let (island, now) = (row.island, (row.branch, row.head_epoch));
            let before = self.heads.insert(island, now).unwrap_or(now);
            if before == now {
                continue;
            }
            let judgement = docket.and_then(|filing| filing.docket.judgement.as_ref());
            let is_confirmed = judgement.is_some_and(|judgement| {
                judgement.outcome() == Outcome::Confirmed && judgement.island() == island
            });
            let back = docket.and_then(|filing| filing.docket.roll_back);
            let is_back = back.is_some_and(|back| back.unit.island == island);
            if !is_back && !is_confirmed {
                return Err(format!(
                    "island {island} moved to {now:?} without a verdict"
                ));
            }
            let is_checked = docket.is_some_and(|filing| is_checked(scene.disk, filing));
            if is_confirmed && !is_back && !is_checked {
                return Err(format!("island {island} is confirmed to {now:?} unchecked"));
            }
        }
        Ok(())
    }
}
