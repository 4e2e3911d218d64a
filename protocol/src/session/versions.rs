//! What a worker remembers of the parameters it was given: an assignment under stale ones is declined. Knows no Config's
//! inside; that its keys are known and its values in range is the codec's and the assignment's own check.

use bytebiota_core::{Assignment, Branch, Digest, Epoch, IslandId};
use std::collections::BTreeMap;

/// Versions and islands remembered at most; the lowest numbers give way.
const REMEMBERED: usize = 4_096;

/// The parameters of one connection.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// The Config of each version.
    configs: BTreeMap<u64, Digest>,
    /// The latest stretch of each island, and its version.
    islands: BTreeMap<IslandId, ((Branch, Epoch), u64)>,
}

impl Versions {
    /// Takes note of an assignment, or says why its parameters cannot be right: a version is one Config, and no island
    /// goes back to an older one.
    pub fn check(&mut self, assignment: &Assignment) -> Result<(), String> {
        let (header, version) = (&assignment.header, assignment.inputs.parameters_version);
        let place = (header.branch, header.first_epoch);
        if let Some(&config) = self.configs.get(&version)
            && config != header.config
        {
            return Err(format!(
                "version {version} of the parameters was another Config"
            ));
        }
        if let Some(&(latest, known)) = self.islands.get(&header.island) {
            if place > latest && version < known {
                return Err(format!(
                    "version {version} of the parameters is stale: island {} was under version {known}",
                    header.island
                ));
            }
            if place < latest {
                return Ok(());
            }
        }
        remember(&mut self.configs, version, header.config);
        remember(&mut self.islands, header.island, (place, version));
        Ok(())
    }
}

fn remember<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, value: V) {
    map.insert(key, value);
    if map.len() > REMEMBERED {
        map.pop_first();
    }
}
