//! The soup of an island as pictures show it, out of its stored state. Knows no store and no page.

use bytebiota_core::{Config, Digest, GenotypeHash, Island, MAX_STATE_BYTES};
use bytebiota_protocol::view::{BodyView, GenotypeView, MemoryMapView};
use std::collections::BTreeMap;

/// Inflates a stored state and proves it by its digest; `None` if it is damaged.
pub fn intact(deflated: &[u8], digest: Digest) -> Option<Vec<u8>> {
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, MAX_STATE_BYTES);
    bytes.ok().filter(|bytes| Digest::of(bytes) == digest)
}

/// The map of a state; `None` if it is damaged.
pub fn of_state(deflated: &[u8], digest: Digest, config: &Config) -> Option<MemoryMapView> {
    let bytes = intact(deflated, digest)?;
    let island = Island::from_bytes(&bytes, config).ok()?;
    Some(of_island(&island, config))
}

/// The map of an island.
pub fn of_island(island: &Island, config: &Config) -> MemoryMapView {
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
    let organism = |body: &bytebiota_core::Body| {
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
    use bytebiota_core::{IslandId, WorldSeed};

    #[test]
    fn every_living_body_is_on_the_map_and_damage_is_seen() {
        let config = Config::default();
        let mut island = Island::genesis(WorldSeed(1), IslandId(2), &config);
        island.run_until(300_000);
        let bytes = island.to_bytes();
        let mut deflated = crate::verification::deflate(&bytes);
        let map = of_state(&deflated, Digest::of(&bytes), &config).expect("intact");
        assert_eq!(map.organisms.len() as u32, island.population());
        assert_eq!(
            map.genotypes.iter().map(|g| g.living).sum::<u32>(),
            island.population()
        );
        assert!(map.organisms.is_sorted_by_key(|body| body.start));
        let used: u32 = map
            .organisms
            .iter()
            .map(|body| body.length + body.child_length)
            .sum();
        assert_eq!(used + map.free_bytes, map.memory_size);
        let middle = deflated.len() / 2;
        deflated[middle] ^= 0x10;
        assert_eq!(of_state(&deflated, Digest::of(&bytes), &config), None);
    }
}
