//! The genealogy of the obvious executor: rules applied until nothing changes any more.

use super::{mirror::*, world::World};

impl World {
    pub fn taxon(&mut self, serial: u64) -> &mut Taxon {
        let found = self
            .rest
            .taxa
            .iter_mut()
            .find(|taxon| taxon.serial == serial);
        found.expect("a taxon in the table")
    }

    /// A new taxon; one without a parent is named from the start.
    pub fn new_taxon(&mut self, origin: Origin, genome: Vec<u8>, edge: Edge) -> u64 {
        let serial = self.rest.next_serial;
        self.rest.next_serial += 1;
        self.rest.taxa.push(Taxon {
            serial,
            origin,
            origin_tick: self.rest.tick,
            births: 0,
            genome,
            edge,
            named: !matches!(origin, Origin::Birth { .. }),
        });
        serial
    }

    fn is_living(&self, serial: u64) -> bool {
        self.lives.iter().any(|life| life.taxon == serial)
    }

    fn children(&self, serial: u64) -> Vec<usize> {
        let is_child = |taxon: &Taxon| taxon.origin == Origin::Birth { parent: serial };
        (0..self.rest.taxa.len())
            .filter(|&row| is_child(&self.rest.taxa[row]))
            .collect()
    }

    /// Extinct taxa go when nothing in the table descends from them.
    pub fn prune(&mut self) {
        let gone = |world: &Self| {
            world.rest.taxa.iter().position(|taxon| {
                !world.is_living(taxon.serial) && world.children(taxon.serial).is_empty()
            })
        };
        while let Some(row) = gone(self) {
            self.rest.taxa.remove(row);
        }
    }

    /// An extinct, unnamed taxon with a single descending row is joined to that row.
    pub fn compress(&mut self) {
        let joint = |world: &Self| {
            world.rest.taxa.iter().enumerate().find_map(|(row, taxon)| {
                let below = world.children(taxon.serial);
                let idle = !taxon.named && !world.is_living(taxon.serial);
                (idle && below.len() == 1).then(|| (row, below[0]))
            })
        };
        while let Some((above, below)) = joint(self) {
            let (origin, edge) = (self.rest.taxa[above].origin, self.rest.taxa[above].edge);
            let child = &mut self.rest.taxa[below];
            child.origin = origin;
            child.edge = Edge {
                steps: child.edge.steps + edge.steps,
                synonymous: child.edge.synonymous + edge.synonymous,
                nonsynonymous: child.edge.nonsynonymous + edge.nonsynonymous,
                insertions: child.edge.insertions + edge.insertions,
                deletions: child.edge.deletions + edge.deletions,
                other: child.edge.other + edge.other,
            };
            self.rest.taxa.remove(above);
        }
    }

    /// The oldest extinct ancestors go into history: one in so many ticks, and only if the parent has gone before.
    pub fn tell(&mut self) {
        let (now, ticks) = (self.rest.tick, self.config.evolution.epoch_ticks);
        let interval = self.config.evolution.ancestor_interval;
        for _ in (now - ticks) / interval..now / interval {
            let due = |world: &Self, taxon: &Taxon| {
                let Origin::Birth { parent } = taxon.origin else {
                    return true;
                };
                !world.rest.taxa.iter().any(|other| other.serial == parent)
            };
            let oldest = self.rest.taxa.iter().position(|taxon| {
                let below = self.children(taxon.serial).len();
                !self.is_living(taxon.serial) && (taxon.named || below > 1) && due(self, taxon)
            });
            if let Some(row) = oldest {
                self.rest.taxa.remove(row);
            }
        }
        let waits = |world: &Self, taxon: &Taxon| {
            taxon.named && !world.is_living(taxon.serial) && world.children(taxon.serial).len() == 1
        };
        loop {
            let waiting = self
                .rest
                .taxa
                .iter()
                .enumerate()
                .filter(|(_, taxon)| waits(self, taxon));
            let waiting: Vec<(usize, &Taxon)> = waiting.collect();
            if waiting.len() <= 64 {
                return;
            }
            let least = waiting
                .iter()
                .min_by_key(|(row, taxon)| (taxon.births, usize::MAX - row));
            let Some(row) = least.map(|(row, _)| *row) else {
                return;
            };
            self.rest.taxa[row].named = false;
        }
    }
}
