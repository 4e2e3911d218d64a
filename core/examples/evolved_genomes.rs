//! Prints the commonest genomes of a few young worlds, one a line: what `tests/taxonomy/evolved.txt` keeps. Knows no names.

use bytebiota_core::{Config, Epoch, GenotypeHash, Island, IslandId, WorldSeed};
use std::collections::BTreeMap;

const TICKS: u64 = 30_000_000;
const GENOMES_A_WORLD: usize = 3;

fn main() {
    for (preset, seed) in [("default", 1), ("default", 2), ("tierra", 3), ("tierra", 4)] {
        let config = Config::preset(preset).unwrap_or_else(|error| panic!("{error}"));
        for (rank, genome) in commonest(&evolve(seed, &config)).iter().enumerate() {
            let hex: String = genome.iter().map(|byte| format!("{byte:02x}")).collect();
            println!("{preset}-{seed}-{} {hex}", rank + 1);
        }
    }
}

fn evolve(seed: u64, config: &Config) -> Island {
    let step = config.evolution.epoch_ticks;
    let mut island = Island::genesis(WorldSeed(seed), IslandId(1), config);
    for epoch in 0..TICKS / step {
        island.open_epoch(Epoch(epoch), &[]);
        island.run_until((epoch + 1) * step);
        island.close_epoch(Epoch(epoch + 1));
    }
    island
}

/// Genomes by how many carry them, those that changed since birth left out.
fn commonest(island: &Island) -> Vec<Vec<u8>> {
    let mut carriers: BTreeMap<Vec<u8>, u32> = BTreeMap::new();
    for body in island.bodies() {
        let at = body.start as usize;
        let genome = &island.soup()[at..at + body.length as usize];
        if GenotypeHash::of(genome) == body.genotype {
            *carriers.entry(genome.to_vec()).or_default() += 1;
        }
    }
    let mut ranked: Vec<(Vec<u8>, u32)> = carriers.into_iter().collect();
    ranked.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    ranked.truncate(GENOMES_A_WORLD);
    ranked.into_iter().map(|(genome, _)| genome).collect()
}
