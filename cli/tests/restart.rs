//! A restart without a storm: a crowd of workers over real sockets loses its server, by SIGKILL and by a planned stop, and
//! goes on when it is back, with the product's own back-off. `BYTEBIOTA_CROWD=2000` tries a larger crowd, by hand.

#[path = "audit/mod.rs"]
mod audit;
#[path = "kill/mortal.rs"]
mod mortal;

use anyhow::{Context, Result, ensure};
use bytebiota_core::UnitKey;
use bytebiota_protocol::message::Wishes;
use bytebiota_worker::{Stop, Summary, WorkerError, WorkerOptions};
use mortal::Mortal;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::{mpsc::unbounded_channel, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

/// Workers of one slot each.
const CROWD: usize = 60;
/// Everybody goes on within this after the server is ready.
const GOES_ON: Duration = Duration::from_secs(30);
/// Until everybody has had work for the first time, or a server is there.
const PATIENCE: Duration = Duration::from_secs(600);
/// What the server needs in its first minute is looked at when it is over; a small crowd is not waited for.
const FIRST_MINUTE: Duration = Duration::from_secs(60);
/// One in so many of a crowd comes back in a second at most: who was asked to come then, and who found the door closed
/// before. After SIGKILL half of them do.
const RETURNS_A_SECOND: usize = 3;
/// A smaller crowd may come at once.
const NO_CROWD: usize = 400;
/// One worker in so many may be between two leases.
const BETWEEN: usize = 50;
/// Ticks of the largest unit.
const LARGEST_UNIT: u64 = 100_000;
/// Epochs of 10^5 ticks, in which no new genotypes rise: what is tried is the crowd, not what the database
/// does with them. All come from one address, and all take part at once.
const SETTINGS: &str = r#"
[soup]
size = 4096
search_radius = 1024
[environment]
length = 256
[evolution]
epoch_ticks = 100000
[mutation]
copy_rate = 0
background_interval = 0
indel_rate = 0
flaw_rate = 0
[server]
idle_work = "off"
verification = "accept"
target_interval_ms = 3000
newcomer_slots = 256
max_islands = 10000
sockets_per_address = 100000
sockets_per_minute = 100000
"#;

/// A native worker of one slot, and what it heard acknowledged.
struct Worker {
    acks: Arc<AtomicU64>,
    stop: watch::Sender<Stop>,
    task: JoinHandle<Result<Summary, WorkerError>>,
}

type Log = Arc<Mutex<BTreeSet<UnitKey>>>;

impl Worker {
    fn start(server: &str, folder: &TempDir, number: usize, log: &Log) -> Self {
        let (tell, mut heard) = unbounded_channel();
        let (stop, stopped) = watch::channel(Stop::No);
        let options = WorkerOptions {
            slots: Some(1),
            token_file: Some(folder.path().join(format!("worker-{number}"))),
            wishes: Wishes {
                max_unit_ticks: LARGEST_UNIT,
                ..Wishes::default()
            },
            acks: Some(tell),
            ..WorkerOptions::new(server)
        };
        let acks = Arc::<AtomicU64>::default();
        let (count, log) = (acks.clone(), log.clone());
        tokio::spawn(async move {
            while let Some(unit) = heard.recv().await {
                count.fetch_add(1, Ordering::Relaxed);
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.insert(unit);
            }
        });
        let task = tokio::spawn(bytebiota_worker::run(options, stopped));
        Self { acks, stop, task }
    }

    fn acks(&self) -> u64 {
        self.acks.load(Ordering::Relaxed)
    }
}

fn counts(crowd: &[Worker]) -> Vec<u64> {
    crowd.iter().map(Worker::acks).collect()
}

/// Waits until every worker has heard more acknowledgements than before; how long that took.
async fn everybody_goes_on(
    server: &Mortal,
    crowd: &[Worker],
    before: &[u64],
    patience: Duration,
) -> Result<Duration> {
    let began = Instant::now();
    loop {
        let stands = |(worker, before): &(&Worker, &u64)| worker.acks() <= **before;
        let standing = crowd.iter().zip(before).filter(stands).count();
        if standing == 0 {
            return Ok(began.elapsed());
        }
        if began.elapsed() > patience {
            anyhow::bail!(
                "{standing} of {} workers have not gone on within {patience:?}; {} slots compute",
                crowd.len(),
                server.metric("bytebiota_slots_busy").await?
            );
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Starts a crowd and waits until each of it has done some work, and all have work at once.
async fn gather(server: &Mortal, folder: &TempDir, size: usize, log: &Log) -> Result<Vec<Worker>> {
    let start = |number| Worker::start(server.address(), folder, number, log);
    let crowd: Vec<Worker> = (0..size).map(start).collect();
    let began = Instant::now();
    everybody_goes_on(server, &crowd, &vec![0; size], PATIENCE).await?;
    println!("all have done some work after {:.1?}", began.elapsed());
    everybody_computes(server, size).await?;
    println!("all have work at once after {:.1?}", began.elapsed());
    Ok(crowd)
}

/// Waits until slots have leases, all but those that are between two of them: until there are islands enough.
async fn everybody_computes(server: &Mortal, size: usize) -> Result<()> {
    let began = Instant::now();
    loop {
        let busy = server.metric("bytebiota_slots_busy").await? as usize;
        if busy >= size - size / BETWEEN {
            return Ok(());
        }
        let elapsed = began.elapsed();
        ensure!(elapsed < PATIENCE, "{busy} of {size} slots have a lease");
        sleep(Duration::from_millis(20)).await;
    }
}

/// The server's most memory so far, MiB.
fn most_memory_mib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kib.unwrap_or(0u64) / 1_024
}

/// Ends every worker, and waits for them.
async fn dismiss(crowd: Vec<Worker>) -> Result<()> {
    for worker in &crowd {
        worker.stop.send_replace(Stop::Now);
    }
    for worker in crowd {
        let ended = timeout(PATIENCE, worker.task).await;
        ended.context("a worker does not stop")???;
    }
    Ok(())
}

/// What one restart came to.
struct Restart {
    /// From its start until it was ready.
    ready: Duration,
    /// From then until everybody had gone on.
    went_on: Duration,
    /// Who came back in the busiest second.
    busiest: usize,
}

impl std::fmt::Display for Restart {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self {
            ready,
            went_on,
            busiest,
        } = self;
        write!(
            out,
            "all went on within {went_on:.1?}, beside {ready:.1?} until the server was ready; at most {busiest} came in a second"
        )
    }
}

/// Waits until a server that was just started is ready and everybody has gone on.
async fn comes_back(server: &mut Mortal, crowd: &[Worker], before: &[u64]) -> Result<Restart> {
    let began = Instant::now();
    server.start_again().await?;
    server.until_ready().await?;
    let ready = began.elapsed();
    println!("ready {ready:.1?} after the start");
    let arrivals = watch_arrivals(server, crowd.len());
    let all = everybody_goes_on(server, crowd, before, GOES_ON);
    let (busiest, went_on) = tokio::join!(arrivals, all);
    Ok(Restart {
        ready,
        went_on: went_on?,
        busiest: busiest?,
    })
}

/// Looks until everybody is back, or as long as that may take; how many came in the busiest second.
async fn watch_arrivals(server: &Mortal, crowd: usize) -> Result<usize> {
    let (began, mut seen) = (Instant::now(), vec![(Duration::ZERO, 0)]);
    while began.elapsed() < GOES_ON && seen.last().is_some_and(|(_, here)| *here < crowd) {
        sleep(Duration::from_millis(250)).await;
        let here = server.metric("bytebiota_workers").await? as usize;
        seen.push((began.elapsed(), here));
    }
    // A look takes time on a busy server, so the last one that is a second old may be older.
    let rate = |(at, here): &(Duration, usize)| {
        let mut earlier = seen.iter().rev();
        let old = earlier.find(|(then, _)| *then + Duration::from_secs(1) <= *at);
        let (then, there) = old.unwrap_or(&seen[0]);
        let millis = (*at - *then).as_millis().max(1_000) as usize;
        here.saturating_sub(*there) * 1_000 / millis
    };
    Ok(seen.iter().map(rate).max().unwrap_or(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_goes_on_within_half_a_minute_of_a_restart() -> Result<()> {
    let wanted = std::env::var("BYTEBIOTA_CROWD").ok();
    let wanted = wanted.and_then(|size| size.parse().ok());
    let size = wanted.unwrap_or(CROWD);
    let folder = TempDir::new()?;
    let mut server = Mortal::start_with(&folder, SETTINGS).await?;
    let log = Log::default();
    let crowd = gather(&server, &folder, size, &log).await?;
    let before_mib = most_memory_mib(server.process());

    server.kill().await?;
    // What was acknowledged and is still on its way to its worker is no progress.
    sleep(Duration::from_millis(200)).await;
    let before = counts(&crowd);
    let started = Instant::now();
    let killed = comes_back(&mut server, &crowd, &before).await;
    let killed = killed.context("after SIGKILL")?;
    if wanted.is_some() {
        sleep(FIRST_MINUTE.saturating_sub(started.elapsed())).await;
    }
    let after_mib = most_memory_mib(server.process());
    println!("after SIGKILL {killed}; at most {before_mib} MiB before and {after_mib} MiB after");

    let stopping = Instant::now();
    server.stop_as_planned().await?;
    let drained = stopping.elapsed();
    let before = counts(&crowd);
    let planned = comes_back(&mut server, &crowd, &before).await;
    let planned = planned.context("after a planned stop")?;
    println!("after a planned stop of {drained:.1?} {planned}");

    let dismissing = Instant::now();
    dismiss(crowd).await?;
    println!("everybody left within {:.1?}", dismissing.elapsed());
    server.kill().await?;
    let auditing = Instant::now();
    let audit = audit::audit(&folder.path().join("data/world.sqlite")).await?;
    println!("the audit took {:.1?}", auditing.elapsed());
    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    let lost = log
        .iter()
        .filter(|unit| audit.owner(unit).is_none())
        .count();
    println!(
        "{} units acked, {lost} lost, {} stored once each and executed again",
        log.len(),
        audit.units.len() + audit.provisional.len()
    );
    ensure!(lost == 0, "{lost} acknowledged units are not stored");
    ensure!(
        planned.busiest <= NO_CROWD.max(size / RETURNS_A_SECOND),
        "{} came back in one second",
        planned.busiest
    );
    // A small process doubles by what every process needs.
    ensure!(
        after_mib <= 2 * before_mib + 32,
        "memory went from {before_mib} MiB to {after_mib} MiB"
    );
    Ok(())
}
