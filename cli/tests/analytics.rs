//! A served world tells of itself: indices over the API, diversity as a table beside the running server, and every event of
//! its life as a line of JSON.

#![cfg(unix)]

use anyhow::{Context, Result, ensure};
use bytebiota_protocol::message::Wishes;
use bytebiota_protocol::view::AnalyticsView;
use bytebiota_worker::{Stop, WorkerOptions};
use rustix::process::{Pid, Signal, kill_process};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

const SETTINGS: &str = r#"
[soup]
size = 4096
search_radius = 1024
[environment]
length = 256
[evolution]
epoch_ticks = 20000
founders = 2
[server]
idle_work = "off"
target_interval_ms = 200
retry_ms = 100
tuning = "dry-run"
tuning_interval_ms = 100
"#;

/// A server as its operator starts it, and where it listens.
async fn start(folder: &Path) -> Result<(Child, String)> {
    let settings = folder.join("settings.toml");
    std::fs::write(&settings, SETTINGS)?;
    let mut process = Command::new(env!("CARGO_BIN_EXE_bytebiota"))
        .args(["server", "--listen", "127.0.0.1:0", "--config"])
        .arg(settings)
        .arg("--data-dir")
        .arg(folder.join("data"))
        .env("BYTEBIOTA_LOG", "error")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let out = process.stdout.take().context("its words")?;
    let line = BufReader::new(out).lines().next_line().await?;
    let line = line.context("it says where it serves")?;
    let address = line.rsplit(' ').next().context("an address")?;
    Ok((process, address.to_owned()))
}

async fn volunteer(server: &str) -> Result<()> {
    let (_stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(1),
        units: Some(30),
        wishes: Wishes {
            max_unit_ticks: 60_000,
            ..Wishes::default()
        },
        ..WorkerOptions::new(server)
    };
    bytebiota_worker::run(options, stopped).await?;
    Ok(())
}

async fn bytebiota(arguments: &[&str]) -> Result<(Option<i32>, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_bytebiota"));
    let output = { output }.args(arguments).output().await?;
    let text = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    Ok((output.status.code(), text))
}

async fn analytics(server: &str) -> Result<AnalyticsView> {
    let address = format!("{server}/api/v1/analytics");
    let ask = move || ureq::get(address).call()?.body_mut().read_to_string();
    let text = tokio::task::spawn_blocking(ask).await??;
    Ok(serde_json::from_str(&text)?)
}

/// The world is counted at most every ten seconds: the first count may be of the empty world.
async fn counted_anew(server: &str) -> Result<AnalyticsView> {
    for _ in 0..300 {
        let view = analytics(server).await?;
        if view.mutation.births > 0 {
            return Ok(view);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    analytics(server).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_world_tells_its_diversity_and_every_event_of_its_life() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let at = data.to_str().context("a path")?.to_owned();
    let (code, text) = bytebiota(&["export-diversity", "--data-dir", &at]).await?;
    ensure!(
        code == Some(2) && text.contains("there is no world"),
        "{text}"
    );

    let (mut server, address) = start(folder.path()).await?;
    volunteer(&address).await?;
    let view = counted_anew(&address).await?;
    ensure!(
        view.diversity.richness > 0 && view.mutation.births > 0,
        "{view:?}"
    );
    ensure!(
        view.tasks.iter().any(|task| task.name == "ECHO"),
        "{view:?}"
    );

    let (code, table) = bytebiota(&["export-diversity", "--data-dir", &at]).await?;
    ensure!(code == Some(0) && is_table(&table), "{table}");
    let file = folder.path().join("diversity.csv");
    let path = file.to_str().context("a path")?;
    let (code, said) = bytebiota(&["export-diversity", "--data-dir", &at, "--out", path]).await?;
    ensure!(code == Some(0) && said.contains(" rows in "), "{said}");
    ensure!(is_table(&std::fs::read_to_string(&file)?));

    let pid = server.id().and_then(|id| Pid::from_raw(id as i32));
    kill_process(pid.context("it lives")?, Signal::TERM)?;
    ensure!(server.wait().await?.success());
    log_is_whole(&data.join("logs"))
}

/// Both islands, in order of island and epoch, as many values as names.
fn is_table(text: &str) -> bool {
    let mut lines = text.lines();
    let names = lines.next().unwrap_or_default();
    let place = |line: &str| -> Option<(u32, u64)> {
        let mut cells = line.split(',');
        Some((cells.next()?.parse().ok()?, cells.next()?.parse().ok()?))
    };
    let places: Option<Vec<_>> = lines.clone().map(place).collect();
    let commas = |line: &str| line.matches(',').count();
    names.starts_with("island,epoch,tick,population,richness,shannon_bits,simpson")
        && lines.all(|line| commas(line) == commas(names))
        && places.is_some_and(|places| {
            places.is_sorted()
                && places.first().map(|p| p.0) == Some(1)
                && places.last().map(|p| p.0) == Some(2)
        })
}

fn log_is_whole(folder: &Path) -> Result<()> {
    let files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    ensure!(files.len() == 1, "{files:?}");
    let text = std::fs::read_to_string(files[0].path())?;
    let mut events = Vec::new();
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line)?;
        let event = line["event"].as_str().context("an event")?;
        ensure!(
            line["timestamp"].is_string() && line["level"].is_string(),
            "{line}"
        );
        events.push(event.to_owned());
    }
    for kind in ["state_change", "connection", "work", "verdict", "tuning"] {
        ensure!(
            events.iter().any(|event| event == kind),
            "no {kind} in {text}"
        );
    }
    let is_known = |event: &String| bytebiota_server::EVENTS.contains(&event.as_str());
    ensure!(events.iter().all(is_known), "{events:?}");
    let startup = events.iter().position(|event| event == "startup");
    ensure!(startup.is_some(), "{text}");
    let last = events.iter().rposition(|event| event == "shutdown");
    ensure!(last > startup, "{text}");
    Ok(())
}
