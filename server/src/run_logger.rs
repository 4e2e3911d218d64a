//! RunLogger: the events of a server's life, one enum, written as structured log lines. Knows nobody's token or address.

use crate::tuning::Entry;
use crate::verification::{Alarm, Docket};
use bytebiota_core::{Epoch, GenotypeHash, IslandId, StretchHeader, UnitKey};
use bytebiota_protocol::message::Outcome;
use bytebiota_protocol::view::SeriesPoint;

/// What `event` of a line can be.
pub const EVENTS: [&str; 10] = [
    "startup",
    "shutdown",
    "metrics",
    "state_change",
    "connection",
    "work",
    "verdict",
    "tuning",
    "operator",
    "error",
];

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
    /// A volunteer wanted to be forgotten, and is.
    Forgotten,
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
    /// A stretch was opened, and what enters it is fixed.
    Opened {
        /// Its header.
        header: &'a StretchHeader,
        /// Organisms that enter.
        arrivals: usize,
    },
    /// A genome was admitted to the seed bank.
    Seed {
        /// Which one.
        genotype: GenotypeHash,
        /// Seeds that made room.
        evicted: usize,
    },
    /// An island stood still, and seeds are on their way.
    Reseeded {
        /// Which one.
        island: IslandId,
        /// The epoch line at which it was decided.
        epoch: Epoch,
        /// How it stood still.
        reason: &'a str,
        /// What was sown.
        seeds: &'a [GenotypeHash],
    },
    /// A checkpoint was taken.
    Checkpoint {
        /// Its number.
        number: i64,
        /// Why.
        cause: &'a str,
    },
    /// Whether there is room on the disk has changed.
    Disk {
        /// Whether it is too full to lease.
        is_full: bool,
    },
    /// The world in numbers, as the series takes them.
    Metrics(&'a SeriesPoint),
    /// Something was decided about the parameters, or done with them.
    Tuned(&'a Entry),
    /// Somebody showed, or did not show, the operator's token.
    Operator {
        /// What was to be done.
        method: &'a str,
        /// Where.
        path: &'a str,
        /// Whether it was the token.
        is_let_in: bool,
    },
    /// A report was not taken.
    Refused {
        /// The unit it names.
        unit: UnitKey,
        /// Why.
        reason: &'a str,
    },
    /// A stored state cannot be read.
    Damaged(IslandId),
    /// Acknowledged units are confirmed, or do not count.
    Judged {
        /// The first of them.
        unit: UnitKey,
        /// How many.
        units: u32,
        /// Whether they are confirmed.
        is_confirmed: bool,
        /// Why.
        reason: &'a str,
    },
    /// Somebody's segment is not what the server itself computed twice.
    Convicted {
        /// The unit.
        unit: UnitKey,
        /// His number in the database.
        volunteer: i64,
        /// What he computes with.
        engine: &'a str,
    },
    /// An engine is refused from now on.
    EngineBlocked {
        /// Which one.
        engine: &'a str,
    },
    /// Confirmed units turned out false: their island goes back to before this one.
    RolledBack(UnitKey),
    /// The same, but the state to go back to is not kept any more.
    NoWayBack(UnitKey),
    /// The operator should look.
    Alarm(Alarm),
}

/// Writes what a docket says.
pub fn log_docket(docket: &Docket) {
    if let Some(judgement) = &docket.judgement {
        log(RunEvent::Judged {
            unit: judgement.first(),
            units: judgement.units(),
            is_confirmed: judgement.outcome() == Outcome::Confirmed,
            reason: judgement.reason(),
        });
    }
    for conviction in &docket.convictions {
        log(RunEvent::Convicted {
            unit: conviction.question.unit(),
            volunteer: conviction.volunteer.0,
            engine: &conviction.engine,
        });
    }
    if let Some(blocked) = &docket.blocked {
        let engine = &blocked.engine;
        log(RunEvent::EngineBlocked { engine });
    }
    if let Some(roll_back) = &docket.roll_back {
        log(RunEvent::RolledBack(roll_back.unit));
    }
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
        Forgotten => tracing::info!(event = "connection", "a volunteer is forgotten"),
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
        Opened { header, arrivals } => {
            let (island, epoch) = (header.island, header.first_epoch);
            tracing::debug!(event = "work", %island, %epoch, arrivals, "a stretch was opened");
        }
        Seed { genotype, evicted } => {
            tracing::info!(event = "state_change", %genotype, evicted, "a genome is kept as a seed");
        }
        Reseeded {
            island,
            epoch,
            reason,
            seeds,
        } => {
            tracing::info!(event = "state_change", %island, %epoch, reason, ?seeds, "an island stands still and is reseeded");
        }
        event @ (Checkpoint { .. } | Disk { .. } | Metrics(_) | Tuned(_) | Operator { .. }) => {
            log_operation(event)
        }
        Refused { unit, reason } => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            tracing::warn!(event = "verdict", %island, %epoch, reason, "a report was not taken");
        }
        event @ (Judged { .. }
        | Convicted { .. }
        | EngineBlocked { .. }
        | RolledBack(_)
        | NoWayBack(_)
        | Alarm(_)) => log_trust(event),
        Damaged(island) => tracing::error!(
            event = "error",
            %island,
            "the stored state of this island is damaged; it is not computed any more, all others are"
        ),
    }
}

