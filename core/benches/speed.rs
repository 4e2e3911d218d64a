//! How fast an island is, beside a yardstick in the same run: `cargo bench -p bytebiota-core`. Knows no server.
//!
//! The yardstick is a plain loop over a plain match: eight programs that copy blocks in 64 KiB, 32 instructions a
//! turn, no ownership, no energy, no mutation, no search. About the ceiling for a portable interpreter of one-byte
//! opcodes; the same loop in C, by gcc -O2, runs at about 0.7 of this one. What is printed is processor time, so a busy machine disturbs little; trust the ratios, to about 15 %.

use bytebiota_core::{Config, Island, IslandId, WorldSeed};
use std::time::Instant;

const PROGRAM: [u8; 15] = [1, 1, 0, 1, 4, 5, 3, 6, 7, 8, 9, 10, 11, 13, 12];
const BLOCK: u32 = 256;
const PROGRAMS: u32 = 8;
const TURN: u32 = 32;

#[derive(Clone, Copy, Default)]
struct Processor {
    ip: u32,
    a: u32,
    b: u32,
    c: u32,
    r: u32,
    home: u32,
    away: u32,
}

/// One instruction of the yardstick.
#[inline]
fn step(p: &mut Processor, soup: &mut [u8; 65_536]) {
    let op = soup[p.ip as usize & 0xFFFF] & 15;
    let mut next = p.ip.wrapping_add(1);
    match op {
        2 => p.c = 0,
        3 => p.c = BLOCK,
        4 => p.a = p.home,
        5 => p.b = p.away,
        6 => p.r = u32::from(soup[p.a as usize & 0xFFFF]),
        7 => soup[p.b as usize & 0xFFFF] = p.r as u8,
        8 => p.a = p.a.wrapping_add(1),
        9 => p.b = p.b.wrapping_add(1),
        10 => p.c = p.c.wrapping_sub(1),
        11 if p.c != 0 => next = next.wrapping_add(1),
        12 => next = p.ip.wrapping_sub(7),
        13 => next = p.home,
        _ => {}
    }
    p.ip = next;
}

fn yardstick(instructions: u64) -> u64 {
    let mut soup = Box::new([0u8; 65_536]);
    let mut processors: Vec<Processor> = (0..PROGRAMS)
        .map(|k| Processor {
            ip: k * 2 * BLOCK,
            home: k * 2 * BLOCK,
            away: (k * 2 + 1) * BLOCK,
            ..Processor::default()
        })
        .collect();
    for p in &processors {
        soup[p.home as usize..][..PROGRAM.len()].copy_from_slice(&PROGRAM);
    }
    let mut done = 0;
    while done < instructions {
        for p in &mut processors {
            (0..TURN).for_each(|_| step(p, &mut soup));
            done += u64::from(TURN);
        }
    }
    assert_eq!(soup[BLOCK as usize], PROGRAM[0], "the yardstick copies");
    done
}

/// Processor seconds of this process; where the system does not tell, wall seconds since `start`.
fn seconds(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |nanos| nanos as f64 / 1e9)
}

/// Millions per processor second: the median of three runs of `work`, which returns how much it did.
fn speed(mut work: impl FnMut() -> u64) -> f64 {
    let start = Instant::now();
    let mut runs = [0.0; 3].map(|_: f64| {
        let begin = seconds(start);
        let done = work();
        done as f64 / (seconds(start) - begin).max(1e-9) / 1e6
    });
    runs.sort_by(f64::total_cmp);
    runs[1]
}

/// Sixteen times the soup, with as many cells and as much regrowth per byte.
const MEBIBYTE: [(&str, &str); 4] = [
    ("soup.size", "1048576"),
    ("environment.length", "65536"),
    ("environment.resource_regen_cells", "6400"),
    ("evolution.founders", "128"),
];

fn main() {
    let yard = speed(|| yardstick(300_000_000));
    println!("{:<34} {yard:>7.0} M instructions/s", "yardstick");
    for (name, settings, grown) in [
        ("default, 10 M ticks old", &[][..], 10_000_000),
        ("default, 100 M ticks old", &[], 100_000_000),
        (
            "tierra, 100 M ticks old",
            &[("preset", "tierra")],
            100_000_000,
        ),
        ("default, soup of 1 MiB, 400 M old", &MEBIBYTE, 400_000_000),
    ] {
        let mut island = Island::genesis(WorldSeed(1), IslandId(1), &config(settings));
        island.run_until(grown);
        let ticks = speed(|| {
            let before = island.tick();
            island.run_until(before + 20_000_000);
            island.tick() - before
        });
        println!(
            "{name:<34} {ticks:>7.0} M ticks/s        {:.2} of the yardstick",
            ticks / yard
        );
    }
}

fn config(settings: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    for (path, value) in settings {
        match *path {
            "preset" => config = Config::preset(value).expect("a preset"),
            path => config.set(path, value).expect("a knob"),
        }
    }
    config
}
