//! `GET /api/memory/map`: the soup in the flat shape that older tools read, every organism with its own address. Knows no state.

use super::query::{OnIsland, Refusal};
use super::{inside, world::soup};
use crate::routes::App;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use bytebiota_core::{GenotypeHash, IslandId};
use bytebiota_protocol::view::{BodyView, MemoryMapView};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The island that is shown if none is named.
const FIRST: IslandId = IslandId(1);

/// A soup with real addresses.
#[derive(Serialize, ToSchema)]
pub struct AddressedMap {
    /// When this was answered, seconds since 1970.
    timestamp: f64,
    /// The island.
    island: u32,
    /// Ticks since genesis.
    tick: u64,
    /// Bytes of the soup.
    memory_size: u32,
    /// What belongs to nobody, by address.
    free_ranges: Vec<FreeRange>,
    /// Every organism, by address.
    organisms: Vec<AddressedBody>,
}

/// Bytes that belong to nobody.
#[derive(Serialize, ToSchema, PartialEq, Eq, Debug)]
pub struct FreeRange {
    /// The first address.
    start: u32,
    /// Bytes.
    length: u32,
}

/// An organism at its address.
#[derive(Serialize, ToSchema)]
pub struct AddressedBody {
    /// Island and first address: two bodies never share one.
    id: String,
    /// First address.
    start_addr: u32,
    /// Bytes.
    size: u32,
    /// Its genotype, 32 hex digits.
    genotype: String,
    /// Its species; empty if the genotype has no name yet.
    species: String,
    /// `replicating` with a child on the way, `erring` without one and with errors, else `idle`.
    activity: &'static str,
    /// Where it executes.
    current_ip: u32,
    /// Energy, whole units.
    energy: u32,
    /// Rounds since birth.
    age: u32,
    /// Errors since birth.
    errors: u32,
    /// First address of the child being written; none without a child.
    child_start: Option<u32>,
    /// Bytes of that child.
    child_size: u32,
}

/// The soup of an island, flat
///
/// Bodies, free ranges and addresses are those of the newest confirmed state; island 1 if none is named. The same as
/// `/api/v1/islands/{id}/memory-map`, in the shape of earlier tools.
#[utoipa::path(get, path = "/api/memory/map", tag = "world", operation_id = "flat_memory_map", params(OnIsland),
    responses((status = 200, body = AddressedMap)))]
pub async fn memory_map(
    State(app): State<App>,
    Query(island): Query<OnIsland>,
) -> Result<Response, Refusal> {
    let island = island.island(&app)?.unwrap_or(FIRST);
    let map = soup(&app, island).await?;
    let hashes = map.genotypes.iter();
    let hashes: Vec<_> = hashes
        .filter_map(|genotype| GenotypeHash::from_hex(&genotype.hash))
        .collect();
    let names = app.coordinator.store().species_of(&hashes).await;
    let names = names.map_err(|error| Box::new(inside(&error)))?;
    let now_ms = app.coordinator.clock().now_ms();
    Ok(Json(flat(&map, &names, now_ms)).into_response())
}

fn flat(map: &MemoryMapView, names: &BTreeMap<String, String>, now_ms: u64) -> AddressedMap {
    AddressedMap {
        timestamp: now_ms as f64 / 1_000.0,
        island: map.island,
        tick: map.tick,
        memory_size: map.memory_size,
        free_ranges: free_ranges(map),
        organisms: map
            .organisms
            .iter()
            .map(|body| addressed(map, body, names))
            .collect(),
    }
}

fn addressed(
    map: &MemoryMapView,
    body: &BodyView,
    names: &BTreeMap<String, String>,
) -> AddressedBody {
    let genotype = map.genotypes.get(body.genotype as usize);
    let genotype = genotype.map_or_else(String::new, |genotype| genotype.hash.clone());
    AddressedBody {
        id: format!("{}-{}", map.island, body.start),
        start_addr: body.start,
        size: body.length,
        species: names.get(&genotype).cloned().unwrap_or_default(),
        genotype,
        activity: match (body.child_length, body.errors) {
            (1.., _) => "replicating",
            (0, 1..) => "erring",
            (0, 0) => "idle",
        },
        current_ip: body.ip,
        energy: body.energy,
        age: body.age,
        errors: body.errors,
        child_start: (body.child_length > 0).then_some(body.child_start),
        child_size: body.child_length,
    }
}

/// What lies between the bodies and the children being written.
fn free_ranges(map: &MemoryMapView) -> Vec<FreeRange> {
    let blocks = map.organisms.iter().flat_map(|body| {
        let child = (body.child_start, body.child_length);
        [(body.start, body.length), child]
    });
    let mut blocks: Vec<_> = blocks.filter(|(_, length)| *length > 0).collect();
    blocks.sort_unstable();
    let mut ranges = Vec::new();
    let mut free_from = 0;
    for (start, length) in blocks.into_iter().chain([(map.memory_size, 0)]) {
        if start > free_from {
            ranges.push(FreeRange {
                start: free_from,
                length: start - free_from,
            });
        }
        free_from = free_from.max(start.saturating_add(length));
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::{Config, Island, WorldSeed};
    use bytebiota_protocol::memory_map::of_island;

    #[test]
    fn every_byte_is_somebodys_or_free_and_none_is_both() {
        let mut island = Island::genesis(WorldSeed(1), IslandId(2), &Config::default());
        for ticks in [0, 1_000, 300_000] {
            island.run_until(ticks);
            let map = of_island(&island);
            let flat = flat(&map, &BTreeMap::new(), 1_500);
            assert_eq!(flat.timestamp, 1.5);
            let free: u32 = flat.free_ranges.iter().map(|range| range.length).sum();
            assert_eq!(free, map.free_bytes);
            let held = |body: &AddressedBody| body.size + body.child_size;
            let held: u32 = flat.organisms.iter().map(held).sum();
            assert_eq!(held + free, flat.memory_size);
            let children = flat.organisms.iter().filter(|body| body.child_size > 0);
            assert!(children.clone().all(|body| body.activity == "replicating"));
            assert_eq!(flat.organisms.len() as u32, island.population());
        }
    }

    #[test]
    fn an_empty_soup_is_one_free_range() {
        let map = MemoryMapView {
            memory_size: 64,
            ..MemoryMapView::default()
        };
        let whole = FreeRange {
            start: 0,
            length: 64,
        };
        assert_eq!(free_ranges(&map), [whole]);
    }
}
