//! The real server as a process that can be killed at any moment and started again on the same folder and port.

// Each test uses its own part of this.
#![allow(dead_code)]

use anyhow::{Context, Result, bail};
use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    time::{Instant, sleep},
};

/// Stretches that never end early, leases that wait for nobody, a checkpoint every second, and epochs and units that
/// last so long.
pub fn settings(epoch_ticks: u64, unit_ms: u32) -> String {
    let often = (20 * 200_000 / epoch_ticks).max(2);
    format!(
        "{SETTINGS}target_interval_ms = {unit_ms}\n[evolution]\nepoch_ticks = {epoch_ticks}\nmigration_interval = {often}\n"
    )
}

const SETTINGS: &str = r#"
[soup]
size = 16384
[server]
idle_work = "off"
checkpoint_interval_ms = 1000
stretch_ms = 60000
grace_ms = 500
accept_ms = 1000
progress_min_ms = 1000
progress_max_ms = 2000
retry_ms = 100
assignments_per_minute = 100000
reports_per_minute = 100000
progress_per_minute = 100000
bytes_per_minute = 4000000000
"#;

pub struct Mortal {
    settings: PathBuf,
    data: PathBuf,
    log: PathBuf,
    port: u16,
    address: String,
    process: Child,
}

impl Mortal {
    /// Starts a server with a new world below the folder.
    pub async fn start_with(folder: &TempDir, text: &str) -> Result<Self> {
        // A port that is free now and, being ephemeral, not asked for by others.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let settings = folder.path().join("settings.toml");
        std::fs::write(&settings, text)?;
        let (data, log) = (folder.path().join("data"), folder.path().join("server.log"));
        let process = spawn(&settings, &data, &log, port)?;
        let address = format!("http://127.0.0.1:{port}");
        let mut mortal = Self {
            settings,
            data,
            log,
            port,
            address,
            process,
        };
        mortal.until_listening().await?;
        Ok(mortal)
    }

    /// Where it listens, in every life.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The same, for who asks there himself.
    pub fn socket_address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Ends it with SIGKILL.
    pub async fn kill(&mut self) -> Result<()> {
        self.process
            .kill()
            .await
            .context("the server had died by itself")
    }

    /// Ends it with SIGKILL and starts it again at once.
    pub async fn kill_and_restart(&mut self) -> Result<()> {
        if let Some(status) = self.process.try_wait()? {
            bail!(
                "the server had ended by itself: {status}\n{}",
                self.last_words()
            );
        }
        self.kill().await?;
        self.start_again().await
    }

    /// Starts it again after it ended.
    pub async fn start_again(&mut self) -> Result<()> {
        self.start_only()?;
        self.until_listening().await
    }

    /// Starts it again and does not wait for it.
    pub fn start_only(&mut self) -> Result<()> {
        self.process = spawn(&self.settings, &self.data, &self.log, self.port)?;
        Ok(())
    }

    /// Has it begin to take a checkpoint, and looks at it for so long.
    pub async fn take_checkpoint_for(&self, ms: u64) -> Result<()> {
        let token = std::fs::read_to_string(self.data.join("operator-token"))?;
        let request = format!(
            "POST /api/v1/operator/checkpoints HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer {}\r\nContent-Length: 0\r\n\r\n",
            token.trim()
        );
        let asked = tokio::time::timeout(Duration::from_millis(ms), self.ask(&request)).await;
        match asked {
            Ok(answer)
                if !answer
                    .as_ref()
                    .is_ok_and(|text| text.starts_with("HTTP/1.1 200")) =>
            {
                bail!("no checkpoint was taken: {answer:?}")
            }
            _ => Ok(()),
        }
    }

    /// Its number for the system; 0 if it has ended.
    pub fn process(&self) -> u32 {
        self.process.id().unwrap_or(0)
    }

    /// Ends it with SIGTERM: it drains first.
    pub async fn stop_as_planned(&mut self) -> Result<()> {
        let process = self.process().to_string();
        Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .await?;
        let ended = tokio::time::timeout(super::PATIENCE, self.process.wait()).await;
        let status = ended.context("the server does not stop")??;
        if !status.success() {
            bail!("the server stopped with {status}\n{}", self.last_words());
        }
        Ok(())
    }

