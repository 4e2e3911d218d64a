//! Sybils: a fleet of accomplices, 99 of 100, beside one honest guest who has proven himself; and whether what they contest is decided
//! right. Knows no rule of trust.

use super::house::{Count, count, plan};
use crate::executor::{Executor as _, toy::Toy};
use crate::laws::{Breach, Law, Scene, Seen};
use crate::people::Kind;
use crate::town::{Guests, Town};
use bytebiota_server::verification::Policy;
use std::cell::RefCell;
use std::rc::Rc;

/// Guests at a time: the honest one and the fleet.
const CHAIRS: u32 = 100;
/// Units each of them computes honestly first: enough to be proven.
const HONEST_UNITS: u64 = 12;
/// Units of a visit.
const VISIT: u64 = 60;

/// What was contested, and how it ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Contest {
    /// Results that were contested and decided.
    pub contested: u64,
    /// Decided otherwise than a single machine would.
    pub decided_wrong: u64,
    /// Times the honest one was found wrong.
    pub honest_blamed: u64,
    /// What came of the town.
    pub count: Count,
}

impl Contest {
    /// In words.
    pub fn sentence(&self) -> String {
        format!(
            "Sybils, {} of {CHAIRS}: {} results were contested, {} decided wrong, {} times somebody honest was blamed; \
             {} units confirmed, {} of them false.",
            CHAIRS - 1,
            self.contested,
            self.decided_wrong,
            self.honest_blamed,
            self.count.confirmed,
            self.count.wrong
        )
    }
}

/// The law that what is contested is decided right, counted instead of enforced.
#[derive(Debug)]
struct Counted(Rc<RefCell<Contest>>);

impl Law for Counted {
    fn name(&self) -> &'static str {
        "contested, counted"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Seen::Filed(filing, found_right) = seen else {
            return Ok(());
        };
        let mut contest = self.0.borrow_mut();
        for (conviction, is_right) in filing.docket.convictions.iter().zip(*found_right) {
            let kind = scene.record.kind(scene.disk, conviction.volunteer.0);
            contest.contested += 1;
            contest.decided_wrong += u64::from(*is_right != Some(true));
            contest.honest_blamed += u64::from(kind.is_some_and(Kind::is_honest));
        }
        Ok(())
    }
}

/// Lives through a town of so many units.
pub fn sybils(seed: u64, units: u64) -> Result<Contest, Breach> {
    let contest = Rc::new(RefCell::new(Contest::default()));
    let guests = Guests {
        chairs: CHAIRS,
        units: VISIT,
        draw: Rc::new(|_| Kind::Colluder(HONEST_UNITS)),
        host: Some(Kind::Honest),
    };
    let toy = Toy::new(seed);
    let epoch_ticks = toy.world().config.evolution.epoch_ticks;
    let laws: Vec<Box<dyn Law>> = vec![Box::new(Counted(contest.clone()))];
    let legacy = Town::inn(seed, toy, plan(Policy::default()), guests, laws).live_until(units)?;
    let count = count(&legacy, epoch_ticks);
    let contest = *contest.borrow();
    Ok(Contest { count, ..contest })
}
