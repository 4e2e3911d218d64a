//! The recording against the island it was made of: what it says is what happened, at the tick it says.

use super::*;
use bytebiota_core::DeathCause;
use bytebiota_protocol::memory_map;
use std::sync::LazyLock;

static RECORDING: LazyLock<RecordingView> = LazyLock::new(record);

/// The same island once more, moment by moment.
fn lived(mut look: impl FnMut(usize, &RecordedFrame, &Island)) {
    let mut config = Config::default();
    config.evolution.founders = 1;
    let mut island = Island::genesis(SEED, IslandId(1), &config);
    island.open_epoch(Epoch(0), &[]);
    for (at, frame) in RECORDING.frames.iter().enumerate() {
        island.run_until(frame.tick);
        look(at, frame, &island);
    }
}

#[test]
fn every_moment_is_the_island_at_its_tick() {
    assert_eq!(RECORDING.check(), Ok(()));
    lived(|at, frame, island| {
        let counters = island.counters();
        assert_eq!(frame.births, counters.births);
        assert_eq!(frame.deaths, counters.deaths_total());
        let (shown, whole) = (RECORDING.map(at), memory_map::of_island(island));
        assert_eq!(shown.organisms.len() as u32, island.population());
        for (one, other) in shown.organisms.iter().zip(&whole.organisms) {
            let kind = |map: &bytebiota_protocol::view::MemoryMapView, place: u32| {
                map.genotypes[place as usize].hash.clone()
            };
            assert_eq!((one.start, one.length), (other.start, other.length));
            assert_eq!(kind(&shown, one.genotype), kind(&whole, other.genotype));
            assert!(one.child_length <= other.child_length);
        }
        if island.population() > NEAR {
            assert_eq!(shown.free_bytes, island.free_bytes());
        }
    });
}

/// The tick at which something is said.
fn tick_of(words: &str) -> u64 {
    let mut told = RECORDING
        .captions
        .iter()
        .filter(|caption| caption.text.contains(words));
    let caption = told.next().unwrap_or_else(|| panic!("nothing of {words}"));
    assert!(told.next().is_none(), "{words} is told twice");
    RECORDING.frames[caption.frame as usize].tick
}

#[test]
fn what_is_said_happens_at_that_tick_and_not_before() {
    let mut config = Config::default();
    config.evolution.founders = 1;
    let at = |tick: u64| {
        let mut island = Island::genesis(SEED, IslandId(1), &config);
        island.open_epoch(Epoch(0), &[]);
        island.run_until(tick);
        island
    };
    let begins = |words: &str, is_so: fn(&Island) -> bool| {
        let tick = tick_of(words);
        assert!(
            is_so(&at(tick)) && !is_so(&at(tick - 1)),
            "{words} at {tick}"
        );
    };
    assert_eq!(tick_of("alone in 65,536 bytes"), 0);
    begins("given as much free memory", |island| {
        island.counters().allocations == 1
    });
    begins("first child is born", |island| {
        island.counters().births == 1
    });
    begins("Four.", |island| island.population() == 4);
    begins("unlike its parent", |island| {
        island.counters().births > island.counters().true_births
    });
    begins("The first death", |island| {
        island.counters().deaths_total() == 1
    });
    begins("A hundred organisms", |island| island.population() >= 100);
    begins("Half of the memory", |island| {
        island.free_bytes() <= island.config().soup.size / 2
    });
    begins("The soup is full", |island| {
        island.counters().deaths[DeathCause::MemoryPressure as usize] > 0
    });
    let last = RECORDING.frames.last().map(|frame| frame.tick);
    assert_eq!(last, Some(2 * tick_of("The soup is full")));
    assert_eq!(last, Some(tick_of("As long again")));
}

#[test]
fn it_is_the_same_each_time_and_small() {
    assert_eq!(*RECORDING, record());
    let text = serde_json::to_vec(&*RECORDING).expect("JSON");
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&text, 9);
    let (frames, captions) = (RECORDING.frames.len(), RECORDING.captions.len());
    println!(
        "{frames} moments, {captions} sentences, {} bytes, {} packed",
        text.len(),
        packed.len()
    );
    for caption in &RECORDING.captions {
        println!(
            "{} {}",
            RECORDING.frames[caption.frame as usize].tick, caption.text
        );
    }
    assert!((60..=150).contains(&frames) && (9..=16).contains(&captions));
    assert!(packed.len() <= 60_000, "{} bytes", packed.len());
}
