//! Records a soup from its single founder until it is full, and for as long again: a pure function of the program. Knows no
//! address and no page.
//!
//! `facts` finds what is worth a sentence.

mod facts;

use bytebiota_core::{
    Body, Config, Epoch, GenotypeHash, Island, IslandId, SEMANTICS_VERSION, WorldSeed,
};
use bytebiota_protocol::recording::{
    RecordedCaption, RecordedFrame, RecordedGenotype, RecordingView,
};
use facts::Facts;
use std::collections::BTreeMap;

/// The world that is recorded: one that goes as most do.
const SEED: WorldSeed = WorldSeed(3);
/// Ticks from one moment to the next, at least: while the founder is alone, so many make up its first copy.
const LEAST_TICKS: u64 = 75;
/// A moment is later than the one before by this part of all that has passed: what grows at a steady rate looks steady.
const LATER_PART: u64 = 12;
/// Up to so many organisms a child is shown as far as it is written, then whole: what many write differs at every moment.
const NEAR: u32 = 8;

/// The recording; the same each time.
pub fn record() -> RecordingView {
    let mut config = Config::default();
    config.evolution.founders = 1;
    let mut island = Island::genesis(SEED, IslandId(1), &config);
    island.open_epoch(Epoch(0), &[]);
    let mut recorder = Recorder::new(&config);
    let mut facts = Facts::new(&island);
    let mut next = 0;
    // An epoch is far more than it takes; a soup that does not fill is shown as it is then.
    while island.tick() < config.evolution.epoch_ticks {
        let said = facts.look(&island);
        if !said.is_empty() || island.tick() >= next {
            recorder.keep(&island, said);
            next = island.tick() + (island.tick() / LATER_PART).max(LEAST_TICKS);
        }
        if facts.is_over(island.tick()) {
            break;
        }
        island.run_until(island.tick() + 1);
    }
    recorder.view
}

/// What is recorded so far, and what the last moment of it shows.
struct Recorder {
    view: RecordingView,
    places: BTreeMap<GenotypeHash, u32>,
    seen: BTreeMap<u32, [u32; 5]>,
}

impl Recorder {
    fn new(config: &Config) -> Self {
        let view = RecordingView {
            semantics_version: SEMANTICS_VERSION,
            seed: SEED.0,
            memory_size: config.soup.size,
            ..RecordingView::default()
        };
        Self {
            view,
            places: BTreeMap::new(),
            seen: BTreeMap::new(),
        }
    }

    fn keep(&mut self, island: &Island, said: String) {
        let bodies = island.bodies();
        let is_near = island.population() <= NEAR;
        let rows = bodies.iter().map(|body| self.row(body, is_near));
        let rows: BTreeMap<u32, [u32; 5]> = rows.map(|row| (row[0], row)).collect();
        let counters = island.counters();
        let gone = self.seen.keys().filter(|start| !rows.contains_key(start));
        let changed = rows
            .iter()
            .filter(|(start, row)| self.seen.get(start) != Some(row));
        let frame = RecordedFrame {
            tick: island.tick(),
            births: counters.births,
            deaths: counters.deaths_total(),
            gone: gone.copied().collect(),
            changed: changed.map(|(_, row)| *row).collect(),
        };
        if !said.is_empty() {
            let frame = self.view.frames.len() as u32;
            let caption = RecordedCaption { frame, text: said };
            self.view.captions.push(caption);
        }
        self.view.frames.push(frame);
        self.seen = rows;
    }

    fn row(&mut self, body: &Body, is_near: bool) -> [u32; 5] {
        let (child, whole) = body.child.unwrap_or((body.start, 0));
        let shown = if is_near { body.written } else { whole };
        let genotype = self.place(body);
        [body.start, body.length, genotype, child, shown]
    }

    fn place(&mut self, body: &Body) -> u32 {
        let known = self.places.len() as u32;
        *self.places.entry(body.genotype).or_insert_with(|| {
            self.view.genotypes.push(RecordedGenotype {
                hash: body.genotype.to_string(),
                length: body.genome_length,
            });
            known
        })
    }
}

#[cfg(test)]
mod tests;
