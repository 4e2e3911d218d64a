//! The founders live as they are written: alone, in an empty soup, without mutation, nothing goes wrong.

use bytebiota_core::{Config, Island, IslandId, WorldSeed, genesis::genome};

fn alone(founder: &str, preset: &str) -> Island {
    let mut config = Config::preset(preset).expect("preset");
    config.set("evolution.founder", founder).expect("knob");
    for path in [
        "copy_rate",
        "background_interval",
        "indel_rate",
        "flaw_rate",
    ] {
        config.set(&format!("mutation.{path}"), "0").expect("knob");
    }
    config.set("evolution.founders", "1").expect("knob");
    let mut island = Island::genesis(WorldSeed(1), IslandId(1), &config);
    island.run_until(60_000);
    island
}

/// A template that touches the next one is read as a longer one, which has no complement: the jump back fails, and
/// the founder lives on only by falling through into whatever lies behind it.
#[test]
fn a_founder_alone_breeds_true_and_errs_only_from_poverty() {
    for (founder, preset) in [("forager", "default"), ("ancestor", "tierra")] {
        let island = alone(founder, preset);
        let counters = island.counters();
        assert!(counters.births >= 30, "{preset}: {}", counters.births);
        assert_eq!(counters.true_births, counters.births, "{preset}");
        // A founder that cannot pay its MAL errs, and so does each of its writes to the child it did not get.
        let bytes = genome(founder).expect("a founder").len() as u64;
        let from_poverty = counters.allocations_failed * (1 + bytes);
        assert!(counters.errors <= from_poverty, "{preset}: {counters:?}");
        assert!(
            counters.allocations_failed * 10 <= counters.births,
            "{preset}"
        );
    }
}
