//! What people of each kind answer when they are asked to check somebody: the truth, an invention, or what accomplices have
//! said. Knows no session.

use crate::executor::Executor;
use crate::people::{Habit, Kind};
use bytebiota_core::{Digest, UnitKey, assignment::Check};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What accomplices have said, so that each can say the same: the digests of a unit, segment by segment.
pub type Ring = Rc<RefCell<BTreeMap<(UnitKey, u32), Digest>>>;

/// What somebody answers to a check.
pub fn answer<E: Executor>(
    executor: &E,
    kind: Kind,
    made: u64,
    ring: &Ring,
    check: &Check,
) -> Option<Vec<Digest>> {
    let habit = match kind {
        Kind::Outdated => Habit::Fault,
        _ => Habit::Sound,
    };
    let truth = executor.answer(check, habit)?;
    let unit = UnitKey {
        world: check.header.world,
        branch: check.header.branch,
        island: check.header.island,
        first_epoch: check.first_epoch,
    };
    let said = || -> Option<Vec<Digest>> {
        let ring = ring.borrow();
        let segments = check.from_segment..check.until_segment;
        segments
            .map(|segment| ring.get(&(unit, segment)).copied())
            .collect()
    };
    let invented = || truth.iter().map(|digest| Digest::of(&digest.0)).collect();
    Some(match kind {
        Kind::Slanderer => invented(),
        Kind::Colluder(_) => said().unwrap_or(truth),
        kind if kind.invents_all(made) => invented(),
        _ => truth,
    })
}
