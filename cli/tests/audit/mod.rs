//! Proves a world from its database alone: chains without gap, credit that adds up, and every unit re-executed natively,
//! confirmed and provisional. Knows no server; reads the file as any other program could.

// Each test uses its own part of this.
#![allow(dead_code)]

use anyhow::{Context, Result, ensure};
use bytebiota_core::assignment::Check;
use bytebiota_core::{
    Branch, Config, Digest, Epoch, Inputs, IslandId, LocalExecutor, Start, StretchHeader, UnitKey,
    WorldId, WorldSeed, codec, report,
};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};
use std::{collections::BTreeMap, path::Path};

/// Longer values in a database of ours are damage.
const MAX_BYTES: usize = 1 << 20;

/// What was found, after everything held.
pub struct Audit {
    /// Every confirmed unit and the number of the volunteer who computed it.
    pub units: BTreeMap<UnitKey, i64>,
    /// Every unit that waits for its verdict, in the same way.
    pub provisional: BTreeMap<UnitKey, i64>,
    /// Ticks executed again.
    pub ticks: u64,
    /// Checkpoints that were taken, and organisms that entered another island.
    pub checkpoints: i64,
    pub immigrants: i64,
    /// Islands with at least one unit.
    pub islands: usize,
}

struct World {
    id: WorldId,
    branch: Branch,
    seed: WorldSeed,
    config: Config,
}

struct Unit {
    first: Epoch,
    end: Epoch,
    header: StretchHeader,
    inputs: Inputs,
    base: Digest,
    state: Digest,
    segments: Vec<u8>,
    link: Digest,
    volunteer: i64,
}

impl Unit {
    fn epochs(&self) -> Result<u32> {
        Ok(u32::try_from(self.end.0 - self.first.0)?)
    }
}

struct Head {
    island: IslandId,
    epoch: Epoch,
    state: Digest,
    link: Digest,
    units: i64,
}

