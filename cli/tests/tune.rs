//! Parameters of a living world: changed by rule and by hand while volunteers compute, told again offline, and all of the
//! history on both sides of each change computed again. What may not be is refused with what may.

use anyhow::{Context, Result, ensure};
use bytebiota_core::{Config, WorldSeed};
use bytebiota_protocol::message::Wishes;
use bytebiota_server::tuning::{Mode, TuningKnobs, TuningView};
use bytebiota_server::{DistributedServer, ServerConfig, ServerError};
use bytebiota_worker::{Stop, WorkerOptions};
use std::path::Path;
use std::process::{Command, Output};
use tokio::{sync::oneshot, sync::watch, task::JoinHandle};

struct Served {
    address: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), ServerError>>,
}

/// A world of one kind, whose rates of mutation lie outside the bounds: other knobs are turned, in quick succession.
fn config(folder: &Path, mode: Mode) -> Result<ServerConfig> {
    let mut world = Config::default();
    for (knob, value) in [
        ("soup.size", "4096"),
        ("environment.length", "256"),
        ("soup.search_radius", "1024"),
        ("evolution.epoch_ticks", "20000"),
        ("evolution.founders", "2"),
        ("mutation.copy_rate", "0"),
        ("mutation.indel_rate", "0"),
        ("mutation.background_interval", "0"),
        ("mutation.flaw_rate", "0"),
    ] {
        world.set(knob, value)?;
    }
    let mut config = ServerConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: folder.to_path_buf(),
        world,
        seed: Some(WorldSeed(42)),
        target_interval_ms: 100,
        stretch_units: 2,
        retry_ms: 50,
        max_islands: 2,
        idle_work: false,
        tuning: TuningKnobs {
            mode,
            interval_ms: 100,
            window_epochs: 2,
            kept: 5,
        },
        ..ServerConfig::default()
    };
    config.budgets.assignments_per_minute = 1_000_000;
    config.budgets.reports_per_minute = 1_000_000;
    config.budgets.progress_per_minute = 1_000_000;
    Ok(config)
}

async fn serve(folder: &Path, mode: Mode) -> Result<Served> {
    let server = DistributedServer::open(config(folder, mode)?).await?;
    let listener = server.listen().await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel();
    let until = async move { drop(stopped.await) };
    let running = tokio::spawn(server.serve(listener, until));
    Ok(Served {
        address,
        stop,
        running,
    })
}

impl Served {
    async fn end(self) -> Result<()> {
        drop(self.stop);
        Ok(self.running.await??)
    }

    /// Volunteers compute until a version is in force.
    async fn until_version(&self, version: u64) -> Result<TuningView> {
        for _ in 0..60 {
            volunteer(&self.address, 8).await?;
            let text = said(0, &["tune", "status", "--json", "--server", &self.address]).await?;
            let view: TuningView = serde_json::from_str(&text)?;
            if view.version >= version {
                return Ok(view);
            }
        }
        anyhow::bail!("version {version} does not come")
    }
}

async fn volunteer(server: &str, units: u64) -> Result<()> {
    let (_stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(1),
        units: Some(units),
        wishes: Wishes {
            max_unit_ticks: 40_000,
            ..Wishes::default()
        },
        ..WorkerOptions::new(server)
    };
    bytebiota_worker::run(options, stopped).await?;
    Ok(())
}

async fn bytebiota(arguments: &[&str]) -> Result<Output> {
    let arguments: Vec<String> = arguments.iter().map(|text| (*text).into()).collect();
    let run = move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bytebiota"));
        command.args(arguments).output()
    };
    Ok(tokio::task::spawn_blocking(run).await??)
}

