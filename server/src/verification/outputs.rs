//! What a unit puts out beside its state, in the form in which the server keeps it until the verdict. Knows no disk,
//! and believes nothing but what can be seen in the report itself.

use bytebiota_core::assignment::{HaloCell, MAX_TRAVELLING_GENOME_BYTES};
use bytebiota_core::report::{MAX_TAXA, Origin};
use bytebiota_core::{Emigrant, Epoch, Island, Report, Sample, Segment, TaxonRecord, codec};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of one unit's outputs on disk, inflated, at most.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// How hard they are squeezed.
const LEVEL: u8 = 4;

/// Something with the segment it came out of: what leaves the island leaves only if that was computed again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InSegment<T> {
    /// The segment, from 0.
    pub segment: u32,
    /// What came out of it.
    pub item: T,
}

/// How many a taxon has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Members {
    /// Which taxon.
    pub serial: u64,
    /// Members alive.
    pub living: u32,
    /// Births so far.
    pub births: u32,
}

/// The outputs of one unit.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct UnitOutputs {
    /// The table of taxa at its end, read from the state itself: at most `MAX_TAXA`, those with most members and their
    /// ancestors first chosen, in order of serial.
    pub standing: Vec<TaxonRecord>,
    /// Every taxon with living members there, also those that `standing` leaves out.
    pub members: Vec<Members>,
    /// Named taxa that died out within it.
    pub finished: Vec<InSegment<TaxonRecord>>,
    /// The outbox.
    pub emigrants: Vec<InSegment<Emigrant>>,
    /// Samples of the series.
    pub samples: Vec<Sample>,
    /// The cells at the lower and the upper edge of the region at its end, read from the state itself.
    pub edges: (Vec<HaloCell>, Vec<HaloCell>),
}

impl UnitOutputs {
    /// The outputs of a report whose end state is `island`; or what is wrong with them.
    pub fn of(report: &Report, island: &Island) -> Result<Self, &'static str> {
        let standing = island.taxa();
        let known: BTreeSet<u64> = standing.iter().map(|record| record.serial).collect();
        let mut outputs = Self {
            members: members(&standing),
            standing: commonest(standing),
            edges: island.edges(),
            ..Self::default()
        };
        let mut line = report.key.first_epoch.0;
        for (number, segment) in (0..).zip(&report.segments) {
            let end = line.saturating_add(u64::from(segment.epochs));
            check(segment, report, island, (line, end))?;
            line = end;
            let here =
                |record: &&TaxonRecord| record.living == 0 && !known.contains(&record.serial);
            let finished = segment.outputs.taxa.iter().filter(here).cloned();
            outputs
                .finished
                .extend(finished.map(|item| in_segment(number, item)));
            let emigrants = segment.outputs.emigrants.iter().cloned();
            outputs
                .emigrants
                .extend(emigrants.map(|item| in_segment(number, item)));
            outputs.samples.extend_from_slice(&segment.outputs.samples);
        }
        Ok(outputs)
    }

    /// As they are kept.
    pub fn pack(&self) -> Vec<u8> {
        miniz_oxide::deflate::compress_to_vec(&codec::encode(self), LEVEL)
    }

    /// From what `pack` made; nothing is what units of earlier releases have.
    pub fn unpack(packed: &[u8]) -> Option<Self> {
        if packed.is_empty() {
            return Some(Self::default());
        }
        let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, MAX_BYTES).ok()?;
        codec::decode(&bytes, MAX_BYTES).ok()
    }
}

fn in_segment<T>(segment: u32, item: T) -> InSegment<T> {
    InSegment { segment, item }
}

fn members(taxa: &[TaxonRecord]) -> Vec<Members> {
    let living = taxa.iter().filter(|record| record.living > 0);
    let members = living.map(|record| Members {
        serial: record.serial,
        living: record.living,
        births: record.births,
    });
    members.collect()
}

/// Those with most members, of equals the most fertile, each with all its ancestors in the table, as long as there is room.
fn commonest(taxa: Vec<TaxonRecord>) -> Vec<TaxonRecord> {
    let table: BTreeMap<u64, &TaxonRecord> =
        taxa.iter().map(|taxon| (taxon.serial, taxon)).collect();
    let mut by_members: Vec<&TaxonRecord> = taxa.iter().filter(|taxon| taxon.living > 0).collect();
    by_members.sort_by_key(|taxon| (Reverse(taxon.living), Reverse(taxon.births), taxon.serial));
    let mut chosen = BTreeSet::new();
    for taxon in by_members {
        let line = std::iter::successors(Some(taxon), |taxon| match taxon.origin {
            Origin::Birth { parent } => table.get(&parent).copied(),
            _ => None,
        });
        let line: Vec<u64> = line
            .map(|taxon| taxon.serial)
            .take_while(|serial| !chosen.contains(serial))
            .collect();
        if chosen.len() + line.len() <= MAX_TAXA {
            chosen.extend(line);
        }
    }
    let mut taxa = taxa;
    taxa.retain(|taxon| chosen.contains(&taxon.serial));
    taxa
}

/// What can be seen without computing: names, places and lengths within their bounds.
fn check(
    segment: &Segment,
    report: &Report,
    island: &Island,
    (from, end): (u64, u64),
) -> Result<(), &'static str> {
    let outputs = &segment.outputs;
    let fits = |genome: &[u8]| (1..=MAX_TRAVELLING_GENOME_BYTES).contains(&genome.len());
    let is_within = |epoch: Epoch| epoch.0 > from && epoch.0 <= end;
    let begun = island.next_serial();
    let is_ours = |e: &Emigrant| e.taxon.island == report.key.island && e.taxon.serial < begun;
    let (taxa, emigrants) = (&outputs.taxa, &outputs.emigrants);
    let is_past = |t: &TaxonRecord| t.serial < begun && t.origin_tick <= island.tick();
    if !taxa.iter().all(|t| is_past(t) && fits(&t.genome)) {
        Err("it names a taxon that cannot be")
    } else if !emigrants
        .iter()
        .all(|e| is_within(e.epoch) && is_ours(e) && fits(&e.genome))
    {
        Err("it sends an emigrant that cannot be")
    } else if !emigrants.is_sorted_by(|a, b| a.epoch < b.epoch) {
        Err("more than one emigrant left at an epoch line")
    } else if !outputs.samples.is_sorted_by(|a, b| a.epoch < b.epoch)
        || !outputs.samples.iter().all(|sample| is_within(sample.epoch))
    {
        Err("its samples are of another time")
    } else {
        Ok(())
    }
}
