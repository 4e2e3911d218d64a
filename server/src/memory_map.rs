//! The soup of an island as pictures show it, out of its stored state. Knows no store and no page.

use bytebiota_core::{Config, Digest, Island, MAX_STATE_BYTES};
use bytebiota_protocol::{memory_map, view::MemoryMapView};

/// Inflates a stored state and proves it by its digest; `None` if it is damaged.
pub fn intact(deflated: &[u8], digest: Digest) -> Option<Vec<u8>> {
    let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(deflated, MAX_STATE_BYTES);
    bytes.ok().filter(|bytes| Digest::of(bytes) == digest)
}

/// The map of a state; `None` if it is damaged.
pub fn of_state(deflated: &[u8], digest: Digest, config: &Config) -> Option<MemoryMapView> {
    let bytes = intact(deflated, digest)?;
    let island = Island::from_bytes(&bytes, config).ok()?;
    Some(memory_map::of_island(&island))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Island, IslandId, WorldSeed};

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
