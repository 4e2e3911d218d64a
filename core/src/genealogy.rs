//! Taxa of the living and what connects them: a tree pruned of extinct lines as it goes. Knows no soup and no clock but the tick it is told.
//!
//! A taxon is one origin of a genotype. A row stays while it has living members or while lines of the living go through
//! it. Five births make a taxon *named*. From time to time the oldest extinct ancestor of the living is *told*: it goes into
//! a report and its row may go, for the world's history has it. As the oldest go first, whoever is told finds his parent told
//! before; so the line of the living is whole in history, back to the founders. Extinct rows through which one line goes
//! are joined to the edge below them, unless they are named; when too many of those wait, the least fertile lose
//! their names.

use crate::{
    GenotypeHash,
    report::{EdgeMutations, NAMED_AFTER_BIRTHS, Origin, TaxonRecord},
};
use std::cmp::Reverse;

/// One taxon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taxon {
    /// As reports name it; `living` counts members now.
    pub record: TaxonRecord,
    /// Whether it was, or will be, in a report.
    pub named: bool,
    /// Rows whose parent is this one.
    pub rows: u32,
    /// Where the parent's row was when it was last seen; valid only while the serial there agrees.
    parent_row: u32,
    occupied: bool,
}

/// The table of taxa.
#[derive(Clone, Debug, Default)]
pub struct Genealogy {
    taxa: Vec<Taxon>,
    vacant: Vec<u32>,
    next_serial: u64,
    finished: Vec<TaxonRecord>,
    told: Vec<TaxonRecord>,
}

/// Named, extinct rows with a single line below them that may wait to be told.
const MAX_WAITING: usize = 64;

impl Genealogy {
    /// A table from the rows of a state, which are in order of serial; `None` if they contradict one another.
    pub fn from_rows(rows: Vec<(TaxonRecord, bool)>, next_serial: u64) -> Option<Self> {
        let in_order = rows.is_sorted_by(|a, b| a.0.serial < b.0.serial);
        if !in_order || rows.last().is_some_and(|row| row.0.serial >= next_serial) {
            return None;
        }
        let mut table = Self {
            next_serial,
            ..Self::default()
        };
        for (mut record, named) in rows {
            // Members are counted anew when organisms join.
            record.living = 0;
            let mut parent_row = NO_ROW;
            if let Origin::Birth { parent } = record.origin {
                let found = table
                    .taxa
                    .binary_search_by_key(&parent, |taxon| taxon.record.serial);
                parent_row = found.map_or(NO_ROW, |row| row as u32);
            }
            if let Some(above) = table.taxa.get_mut(parent_row as usize) {
                above.rows += 1;
            }
            table.taxa.push(Taxon {
                record,
                named,
                rows: 0,
                parent_row,
                occupied: true,
            });
        }
        Some(table)
    }

    /// Rows in order of serial, with whether each is named.
    pub fn rows(&self) -> Vec<(u32, &Taxon)> {
        let mut rows: Vec<u32> = (0..self.taxa.len() as u32).collect();
        rows.retain(|&row| self.taxa[row as usize].occupied);
        rows.sort_unstable_by_key(|&row| self.taxa[row as usize].record.serial);
        rows.into_iter()
            .map(|row| (row, &self.taxa[row as usize]))
            .collect()
    }

    /// Whether every row has a reason to be there; false for rows made up outside.
    pub fn is_pruned(&self) -> bool {
        let needed = |taxon: &Taxon| taxon.record.living > 0 || taxon.rows > 0;
        self.taxa.iter().filter(|taxon| taxon.occupied).all(needed)
    }

    /// The taxon of a row.
    pub fn taxon(&self, row: u32) -> &Taxon {
        &self.taxa[row as usize]
    }

    /// The serial number of the next taxon: how many there have been.
    pub fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// How many taxa have living members.
    #[cfg(test)]
    pub fn living_taxa(&self) -> u32 {
        self.taxa
            .iter()
            .filter(|taxon| taxon.occupied && taxon.record.living > 0)
            .count() as u32
    }

    /// A new taxon without members yet. Roots are named from the start.
    pub fn begin(
        &mut self,
        origin: Origin,
        tick: u64,
        genome: &[u8],
        edge: EdgeMutations,
        parent: Option<u32>,
    ) -> u32 {
        let row = self.vacant.pop().unwrap_or_else(|| {
            self.taxa.push(vacant_taxon());
            self.taxa.len() as u32 - 1
        });
        if let Some(parent) = parent {
            self.taxa[parent as usize].rows += 1;
        }
        let taxon = &mut self.taxa[row as usize];
        taxon.record.serial = self.next_serial;
        taxon.record.origin = origin;
        taxon.record.origin_tick = tick;
        taxon.record.births = 0;
        taxon.record.living = 0;
        taxon.record.genotype = GenotypeHash::of(genome);
        taxon.record.genome.clear();
        taxon.record.genome.extend_from_slice(genome);
        taxon.record.edge = edge;
        taxon.named = parent.is_none();
        taxon.rows = 0;
        taxon.parent_row = parent.unwrap_or(NO_ROW);
        taxon.occupied = true;
        self.next_serial += 1;
        row
    }

