//! How fast an island is, beside a yardstick in the same minute: `cargo bench -p bytebiota-core --bench speed`. Knows no server.
//!
//! The yardstick is `yardstick.c`, a plain loop over a plain switch, compiled here by `cc -O2`. What is printed is
//! ticks per processor second, so a busy machine disturbs less; trust the ratios, to about 15 %, and only those of a
//! quiet machine. `-- --aged` also lets the default world grow to 2 x 10^9 ticks.

use bytebiota_core::{Config, Island, IslandId, WorldSeed};
use std::{path::Path, process::Command, time::Instant};

/// Measurements of each world, and of the yardstick around them.
const RUNS: usize = 5;
/// Ticks of one measurement.
const MEASURED: u64 = 60_000_000;
/// Sixteen times the soup, with as many cells and as much regrowth per byte.
const MEBIBYTE: [(&str, &str); 4] = [
    ("soup.size", "1048576"),
    ("environment.length", "65536"),
    ("environment.resource_regen_cells", "6400"),
    ("evolution.founders", "128"),
];

/// A world to be measured.
struct World {
    name: &'static str,
    preset: &'static str,
    settings: &'static [(&'static str, &'static str)],
    grown: u64,
}

const fn world(name: &'static str, preset: &'static str, grown: u64) -> World {
    World {
        name,
        preset,
        settings: &[],
        grown,
    }
}

fn worlds(aged: bool) -> Vec<World> {
    let mut worlds = vec![
        world("default, 100 M ticks old", "default", 100_000_000),
        world("tierra, 100 M ticks old", "tierra", 100_000_000),
        World {
            settings: &MEBIBYTE,
            ..world("default, 1 MiB, 400 M old", "default", 400_000_000)
        },
    ];
    if aged {
        worlds.push(world("default, 2000 M ticks old", "default", 2_000_000_000));
    }
    worlds
}

/// Processor seconds of this process; where the system does not tell, wall seconds since `start`.
fn seconds(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |nanos| nanos as f64 / 1e9)
}

/// The program of the yardstick, if there is a C compiler.
fn build_yardstick() -> Option<std::path::PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/yardstick.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("yardstick");
    let compiled = Command::new("cc")
        .arg("-O2")
        .args(["-o".as_ref(), program.as_os_str(), source.as_os_str()])
        .status();
    compiled
        .is_ok_and(|status| status.success())
        .then_some(program)
}

/// Instructions per processor second of the yardstick, once.
fn yardstick(program: &Path) -> Option<f64> {
    let output = Command::new(program).arg("300").output().ok()?;
    let told = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| told.trim().parse().ok())?
}

/// Ticks per processor second of the next `MEASURED` ticks.
fn ticks_per_second(island: &mut Island, start: Instant) -> f64 {
    let (before, begin) = (island.tick(), seconds(start));
    island.run_until(before + MEASURED);
    MEASURED as f64 / (seconds(start) - begin).max(1e-9)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let start = Instant::now();
    let program = build_yardstick();
    if program.is_none() {
        println!("without a C compiler (cc) there is no yardstick, so no ratios");
    }
    for world in worlds(std::env::args().any(|word| word == "--aged")) {
        let mut config = Config::preset(world.preset).expect("a preset");
        for (path, value) in world.settings {
            config.set(path, value).expect("a knob");
        }
        let mut island = Island::genesis(WorldSeed(1), IslandId(1), &config);
        island.run_until(world.grown);
        let (mut yard, mut speed, mut ratio) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let before = program.as_deref().and_then(yardstick).unwrap_or(f64::NAN);
            let ticks = ticks_per_second(&mut island, start);
            let after = program.as_deref().and_then(yardstick).unwrap_or(f64::NAN);
            yard.push((before + after) / 2.0);
            speed.push(ticks);
            ratio.push(2.0 * ticks / (before + after));
        }
        println!(
            "{:<28} {:>5.0} M ticks/s   yardstick {:>5.0} M/s   ratio {:.2} (medians of {RUNS})",
            world.name,
            median(speed) / 1e6,
            median(yard) / 1e6,
            median(ratio)
        );
    }
}
