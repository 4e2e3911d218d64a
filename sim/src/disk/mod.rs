//! Disk: what was committed, and nothing else: the tables of the Store as plain values, kept through every crash. A job is
//! on it as a whole or not at all. Knows no server, no time and no rule of trust.

mod append;
mod mail;
mod people;
mod rows;
mod verdicts;

pub use people::Person;
pub use rows::{
    Answer, CheckRow, Filing, Island, Job, Ledger, Link, Parcel, Pending, Reason, Void,
};

use crate::executor::World;
use crate::flaw::Flaw;
use bytebiota_core::{
    Branch, Digest, Epoch, Inputs, IslandId, StretchHeader, UnitKey, assignment::Check,
};
use bytebiota_server::store::{IslandRow, ProvisionalRow};
use bytebiota_server::verification::Conviction;
use std::collections::{BTreeMap, BTreeSet};

/// States kept per island: the head and the bases of its newest units.
const KEPT_STATES: usize = 33;

/// The tables.
#[derive(Clone, Debug)]
pub struct Disk {
    world: World,
    flaw: Flaw,
    /// Every line of every island; the one that is continued has no reason.
    pub islands: BTreeMap<(IslandId, Branch), Island>,
    /// Headers of stretches with their inputs, by digest, and the order in which they came.
    pub headers: BTreeMap<Digest, (StretchHeader, Inputs)>,
    /// Units that wait for their verdict.
    pub pending: BTreeMap<(IslandId, Branch, Epoch), Pending>,
    /// Units that were confirmed, also of lines that were left.
    pub links: BTreeMap<(IslandId, Branch, Epoch), Link>,
    /// Kept states.
    pub states: BTreeMap<(IslandId, Branch, Epoch), (Digest, Vec<u8>)>,
    /// Units that do not count.
    pub void: Vec<Void>,
    /// What left islands.
    pub mailbox: Vec<Parcel>,
    /// Everybody who ever came, by number.
    pub people: BTreeMap<i64, Person>,
    /// Credit, row by row.
    pub ledger: Vec<Ledger>,
    /// Checks that count.
    pub checks: Vec<CheckRow>,
    /// Who was found wrong, with the question and whether it was lifted.
    pub convictions: Vec<(Conviction, Option<Check>, bool)>,
    /// Engines that are refused.
    pub blocked: BTreeSet<String>,
}

impl Disk {
    /// An empty disk of a world.
    pub fn new(world: World, flaw: Flaw) -> Self {
        Self {
            world,
            flaw,
            islands: BTreeMap::new(),
            headers: BTreeMap::new(),
            pending: BTreeMap::new(),
            links: BTreeMap::new(),
            states: BTreeMap::new(),
            void: Vec::new(),
            mailbox: Vec::new(),
            people: BTreeMap::new(),
            ledger: Vec::new(),
            checks: Vec::new(),
            convictions: Vec::new(),
            blocked: BTreeSet::new(),
        }
    }

    /// The world whose disk this is.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Does a job as a whole.
    pub fn commit(&mut self, job: &Job) -> Answer {
        match job {
            Job::Island(island, state, sample) => self.add_island(*island, state, sample),
            Job::Header(header, inputs, entering) => self.open_stretch(header, inputs, entering),
            Job::Unit(unit) => Answer::Appended(self.append(unit)),
            Job::Visit(token_hash, engine) => self.visit(*token_hash, engine),
            Job::File(filing) => Answer::Filed(Box::new(self.file(filing))),
        }
    }

    /// The line of an island that is continued.
    pub fn current(&self, island: IslandId) -> Option<(Branch, &Island)> {
        let lines = (island, Branch(0))..=(island, Branch(u32::MAX));
        let mut lines = self.islands.range(lines);
        let ((_, branch), row) = lines.find(|(_, row)| row.superseded.is_none())?;
        Some((*branch, row))
    }

    /// All islands as they stand, in order.
    pub fn island_rows(&self) -> Vec<IslandRow> {
        let standing = self.islands.iter().filter(|(_, r)| r.superseded.is_none());
        let row = |(&(island, branch), row): (&(IslandId, Branch), &Island)| IslandRow {
            island,
            branch,
            head_epoch: row.head_epoch,
            head_state: row.head_state,
            link: row.link,
            units: row.units,
            sample: row.sample.clone(),
            updated_ms: row.updated_ms,
            open: self.open(island, branch, row.head_epoch),
        };
        standing.map(row).collect()
    }

    /// The newest stretch that goes beyond an epoch.
    fn open(&self, island: IslandId, branch: Branch, head: Epoch) -> Option<StretchHeader> {
        let of = |h: &&StretchHeader| {
            (h.island, h.branch) == (island, branch) && h.first_epoch <= head && h.end_epoch > head
        };
        let headers = self.headers.values().map(|(header, _)| header).filter(of);
        headers.max_by_key(|header| header.first_epoch).cloned()
    }

    /// What waits for its verdict; of one island or of all, in order.
    pub fn pending_rows(&self, island: Option<IslandId>) -> Vec<ProvisionalRow> {
        let wanted = self.pending.iter();
        let wanted = wanted.filter(|((own, _, _), _)| island.is_none_or(|island| island == *own));
        let row = |(place, unit): (&(IslandId, Branch, Epoch), &Pending)| {
            let (header, _) = self.headers.get(&unit.header)?;
            let person = self.people.get(&unit.volunteer)?;
            Some(ProvisionalRow {
                header: header.clone(),
                key: self.key(*place),
                end_epoch: unit.end_epoch,
                base: unit.base,
                seals: unit.seals.clone(),
                volunteer: unit.volunteer,
                is_first: unit.is_first,
                standing: person.standing,
                engine: person.engine.clone(),
            })
        };
        wanted.filter_map(row).collect()
    }

    /// The state of an island at an epoch, confirmed or not; `None` if it is not kept.
    pub fn state(
        &self,
        branch: Branch,
        island: IslandId,
        epoch: Epoch,
    ) -> Option<(Digest, Vec<u8>)> {
        if let Some(state) = self.states.get(&(island, branch, epoch)) {
            return Some(state.clone());
        }
        let of = (island, branch, Epoch(0))..=(island, branch, Epoch(u64::MAX));
        let mut units = self.pending.range(of).map(|(_, unit)| unit);
        let unit = units.find(|unit| unit.end_epoch == epoch)?;
        Some((unit.end_state, unit.state.clone()))
    }

    /// The inputs of a stretch that was opened here.
    pub fn inputs(&self, header: Digest) -> Option<&Inputs> {
        self.headers.get(&header).map(|(_, inputs)| inputs)
    }

    /// Units confirmed, and units that were acknowledged and do not count.
    pub fn units(&self) -> (u64, u64) {
        let standing = self.links.values().filter(|link| !link.is_superseded);
        let confirmed = standing.count() as u64;
        let left = self.links.len() as u64 - confirmed;
        (confirmed, self.void.len() as u64 + left)
    }

    fn key(&self, (island, branch, first_epoch): (IslandId, Branch, Epoch)) -> UnitKey {
        UnitKey {
            world: self.world.id,
            branch,
            island,
            first_epoch,
        }
    }
}