    /// One more member.
    pub fn join(&mut self, row: u32) {
        let taxon = &mut self.taxa[row as usize];
        taxon.record.living += 1;
    }

    /// A member has given birth.
    pub fn bore(&mut self, row: u32) {
        let taxon = &mut self.taxa[row as usize];
        taxon.record.births = taxon.record.births.saturating_add(1);
        taxon.named |= taxon.record.births >= NAMED_AFTER_BIRTHS;
    }

    /// A member has died; forgets what no longer connects anything.
    pub fn leave(&mut self, row: u32) {
        let taxon = &mut self.taxa[row as usize];
        taxon.record.living -= 1;
        if taxon.record.living == 0 {
            self.prune(row);
        }
    }

    /// Joins extinct, unnamed taxa with a single descending row to the edge below them.
    pub fn compress(&mut self) {
        for row in 0..self.taxa.len() {
            while let Some(parent) = self.parent_row(row) {
                let above = &self.taxa[parent];
                if above.record.living > 0 || above.named || above.rows != 1 {
                    break;
                }
                let (origin, edge, next) =
                    (above.record.origin, above.record.edge, above.parent_row);
                self.taxa[parent].occupied = false;
                self.vacant.push(parent as u32);
                let taxon = &mut self.taxa[row];
                taxon.record.origin = origin;
                taxon.record.edge.add(edge);
                taxon.parent_row = next;
            }
        }
    }

    /// Tells at most `most` extinct ancestors of the living, the oldest first: those whose own parent is in the table no more.
    /// Unnamed ones are told only where lines meet in them; the others are joined to the edge below.
    pub fn tell(&mut self, most: u64) {
        for _ in 0..most {
            let is_due = |row: &usize| {
                let taxon = &self.taxa[*row];
                let is_ancestor = taxon.occupied && taxon.record.living == 0;
                is_ancestor && (taxon.named || taxon.rows > 1) && self.parent_row(*row).is_none()
            };
            let due = (0..self.taxa.len()).filter(is_due);
            let Some(row) = due.min_by_key(|row| self.taxa[*row].record.serial) else {
                break;
            };
            self.told.push(self.taxa[row].record.clone());
            self.taxa[row].occupied = false;
            self.vacant.push(row as u32);
        }
        self.bound_waiting();
    }

    /// When too many wait to be told the least fertile lose their names, of equals the youngest.
    fn bound_waiting(&mut self) {
        let waits = |row: &usize| {
            let taxon = &self.taxa[*row];
            taxon.occupied && taxon.named && taxon.record.living == 0 && taxon.rows == 1
        };
        let mut waiting: Vec<usize> = (0..self.taxa.len()).filter(waits).collect();
        let record = |row: &usize| &self.taxa[*row].record;
        waiting.sort_unstable_by_key(|row| (Reverse(record(row).births), record(row).serial));
        for row in waiting.into_iter().skip(MAX_WAITING) {
            self.taxa[row].named = false;
        }
    }

    /// The records of named taxa that died out with all their lines since the last call.
    pub fn take_finished(&mut self) -> Vec<TaxonRecord> {
        std::mem::take(&mut self.finished)
    }

    /// The records of ancestors of the living that were told since the last call, parents before their children.
    pub fn take_told(&mut self) -> Vec<TaxonRecord> {
        std::mem::take(&mut self.told)
    }

    /// The row of the parent, if the table still has it.
    fn parent_row(&self, row: usize) -> Option<usize> {
        let taxon = &self.taxa[row];
        let Origin::Birth { parent } = taxon.record.origin else {
            return None;
        };
        let above = self.taxa.get(taxon.parent_row as usize)?;
        let valid = taxon.occupied && above.occupied && above.record.serial == parent;
        valid.then_some(taxon.parent_row as usize)
    }

    fn prune(&mut self, row: u32) {
        let mut row = row as usize;
        loop {
            let taxon = &self.taxa[row];
            if taxon.record.living > 0 || taxon.rows > 0 {
                return;
            }
            if taxon.named {
                self.finished.push(taxon.record.clone());
            }
            let parent = self.parent_row(row);
            self.taxa[row].occupied = false;
            self.vacant.push(row as u32);
            let Some(above) = parent else { return };
            self.taxa[above].rows -= 1;
            row = above;
        }
    }
}

/// No row.
const NO_ROW: u32 = u32::MAX;

fn vacant_taxon() -> Taxon {
    Taxon {
        record: TaxonRecord {
            serial: 0,
            origin: Origin::Founder,
            origin_tick: 0,
            births: 0,
            living: 0,
            genotype: GenotypeHash::default(),
            genome: Vec::new(),
            edge: EdgeMutations::default(),
        },
        named: false,
        rows: 0,
        parent_row: NO_ROW,
        occupied: false,
    }
}

#[cfg(test)]
mod tests;
