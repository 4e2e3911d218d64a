//! Which files the pages are made of, and which of them make the build run again. Knows no wasm.

use crate::Failure;
use std::{fs, path::Path};

/// Everything that ends up in the modules or in the pages, relative to the workspace.
const WATCHED: &[&str] = &[
    "web",
    "web-donate",
    "web-first",
    "web-lab",
    "web-more",
    "worker-wasm",
    "lab-wasm",
    "core/src",
    "core/genomes",
    "core/Cargo.toml",
    "protocol/src",
    "protocol/Cargo.toml",
    "web-assets/build",
    "docs",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
];

/// The texts of `web/` by their role.
pub struct Sources {
    /// Files served under a name with their content hash: name and bytes.
    pub hashed: Vec<(String, Vec<u8>)>,
    /// Files served under their own fixed address.
    pub fixed: Vec<(String, Vec<u8>)>,
    /// HTML by name without ending: `index` is the shell, the others are the main part of a page.
    pub html: Vec<(String, String)>,
}

/// Tells cargo when to run this build again. Naming one path turns off its default, so all are named.
pub fn watch(root: &Path) {
    for variable in ["BYTEBIOTA_SKIP_WEB", "BYTEBIOTA_WASM_TARGET_DIR"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    for path in WATCHED {
        let path = root.join(path);
        // A path that does not exist would make every build start anew.
        if path.exists() {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}

/// Reads the sources of the pages, in the order of their names.
pub fn read(web: &Path) -> Result<Sources, Failure> {
    let mut html = vec![("index".to_owned(), text(&web.join("index.html"))?)];
    for (name, bytes) in folder(&web.join("pages"))? {
        let name = name.trim_end_matches(".html").to_owned();
        html.push((name, string(bytes, "web/pages")?));
    }
    Ok(Sources {
        hashed: folder(&web.join("assets"))?,
        fixed: folder(&web.join("fixed"))?,
        html,
    })
}

/// The files of a folder with their names, in order.
pub fn folder(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let failed = |error| format!("cannot read {}: {error}", path.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && entry.path().is_file() {
            files.push((name, fs::read(entry.path()).map_err(failed)?));
        }
    }
    files.sort();
    Ok(files)
}

fn text(path: &Path) -> Result<String, Failure> {
    let bytes =
        fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    string(bytes, &path.display().to_string())
}

fn string(bytes: Vec<u8>, place: &str) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| format!("{place} is not UTF-8"))
}
