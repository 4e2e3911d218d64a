//! Finds what the rules read: sources, manifests and documents below the root of the workspace.

use crate::{Breach, plan, source::Source};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A manifest as text, with the room it belongs to.
pub struct Manifest {
    pub room: String,
    pub text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every Rust file of every room.
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for (room, _) in plan::ARROWS {
        for path in files_below(&root().join(room), "rs") {
            let text = fs::read_to_string(&path).expect("sources are text");
            found.push(Source::read(relative(&path), text));
        }
    }
    found
}

/// The manifest of every member of the workspace.
pub fn manifests() -> Vec<Manifest> {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("the root manifest exists");
    let table: toml::Table = text.parse().expect("the root manifest is TOML");
    let members = table["workspace"]["members"]
        .as_array()
        .expect("members are a list");
    let read = |room: &str| Manifest {
        room: room.into(),
        text: fs::read_to_string(root().join(room).join("Cargo.toml")).expect("a member exists"),
    };
    members
        .iter()
        .filter_map(|member| member.as_str())
        .map(read)
        .collect()
}

/// Links of the documents to files that are not there.
pub fn dead_links() -> Vec<Breach> {
    let mut pages = files_below(&root().join("docs"), "md");
    pages.push(root().join("README.md"));
    let mut dead = Vec::new();
    for page in pages {
        let text = fs::read_to_string(&page).expect("documents are text");
        for (line, target) in links(&text) {
            let folder = page.parent().expect("a page lies in a folder");
            if !folder.join(&target).exists() {
                let what = format!("the link to {target} leads nowhere");
                dead.push(Breach {
                    file: relative(&page),
                    line,
                    what,
                });
            }
        }
    }
    dead
}

fn links(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for piece in line.split("](").skip(1) {
            let target = piece.split([')', '#']).next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                found.push((number + 1, target.to_string()));
            }
        }
    }
    found
}

fn relative(path: &Path) -> String {
    let inside = path
        .strip_prefix(root())
        .expect("the path lies below the root");
    inside.to_string_lossy().replace('\\', "/")
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            if !path.ends_with("target") {
                found.extend(files_below(&path, extension));
            }
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn links_are_found_and_addresses_are_not() {
    let text = "see [a](a.md#part), ![b](images/b.png)\nand [c](https://example.org) [d](#here)";
    let expected = [(1, "a.md".to_string()), (1, "images/b.png".to_string())];
    assert_eq!(links(text), expected);
}
