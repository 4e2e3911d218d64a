//! How many machine instructions a grown default world takes, by callgrind, beside a committed count. Knows no second.
//!
//! `cargo bench -p bytebiota-core --bench instructions` fails where the count is off by more than 5 %, up or down: seconds depend
//! on the machine and on its neighbours, this number does not. With `BYTEBIOTA_BLESS=1` it writes the count anew.
//! The program runs itself under valgrind: what grows the world is native, only `counted` is counted.

use bytebiota_core::{Config, Digest, Island, IslandId, WorldSeed};
use std::{
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

/// Ticks before the counting begins, and those counted.
const GROWN: u64 = 100_000_000;
const COUNTED: u64 = 20_000_000;
/// Parts per hundred that the count may differ.
const TOLERANCE: u64 = 5;
/// Names the file of the grown state for the run under valgrind.
const STATE: &str = "BYTEBIOTA_COUNTED_STATE";

/// What is kept in the repository.
#[derive(PartialEq, Eq)]
struct Baseline {
    instructions: u64,
    /// Of the state at the end: tells another world from other code.
    world: String,
}

/// The part that callgrind looks at.
#[inline(never)]
fn counted(island: &mut Island) {
    island.run_until(GROWN + COUNTED);
}

fn kept_at() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.txt")
}

fn read(text: &str) -> Option<Baseline> {
    let value = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
    };
    Some(Baseline {
        instructions: value("instructions")?.parse().ok()?,
        world: value("world")?.into(),
    })
}

/// Grows the world, counts in it, and says what was seen; an error where nothing can be counted.
fn measure() -> Result<Baseline, String> {
    let mut island = Island::genesis(WorldSeed(1), IslandId(1), &Config::default());
    island.run_until(GROWN);
    let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join("counted.state");
    std::fs::write(&state, island.to_bytes()).map_err(|error| error.to_string())?;
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--collect-atstart=no",
            "--toggle-collect=*counted*",
        ])
        .arg(program)
        .env(STATE, &state)
        .output()
        .map_err(|error| error.to_string())?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected :"));
    let count = collected.and_then(|(_, count)| count.trim().parse().ok());
    let instructions = count.filter(|&count| output.status.success() && count > 0);
    let instructions = instructions.ok_or_else(|| format!("valgrind did not count:\n{told}"))?;
    counted(&mut island);
    let world = Digest::of(&island.to_bytes()).to_string();
    Ok(Baseline {
        instructions,
        world,
    })
}

/// The run under valgrind.
fn run_counted(state: &str) {
    let bytes = std::fs::read(state).expect("the state is there");
    let mut island = Island::from_bytes(&bytes, &Config::default()).expect("a state");
    counted(&mut island);
}

fn compare(kept: &Baseline, seen: &Baseline) -> ExitCode {
    let per_tick = |count: u64| count as f64 / COUNTED as f64;
    println!(
        "{} instructions for {COUNTED} ticks, {:.2} a tick; kept: {}, {:.2} a tick",
        seen.instructions,
        per_tick(seen.instructions),
        kept.instructions,
        per_tick(kept.instructions)
    );
    if seen.instructions.abs_diff(kept.instructions) * 100 <= kept.instructions * TOLERANCE {
        return ExitCode::SUCCESS;
    }
    let cause = if seen.world == kept.world {
        "The world is the same, so the code is the cause: if it is meant, renew the count by"
    } else {
        "The world is another one (Config or meaning of instructions have changed): renew the count by"
    };
    println!(
        "That differs by more than {TOLERANCE} %. {cause}\n  BYTEBIOTA_BLESS=1 cargo bench -p bytebiota-core --bench instructions"
    );
    ExitCode::FAILURE
}

fn main() -> ExitCode {
    if let Ok(state) = std::env::var(STATE) {
        run_counted(&state);
        return ExitCode::SUCCESS;
    }
    if !cfg!(target_arch = "x86_64") || Command::new("valgrind").arg("--version").output().is_err()
    {
        println!(
            "skipped: instructions are counted by valgrind on x86-64, and one of the two is missing"
        );
        return ExitCode::SUCCESS;
    }
    let seen = match measure() {
        Ok(seen) => seen,
        Err(reason) => {
            println!("{reason}");
            return ExitCode::FAILURE;
        }
    };
    if std::env::var_os("BYTEBIOTA_BLESS").is_some() {
        let text = format!("instructions {}\nworld {}\n", seen.instructions, seen.world);
        std::fs::write(kept_at(), text).expect("the count can be written");
    }
    let text = std::fs::read_to_string(kept_at()).unwrap_or_default();
    match read(&text) {
        Some(kept) => compare(&kept, &seen),
        None => {
            println!(
                "core/benches/instructions.txt holds no count; write it by BYTEBIOTA_BLESS=1 in the environment"
            );
            ExitCode::FAILURE
        }
    }
}
