//! What an island costs in bytes: in the executor, as a snapshot, as a report. Knows no limit of the protocol's.

use bytebiota_core::{
    Assignment, Branch, Config, Digest, Epoch, Inputs, Island, IslandId, LocalExecutor,
    SEMANTICS_VERSION, Start, StretchHeader, WorldId, WorldSeed, codec,
};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Epochs before the unit that is looked at, and epochs of the unit.
const GROWN: u64 = 5;
const UNIT: u32 = 4;

fn deflated(bytes: &[u8]) -> usize {
    miniz_oxide::deflate::compress_to_vec(bytes, 6).len()
}

/// A unit that begins in a grown default world.
fn assignment() -> Assignment {
    let config = Config::default();
    let mut island = Island::genesis(WorldSeed(7), IslandId(1), &config);
    island.run_until(GROWN * config.evolution.epoch_ticks);
    let state = island.to_bytes();
    let base = Digest::of(&state);
    Assignment {
        header: StretchHeader {
            world: WorldId(1),
            branch: Branch(0),
            island: IslandId(1),
            semantics: SEMANTICS_VERSION,
            first_epoch: Epoch(GROWN),
            end_epoch: Epoch(GROWN + u64::from(UNIT)),
            base,
            config: config.digest(),
            inputs: codec::digest(&Inputs::default()),
        },
        world_seed: WorldSeed(7),
        config,
        inputs: Inputs::default(),
        from_epoch: Epoch(GROWN),
        from_digest: base,
        unit_epochs: UNIT,
        start: Start::State(state),
    }
}

/// One test, since what the allocator counts is of the whole process.
#[test]
fn an_island_its_snapshot_and_its_report_are_small() {
    let assignment = assignment();
    let region = Region::new(ALLOCATOR);
    let mut executor = LocalExecutor::begin(&assignment, None).expect("begins");
    executor.advance(assignment.config.evolution.epoch_ticks / 2);
    let change = region.change();
    let held = change.bytes_allocated - change.bytes_deallocated;
    drop(executor);
    let report = LocalExecutor::execute_assignment(&assignment).expect("executes");
    let (snapshot, whole) = (deflated(&report.state), deflated(&codec::encode(&report)));
    println!(
        "executor {held} bytes; snapshot {} bytes, deflated {snapshot}; report deflated {whole}",
        report.state.len()
    );
    assert!(
        executor_population(&report, &assignment.config) > 300,
        "the world has grown"
    );
    assert!(held < 2 << 20, "an executor holds {held} bytes");
    assert!(
        snapshot <= 48 << 10,
        "a snapshot deflates to {snapshot} bytes"
    );
    assert!(whole <= 256 << 10, "a report deflates to {whole} bytes");
}

fn executor_population(report: &bytebiota_core::Report, config: &Config) -> u32 {
    Island::from_bytes(&report.state, config).map_or(0, |island| island.population())
}
