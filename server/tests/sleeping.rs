//! What an island costs while nobody computes it: little, however many there are. Counts every allocation of the process,
//! so this is a program of its own with one test.

use bytebiota_core::{Config, Digest, Island, IslandId, WorldId, WorldSeed};
use bytebiota_server::store::{NewWorld, StateRow, Store};
use bytebiota_server::{DistributedServer, ServerConfig};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use std::alloc::System;
use std::path::Path;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// As many as a world has at most by default.
const ISLANDS: u32 = 1_024;
const MAX_BYTES_PER_ISLAND: usize = 2_048;

fn small_world() -> Config {
    let mut config = Config::default();
    for (knob, value) in [
        ("soup.size", "4096"),
        ("environment.length", "256"),
        ("soup.search_radius", "1024"),
    ] {
        config.set(knob, value).expect("a knob");
    }
    config
}

/// A world of so many islands at their genesis, on disk.
async fn make(folder: &Path, islands: u32) {
    let (config, seed) = (small_world(), WorldSeed(3));
    let world = NewWorld {
        id: WorldId(5),
        seed,
        config: config.clone(),
        created_ms: 1,
    };
    let store = Store::open(&folder.join("world.sqlite"), world).await;
    let store = store.expect("opens");
    let mut adding = tokio::task::JoinSet::new();
    for number in 1..=islands {
        let island = Island::genesis(seed, IslandId(number), &config);
        let bytes = island.to_bytes();
        let state = StateRow {
            digest: Digest::of(&bytes),
            deflated: miniz_oxide::deflate::compress_to_vec(&bytes, 1),
        };
        let (store, sample) = (store.clone(), island.sample());
        adding.spawn(async move { store.add_island(IslandId(number), state, sample).await });
    }
    while let Some(added) = adding.join_next().await {
        added.expect("no panic").expect("stored");
    }
    store.close().await;
}

/// Bytes that a server of this folder holds once it is open.
async fn held(folder: &Path) -> usize {
    let held = || {
        let stats = ALLOCATOR.stats();
        stats
            .bytes_allocated
            .saturating_sub(stats.bytes_deallocated)
    };
    let before = held();
    let config = ServerConfig {
        data_dir: folder.to_path_buf(),
        ..ServerConfig::default()
    };
    let server = DistributedServer::open(config).await.expect("opens");
    let after = held();
    drop(server);
    after.saturating_sub(before)
}

#[tokio::test]
async fn a_sleeping_island_costs_two_kibibytes_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let (few, many) = (folder.path().join("few"), folder.path().join("many"));
    for (path, islands) in [(&few, 2), (&many, ISLANDS)] {
        std::fs::create_dir(path).expect("made");
        make(path, islands).await;
    }
    // The first opening pays for what every process needs once.
    held(&few).await;
    let (few, many) = (held(&few).await, held(&many).await);
    let each = many.saturating_sub(few) / (ISLANDS as usize - 2);
    println!("{each} bytes per sleeping island");
    assert!(each > 100, "{each} bytes: the islands were not counted");
    assert!(
        each <= MAX_BYTES_PER_ISLAND,
        "{each} bytes per sleeping island"
    );
}
