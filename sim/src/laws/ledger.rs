//! Credit is what the ledger says: its rows add up to what everybody is shown, each confirmed unit has one row, each check
//! of a volunteer one, and nothing that is void has any.

use super::{Law, Scene, Seen};
use crate::disk::{Disk, Reason};
use std::collections::BTreeMap;

/// How many polls ago it was added up.
#[derive(Debug, Default)]
pub struct LedgerLaw {
    polls: u32,
}

/// The ledger is added up at every so-manieth poll.
const EVERY_POLLS: u32 = 120;

fn add_up(disk: &Disk) -> Result<(), String> {
    let mut credit: BTreeMap<i64, i64> = BTreeMap::new();
    let mut units = BTreeMap::new();
    let mut checks = 0;
    for row in &disk.ledger {
        *credit.entry(row.volunteer).or_default() += row.ticks;
        match row.reason {
            Reason::Unit => *units.entry(row.unit).or_insert(0) += 1,
            Reason::Check => checks += 1,
            Reason::TakenBack => {}
        }
    }
    for (number, person) in &disk.people {
        let sum = credit.get(number).copied().unwrap_or(0);
        if sum != person.credit {
            let shown = person.credit;
            return Err(format!(
                "volunteer {number} has {sum} by the ledger, {shown} shown"
            ));
        }
    }
    if let Some((unit, rows)) = units.iter().find(|(_, rows)| **rows != 1) {
        return Err(format!("{unit:?} is credited {rows} times"));
    }
    let by_volunteers = disk.checks.iter().filter(|row| row.done.checker.is_some());
    if units.len() != disk.links.len() || checks != by_volunteers.count() {
        let (rows, links) = (units.len(), disk.links.len());
        return Err(format!("{rows} units are credited, {links} were confirmed"));
    }
    Ok(())
}

impl Law for LedgerLaw {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        match seen {
            Seen::Polled(_) => {
                self.polls += 1;
                match self.polls.is_multiple_of(EVERY_POLLS) {
                    true => add_up(scene.disk),
                    false => Ok(()),
                }
            }
            Seen::Restarted | Seen::Quiet => add_up(scene.disk),
            _ => Ok(()),
        }
    }
}
