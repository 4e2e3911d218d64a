//! Who leans on whom, read from one manifest. Knows no source.

use crate::{Breach, plan, tree::Manifest};

const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// Every dependency of a room that the plan does not draw.
pub fn check(manifest: &Manifest) -> Vec<Breach> {
    let room = manifest.room.as_str();
    let table: toml::Table = manifest.text.parse().expect("a manifest is TOML");
    let mut found = Vec::new();
    for kind in KINDS {
        for name in names(&table, kind) {
            let fault = match name.strip_prefix("bytebiota-") {
                Some(other) => arrow_fault(room, other),
                None => package_fault(room, &name, kind == "dev-dependencies"),
            };
            found.extend(fault.map(|what| Breach {
                file: format!("{room}/Cargo.toml"),
                line: 1,
                what,
            }));
        }
    }
    found
}

fn names(table: &toml::Table, kind: &str) -> Vec<String> {
    let targets = table.get("target").and_then(toml::Value::as_table);
    let targets = targets.into_iter().flat_map(|targets| targets.values());
    let tables = targets
        .filter_map(|target| target.get(kind))
        .chain(table.get(kind));
    let keys = tables
        .filter_map(toml::Value::as_table)
        .flat_map(toml::Table::keys);
    keys.cloned().collect()
}

fn arrow_fault(room: &str, other: &str) -> Option<String> {
    let drawn = plan::ARROWS.iter().find(|(name, _)| *name == room);
    let is_drawn = drawn.is_some_and(|(_, others)| others.contains(&other));
    (!is_drawn).then(|| format!("{room} must not lean on {other}"))
}

fn package_fault(room: &str, package: &str, is_dev: bool) -> Option<String> {
    if is_dev {
        return None;
    }
    let pure = plan::PURE_ROOMS.iter().find(|(name, _)| *name == room);
    if pure.is_some_and(|(_, packages)| !packages.contains(&package)) {
        return Some(format!("{room} is pure and must not take {package}"));
    }
    let licence = plan::LICENSED_PACKAGES
        .iter()
        .find(|(name, _)| *name == package);
    let is_refused = licence.is_some_and(|(_, rooms)| !rooms.contains(&room));
    is_refused.then(|| format!("{room} has no licence for {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(room: &str, text: &str) -> usize {
        check(&Manifest {
            room: room.into(),
            text: text.into(),
        })
        .len()
    }

    #[test]
    fn wrong_arrows_are_found() {
        assert_eq!(
            faults(
                "core",
                "[dependencies]\nbytebiota-protocol.workspace = true"
            ),
            1
        );
        assert_eq!(
            faults(
                "protocol",
                "[dependencies]\nbytebiota-core.workspace = true"
            ),
            0
        );
        assert_eq!(
            faults(
                "worker",
                "[dev-dependencies]\nbytebiota-server.workspace = true"
            ),
            1
        );
        let target = "[target.'cfg(unix)'.dependencies]\nbytebiota-server.workspace = true";
        assert_eq!(faults("web", target), 1);
    }

    #[test]
    fn wrong_packages_are_found() {
        assert_eq!(faults("core", "[dependencies]\ntokio = \"1\""), 1);
        assert_eq!(faults("core", "[dependencies]\nserde = \"1\""), 0);
        assert_eq!(faults("core", "[dev-dependencies]\nproptest = \"1\""), 0);
        assert_eq!(faults("cli", "[dependencies]\nsqlx = \"1\""), 1);
        assert_eq!(faults("server", "[dependencies]\nsqlx = \"1\""), 0);
    }
}