async fn said(code: i32, arguments: &[&str]) -> Result<String> {
    let output = bytebiota(arguments).await?;
    let text = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    ensure!(output.status.code() == Some(code), "{arguments:?}: {text}");
    Ok(text)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_by_rule_and_by_hand_replays_and_so_does_history_across_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let at = data.to_str().context("a path")?.to_owned();
    let server = serve(&data, Mode::On).await?;
    let view = server.until_version(2).await?;
    ensure!(view.mode.as_deref() == Some("on"), "{view:?}");
    // More than what is open still holds: stretches begin under what was changed.
    volunteer(&server.address, 8).await?;
    contradicted(&server, &data).await?;
    server.end().await?;

    // By hand, while nobody serves it; then one more stretch under what was set.
    let set = [
        "tune",
        "set",
        "environment.resource_regen_amount=120",
        "--data-dir",
        &at,
    ];
    let text = said(0, &set).await?;
    ensure!(
        text.contains("environment.resource_regen_amount = 120"),
        "{text}"
    );
    let set_version = view_of(&at).await?.version;
    ensure!(set_version > view.version);
    let text = said(0, &["tune", "rollback", "0", "--data-dir", &at]).await?;
    ensure!(
        text.contains("environment.task_reward = 55") && text.contains("amount = 100"),
        "{text}"
    );
    ensure!(logged(&data)?.contains("\"CONFLICT_OVERRIDDEN\""), "{text}");
    let server = serve(&data, Mode::DryRun).await?;
    volunteer(&server.address, 12).await?;
    let history = said(0, &["tune", "history", "--server", &server.address]).await?;
    ensure!(
        history.contains("= 75 (too little that is new comes up)"),
        "{history}"
    );
    ensure!(
        history.contains("dry run: would set environment.task_reward = 75"),
        "{history}"
    );
    ensure!(history.contains("set by an operator"), "{history}");
    ensure!(history.contains("went back to version 0"), "{history}");
    let view = view_of(&at).await?;
    ensure!(
        view.version == set_version + 1,
        "a dry run changes nothing: {view:?}"
    );
    let is_as_made = view.bounds.iter().all(|knob| knob.value == knob.origin);
    ensure!(is_as_made, "{view:?}");
    let units = said(0, &["replay", "--quiet", "--server", &server.address]).await?;
    ensure!(units.contains("no difference"), "{units}");
    server.end().await?;
    let units = said(0, &["replay", "--quiet", "--data-dir", &at]).await?;
    ensure!(units.contains("no difference"), "{units}");
    let versions = versions_of_headers(&data).await?;
    let between = versions.iter().any(|v| (1..set_version).contains(v));
    let ends = versions.contains(&0) && versions.contains(&view.version);
    ensure!(between && ends, "{versions:?}");
    manifest(&at, &folder.path().join("story.jsonl")).await
}

/// By hand at a running server what the rules had turned, until they turn it again: both is noted, with both versions.
async fn contradicted(server: &Served, data: &Path) -> Result<()> {
    let (url, token) = (server.address.as_str(), data.join("operator-token"));
    let token = token.to_str().context("a path")?;
    let reward = "environment.task_reward=200";
    let words = ["tune", "set", reward, "--reason", "to see", "--server", url];
    let text = said(0, &[&words[..], &["--token-file", token]].concat()).await?;
    let by_hand: u64 = number_after(&text, "version ")?;
    let over = format!("which version {by_hand} contradicts");
    ensure!(
        text.contains("CONFLICT_OVERRIDDEN: environment.task_reward") && text.contains(&over),
        "{text}"
    );
    server.until_version(by_hand + 1).await?;
    let history = said(0, &["tune", "history", "--server", url]).await?;
    let over = format!(
        "was turned by version {by_hand}, which version {} contradicts",
        by_hand + 1
    );
    ensure!(history.contains(&over), "{history}");
    ensure!(
        history.contains("(set by an operator: to see)"),
        "{history}"
    );
    // Whoever has no token, or another one, changes nothing.
    let wrong = data.join("wrong");
    std::fs::write(&wrong, "0".repeat(64))?;
    let wrong = wrong.to_str().context("a path")?;
    let back = ["tune", "rollback", "0", "--server", url, "--token-file"];
    let text = said(5, &[&back[..], &[wrong]].concat()).await?;
    ensure!(text.contains("operator's token"), "{text}");
    let text = said(
        3,
        &[
            "tune",
            "rollback",
            "99",
            "--server",
            url,
            "--token-file",
            token,
        ],
    )
    .await?;
    ensure!(text.contains("no version 99"), "{text}");
    Ok(())
}

