//! On the line that is continued no epoch is lost, doubled or missing: every unit begins where the one before ended, from
//! genesis to the head and on to the last that waits, and the chain of links is that of its segments.

use super::{Law, Scene, Seen};
use crate::disk::{Disk, Job, Pending};
use bytebiota_core::{Digest, Epoch, IslandId, report};

/// Walks along the line of an island whenever something was written there.
#[derive(Debug)]
pub struct CountedOnce;

fn walk(disk: &Disk, island: IslandId) -> Result<(), String> {
    let Some((branch, row)) = disk.current(island) else {
        return Err(format!("island {island} has no line that is continued"));
    };
    let of = |unit: &Pending| unit.key.island == island;
    let standing = disk
        .links
        .values()
        .filter(|link| !link.is_superseded && of(&link.unit));
    let mut links: Vec<_> = standing.collect();
    links.sort_by_key(|link| link.unit.key.first_epoch);
    let (mut epoch, mut state, mut chain) = (Epoch(0), None, Digest::default());
    for link in &links {
        let unit = &link.unit;
        let follows = unit.key.first_epoch == epoch && state.is_none_or(|state| state == unit.base);
        let digests: Vec<Digest> = unit.seals.iter().map(|seal| seal.digest).collect();
        chain = report::link(chain, unit.header, &digests);
        if !follows || chain != link.link {
            return Err(format!(
                "after epoch {epoch} of island {island} comes {:?}",
                unit.key
            ));
        }
        (epoch, state) = (unit.end_epoch, Some(unit.end_state));
    }
    let stands = (row.head_epoch, row.link, row.units) == (epoch, chain, links.len() as u64);
    if !stands || state.is_some_and(|state| state != row.head_state) {
        return Err(format!(
            "island {island} stands elsewhere than its links end, {epoch}"
        ));
    }
    let mut maker = None;
    let mut head = (row.head_epoch, row.head_state);
    for unit in disk.pending.values().filter(|unit| of(unit)) {
        let is_same = *maker.get_or_insert(unit.volunteer) == unit.volunteer;
        let follows = (unit.key.first_epoch, unit.base) == head && unit.key.branch == branch;
        if !is_same || !follows {
            return Err(format!("{:?} waits where it does not belong", unit.key));
        }
        head = (unit.end_epoch, unit.end_state);
    }
    Ok(())
}

impl Law for CountedOnce {
    fn name(&self) -> &'static str {
        "counted once"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Committed(job, _) = seen else {
            return Ok(());
        };
        let docket = match job {
            Job::Unit(unit) => return walk(scene.disk, unit.key.island),
            Job::File(filing) => &filing.docket,
            _ => return Ok(()),
        };
        let judged = docket
            .judgement
            .as_ref()
            .map(|judgement| judgement.island());
        let back = docket.roll_back.map(|back| back.unit.island);
        for island in judged.into_iter().chain(back) {
            walk(scene.disk, island)?;
        }
        Ok(())
    }
}
