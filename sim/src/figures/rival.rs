//! The rival: adaptive replication as BOINC describes it. A host whose last ten replicated results were valid is trusted, but for one
//! result in as many as were valid in a row; all others' results need a second one that is equal, and more until two are. Work has no order
//! here, and nothing is built on results, which flatters it. Knows nothing of our rules.
//! Source: the page "Adaptive replication" of the BOINC documentation.

use super::{CHEATS_PER_MILLE, Cell, Count};
use crate::dice::Dice;
use crate::people::Kind;
use std::collections::VecDeque;

/// Guests at a time, as in our towns.
const CHAIRS: usize = 16;
/// Valid results in a row from which on a host may be trusted.
const LEAST_VALID: u64 = 10;
/// Results of a unit at most; it is given up then.
const MOST_RESULTS: usize = 10;

/// What somebody said: `None` is the truth, equal numbers are equal lies.
type Said = Option<u64>;

struct Host {
    name: u64,
    kind: Kind,
    made: u64,
    valid: u64,
}

/// A unit that waits for more results.
#[derive(Default)]
struct Waiting {
    results: Vec<(u64, usize, Said)>,
}

/// The hosts of a project, and what waits.
struct Project {
    dice: Dice,
    cell: Cell,
    hosts: Vec<Host>,
    names: u64,
    waiting: VecDeque<Waiting>,
    count: Count,
}

/// The same load under the rival's rule: units of equal length, counted as one tick each.
pub fn rival(cell: &Cell, seed: u64) -> Count {
    let mut project = Project {
        dice: Dice::new(seed, "rival"),
        cell: *cell,
        hosts: Vec::new(),
        names: 0,
        waiting: VecDeque::new(),
        count: Count::default(),
    };
    for _ in 0..CHAIRS {
        let host = project.guest();
        project.hosts.push(host);
    }
    let mut chair = 0;
    while project.count.confirmed < cell.units {
        project.turn(chair);
        chair = (chair + 1) % CHAIRS;
    }
    project.count
}

/// Whether he invents whole units without computing anything.
fn is_idle(kind: Kind, made: u64) -> bool {
    match kind {
        Kind::Colluder(honest) => made >= honest,
        kind => kind.invents_all(made),
    }
}

impl Project {
    fn guest(&mut self) -> Host {
        self.names += 1;
        let kind = match self.dice.chance(CHEATS_PER_MILLE) {
            true => self.cell.cheat.kind(&mut self.dice, self.cell.visit),
            false => Kind::Honest,
        };
        Host {
            name: self.names,
            kind,
            made: 0,
            valid: 0,
        }
    }

    /// A host computes one result.
    fn turn(&mut self, chair: usize) {
        let name = self.hosts[chair].name;
        let others = |unit: &Waiting| unit.results.iter().all(|(who, _, _)| *who != name);
        let due = self.waiting.iter().position(others);
        let unit = due.and_then(|place| self.waiting.remove(place));
        let said = self.compute(chair);
        match unit {
            None if self.is_trusted(chair) => self.confirm(said),
            unit => self.compare(unit.unwrap_or_default(), (name, chair, said)),
        }
        if self.hosts[chair].made >= self.cell.visit {
            self.hosts[chair] = self.guest();
        }
    }

    fn compute(&mut self, chair: usize) -> Said {
        let host = &mut self.hosts[chair];
        let made = host.made;
        host.made += 1;
        let said = match host.kind {
            Kind::Colluder(honest) if made >= honest => Some(0),
            Kind::HalfLazy => Some(host.name),
            Kind::SingleLie(unit) if made == unit => Some(host.name),
            kind if kind.invents_all(made) => Some(host.name),
            _ => None,
        };
        self.count.worked_ticks += u64::from(!is_idle(host.kind, made));
        said
    }

    fn is_trusted(&mut self, chair: usize) -> bool {
        let valid = self.hosts[chair].valid;
        valid >= LEAST_VALID && self.dice.below(valid) != 0
    }

    fn compare(&mut self, mut unit: Waiting, result: (u64, usize, Said)) {
        let (_, _, said) = result;
        let is_agreed = unit.results.iter().any(|(_, _, other)| *other == said);
        unit.results.push(result);
        if !is_agreed {
            if unit.results.len() < MOST_RESULTS {
                self.waiting.push_back(unit);
            }
            return;
        }
        for (name, chair, other) in &unit.results {
            let host = &mut self.hosts[*chair];
            // Whoever has gone meanwhile learns nothing.
            if host.name == *name {
                host.valid = if *other == said { host.valid + 1 } else { 0 };
            }
        }
        self.confirm(said);
    }

    fn confirm(&mut self, said: Said) {
        self.count.confirmed += 1;
        self.count.confirmed_ticks += 1;
        self.count.wrong += u64::from(said.is_some());
    }
}
