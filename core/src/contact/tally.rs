//! Counts of the window that is being observed, by taxon. Knows no island; the observer tells it what it saw.

use super::window::{Cell, ContactWindow, MAX_MEMBERS, Member, Touches};
use crate::{GenotypeHash, report::TaxonRecord};
use std::collections::BTreeMap;

/// Pairs of taxa that are told apart within a window; what exceeds them goes to the row of all others.
const MAX_PAIRS: usize = 4_096;
/// Taxa that are told apart within a window.
const MAX_TAXA: usize = 4_096;

/// One of the taxa that cannot be told apart any more.
const CROWD: u64 = u64::MAX;

/// Counts by serial number of taxon.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub slices: u64,
    taxa: BTreeMap<u64, Member>,
    pairs: BTreeMap<(u64, u64), Touches>,
}

impl Tally {
    /// The key of a taxon, which is noted when it is seen for the first time.
    pub fn key(&mut self, taxon: &TaxonRecord) -> u64 {
        let is_new = !self.taxa.contains_key(&taxon.serial);
        if is_new && self.taxa.len() >= MAX_TAXA {
            return CROWD;
        }
        if is_new {
            let genotype = Some(taxon.genotype);
            let length = taxon.genome.len() as u32;
            self.taxa.insert(taxon.serial, member(genotype, length));
        }
        taxon.serial
    }

    /// A sampled slice begins.
    pub fn begin(&mut self, key: u64) {
        self.row(key).slices += 1;
    }

    /// Adds what was done within the own body and in free bytes.
    pub fn alone(&mut self, key: u64, own: Touches, free: Touches) {
        let row = self.row(key);
        row.own.add(own);
        row.free.add(free);
    }

    fn row(&mut self, key: u64) -> &mut Member {
        self.taxa.entry(key).or_insert_with(|| member(None, 0))
    }

    /// Adds what one did with bytes of another.
    pub fn pair(&mut self, actor: u64, owner: u64, touches: Touches) {
        let is_room = self.pairs.len() < MAX_PAIRS || self.pairs.contains_key(&(actor, owner));
        let pair = if is_room {
            (actor, owner)
        } else {
            (CROWD, CROWD)
        };
        self.pairs.entry(pair).or_default().add(touches);
    }

    /// The matrix: taxa of one genotype together, the commonest told apart.
    pub fn close(self, from_tick: u64, end_tick: u64) -> ContactWindow {
        let mut genotypes: BTreeMap<GenotypeHash, Member> = BTreeMap::new();
        let mut rest = member(None, 0);
        for row in self.taxa.values() {
            let into = match row.genotype {
                Some(genotype) => genotypes
                    .entry(genotype)
                    .or_insert_with(|| member(Some(genotype), row.length)),
                None => &mut rest,
            };
            gather(into, row);
        }
        let mut members: Vec<Member> = genotypes.into_values().collect();
        members.sort_by_key(|row| std::cmp::Reverse((row.slices, row.own.executed)));
        for row in members.iter().skip(MAX_MEMBERS) {
            gather(&mut rest, row);
        }
        members.truncate(MAX_MEMBERS);
        let place = |key: &u64| {
            let genotype = self.taxa.get(key).and_then(|row| row.genotype);
            let found = members.iter().position(|row| row.genotype == genotype);
            found.unwrap_or(members.len()) as u16
        };
        let mut cells: BTreeMap<(u16, u16), Touches> = BTreeMap::new();
        for ((actor, owner), touches) in &self.pairs {
            let cell = cells.entry((place(actor), place(owner))).or_default();
            cell.add(*touches);
        }
        let last = members.len() as u16;
        if rest.slices > 0 || cells.keys().any(|&(a, o)| a == last || o == last) {
            members.push(rest);
        }
        ContactWindow {
            from_tick,
            end_tick,
            slices: self.slices,
            members,
            cells: cells
                .into_iter()
                .map(|((actor, owner), touches)| Cell {
                    actor,
                    owner,
                    touches,
                })
                .collect(),
        }
    }
}

fn member(genotype: Option<GenotypeHash>, length: u32) -> Member {
    Member {
        genotype,
        length,
        slices: 0,
        own: Touches::default(),
        free: Touches::default(),
    }
}

fn gather(into: &mut Member, row: &Member) {
    into.slices += row.slices;
    into.own.add(row.own);
    into.free.add(row.free);
}
