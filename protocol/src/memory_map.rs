//! The soup of an island as pictures show it: the same map from the server's states and from a volunteer's own island. Knows no page.

use crate::view::{BodyView, GenotypeView, MemoryMapView};
use bytebiota_core::{Body, GenotypeHash, Island};
use std::collections::BTreeMap;

/// The map of an island.
pub fn of_island(island: &Island) -> MemoryMapView {
    let config = island.config();
    let bodies = island.bodies();
    let mut living: BTreeMap<GenotypeHash, (u32, u32)> = BTreeMap::new();
    for body in &bodies {
        living
            .entry(body.genotype)
            .or_insert((0, body.genome_length))
            .0 += 1;
    }
    let mut genotypes: Vec<_> = living.into_iter().collect();
    genotypes.sort_by_key(|(hash, (count, _))| (std::cmp::Reverse(*count), *hash));
    let index: BTreeMap<_, _> = genotypes
        .iter()
        .map(|(hash, _)| *hash)
        .zip(0u32..)
        .collect();
    let organism = |body: &Body| {
        let (child_start, child_length) = body.child.unwrap_or((body.start, 0));
        BodyView {
            start: body.start,
            length: body.length,
            child_start,
            child_length,
            ip: body.ip,
            genotype: index.get(&body.genotype).copied().unwrap_or(0),
            energy: u32::try_from(body.energy.max(0) / 1_000).unwrap_or(u32::MAX),
            age: u32::try_from(body.age).unwrap_or(u32::MAX),
            errors: body.errors,
            births: body.births,
        }
    };
    MemoryMapView {
        island: island.id().0,
        epoch: island.tick() / config.evolution.epoch_ticks.max(1),
        tick: island.tick(),
        memory_size: config.soup.size,
        free_bytes: island.free_bytes(),
        organisms: bodies.iter().map(organism).collect(),
        genotypes: genotypes
            .into_iter()
            .map(|(hash, (living, length))| GenotypeView {
                hash: hash.to_string(),
                length,
                living,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Config, IslandId, WorldSeed};

    #[test]
    fn every_living_body_is_on_the_map_with_its_genotype() {
        let mut island = Island::genesis(WorldSeed(1), IslandId(2), &Config::default());
        island.run_until(300_000);
        let map = of_island(&island);
        assert_eq!(map.organisms.len() as u32, island.population());
        assert!(map.organisms.is_sorted_by_key(|body| body.start));
        let living: u32 = map.genotypes.iter().map(|genotype| genotype.living).sum();
        assert_eq!(living, island.population());
        let used: u32 = map
            .organisms
            .iter()
            .map(|body| body.length + body.child_length)
            .sum();
        assert_eq!(used + map.free_bytes, map.memory_size);
    }
}
