//! Proves a world from its database alone: chains without gap, credit that adds up, and every unit re-executed natively,
//! confirmed and provisional, also of lines that were left when the world went back to a checkpoint. Knows no server;
//! reads the file as any other program could.

// Each test uses its own part of this.
#![allow(dead_code)]

mod rows;

use anyhow::{Context, Result, ensure};
use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Branch, Config, Digest, Epoch, IslandId, LocalExecutor, Start, UnitKey, WorldSeed, report,
};
use rows::{Head, LEFT, LINKS, PROVISIONAL, Unit, WAITED, World, count, read_units};
use sqlx::{Connection, Row, SqliteConnection};
use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
};

/// What was found, after everything held.
#[derive(Default)]
pub struct Audit {
    /// Every confirmed unit and the number of the volunteer who computed it.
    pub units: BTreeMap<UnitKey, i64>,
    /// Every unit that waits for its verdict, in the same way.
    pub provisional: BTreeMap<UnitKey, i64>,
    /// Confirmed units of lines that were left, and units that waited when they were.
    pub left: BTreeMap<UnitKey, i64>,
    pub waited: BTreeMap<UnitKey, i64>,
    /// Ticks executed again.
    pub ticks: u64,
    /// Checkpoints that were taken, and organisms that entered another island.
    pub checkpoints: i64,
    pub immigrants: i64,
    /// Islands with at least one unit.
    pub islands: usize,
}

impl Audit {
    /// Whose an acknowledged unit is, wherever it stands; none if it is lost.
    pub fn owner(&self, unit: &UnitKey) -> Option<i64> {
        let places = [&self.units, &self.provisional, &self.left, &self.waited];
        places
            .into_iter()
            .find_map(|place| place.get(unit).copied())
    }
}

/// Reads the database of a stopped server and proves what it says.
pub async fn audit(database: &Path) -> Result<Audit> {
    let address = format!("sqlite://{}", database.display());
    let mut connection = SqliteConnection::connect(&address).await?;
    let world = rows::read_world(&mut connection).await?;
    let entered = "SELECT count(*) FROM mail WHERE enters_epoch IS NOT NULL";
    let mut audit = Audit {
        checkpoints: count(&mut connection, "SELECT count(*) FROM checkpoints").await?,
        immigrants: count(&mut connection, entered).await?,
        ..Audit::default()
    };
    let mut links = read_units(&mut connection, world.id, LINKS).await?;
    let mut provisional = read_units(&mut connection, world.id, PROVISIONAL).await?;
    let mut lines_left = read_units(&mut connection, world.id, LEFT).await?;
    let mut ever_waited = read_units(&mut connection, world.id, WAITED).await?;
    let mut executions = Vec::new();
    for head in rows::read_heads(&mut connection).await? {
        let place = || format!("island {}", head.island);
        let of = |units: &mut HashMap<IslandId, Vec<Unit>>| {
            units.remove(&head.island).unwrap_or_default()
        };
        let units = of(&mut links);
        prove_chain(&head, &units).with_context(place)?;
        let waiting = of(&mut provisional);
        prove_claim(&head, &waiting).with_context(place)?;
        let left = of(&mut lines_left);
        let waited = of(&mut ever_waited);
        audit.islands += usize::from(!units.is_empty());
        for (unit, places) in [
            (&units, &mut audit.units),
            (&waiting, &mut audit.provisional),
            (&left, &mut audit.left),
        ] {
            for unit in unit {
                let before = places.insert(unit.key, unit.volunteer);
                ensure!(before.is_none(), "{:?} is stored twice", unit.key);
            }
        }
        // The same unit may have waited more than once.
        let waited_keys = waited.iter().map(|unit| (unit.key, unit.volunteer));
        audit.waited.extend(waited_keys);
        let units = [units, waiting, left, waited].into_iter().flatten();
        let units: Vec<Unit> = units.collect();
        let (seed, config) = (world.seed, world.config.clone());
        executions.push(tokio::task::spawn_blocking(move || {
            execute(seed, &config, head.island, units)
        }));
    }
    let strays = [&links, &provisional, &lines_left, &ever_waited];
    let strays: Vec<&IslandId> = strays.iter().flat_map(|units| units.keys()).collect();
    ensure!(
        strays.is_empty(),
        "units of islands that are not there: {strays:?}"
    );
    audit.ticks = prove_credit(&mut connection, &world, &audit).await?;
    let void =
        "SELECT count(*) FROM void_units WHERE reason <> 'the world went back to a checkpoint'";
    let void = count(&mut connection, void).await?;
    ensure!(void == 0, "{void} units of honest workers do not count");
    for execution in executions {
        execution.await??;
    }
    Ok(audit)
}