/// The number that follows some words.
fn number_after(text: &str, words: &str) -> Result<u64> {
    let rest = text.split_once(words).context("the words")?.1;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse()?)
}

/// What the command has written to the run log of a folder.
fn logged(data: &Path) -> Result<String> {
    let mut text = String::new();
    for entry in std::fs::read_dir(data.join("logs"))? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with("tune_") {
            text += &std::fs::read_to_string(entry.path())?;
        }
    }
    Ok(text)
}

async fn view_of(data: &str) -> Result<TuningView> {
    let text = said(0, &["tune", "status", "--json", "--data-dir", data]).await?;
    Ok(serde_json::from_str(&text)?)
}

/// The versions that stretches were opened under.
async fn versions_of_headers(data: &Path) -> Result<Vec<u64>> {
    use bytebiota_server::store::Archive;
    let archive = Archive::open(&data.join("world.sqlite")).await?;
    let mut versions = Vec::new();
    for (island, _) in archive.heads().await? {
        for unit in archive
            .units(island, bytebiota_core::Epoch(0), 100_000)
            .await?
        {
            let question = archive.question(island, unit.first_epoch).await?;
            let question = question.context("a question")?;
            ensure!(
                question.config.digest() == question.header.config,
                "{question:?}"
            );
            versions.push(question.inputs.parameters_version);
        }
    }
    versions.dedup();
    Ok(versions)
}

/// The story as a file: told again as it was, and not as it was not.
async fn manifest(data: &str, file: &Path) -> Result<()> {
    let path = file.to_str().context("a path")?;
    said(
        0,
        &[
            "tune",
            "history",
            "--json",
            "--out",
            path,
            "--data-dir",
            data,
        ],
    )
    .await?;
    let text = said(0, &["tune", "replay", path]).await?;
    ensure!(text.contains("no difference"), "{text}");
    let story = std::fs::read_to_string(file)?;
    let forged = story.replacen("\"still_islands\":", "\"still_islands\":9", 1);
    std::fs::write(
        file,
        forged.replacen("\"shannon_millibits\":", "\"shannon_millibits\":9", 1),
    )?;
    let text = said(8, &["tune", "replay", path]).await?;
    ensure!(
        text.contains("line 2: decided again") && text.lines().count() == 1,
        "{text}"
    );
    std::fs::write(file, "genotype,living\n")?;
    let text = said(2, &["tune", "replay", path]).await?;
    ensure!(text.contains("no list of decisions"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_changed_is_refused_with_what_may() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let at = folder.path().to_str().context("a path")?.to_owned();
    let nowhere = ["tune", "status", "--data-dir", &at];
    ensure!(said(2, &nowhere).await?.contains("there is no world"));
    let server = serve(folder.path(), Mode::Off).await?;
    let refused = async |code: i32, change: &str| -> Result<String> {
        let text = said(code, &["tune", "set", change, "--data-dir", &at]).await?;
        ensure!(text.lines().count() == 1, "{text}");
        Ok(text)
    };
    ensure!(
        refused(3, "mutation.copy_rat=1")
            .await?
            .contains("`mutation.copy_rate`")
    );
    ensure!(
        refused(3, "soup.size=8192")
            .await?
            .contains("(400 to 8000)")
    );
    ensure!(
        refused(3, "mutation.copy_rate=9000")
            .await?
            .contains("400 to 8000")
    );
    let held = refused(1, "mutation.copy_rate=3000").await?;
    ensure!(held.contains("another server"), "{held}");
    let text = said(2, &["tune", "set", "mutation.copy_rate", "--data-dir", &at]).await?;
    ensure!(text.contains("KNOB=VALUE"), "{text}");
    server.end().await?;
    let text = said(3, &["tune", "rollback", "4", "--data-dir", &at]).await?;
    ensure!(text.contains("no version 4"), "{text}");
    ensure!(
        refused(3, "environment.task_reward=55")
            .await?
            .contains("stands already")
    );
    let text = said(0, &["tune", "propose", "--data-dir", &at]).await?;
    ensure!(text.contains("would change nothing"), "{text}");
    Ok(())
}
