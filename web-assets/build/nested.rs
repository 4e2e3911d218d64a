//! The one nested cargo call that compiles everything that runs in a browser to wasm. Knows nothing of what they contain.

use crate::{Failure, modules, variable};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

const TARGET: &str = "wasm32-unknown-unknown";
const PROFILE: &str = "wasm-release";

/// Compiles all modules and returns the folder that holds the `.wasm` files.
pub fn build(root: &Path, out: &Path) -> Result<PathBuf, Failure> {
    require_target(root)?;
    let target_dir = target_dir(root, out);
    let mut cargo = Command::new(variable("CARGO")?);
    clean(&mut cargo);
    cargo
        .current_dir(root)
        .args([
            "build",
            "--locked",
            "--profile",
            PROFILE,
            "--target",
            TARGET,
        ])
        .args(
            modules::MODULES
                .iter()
                .flat_map(|(package, _)| ["-p", package]),
        )
        .arg("--target-dir")
        .arg(&target_dir)
        .env("CARGO_ENCODED_RUSTFLAGS", without_local_paths(root));
    let status = cargo
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    if !status.success() {
        return Err("the pages do not compile; the messages of the compiler stand above".into());
    }
    Ok(target_dir.join(TARGET).join(PROFILE))
}

/// Never the outer target folder: the outer cargo holds its lock and both would wait for ever.
fn target_dir(root: &Path, out: &Path) -> PathBuf {
    if let Some(chosen) = env::var_os("BYTEBIOTA_WASM_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        return root.join(chosen);
    }
    let shared = root.join("target").join("wasm");
    // A read-only checkout builds beside its own output instead.
    if fs::create_dir_all(&shared).is_ok() && is_writable(&shared) {
        shared
    } else {
        out.join("wasm-target")
    }
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join(format!(".writable-{}", std::process::id()));
    let written = fs::write(&probe, b"").is_ok();
    let _ = fs::remove_file(&probe);
    written
}

/// What the outer build set for itself must not reach the inner one: wrappers would lint instead of
/// compile, flags of the host would reach wasm, a foreign target folder would dead-lock.
fn clean(command: &mut Command) {
    const KEPT: &[&str] = &["CARGO_HOME", "CARGO_MAKEFLAGS"];
    const DROPPED: &[&str] = &[
        "RUSTFLAGS",
        "RUSTDOCFLAGS",
        "TARGET",
        "HOST",
        "PROFILE",
        "OPT_LEVEL",
        "DEBUG",
        "NUM_JOBS",
        "OUT_DIR",
    ];
    for (name, _) in env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        let kept = KEPT.contains(&name)
            || name.starts_with("CARGO_NET")
            || name.starts_with("CARGO_HTTP")
            || name.starts_with("CARGO_REGISTR")
            || name.starts_with("CARGO_TERM");
        let inherited = name.starts_with("CARGO") || name.starts_with("RUSTC");
        if (inherited && !kept) || DROPPED.contains(&name) {
            command.env_remove(name);
        }
    }
}

/// Flags that keep folders of this machine out of the modules, so that equal sources give equal hashes.
fn without_local_paths(root: &Path) -> String {
    let mut flags = vec![format!("--remap-path-prefix={}=/bytebiota", root.display())];
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    flags.join("\u{1f}")
}

fn require_target(root: &Path) -> Result<(), Failure> {
    if has_target(root) {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    clean(&mut rustup);
    let _ = rustup
        .current_dir(root)
        .args(["target", "add", TARGET])
        .status();
    if has_target(root) {
        return Ok(());
    }
    Err(format!(
        "the pages need a target that is not installed; run: rustup target add {TARGET}"
    ))
}

fn has_target(root: &Path) -> bool {
    let Ok(rustc) = variable("RUSTC") else {
        return false;
    };
    Command::new(rustc)
        .current_dir(root)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .is_some_and(|folder| Path::new(folder.trim()).is_dir())
}
