//! What can be read off an island: samples and bodies. Changes nothing.

use crate::{
    Epoch, GenotypeHash, Sample, TaxonRecord,
    assignment::{HALO_CELLS, HaloCell},
    island::Island,
    organism::Child,
    sample::{self, LENGTH_CLASSES},
};
use std::collections::BTreeMap;

/// A living organism as pictures show it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Body {
    /// First address.
    pub start: u32,
    /// Bytes.
    pub length: u32,
    /// The pending child: first address and bytes.
    pub child: Option<(u32, u32)>,
    /// Distinct bytes of that child written so far.
    pub written: u32,
    /// Instruction pointer.
    pub ip: u32,
    /// Its genotype at birth.
    pub genotype: GenotypeHash,
    /// Bytes of its genome at birth.
    pub genome_length: u32,
    /// Milli-units.
    pub energy: i64,
    /// Rounds since birth.
    pub age: u64,
    /// Errors since birth.
    pub errors: u32,
    /// Births by it.
    pub births: u32,
}

/// A genotype with living bodies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LivingGenotype {
    /// Its hash.
    pub genotype: GenotypeHash,
    /// Its genome at birth.
    pub genome: Vec<u8>,
    /// Living bodies.
    pub living: u32,
    /// Those of them that have given birth.
    pub mothers: u32,
    /// Births by its bodies, the dead ones of living taxa included.
    pub births: u64,
}

impl Island {
    /// The genotypes of the living, commonest first.
    pub fn living_genotypes(&self) -> Vec<LivingGenotype> {
        let mut mothers: BTreeMap<u32, u32> = BTreeMap::new();
        for slot in self.scheduler.queue.slots() {
            let organism = &self.organisms[slot as usize];
            *mothers.entry(organism.taxon).or_default() += u32::from(organism.births > 0);
        }
        let mut found: BTreeMap<GenotypeHash, LivingGenotype> = BTreeMap::new();
        for (row, count) in mothers {
            let record = &self.genealogy.taxon(row).record;
            let entry = found
                .entry(record.genotype)
                .or_insert_with(|| LivingGenotype {
                    genotype: record.genotype,
                    genome: record.genome.clone(),
                    living: 0,
                    mothers: 0,
                    births: 0,
                });
            entry.living += record.living;
            entry.mothers += count;
            entry.births += u64::from(record.births);
        }
        let mut all: Vec<LivingGenotype> = found.into_values().collect();
        all.sort_by_key(|kind| (std::cmp::Reverse(kind.living), kind.genotype));
        all
    }

    /// The generation of the youngest line of those who live with this genome; None if nobody has it.
    pub(crate) fn generation_of(&self, genome: &[u8]) -> Option<u32> {
        let living = self
            .scheduler
            .queue
            .slots()
            .map(|slot| &self.organisms[slot as usize]);
        let these = living.filter(|body| self.genealogy.taxon(body.taxon).record.genome == genome);
        these.map(|body| body.generation).max()
    }

    /// The taxa of the table, in order of serial: those with living members, and those in which lines of the living
    /// meet.
    pub fn taxa(&self) -> Vec<TaxonRecord> {
        let rows = self.genealogy.rows().into_iter();
        rows.map(|(_, taxon)| taxon.record.clone()).collect()
    }

    /// How many taxa have begun here so far: the serial number of the next one.
    pub fn next_serial(&self) -> u64 {
        self.genealogy.next_serial()
    }

    /// The cells at the lower and the upper edge of its region, from the edge inwards: what the neighbours sense beyond
    /// their own edges.
    pub fn edges(&self) -> (Vec<HaloCell>, Vec<HaloCell>) {
        let region = &self.environment.region;
        let cell = |(resource, signal): (&u16, &u32)| HaloCell {
            resource: *resource,
            signal: *signal,
        };
        let cells = || region.resource.iter().zip(&region.signal);
        let low = cells().take(HALO_CELLS).map(cell).collect();
        let high = cells().rev().take(HALO_CELLS).map(cell).collect();
        (low, high)
    }

    /// The island in numbers, now.
    pub fn sample(&self) -> Sample {
        let living = || {
            self.scheduler
                .queue
                .slots()
                .map(|slot| &self.organisms[slot as usize])
        };
        let kinds = self.bodies_by_genotype();
        let counts: Vec<u32> = kinds.iter().map(|kind| kind.1).collect();
        let (simpson, shannon_millibits) = sample::diversity(&counts);
        let mut lengths = [0; LENGTH_CLASSES];
        for (_, taxon) in self.genealogy.rows() {
            lengths[sample::length_class(taxon.record.genome.len())] += taxon.record.living;
        }
        let resource = self.environment.region.resource.iter();
        Sample {
            epoch: Epoch(self.tick / self.config.evolution.epoch_ticks),
            round: self.round,
            population: self.population,
            genotypes: counts.len() as u32,
            commonest: counts.iter().copied().max().unwrap_or(0),
            simpson,
            shannon_millibits,
            lengths,
            genome_bytes: living().map(|organism| u64::from(organism.length)).sum(),
            energy: living().map(|organism| organism.purse.energy as u64).sum(),
            resource: resource.map(|&units| u64::from(units)).sum(),
            counters: self.counters.clone(),
        }
    }

    /// Bytes that belong to nobody.
    pub fn free_bytes(&self) -> u32 {
        self.soup.free_bytes()
    }

    /// Every living organism, by address.
    pub fn bodies(&self) -> Vec<Body> {
        let body = |slot: u32| {
            let organism = &self.organisms[slot as usize];
            let taxon = &self.genealogy.taxon(organism.taxon).record;
            let written = match organism.child {
                Child::Pending { written, .. } => written,
                Child::Absent => 0,
            };
            Body {
                start: organism.start,
                length: organism.length,
                child: (organism.child != Child::Absent).then_some(organism.child.block()),
                written,
                ip: organism.registers.ip,
                genotype: taxon.genotype,
                genome_length: taxon.genome.len() as u32,
                energy: organism.purse.energy,
                age: self.round.saturating_sub(organism.born),
                errors: organism.errors,
                births: organism.births,
            }
        };
        let mut bodies: Vec<Body> = self.scheduler.queue.slots().map(body).collect();
        bodies.sort_unstable_by_key(|body| body.start);
        bodies
    }

    /// The genotypes of the living and how many bodies each has, in order of hash.
    fn bodies_by_genotype(&self) -> Vec<(GenotypeHash, u32)> {
        let rows = self.genealogy.rows();
        let records = rows.iter().map(|(_, taxon)| &taxon.record);
        let mut kinds: Vec<(GenotypeHash, u32)> = records
            .filter(|record| record.living > 0)
            .map(|record| (record.genotype, record.living))
            .collect();
        kinds.sort_unstable();
        kinds.dedup_by(|next, kept| {
            let is_same = next.0 == kept.0;
            kept.1 += if is_same { next.1 } else { 0 };
            is_same
        });
        kinds
    }
}
