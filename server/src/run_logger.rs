//! RunLogger: the events of a server's life, one enum, written as structured log lines. Knows nobody's token or address.

use bytebiota_core::{IslandId, UnitKey};

/// Something worth keeping.
#[derive(Debug)]
pub enum RunEvent<'a> {
    /// The server is ready.
    Startup {
        /// The world, hex.
        world: String,
        /// Its islands.
        islands: usize,
        /// Whether it was made just now.
        new: bool,
    },
    /// The server goes.
    Shutdown,
    /// A worker came.
    Joined {
        /// Its public name.
        name: &'a str,
        /// `browser`, `native` or `server`.
        kind: &'a str,
        /// Slots it offers.
        slots: u32,
    },
    /// A worker went.
    Left {
        /// Its public name.
        name: &'a str,
        /// Units acked while it was here.
        units: u64,
    },
    /// A connection was closed because of what it sent.
    Closed {
        /// Why.
        reason: &'a str,
    },
    /// A wish of a worker was not followed.
    ConflictOverridden {
        /// Which one.
        wish: &'a str,
    },
    /// An assignment was given back.
    Declined {
        /// The worker's reason, as it said it.
        reason: &'a str,
    },
    /// An island was made.
    NewIsland(IslandId),
    /// A report was not taken.
    Refused {
        /// The unit it names.
        unit: UnitKey,
        /// Why.
        reason: &'a str,
    },
    /// A stored state cannot be read.
    Damaged(IslandId),
}

/// Writes an event.
pub fn log(event: RunEvent<'_>) {
    use RunEvent::*;
    match event {
        Startup {
            world,
            islands,
            new,
        } => {
            tracing::info!(event = "startup", world, islands, new, "the world is open");
        }
        Shutdown => tracing::info!(event = "shutdown", "the server goes"),
        Joined { name, kind, slots } => {
            tracing::info!(event = "connection", name, kind, slots, "a worker came");
        }
        Left { name, units } => tracing::info!(event = "connection", name, units, "a worker went"),
        Closed { reason } => {
            tracing::warn!(event = "connection", reason, "a connection was closed");
        }
        ConflictOverridden { wish } => {
            tracing::info!(event = "work", wish, "CONFLICT_OVERRIDDEN");
        }
        Declined { reason } => tracing::info!(event = "work", reason, "work was given back"),
        NewIsland(island) => {
            tracing::info!(event = "state_change", %island, "a new island rose");
        }
        Refused { unit, reason } => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            tracing::warn!(event = "verdict", %island, %epoch, reason, "a report was not taken");
        }
        Damaged(island) => tracing::error!(
            event = "error",
            %island,
            "the stored state of this island is damaged; it is not computed any more, all others are"
        ),
    }
}