/// Reads the database of a stopped server and proves what it says.
pub async fn audit(database: &Path) -> Result<Audit> {
    let address = format!("sqlite://{}", database.display());
    let mut connection = SqliteConnection::connect(&address).await?;
    let world = read_world(&mut connection).await?;
    let mut audit = Audit {
        units: BTreeMap::new(),
        provisional: BTreeMap::new(),
        ticks: 0,
        checkpoints: count(&mut connection, "SELECT count(*) FROM checkpoints").await?,
        immigrants: count(
            &mut connection,
            "SELECT count(*) FROM mail WHERE enters_epoch IS NOT NULL",
        )
        .await?,
        islands: 0,
    };
    let mut executions = Vec::new();
    for head in read_heads(&mut connection).await? {
        let units = read_units(&mut connection, head.island, LINKS).await?;
        prove_chain(&head, &units).with_context(|| format!("island {}", head.island))?;
        for unit in &units {
            let key = UnitKey {
                world: world.id,
                branch: world.branch,
                island: head.island,
                first_epoch: unit.first,
            };
            ensure!(
                audit.units.insert(key, unit.volunteer).is_none(),
                "{key:?} is stored twice"
            );
        }
        audit.islands += usize::from(!units.is_empty());
        audit.ticks += head.epoch.0 * world.config.evolution.epoch_ticks;
        let waiting = read_units(&mut connection, head.island, PROVISIONAL).await?;
        prove_claim(&head, &waiting).with_context(|| format!("island {}", head.island))?;
        audit.provisional.extend(waiting.iter().map(|unit| {
            let key = UnitKey {
                world: world.id,
                branch: world.branch,
                island: head.island,
                first_epoch: unit.first,
            };
            (key, unit.volunteer)
        }));
        let units: Vec<Unit> = units.into_iter().chain(waiting).collect();
        let (seed, config) = (world.seed, world.config.clone());
        executions.push(tokio::task::spawn_blocking(move || {
            execute(seed, &config, &head, &units)
        }));
    }
    prove_credit(&mut connection, &world, &audit).await?;
    let void = count(&mut connection, "SELECT count(*) FROM void_units").await?;
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
        ensure!(
            unit.first == epoch,
            "a gap: epoch {epoch} is followed by {}",
            unit.first
        );
        ensure!(
            unit.end > unit.first,
            "the unit at epoch {epoch} has no epochs"
        );
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
        ensure!(unit.first == epoch, "a gap before epoch {}", unit.first);
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

/// Runs the island from genesis, unit by unit, and compares every digest.
fn execute(seed: WorldSeed, config: &Config, head: &Head, units: &[Unit]) -> Result<()> {
    let mut start = Start::Genesis;
    for unit in units {
        let place = || format!("island {}, epoch {}", head.island, unit.first);
        let parts = unit.segments.len() / 32;
        let begun = report::begun(unit.epochs()?, parts).with_context(place)?;
        let check = Check {
            header: unit.header.clone(),
            world_seed: seed,
            config: config.clone(),
            inputs: unit.inputs.clone(),
            first_epoch: unit.first,
            unit_epochs: begun,
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
        let state = island.to_bytes();
        ensure!(
            Digest::of(&state) == unit.state,
            "{}: executed again, the state differs",
            place()
        );
        start = Start::State(state);
    }
    Ok(())
}

/// One row of the ledger per unit, by whoever computed it, for its ticks, and one per check of a volunteer; volunteers
/// hold the sums.
async fn prove_credit(
    connection: &mut SqliteConnection,
    world: &World,
    audit: &Audit,
) -> Result<()> {
    let query = "SELECT volunteer, island, first_epoch, ticks FROM ledger WHERE reason = 'unit'";
    let mut rows = 0;
    let mut sums: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    for row in sqlx::query(query).fetch_all(&mut *connection).await? {
        let key = UnitKey {
            world: world.id,
            branch: world.branch,
            island: IslandId(row.try_get("island")?),
            first_epoch: epoch(&row, "first_epoch")?,
        };
        let (volunteer, ticks): (i64, i64) = (row.try_get("volunteer")?, row.try_get("ticks")?);
        ensure!(
            audit.units.get(&key) == Some(&volunteer),
            "{key:?} is credited to another"
        );
        let sum = sums.entry(volunteer).or_default();
        *sum = (sum.0 + ticks, sum.1 + 1);
        rows += 1;
    }
    ensure!(
        rows == audit.units.len(),
        "{rows} ledger rows for {} units",
        audit.units.len()
    );
    let ticks: i64 = sums.values().map(|(ticks, _)| ticks).sum();
    ensure!(
        ticks as u64 == audit.ticks,
        "{ticks} ticks credited, {} computed",
        audit.ticks
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
    Ok(())
}

async fn read_world(connection: &mut SqliteConnection) -> Result<World> {
    let query = sqlx::query("SELECT id, seed, branch, config FROM world");
    let row = query.fetch_one(connection).await?;
    Ok(World {
        id: WorldId(row.try_get::<i64, _>("id")? as u64),
        branch: Branch(row.try_get("branch")?),
        seed: WorldSeed(row.try_get::<i64, _>("seed")? as u64),
        config: codec::decode(&row.try_get::<Vec<u8>, _>("config")?, MAX_BYTES)?,
    })
}

async fn read_heads(connection: &mut SqliteConnection) -> Result<Vec<Head>> {
    let query = "SELECT island, head_epoch, head_state, link, units FROM islands ORDER BY island";
    let rows = sqlx::query(query).fetch_all(connection).await?;
    let read = |row: &SqliteRow| {
        Ok(Head {
            island: IslandId(row.try_get("island")?),
            epoch: epoch(row, "head_epoch")?,
            state: digest(row, "head_state")?,
            link: digest(row, "link")?,
            units: row.try_get("units")?,
        })
    };
    rows.iter().map(read).collect()
}

const LINKS: &str = "SELECT l.*, h.header AS stretch, h.inputs
    FROM links l JOIN headers h ON h.digest = l.header
    WHERE l.island = ? AND l.superseded IS NULL ORDER BY l.first_epoch";
/// Of each seal the first 32 bytes are the segment's digest.
const PROVISIONAL: &str = "SELECT p.*, x'' AS segments, zeroblob(32) AS link, h.header AS stretch, h.inputs
    FROM provisional p JOIN headers h ON h.digest = p.header WHERE p.island = ? ORDER BY p.first_epoch";

async fn count(connection: &mut SqliteConnection, query: &'static str) -> Result<i64> {
    Ok(sqlx::query(query).fetch_one(connection).await?.try_get(0)?)
}

async fn read_units(
    connection: &mut SqliteConnection,
    island: IslandId,
    query: &'static str,
) -> Result<Vec<Unit>> {
    let query = sqlx::query(query);
    let rows = query.bind(island.0).fetch_all(connection).await?;
    let segments = |row: &SqliteRow| -> Result<Vec<u8>> {
        let Ok(seals) = row.try_get::<Vec<u8>, _>("seals") else {
            return Ok(row.try_get("segments")?);
        };
        Ok(seals
            .chunks(96)
            .flat_map(|seal| seal[..32].to_vec())
            .collect())
    };
    let read = |row: &SqliteRow| {
        Ok(Unit {
            first: epoch(row, "first_epoch")?,
            end: epoch(row, "end_epoch")?,
            header: codec::decode(&row.try_get::<Vec<u8>, _>("stretch")?, MAX_BYTES)?,
            inputs: codec::decode(&row.try_get::<Vec<u8>, _>("inputs")?, MAX_BYTES)?,
            base: digest(row, "base")?,
            state: digest(row, "state")?,
            segments: segments(row)?,
            link: digest(row, "link")?,
            volunteer: row.try_get("volunteer")?,
        })
    };
    rows.iter().map(read).collect()
}

fn epoch(row: &SqliteRow, column: &str) -> Result<Epoch> {
    Ok(Epoch(row.try_get::<i64, _>(column)? as u64))
}

fn digest(row: &SqliteRow, column: &str) -> Result<Digest> {
    let bytes: Vec<u8> = row.try_get(column)?;
    let bytes = <[u8; 32]>::try_from(bytes.as_slice());
    Ok(Digest(
        bytes
            .ok()
            .with_context(|| format!("{column} is no digest"))?,
    ))
}