/// Epochs follow one another from 0 to the head, and links chain up to the island's newest.
fn prove_chain(head: &Head, units: &[Unit]) -> Result<()> {
    let (mut epoch, mut link) = (Epoch(0), Digest::default());
    for unit in units {
        let first = unit.key.first_epoch;
        ensure!(
            first == epoch,
            "a gap: epoch {epoch} is followed by {first}"
        );
        ensure!(unit.end > first, "the unit at epoch {epoch} has no epochs");
        let (pieces, rest) = unit.segments.as_chunks::<32>();
        ensure!(
            rest.is_empty() && !pieces.is_empty(),
            "the segments at epoch {epoch} are damaged"
        );
        let segments: Vec<Digest> = pieces.iter().map(|bytes| Digest(*bytes)).collect();
        link = report::link(link, unit.header.digest(), &segments);
        ensure!(
            unit.link == link,
            "the link at epoch {epoch} is not the chain's"
        );
        epoch = unit.end;
    }
    let newest = units.last();
    ensure!(
        head.epoch == epoch,
        "the head is at {}, the units end at {epoch}",
        head.epoch
    );
    ensure!(
        head.units == units.len() as i64,
        "the head counts {} units",
        head.units
    );
    ensure!(
        newest.is_none_or(|unit| unit.state == head.state),
        "the head is of another state"
    );
    ensure!(head.link == link, "the head is of another link");
    Ok(())
}

/// What is provisional goes on from the head without a gap, and is one maker's.
fn prove_claim(head: &Head, units: &[Unit]) -> Result<()> {
    let (mut epoch, mut state) = (head.epoch, head.state);
    for unit in units {
        let first = unit.key.first_epoch;
        ensure!(first == epoch, "a gap before epoch {first}");
        ensure!(
            unit.base == state,
            "epoch {epoch} begins with another state"
        );
        ensure!(
            unit.volunteer == units[0].volunteer,
            "two makers at {epoch}"
        );
        (epoch, state) = (unit.end, unit.state);
    }
    Ok(())
}

