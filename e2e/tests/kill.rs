//! Nothing acknowledged is lost, and no verdict: the real server is killed again and again under two native workers and a
//! tab of a real browser, at random moments, with verification on, checkpoints taken and gone back to, and organisms
//! going from island to island.

#[path = "../../cli/tests/audit/mod.rs"]
mod audit;
#[path = "../../cli/tests/kill/mortal.rs"]
mod mortal;
#[path = "kill/volunteers.rs"]
mod volunteers;

use anyhow::{Context, Result, ensure};
use bytebiota_core::UnitKey;
use mortal::Mortal;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use volunteers::Volunteer;

/// Kills in `./check`; `BYTEBIOTA_KILLS=300` tries more, by hand, with units of about a second.
const KILLS: u32 = 25;
const PATIENCE: Duration = Duration::from_secs(60);
/// A restore goes back to one of so many newest checkpoints.
const NEWEST: usize = 4;
/// Restores that may be done before the kill comes.
const RESTORES: u32 = 20;

/// How much each volunteer heard acknowledged.
fn counts(volunteers: &[Volunteer]) -> Vec<usize> {
    volunteers.iter().map(Volunteer::count).collect()
}

/// Waits until every volunteer heard more acknowledged than before.
async fn more_than(volunteers: &[Volunteer], before: &[usize]) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    loop {
        let counts = counts(volunteers);
        if counts.iter().zip(before).all(|(now, before)| now > before) {
            return Ok(());
        }
        ensure!(
            Instant::now() < end,
            "no progress beyond {before:?} acks: {counts:?}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}

/// Where in the server's life a kill falls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Moment {
    /// While it serves.
    Service,
    /// Just after it was started again.
    Start,
    /// While it takes a checkpoint.
    Checkpoint,
    /// While its stopped world goes back to a checkpoint.
    Restore,
}

/// Every fifth kill falls into a start, a checkpoint or a restore, in turn.
fn moment(kill: u32) -> Moment {
    match (kill % 5, kill / 5 % 3) {
        (0, 0) => Moment::Restore,
        (0, 1) => Moment::Start,
        (0, _) => Moment::Checkpoint,
        _ => Moment::Service,
    }
}

/// Waits until somebody heard something acknowledged since the last kill: before that a kill would not count.
async fn until_something_is_new(volunteers: &[Volunteer], before: &[usize]) -> Result<()> {
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

/// What was done to the server.
#[derive(Default)]
struct Toll {
    kills: BTreeMap<Moment, u32>,
    /// Times the world went back to a checkpoint before a kill came.
    restored: u32,
    /// How long going back takes.
    restore: Option<Duration>,
}

/// Kills a restore of the stopped world in its midst; those that are done before that are done again.
async fn kill_a_restore(server: &mut Mortal, toll: &mut Toll) -> Result<()> {
    for _ in 0..RESTORES {
        let kept = server.checkpoints().await?;
        let newest = &kept[..kept.len().min(NEWEST)];
        ensure!(!newest.is_empty(), "there is no checkpoint to go back to");
        let number = newest[rand::random_range(0..newest.len())];
        // The first one shows how long it takes.
        let most = match toll.restore {
            None => PATIENCE,
            Some(took) => took.mul_f64(rand::random_range(0.0..1.3)),
        };
        let Some(took) = server.restore_for(number, most).await? else {
            return Ok(());
        };
        toll.restored += 1;
        toll.restore.get_or_insert(took);
    }
    anyhow::bail!("{RESTORES} restores were done before they could be killed")
}

/// Kills and restarts the server again and again, each time after something was acknowledged.
async fn kill_again_and_again(
    server: &mut Mortal,
    volunteers: &[Volunteer],
    kills: u32,
) -> Result<Toll> {
    let mut toll = Toll::default();
    for kill in 1..=kills {
        let before = counts(volunteers);
        let something_new = until_something_is_new(volunteers, &before);
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
            Moment::Restore => {
                server.kill().await?;
                let killed = kill_a_restore(server, &mut toll).await;
                killed.with_context(|| format!("kill {kill}"))?;
            }
        }
        *toll.kills.entry(moment(kill)).or_default() += 1;
        let restarted = match moment(kill) {
            Moment::Restore => server.start_again().await,
            _ => server.kill_and_restart().await,
        };
        restarted.with_context(|| format!("kill {kill}"))?;
        if kill.is_multiple_of(25) {
            println!("{kill} kills, acked {:?}", counts(volunteers));
        }
    }
    Ok(toll)
}

/// Every acknowledged unit is stored; in whose name most are. A few may stand in the other's: after a kill both can
/// have computed the same unit, and whoever comes second is acknowledged as well, without credit.
fn owner(log: &BTreeSet<UnitKey>, audit: &audit::Audit) -> Result<i64> {
    let mut stored: BTreeMap<i64, usize> = BTreeMap::new();
    for unit in log {
        let volunteer = audit.owner(unit);
        let volunteer =
            volunteer.with_context(|| format!("{unit:?} was acked and is not stored"))?;
        *stored.entry(volunteer).or_default() += 1;
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
    // A unit is an epoch at least, however short the life of a server: the long ones take about a second each.
    let settings = match wanted {
        Some(_) => mortal::settings(10_000_000, 1_000),
        None => mortal::settings(200_000, 200),
    };
    let began = Instant::now();
    let mut server = Mortal::start_with(&folder, &settings).await?;
    let address = server.socket_address();
    let mut volunteers: Vec<Volunteer> = ["ada", "ben"]
        .map(|name| Volunteer::native(address, &folder, name))
        .into();
    volunteers.extend(Volunteer::browser(address, "tab").await?);
    more_than(&volunteers, &vec![0; volunteers.len()]).await?;
    let toll = kill_again_and_again(&mut server, &volunteers, kills).await?;
    more_than(&volunteers, &counts(&volunteers))
        .await
        .context("after the last restart")?;
    let mut acked = Vec::new();
    for volunteer in volunteers {
        acked.push((volunteer.name, volunteer.dismiss().await?));
    }
    server.kill().await?;
    let killing = began.elapsed();

    let audit = audit::audit(&folder.path().join("data/world.sqlite")).await?;
    let mut owners = BTreeSet::new();
    for (name, log) in &acked {
        let owner = owner(log, &audit).with_context(|| format!("acked to {name}"))?;
        ensure!(owners.insert(owner), "{name}'s units are another's");
    }
    let counts: Vec<_> = acked.iter().map(|(name, log)| (name, log.len())).collect();
    println!(
        "{kills} kills in {killing:.0?}, each after an acknowledgement: {:?}; the world went back {} times more; \
         acked {counts:?}; {} units confirmed, {} provisional, {} on lines that were left, {} waited there, all executed \
         again, {:.1e} ticks of history; {} checkpoints, {} organisms entered another island; {:.0?} in all",
        toll.kills,
        toll.restored,
        audit.units.len(),
        audit.provisional.len(),
        audit.left.len(),
        audit.waited.len(),
        audit.ticks as f64,
        audit.checkpoints,
        audit.immigrants,
        began.elapsed()
    );
    ensure!(
        audit.units.len() > 2 * audit.provisional.len(),
        "{} units are confirmed, {} wait",
        audit.units.len(),
        audit.provisional.len()
    );
    ensure!(toll.restored > 0, "the world never went back");
    ensure!(audit.checkpoints > 0, "there is no checkpoint");
    ensure!(audit.immigrants > 0, "nobody went to another island");
    Ok(())
}
