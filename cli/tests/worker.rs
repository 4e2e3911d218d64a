//! What the owner of a native worker chooses is kept: a share of the time, pauses by signal, hours of the week. A real server, real
//! processes, and the processor time that the system counted for them.

#[path = "kill/mortal.rs"]
mod mortal;

use anyhow::{Context, Result, ensure};
use mortal::Mortal;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

/// Until a server or a worker is at work.
const PATIENCE: Duration = Duration::from_secs(60);

/// A worker process; it ends with this.
struct Worker(Child);

impl Worker {
    fn start(server: &str, folder: &Path, name: &str, arguments: &[&str]) -> Result<Self> {
        let log = File::create(folder.join(name))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_bytebiota"));
        command.args(["worker", "--slots", "1", "--server", server]);
        command
            .arg("--token-file")
            .arg(folder.join(format!("{name}.token")));
        let command = command.args(arguments).stdout(Stdio::null()).stderr(log);
        Ok(Self(command.spawn()?))
    }

    /// Processor time so far, in hundredths of a second.
    fn used(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let (_, fields) = text.rsplit_once(')').context("a process")?;
        let mut fields = fields.split_whitespace().skip(11);
        let mut next = || {
            fields
                .next()
                .context("a time")?
                .parse::<u64>()
                .context("a number")
        };
        Ok(next()? + next()?)
    }

    async fn used_within(&self, time: Duration) -> Result<u64> {
        let before = self.used()?;
        sleep(time).await;
        Ok(self.used()? - before)
    }

    /// Waits until it computes.
    async fn computes(&self) -> Result<()> {
        let began = Instant::now();
        while self.used_within(Duration::from_secs(1)).await? < 5 {
            ensure!(began.elapsed() < PATIENCE, "it does not compute");
        }
        Ok(())
    }

    fn switch_pause(&self) -> Result<()> {
        let process = Pid::from_raw(i32::try_from(self.0.id())?).context("a process")?;
        Ok(kill_process(process, Signal::USR1)?)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_keeps_its_share_and_pauses_when_it_is_told() -> Result<()> {
    let folder = TempDir::new()?;
    let mut server = Mortal::start_with(&folder, &mortal::settings(200_000, 1_000)).await?;
    let worker = Worker::start(
        server.address(),
        folder.path(),
        "share",
        &["--duty-percent", "30"],
    )?;
    worker.computes().await?;
    let percent = worker.used_within(Duration::from_secs(20)).await? / 20;
    println!("{percent} % of a core over 20 s, wanted 30 %");
    // Less than that may be others' doing; more is its own.
    ensure!(
        (3..=35).contains(&percent),
        "{percent} % of a core instead of 30 %"
    );

    worker.switch_pause()?;
    sleep(Duration::from_secs(2)).await;
    let paused = worker.used_within(Duration::from_secs(4)).await?;
    ensure!(
        paused <= 20,
        "it used {paused} hundredths of a second while it paused"
    );
    worker.switch_pause()?;
    worker.computes().await?;
    drop(worker);
    server.kill().await?;
    let said = fs::read_to_string(folder.path().join("share"))?;
    ensure!(
        said.contains("Now paused by you.") && said.contains("Now going on."),
        "{said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_its_hours_a_worker_rests_and_says_so() -> Result<()> {
    let folder = TempDir::new()?;
    let mut server = Mortal::start_with(&folder, &mortal::settings(200_000, 1_000)).await?;
    let file = folder.path().join("worker.toml");
    fs::write(&file, "hours = \"tue,thu,sat 0-24\"\n")?;
    let file = file.to_str().context("a path")?;
    // It is one of these days, whatever day it is.
    let one = Worker::start(server.address(), folder.path(), "one", &["--config", file])?;
    let line = ["--config", file, "--hours", "mon,wed,fri,sun 0-24"];
    let other = Worker::start(server.address(), folder.path(), "other", &line)?;
    let rests = |name: &str| -> Result<bool> {
        let said = fs::read_to_string(folder.path().join(name))?;
        Ok(said.contains("Now resting until the hours you chose."))
    };
    let began = Instant::now();
    while !(rests("one")? || rests("other")?) {
        ensure!(began.elapsed() < PATIENCE, "neither says that it rests");
        sleep(Duration::from_millis(100)).await;
    }
    let (resting, working) = if rests("one")? {
        (one, other)
    } else {
        (other, one)
    };
    working.computes().await?;
    let used = resting.used_within(Duration::from_secs(2)).await?;
    ensure!(
        used <= 10,
        "it used {used} hundredths of a second while it rested"
    );
    ensure!(!(rests("one")? && rests("other")?), "both rest");
    drop((resting, working));
    server.kill().await
}