/// Runs the island from genesis, unit by unit and on every line, and compares every digest.
fn execute(seed: WorldSeed, config: &Config, island: IslandId, mut units: Vec<Unit>) -> Result<()> {
    units.sort_by_key(|unit| unit.key.first_epoch);
    // A state is kept for as long as a unit that begins with it is still to come.
    let mut wanted: HashMap<Digest, usize> = HashMap::new();
    for unit in &units {
        *wanted.entry(unit.base).or_default() += 1;
    }
    let mut states: HashMap<Digest, Vec<u8>> = HashMap::new();
    for unit in units {
        let first = unit.key.first_epoch;
        let place = || format!("island {island}, epoch {first}, line {}", unit.key.branch.0);
        let left = wanted.entry(unit.base).or_default();
        *left -= 1;
        let start = match (first, *left) {
            (Epoch(0), _) => Some(Start::Genesis),
            (_, 0) => states.remove(&unit.base).map(Start::State),
            _ => states.get(&unit.base).cloned().map(Start::State),
        };
        let start = start.with_context(|| format!("{}: begins with what nobody made", place()))?;
        let parts = unit.segments.len() / 32;
        let epochs = u32::try_from(unit.end.0 - first.0)?;
        let check = Check {
            header: unit.header,
            world_seed: seed,
            config: config.clone(),
            inputs: unit.inputs,
            first_epoch: first,
            unit_epochs: report::begun(epochs, parts).with_context(place)?,
            from_segment: 0,
            until_segment: parts as u32,
            from_digest: unit.base,
            running: report::NO_OUTPUTS,
            start,
        };
        let executor = LocalExecutor::begin_check(&check).with_context(place)?;
        let (digests, island) = executor.finish_check();
        let segments: Vec<u8> = digests.iter().flat_map(|digest| digest.0).collect();
        ensure!(
            segments == unit.segments,
            "{}: executed again, the segments differ",
            place()
        );
        let bytes = island.to_bytes();
        let state = Digest::of(&bytes);
        ensure!(
            state == unit.state,
            "{}: executed again, the state differs",
            place()
        );
        if wanted.get(&state).is_some_and(|left| *left > 0) {
            states.insert(state, bytes);
        }
    }
    Ok(())
}

/// One row of the ledger per confirmed unit, by whoever computed it, for its ticks, and one per check of a volunteer;
/// volunteers hold the sums. A line that is left takes no credit back. The ticks of history, without lines that were left.
async fn prove_credit(
    connection: &mut SqliteConnection,
    world: &World,
    audit: &Audit,
) -> Result<u64> {
    let query =
        "SELECT u.volunteer, u.branch, u.island, u.first_epoch, u.ticks, l.end_epoch FROM ledger u
        LEFT JOIN links l USING (world, branch, island, first_epoch) WHERE u.reason = 'unit'";
    let (mut rows, mut history) = (0, 0);
    let mut sums: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for row in sqlx::query(query).fetch_all(&mut *connection).await? {
        let key = UnitKey {
            world: world.id,
            branch: Branch(row.try_get("branch")?),
            island: IslandId(row.try_get("island")?),
            first_epoch: rows::epoch(&row, "first_epoch")?,
        };
        let (volunteer, ticks): (i64, i64) = (row.try_get("volunteer")?, row.try_get("ticks")?);
        let owner = audit.units.get(&key).or_else(|| audit.left.get(&key));
        ensure!(owner == Some(&volunteer), "{key:?} is credited to another");
        let epochs = rows::epoch(&row, "end_epoch")?.0 - key.first_epoch.0;
        let computed = epochs * world.config.evolution.epoch_ticks;
        ensure!(
            ticks as u64 == computed,
            "{ticks} ticks credited, {computed} computed"
        );
        if audit.units.contains_key(&key) {
            history += computed;
        }
        let sum = sums.entry(volunteer).or_default();
        *sum = (sum.0 + ticks, sum.1 + 1);
        rows += 1;
    }
    let confirmed = audit.units.len() + audit.left.len();
    ensure!(
        rows == confirmed,
        "{rows} ledger rows for {confirmed} units"
    );
    let query = "SELECT volunteer, sum(ticks) AS ticks FROM ledger WHERE reason LIKE 'check %' GROUP BY volunteer";
    for row in sqlx::query(query).fetch_all(&mut *connection).await? {
        let sum = sums.entry(row.try_get("volunteer")?).or_default();
        sum.0 += row.try_get::<i64, _>("ticks")?;
    }
    let query = "SELECT number, credit, units FROM volunteers";
    for row in sqlx::query(query).fetch_all(connection).await? {
        let number: i64 = row.try_get("number")?;
        let shown: (i64, i64) = (row.try_get("credit")?, row.try_get("units")?);
        let earned = sums.get(&number).copied().unwrap_or_default();
        ensure!(
            shown == earned,
            "volunteer {number} shows {shown:?}, the ledger {earned:?}"
        );
    }
    Ok(history)
}
