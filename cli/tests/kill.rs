//! Nothing acknowledged is lost, and no verdict: the real server is killed again and again under two native workers, at
//! random moments, with verification on, checkpoints taken and organisms going from island to island.

#[path = "audit/mod.rs"]
mod audit;
#[path = "kill/mortal.rs"]
mod mortal;

use anyhow::{Context, Result, ensure};
use bytebiota_core::UnitKey;
use bytebiota_worker::{Stop, WorkerOptions};
use mortal::Mortal;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    sync::{mpsc::unbounded_channel, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

/// Kills in `./check`; `BYTEBIOTA_KILLS=300` tries more, by hand, with units of about a second.
const KILLS: u32 = 25;
const PATIENCE: Duration = Duration::from_secs(30);

/// A native worker and its own log of what the server acknowledged.
struct Volunteer {
    acked: Arc<Mutex<BTreeSet<UnitKey>>>,
    stop: watch::Sender<Stop>,
    task: JoinHandle<Result<bytebiota_worker::Summary, bytebiota_worker::WorkerError>>,
}

impl Volunteer {
    fn start(server: &str, folder: &TempDir, name: &str) -> Self {
        let (acks, mut heard) = unbounded_channel();
        let (stop, stopped) = watch::channel(Stop::No);
        let options = WorkerOptions {
            slots: Some(1),
            nick: Some(name.into()),
            token_file: Some(folder.path().join(name)),
            acks: Some(acks),
            ..WorkerOptions::new(server)
        };
        let acked = Arc::<Mutex<BTreeSet<UnitKey>>>::default();
        let log = Arc::clone(&acked);
        tokio::spawn(async move {
            while let Some(unit) = heard.recv().await {
                log.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(unit);
            }
        });
        let task = tokio::spawn(bytebiota_worker::run(options, stopped));
        Self { acked, stop, task }
    }

    fn acked(&self) -> BTreeSet<UnitKey> {
        self.acked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn more_than(volunteers: &[Volunteer; 2], before: [usize; 2]) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let counts = volunteers
            .each_ref()
            .map(|volunteer| volunteer.acked().len());
        if counts.iter().zip(before).all(|(now, before)| *now > before) {
            return Ok(());
        }
        ensure!(
            Instant::now() < end,
            "no progress beyond {before:?} acks: {counts:?}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}

/// How much each volunteer heard acknowledged.
fn counts(volunteers: &[Volunteer; 2]) -> [usize; 2] {
    volunteers
        .each_ref()
        .map(|volunteer| volunteer.acked().len())
}

/// Where in the server's life a kill falls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// While it serves.
    Service,
    /// Just after it was started again.
    Start,
    /// While it takes a checkpoint.
    Checkpoint,
}

/// Every fifth kill falls into a start or a checkpoint, in turn.
fn moment(kill: u32) -> Moment {
    match (kill % 5, kill % 10) {
        (_, 0) => Moment::Checkpoint,
        (0, _) => Moment::Start,
        _ => Moment::Service,
    }
}

/// Waits until somebody heard something acknowledged since the last kill: before that a kill would not count.
async fn until_something_is_new(volunteers: &[Volunteer; 2], before: [usize; 2]) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while counts(volunteers) == before {
        ensure!(
            Instant::now() < end,
            "nothing is acknowledged beyond {before:?}"
        );
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Kills and restarts the server again and again, each time after something was acknowledged; how many of the kills fell
/// into a start or a checkpoint.
async fn kill_again_and_again(
    server: &mut Mortal,
    volunteers: &[Volunteer; 2],
    kills: u32,
) -> Result<u32> {
    let mut special = 0;
    for kill in 1..=kills {
        let before = counts(volunteers);
        let something_new = until_something_is_new(volunteers, before);
        something_new
            .await
            .with_context(|| format!("before kill {kill}"))?;
        let wait = |most_ms| sleep(Duration::from_millis(rand::random_range(0..most_ms)));
        match moment(kill) {
            Moment::Service => wait(1_500).await,
            Moment::Checkpoint => {
                server
                    .take_checkpoint_for(rand::random_range(0..30))
                    .await?
            }
            Moment::Start => {
                server.kill().await?;
                server.start_only()?;
                wait(200).await;
            }
        }
        special += u32::from(moment(kill) != Moment::Service);
        let restarted = server.kill_and_restart().await;
        restarted.with_context(|| format!("kill {kill}"))?;
    }
    Ok(special)
}

/// Stops a volunteer; what it heard acknowledged in its whole life.
async fn dismiss(volunteer: Volunteer) -> Result<BTreeSet<UnitKey>> {
    volunteer.stop.send_replace(Stop::Now);
    let Volunteer { acked, task, .. } = volunteer;
    timeout(PATIENCE, task)
        .await
        .context("the worker does not stop")???;
    let heard = acked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(heard)
}

/// Every acknowledged unit is stored; in whose name most are. A few may stand in the other's: after a kill both can
/// have computed the same unit, and whoever comes second is acknowledged as well, without credit.
fn owner(log: &BTreeSet<UnitKey>, audit: &audit::Audit) -> Result<i64> {
    let mut stored: BTreeMap<i64, usize> = BTreeMap::new();
    for unit in log {
        let confirmed = audit.units.get(unit);
        let volunteer = confirmed.or_else(|| audit.provisional.get(unit));
        let volunteer =
            volunteer.with_context(|| format!("{unit:?} was acked and is not stored"))?;
        *stored.entry(*volunteer).or_default() += 1;
    }
    let most = stored.iter().max_by_key(|(_, units)| **units);
    let (volunteer, units) = most.context("nothing was acknowledged")?;
    ensure!(
        units * 2 > log.len(),
        "one worker's units are stored for {stored:?}"
    );
    Ok(*volunteer)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_every_kill() -> Result<()> {
    let folder = TempDir::new()?;
    let wanted = std::env::var("BYTEBIOTA_KILLS").ok();
    let wanted: Option<u32> = wanted.and_then(|text| text.parse().ok());
    let kills = wanted.unwrap_or(KILLS);
    let unit_ms = if wanted.is_some() { 1_000 } else { 200 };
    let mut server = Mortal::start_with(&folder, &mortal::settings(unit_ms)).await?;
    let volunteers = ["ada", "ben"].map(|name| Volunteer::start(server.address(), &folder, name));
    more_than(&volunteers, [0, 0]).await?;
    let special = kill_again_and_again(&mut server, &volunteers, kills).await?;
    more_than(&volunteers, counts(&volunteers))
        .await
        .context("after the last restart")?;
    let [ada, ben] = volunteers;
    let acked = [dismiss(ada).await?, dismiss(ben).await?];
    server.kill().await?;

    let audit = audit::audit(&folder.path().join("data/world.sqlite")).await?;
    let owners = [owner(&acked[0], &audit)?, owner(&acked[1], &audit)?];
    ensure!(
        owners[0] != owners[1],
        "both workers' units are stored for one"
    );
    ensure!(
        audit.units.len() > 2 * audit.provisional.len(),
        "{} units are confirmed, {} wait",
        audit.units.len(),
        audit.provisional.len()
    );
    let acks: usize = acked.iter().map(BTreeSet::len).sum();
    println!(
        "{kills} kills, each after an acknowledgement, {special} of them in a start or a checkpoint; {acks} units acked, \
         {} confirmed, {} provisional, all executed again; {} checkpoints, {} organisms entered another island",
        audit.units.len(),
        audit.provisional.len(),
        audit.checkpoints,
        audit.immigrants
    );
    ensure!(audit.checkpoints > 0, "there is no checkpoint");
    ensure!(audit.immigrants > 0, "nobody went to another island");
    Ok(())
}
