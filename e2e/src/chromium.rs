//! A real Chromium with a profile of its own, killed when it is dropped. Knows no page.

use crate::{
    Tab,
    patience::{PATIENCE, until, within},
};
use anyhow::{Context, Result, bail};
use chromiumoxide::{
    Browser, cdp::browser_protocol::system_info::GetProcessInfoParams, handler::HandlerConfig,
};
use futures_util::StreamExt;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    task::JoinHandle,
};

/// What the tests want of the browser: nothing shown, nothing fetched but our pages, no other machine needed.
const FLAGS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--mute-audio",
    "--force-color-profile=srgb",
    "--remote-debugging-port=0",
];

const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];

/// A running browser.
pub struct Chromium {
    browser: Browser,
    handler: JoinHandle<()>,
    // Dropped in this order: the process dies before its profile goes.
    _process: Child,
    _profile: TempDir,
}

impl Chromium {
    /// Starts a browser. `None`, said aloud, where there is none; an error where `BYTEBIOTA_REQUIRE_BROWSER=1`.
    pub async fn launch() -> Result<Option<Self>> {
        let Some(program) = find() else {
            if std::env::var("BYTEBIOTA_REQUIRE_BROWSER").is_ok_and(|value| value == "1") {
                bail!("no Chromium: install it or name it in CHROME");
            }
            eprintln!("skipped: no Chromium");
            return Ok(None);
        };
        let profile = TempDir::new()?;
        let process = Command::new(&program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} does not start", program.display()))?;
        let address = until("Chromium to listen", PATIENCE, || address(profile.path())).await?;
        let config = HandlerConfig {
            viewport: None,
            request_timeout: PATIENCE,
            ..HandlerConfig::default()
        };
        let (browser, mut events) = within(
            "Chromium to answer",
            Browser::connect_with_config(address, config),
        )
        .await?;
        let handler = tokio::spawn(async move { while events.next().await.is_some() {} });
        Ok(Some(Self {
            browser,
            handler,
            _process: process,
            _profile: profile,
        }))
    }

    /// Opens an address in a new tab that is watched from its first byte.
    pub async fn open(&self, address: &str) -> Result<Tab> {
        self.open_prepared(address, "").await
    }

    /// The same, with a script that runs before any script of a page in this tab.
    pub async fn open_prepared(&self, address: &str, script: &str) -> Result<Tab> {
        let page = within("a new tab", self.browser.new_page("about:blank")).await?;
        let tab = Tab::watch(page, script).await?;
        tab.go(address).await?;
        Ok(tab)
    }

    /// How many cores all processes of the browser used during `period`.
    pub async fn cpu_share(&self, period: Duration) -> Result<f64> {
        let before = self.cpu_seconds().await?;
        tokio::time::sleep(period).await;
        Ok((self.cpu_seconds().await? - before) / period.as_secs_f64())
    }

    async fn cpu_seconds(&self) -> Result<f64> {
        let ask = self.browser.execute(GetProcessInfoParams::default());
        let answer = within("the browser's processes", ask).await?;
        Ok(answer
            .process_info
            .iter()
            .map(|process| process.cpu_time)
            .sum())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        self.handler.abort();
    }
}

fn find() -> Option<PathBuf> {
    let named = std::env::var_os("CHROME").map(PathBuf::from);
    if let Some(named) = named.filter(|path| path.exists()) {
        return Some(named);
    }
    let folders = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let programs = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |f| f.join(name)));
    programs.into_iter().find(|path| path.is_file())
}

/// Chromium writes the port it chose and the path of its socket into its profile.
async fn address(profile: &Path) -> Result<Option<String>> {
    let Ok(text) = tokio::fs::read_to_string(profile.join("DevToolsActivePort")).await else {
        return Ok(None);
    };
    let mut lines = text.lines();
    let found = lines.next().zip(lines.next());
    Ok(found.map(|(port, path)| format!("ws://127.0.0.1:{port}{path}")))
}
