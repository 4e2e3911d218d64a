//! The state of an island's region of the ring: cells, hotspots, pool, season. Knows no rule by which it changes.

use crate::{config::EnvironmentConfig, rng::Rng, tasks::TASKS};
use serde::{Deserialize, Serialize};

/// A place of rich regrowth that moves from time to time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hotspot {
    /// Its middle.
    pub cell: u32,
    /// Where it goes next, once that is announced.
    pub next: Option<u32>,
    /// The round of its move.
    pub moves: u64,
}

/// The state of a region; part of the island's state.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Region {
    /// Resource units of each cell.
    pub resource: Vec<u16>,
    /// Signal of each cell, fixed point.
    pub signal: Vec<u32>,
    /// Storage byte of each cell.
    #[serde(with = "serde_bytes")]
    pub storage: Vec<u8>,
    /// Energy left by storing, milli-units, of each cell.
    pub deposit: Vec<u16>,
    /// Hotspots.
    pub hotspots: Vec<Hotspot>,
    /// What pays rewards and stipends, milli-units.
    pub pool: u64,
    /// The task that pays more, a number of `TASKS`.
    pub season: u32,
    /// Makes this island's challenges its own.
    pub challenge_key: u64,
}

impl Region {
    /// The region at genesis.
    pub fn genesis(config: &EnvironmentConfig, rng: &mut Rng, tasks: &mut Rng) -> Self {
        let cells = config.length as usize;
        let spread = (config.initial_resource * 2).min(config.max_resource) + 1;
        Self {
            resource: (0..cells).map(|_| rng.below(spread) as u16).collect(),
            signal: vec![0; cells],
            storage: vec![0; cells],
            deposit: vec![0; cells],
            hotspots: Vec::new(),
            pool: 0,
            season: 0,
            challenge_key: tasks.bits(),
        }
    }

    /// What is wrong with a region from outside.
    pub fn fault(&self, config: &EnvironmentConfig) -> Option<&'static str> {
        let cells = config.length as usize;
        let lengths = [
            self.resource.len(),
            self.signal.len(),
            self.storage.len(),
            self.deposit.len(),
        ];
        let outside = |spot: &Hotspot| spot.cell.max(spot.next.unwrap_or(0)) >= config.length;
        if lengths.iter().any(|&length| length != cells) {
            Some("the region has another number of cells than the Config says")
        } else if self.hotspots.len() > 32 || self.hotspots.iter().any(outside) {
            Some("a hotspot lies outside the region")
        } else if self.season as usize >= TASKS.len() {
            Some("the task in season does not exist")
        } else {
            None
        }
    }
}
