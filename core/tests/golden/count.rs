//! What a case may expect, by name: counts of the island at its end and of the report. Knows no case.

use bytebiota_core::{
    DeathCause, EnergyFlow, Island, MutationKind, Report,
    isa::{self, ALIAS_BIT},
    tasks::TASKS,
};

/// The value of a name such as `births` or `deaths.age`; `None` for a name that does not exist.
pub fn count(name: &str, island: &Island, report: &Report) -> Option<u64> {
    let counters = island.counters();
    if let Some((group, member)) = name.split_once('.') {
        return match group {
            "deaths" => DeathCause::ALL
                .iter()
                .position(|cause| cause.name() == member)
                .map(|at| counters.deaths[at]),
            "mutations" => MutationKind::ALL
                .iter()
                .position(|kind| kind.name() == member)
                .map(|at| counters.mutations[at]),
            "energy" => EnergyFlow::ALL
                .iter()
                .position(|flow| flow.name() == member)
                .map(|at| counters.energy[at]),
            "tasks" => TASKS
                .iter()
                .position(|task| task.name == member)
                .map(|at| counters.tasks[at]),
            _ => None,
        };
    }
    Some(match name {
        "population" => u64::from(island.population()),
        "births" => counters.births,
        "true_births" => counters.true_births,
        "arrivals" => counters.arrivals,
        "arrivals_refused" => counters.arrivals_refused,
        "errors" => counters.errors,
        "allocations_failed" => counters.allocations_failed,
        "divides_failed" => counters.divides_failed,
        "children_released" => counters.children_released,
        "harvests" => counters.harvests,
        "mutations" => counters.mutations.iter().sum(),
        "search_ticks" => island.tick() - counters.instructions,
        "emigrants" => report
            .segments
            .iter()
            .map(|s| s.outputs.emigrants.len() as u64)
            .sum(),
        "taxa" => report
            .segments
            .iter()
            .map(|s| s.outputs.taxa.len() as u64)
            .sum(),
        _ => return None,
    })
}

/// Which bytes were executed within the next `ticks` ticks, by looking before and after every tick.
pub fn executed(island: &mut Island, ticks: u64) -> [bool; 256] {
    let mut seen = [false; 256];
    let mut bodies = island.bodies();
    for tick in island.tick() + 1..=island.tick() + ticks {
        let bytes: Vec<u8> = bodies
            .iter()
            .map(|body| island.soup()[body.ip as usize])
            .collect();
        island.run_until(tick);
        let now = island.bodies();
        for (before, byte) in bodies.iter().zip(bytes) {
            let after = now.iter().find(|body| body.start == before.start);
            if after.is_some_and(|after| after.ip != before.ip) {
                seen[usize::from(byte)] = true;
            }
        }
        bodies = now;
    }
    seen
}

/// Names of the instructions that were not executed, canonical bytes and aliases apart.
pub fn missing(seen: &[bool; 256]) -> Vec<String> {
    let rows = isa::TABLE.iter().flat_map(|row| {
        [
            (row.byte, row.name.to_string()),
            (row.byte | ALIAS_BIT, format!("{}~", row.name)),
        ]
    });
    rows.filter(|(byte, _)| !seen[usize::from(*byte)])
        .map(|(_, name)| name)
        .collect()
}
