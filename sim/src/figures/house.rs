//! What came of towns of guests: ticks, lies that were believed, and what left islands because of them. Knows no rule of trust.

use super::{CHEATS_PER_MILLE, Cell};
use crate::disk::Link;
use crate::executor::{Executor as _, toy::Toy};
use crate::laws::Breach;
use crate::network::Weather;
use crate::people::Kind;
use crate::town::{Guests, Legacy, Plan, Town};
use bytebiota_core::{Epoch, IslandId};
use bytebiota_server::verification::Policy;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Guests at a time.
const CHAIRS: u32 = 16;
/// An epoch takes everybody this, ms; the auditor, too: it is one machine for sixteen.
const EPOCH_MS: u64 = 250;
/// Units of a town at most: towns are many and small, so that they fit into memory and onto cores.
const TOWN_UNITS: u64 = 50_000;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// Units confirmed.
    pub confirmed: u64,
    /// Their ticks, or their number where all are as long.
    pub confirmed_ticks: u64,
    /// Ticks that honest machines and the server have computed, and those of the cheats' units that were confirmed.
    pub worked_ticks: u64,
    /// Confirmed units that are false.
    pub wrong: u64,
    /// Confirmed units that are right and stand on a false one.
    pub descended: u64,
    /// Organisms that left an island out of a false unit.
    pub acted_on: u64,
}

impl Count {
    /// Adds another town.
    pub fn add(&mut self, other: &Self) {
        self.confirmed += other.confirmed;
        self.confirmed_ticks += other.confirmed_ticks;
        self.worked_ticks += other.worked_ticks;
        self.wrong += other.wrong;
        self.descended += other.descended;
        self.acted_on += other.acted_on;
    }

    /// Work beyond what was confirmed, in millionths of that.
    pub fn extra_per_million(&self) -> u64 {
        let extra = self.worked_ticks.saturating_sub(self.confirmed_ticks);
        (u128::from(extra) * 1_000_000 / u128::from(self.confirmed_ticks.max(1))) as u64
    }
}

/// Lives through towns until enough units are confirmed.
pub fn measure(cell: &Cell, first_seed: u64) -> Result<Count, Breach> {
    let (mut sum, mut seed) = (Count::default(), first_seed);
    while sum.confirmed < cell.units {
        let left = cell.units - sum.confirmed;
        // A little more than what is wanted: lies and the last claims are not confirmed.
        let units = (left + left / 8 + 100).min(TOWN_UNITS);
        sum.add(&town(cell, seed, units)?);
        seed += 1;
    }
    Ok(sum)
}

fn town(cell: &Cell, seed: u64, units: u64) -> Result<Count, Breach> {
    let (cheat, visit) = (cell.cheat, cell.visit);
    let guests = Guests {
        chairs: CHAIRS,
        units: visit,
        draw: Rc::new(move |dice| match dice.chance(CHEATS_PER_MILLE) {
            true => cheat.kind(dice, visit),
            false => Kind::Honest,
        }),
        host: None,
    };
    let toy = Toy::new(seed);
    let epoch_ticks = toy.world().config.evolution.epoch_ticks;
    let town = Town::inn(seed, toy, plan(cell.policy), guests, Vec::new());
    Ok(count(&town.live_until(units)?, epoch_ticks))
}

/// Fair weather, machines that are all as fast, the product's length of a unit.
pub(super) fn plan(policy: Policy) -> Plan {
    Plan {
        weather: Weather::FAIR,
        faults_ms: 0,
        kinds: Vec::new(),
        flood: 0,
        crashes: 0,
        slow_disk_ms: 5,
        target_interval_ms: bytebiota_server::ServerConfig::default().target_interval_ms,
        epoch_ms: EPOCH_MS,
        policy,
    }
}

pub(super) fn count(legacy: &Legacy, epoch_ticks: u64) -> Count {
    let is_false = |link: &Link| {
        let truth = legacy.record.truth(link.unit.key, link.unit.end_state);
        truth.is_some_and(|truth| truth.first_false.is_some())
    };
    let standing = legacy
        .disk
        .links
        .iter()
        .filter(|(_, link)| !link.is_superseded);
    let mut count = Count {
        worked_ticks: legacy.honest_epochs * epoch_ticks + legacy.server_ticks,
        ..Count::default()
    };
    // In order of time, whatever the branch: what is standing of an island is one line.
    let lines = standing.map(|((island, _, epoch), link)| ((*island, *epoch), link));
    let lines: BTreeMap<(IslandId, Epoch), &Link> = lines.collect();
    let mut tainted = None;
    for ((island, _), link) in lines {
        count.confirmed += 1;
        count.confirmed_ticks += link.unit.ticks;
        let maker = legacy.record.kind(&legacy.disk, link.unit.volunteer);
        if !maker.is_some_and(Kind::is_honest) {
            count.worked_ticks += link.unit.ticks;
        }
        if is_false(link) {
            count.wrong += 1;
            tainted = Some(island);
        } else if tainted == Some(island) {
            count.descended += 1;
        }
    }
    let left = legacy.disk.mailbox.iter().filter(|parcel| {
        let truth = legacy.record.truth(parcel.unit, parcel.end_state);
        truth.is_some_and(|truth| truth.first_false.is_some())
    });
    count.acted_on = left.count() as u64;
    count
}