    /// The numbers of the checkpoints it keeps, newest first; it may run or not.
    pub async fn checkpoints(&self) -> Result<Vec<i64>> {
        let listed = self.checkpoint(&["list", "--json"])?.output().await?;
        let list: serde_json::Value = serde_json::from_slice(&listed.stdout)
            .with_context(|| String::from_utf8_lossy(&listed.stderr).into_owned())?;
        let list = list.as_array().into_iter().flatten();
        Ok(list.filter_map(|one| one["number"].as_i64()).collect())
    }

    /// While it does not run: begins to go back to a checkpoint, and kills that after so long. `None` if it was killed,
    /// and how long it took if it was done before.
    pub async fn restore_for(&self, number: i64, most: Duration) -> Result<Option<Duration>> {
        let began = Instant::now();
        let mut restore = self.checkpoint(&["restore", "--force", &number.to_string()])?;
        let mut restore = restore.stdout(Stdio::null()).spawn()?;
        match tokio::time::timeout(most, restore.wait()).await {
            Ok(status) if status.as_ref().is_ok_and(|status| status.success()) => {
                Ok(Some(began.elapsed()))
            }
            Ok(status) => bail!("checkpoint {number} is not restored: {status:?}"),
            Err(_) => {
                restore.kill().await?;
                Ok(None)
            }
        }
    }

    fn checkpoint(&self, args: &[&str]) -> Result<Command> {
        let mut command = Command::new(binary()?);
        command.arg("checkpoint").args(args).arg("--data-dir");
        command.arg(&self.data).stdin(Stdio::null());
        command.kill_on_drop(true);
        Ok(command)
    }

    async fn until_listening(&mut self) -> Result<()> {
        let end = Instant::now() + super::PATIENCE;
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            if let Some(status) = self.process.try_wait()? {
                bail!("the server does not start: {status}\n{}", self.last_words());
            }
            if Instant::now() > end {
                bail!("the server does not listen\n{}", self.last_words());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Waits until it says that it is ready.
    pub async fn until_ready(&mut self) -> Result<()> {
        let end = Instant::now() + super::PATIENCE;
        while !self
            .get("/readyz")
            .await
            .is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
        {
            if Instant::now() > end {
                bail!("the server is not ready\n{}", self.last_words());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// A number of its own that it measures.
    pub async fn metric(&self, name: &str) -> Result<f64> {
        let answer = self.get("/metrics").await?;
        let line = answer
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let value = line.with_context(|| format!("no {name} in\n{answer}"))?;
        Ok(value.parse()?)
    }

    async fn get(&self, path: &str) -> Result<String> {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
        ))
        .await
    }

    async fn ask(&self, request: &str) -> Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    fn last_words(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// The program: Cargo names it to the tests of its own package, and to others it lies beside them.
fn binary() -> Result<PathBuf> {
    if let Some(named) = option_env!("CARGO_BIN_EXE_bytebiota") {
        return Ok(named.into());
    }
    let test = std::env::current_exe()?;
    let beside = test.parent().and_then(Path::parent);
    let beside =
        beside.map(|folder| folder.join(format!("bytebiota{}", std::env::consts::EXE_SUFFIX)));
    let built = beside.filter(|program| program.is_file());
    built.context("there is no bytebiota beside the tests: cargo build -p bytebiota makes it")
}

fn spawn(settings: &PathBuf, data: &PathBuf, log: &PathBuf, port: u16) -> Result<Child> {
    let log = File::options().create(true).append(true).open(log)?;
    let process = Command::new(binary()?)
        .arg("server")
        .arg("--config")
        .arg(settings)
        .arg("--data-dir")
        .arg(data)
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"))
        .env("BYTEBIOTA_LOG", "warn")
        // How much is tried is no setting of the server.
        .env_remove("BYTEBIOTA_CROWD")
        .env_remove("BYTEBIOTA_KILLS")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    Ok(process)
}