fn log_operation(event: RunEvent<'_>) {
    match event {
        RunEvent::Checkpoint { number, cause } => {
            tracing::info!(
                event = "state_change",
                number,
                cause,
                "a checkpoint was taken"
            );
        }
        RunEvent::Disk { is_full: true } => {
            tracing::error!(
                event = "error",
                "the disk is too full: nothing is leased; what workers deliver is stored"
            );
        }
        RunEvent::Disk { is_full: false } => {
            tracing::info!(event = "state_change", "there is room on the disk again");
        }
        RunEvent::Metrics(point) => log_metrics(point),
        RunEvent::Tuned(entry) => log_tuned(entry),
        RunEvent::Operator {
            method,
            path,
            is_let_in,
        } => {
            tracing::info!(
                event = "operator",
                method,
                path,
                is_let_in,
                "the operator's token was asked for"
            );
        }
        _ => {}
    }
}

fn log_metrics(point: &SeriesPoint) {
    let (population, births, genotypes) = (point.population, point.births, point.genotypes);
    let (instructions, workers, deaths) = (point.instructions, point.workers, point.deaths);
    tracing::debug!(
        event = "metrics",
        population,
        births,
        ?deaths,
        genotypes,
        instructions,
        workers
    );
}

fn log_tuned(entry: &Entry) {
    let (delta, reason) = (entry.delta.as_ref(), entry.reason());
    let (version, changes) = (delta.map(|d| d.version), delta.map(|d| &d.changes));
    let dry_run = entry.dry_run;
    tracing::info!(
        event = "tuning",
        version,
        ?changes,
        dry_run,
        reason,
        "the parameters were looked at"
    );
    for one in &entry.overridden {
        let (knob, overridden, by) = (one.path.as_str(), one.version, one.by);
        let event = "tuning";
        tracing::warn!(event, knob, overridden, by, "CONFLICT_OVERRIDDEN");
    }
}

fn log_trust(event: RunEvent<'_>) {
    match event {
        RunEvent::Judged {
            unit,
            units,
            is_confirmed: true,
            reason,
        } => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            tracing::debug!(event = "verdict", %island, %epoch, units, reason, "units are confirmed");
        }
        RunEvent::Judged {
            unit,
            units,
            reason,
            ..
        } => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            tracing::warn!(event = "verdict", %island, %epoch, units, reason, "units do not count");
        }
        RunEvent::Convicted {
            unit,
            volunteer,
            engine,
        } => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            let what = "results did not match";
            tracing::warn!(event = "verdict", %island, %epoch, volunteer, engine, what);
        }
        RunEvent::EngineBlocked { engine } => {
            tracing::error!(
                event = "verdict",
                engine,
                "an engine computes wrong and is refused"
            );
        }
        RunEvent::RolledBack(unit) => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            tracing::error!(event = "verdict", %island, %epoch, "confirmed units were false: the island goes back");
        }
        RunEvent::NoWayBack(unit) => {
            let (island, epoch) = (unit.island, unit.first_epoch);
            tracing::error!(event = "error", %island, %epoch, "a confirmed unit was false, and the state before it is not kept");
        }
        RunEvent::Alarm(crate::verification::Alarm::Convictions) => tracing::error!(
            event = "error",
            "unusually many results of proven volunteers did not match; nobody is suspended until it is over"
        ),
        RunEvent::Alarm(crate::verification::Alarm::Over) => {
            tracing::info!(event = "verdict", "the alarm is over");
        }
        RunEvent::Alarm(crate::verification::Alarm::Server) => tracing::error!(
            event = "error",
            "this server computed the same segment twice with different results: its memory or processor is faulty"
        ),
        _ => {}
    }
}
