//! What is shown is what is confirmed: never more than is on disk, and once all is quiet exactly that.

use super::{Law, Scene, Seen};
use bytebiota_core::IslandId;

/// Compares view and disk.
#[derive(Debug)]
pub struct Dashboard;

impl Law for Dashboard {
    fn name(&self) -> &'static str {
        "dashboard"
    }

    fn see(&mut self, scene: &Scene, seen: &Seen) -> Result<(), String> {
        let Some(server) = &scene.server else {
            return Ok(());
        };
        let is_quiet = matches!(seen, Seen::Quiet);
        if !is_quiet && !matches!(seen, Seen::Polled(_)) {
            return Ok(());
        }
        let disk = scene.disk;
        for row in disk.island_rows() {
            let Some(facts) = server.view.facts(row.island) else {
                continue;
            };
            let shown = (facts.branch, facts.epoch);
            if shown.0 == row.branch && shown.1 > row.head_epoch {
                return Err(format!(
                    "of island {} more is shown than confirmed",
                    row.island
                ));
            }
            let is_same = shown == (row.branch, row.head_epoch)
                && (facts.state, facts.link, facts.units) == (row.head_state, row.link, row.units);
            if is_quiet && !is_same {
                let stands = (row.branch, row.head_epoch, row.units);
                let shown = (shown.0, shown.1, facts.units);
                return Err(format!(
                    "island {} stands at {stands:?}, shown is {shown:?}",
                    row.island
                ));
            }
        }
        match is_quiet {
            true => totals(scene, server.view.clone()),
            false => Ok(()),
        }
    }
}

fn totals(
    scene: &Scene,
    mut view: bytebiota_server::state_aggregator::StateAggregator,
) -> Result<(), String> {
    let (units, void) = scene.disk.units();
    let world = view.world_view(0);
    let shown = (
        world.units_confirmed,
        world.units_void,
        world.units_provisional,
    );
    let there = (units, void, scene.disk.pending.len() as u64);
    if shown != there {
        return Err(format!(
            "confirmed, void, provisional: {there:?} on disk, {shown:?} shown"
        ));
    }
    let islands = scene.disk.current(IslandId(1)).is_some();
    match islands && world.islands as usize != scene.disk.island_rows().len() {
        true => Err(format!("{} islands are shown", world.islands)),
        false => Ok(()),
    }
}
