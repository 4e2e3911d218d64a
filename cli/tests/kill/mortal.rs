//! The real server as a process that can be killed at any moment and started again on the same folder and port.

use anyhow::{Context, Result, bail};
use std::{fs::File, net::TcpListener, path::PathBuf, process::Stdio, time::Duration};
use tempfile::TempDir;
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    time::{Instant, sleep},
};

/// Units of about 0.2 s, stretches that never end early, and leases that wait for nobody.
const SETTINGS: &str = r#"
[soup]
size = 16384
[evolution]
epoch_ticks = 200000
[server]
idle_work = "off"
target_interval_ms = 200
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
    pub async fn start(folder: &TempDir) -> Result<Self> {
        // A port that is free now and, being ephemeral, not asked for by others.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let settings = folder.path().join("settings.toml");
        std::fs::write(&settings, SETTINGS)?;
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
        self.process = spawn(&self.settings, &self.data, &self.log, self.port)?;
        self.until_listening().await
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

    fn last_words(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn spawn(settings: &PathBuf, data: &PathBuf, log: &PathBuf, port: u16) -> Result<Child> {
    let log = File::options().create(true).append(true).open(log)?;
    let process = Command::new(env!("CARGO_BIN_EXE_bytebiota"))
        .arg("server")
        .arg("--config")
        .arg(settings)
        .arg("--data-dir")
        .arg(data)
        .arg("--listen")
        .arg(format!("127.0.0.1:{port}"))
        .env("BYTEBIOTA_LOG", "warn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()?;
    Ok(process)
}
