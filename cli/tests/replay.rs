//! History can be computed again by anyone: a served world replays from its folder and from its server's routes, and
//! whatever is flipped on disk is found and named.

use anyhow::{Context, Result, ensure};
use bytebiota_core::{Config, IslandId, WorldSeed};
use bytebiota_protocol::message::Wishes;
use bytebiota_server::store::Archive;
use bytebiota_server::{DistributedServer, ServerConfig, ServerError};
use bytebiota_worker::{Stop, WorkerOptions};
use sqlx::{Connection, Row, SqliteConnection};
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;
use tempfile::TempDir;
use tokio::{sync::oneshot, sync::watch, task::JoinHandle};

const UNITS: u64 = 240;

struct Served {
    address: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), ServerError>>,
}

fn config(folder: &Path) -> Result<ServerConfig> {
    let mut world = Config::default();
    for (knob, value) in [
        ("soup.size", "4096"),
        ("environment.length", "256"),
        ("soup.search_radius", "1024"),
        ("evolution.epoch_ticks", "20000"),
        ("evolution.founders", "2"),
    ] {
        world.set(knob, value)?;
    }
    let mut config = ServerConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: folder.to_path_buf(),
        world,
        seed: Some(WorldSeed(42)),
        target_interval_ms: 100,
        retry_ms: 50,
        idle_work: false,
        // Few, so that the oldest states are gone on every island, whoever computed how much of which.
        kept_states: 8,
        ..ServerConfig::default()
    };
    config.budgets.assignments_per_minute = 1_000_000;
    config.budgets.reports_per_minute = 1_000_000;
    config.budgets.progress_per_minute = 1_000_000;
    Ok(config)
}

async fn serve(folder: &Path) -> Result<Served> {
    serve_with(config(folder)?).await
}

async fn serve_with(config: ServerConfig) -> Result<Served> {
    let server = DistributedServer::open(config).await?;
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
}

/// Two slots compute small units until enough are acknowledged.
async fn volunteer(server: &str, units: u64) -> Result<()> {
    let (_stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(2),
        units: Some(units),
        wishes: Wishes {
            max_unit_ticks: 60_000,
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

/// All that a replay says, after checking its exit code.
async fn told(code: i32, arguments: &[&str]) -> Result<String> {
    let output = bytebiota(&[&["replay", "--quiet"], arguments].concat()).await?;
    let text = String::from_utf8(output.stdout)? + &String::from_utf8(output.stderr)?;
    ensure!(
        output.status.code() == Some(code),
        "{arguments:?} ends with {:?}: {text}",
        output.status.code()
    );
    Ok(text)
}

/// The one line that a replay says.
async fn said(code: i32, arguments: &[&str]) -> Result<String> {
    let text = told(code, arguments).await?;
    ensure!(text.lines().count() == 1, "{arguments:?}: {text}");
    Ok(text)
}

/// Flips one bit in the middle of a column of one row, asks for the replay's word, and flips it back.
async fn flipped(database: &Path, place: Flip, data: &str) -> Result<String> {
    flip(database, &place).await?;
    let text = said(8, &["--data-dir", data]).await?;
    flip(database, &place).await?;
    Ok(text)
}

struct Flip {
    read: &'static str,
    write: &'static str,
}

async fn flip(database: &Path, place: &Flip) -> Result<()> {
    let address = format!("sqlite://{}", database.display());
    let mut connection = SqliteConnection::connect(&address).await?;
    let row = sqlx::query(place.read).fetch_one(&mut connection).await?;
    let mut bytes: Vec<u8> = row.try_get(0)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    let write = sqlx::query(place.write).bind(bytes);
    let changed = write.execute(&mut connection).await?.rows_affected();
    ensure!(changed == 1, "{changed} rows are flipped");
    connection.close().await?;
    Ok(())
}

/// A server that may keep no history folds all but the newest units; what is left replays, and what is not is named.
async fn folded_history_is_named(folder: &Path, data: &str) -> Result<()> {
    let mut little = config(folder)?;
    little.retention.history_bytes = 0;
    let server = serve_with(little).await?;
    let archive = Archive::open(&folder.join("world.sqlite")).await?;
    for island in [IslandId(1), IslandId(2)] {
        let mut looks = 0..600;
        while archive.folded(island).await?.0 == 0 {
            ensure!(looks.next().is_some(), "nothing is folded");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    server.end().await?;
    let rest = said(0, &["--data-dir", data]).await?;
    ensure!(rest.contains("no difference"), "{rest}");
    let gone = said(2, &["--data-dir", data, "--island", "1", "--from", "0"]).await?;
    ensure!(gone.contains("are folded"), "{gone}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_served_world_replays_and_every_flip_is_found() -> Result<()> {
    let folder = TempDir::new()?;
    let data = folder.path().to_str().context("a path in UTF-8")?;
    let database = folder.path().join("world.sqlite");
    let server = serve(folder.path()).await?;
    volunteer(&server.address, UNITS).await?;

    let all = said(0, &["--server", &server.address, "--jobs", "2"]).await?;
    let units: u64 = all.split(' ').next().context("a number")?.parse()?;
    ensure!(units >= UNITS / 2, "too little is confirmed: {all}");
    let part = ["--server", &server.address, "--island", "1", "--to", "9"];
    ensure!(said(0, &part).await?.contains("no difference"));
    let unknown = said(2, &["--server", &server.address, "--island", "99"]).await?;
    ensure!(unknown.contains("there is no island 99"), "{unknown}");
    server.end().await?;

    let all = said(0, &["--data-dir", data]).await?;
    ensure!(all == said(0, &["--data-dir", data, "--jobs", "1"]).await?);
    let gone = said(2, &["--data-dir", data, "--island", "1", "--from", "3"]).await?;
    ensure!(gone.contains("is not kept any more"), "{gone}");
    let ahead = ["--data-dir", data, "--island", "1", "--from", "99999999"];
    ensure!(said(2, &ahead).await?.contains("ends before epoch"));
    let nowhere = said(2, &["--data-dir", "/nowhere"]).await?;
    ensure!(
        nowhere.contains("there is no world in /nowhere"),
        "{nowhere}"
    );

    let flips = [
        ("its link is", Flip {
            read: "SELECT link FROM links WHERE island = 1 ORDER BY first_epoch LIMIT 1 OFFSET 20",
            write: "UPDATE links SET link = ? WHERE (island, first_epoch) IN
                (SELECT island, first_epoch FROM links WHERE island = 1 ORDER BY first_epoch LIMIT 1 OFFSET 20)",
        }),
        ("its link is", Flip {
            read: "SELECT segments FROM links WHERE island = 2 ORDER BY first_epoch LIMIT 1 OFFSET 7",
            write: "UPDATE links SET segments = ? WHERE (island, first_epoch) IN
                (SELECT island, first_epoch FROM links WHERE island = 2 ORDER BY first_epoch LIMIT 1 OFFSET 7)",
        }),
        ("its end state is", Flip {
            read: "SELECT state FROM links WHERE island = 1 ORDER BY first_epoch LIMIT 1 OFFSET 3",
            write: "UPDATE links SET state = ? WHERE (island, first_epoch) IN
                (SELECT island, first_epoch FROM links WHERE island = 1 ORDER BY first_epoch LIMIT 1 OFFSET 3)",
        }),
        ("the stored state at its end", Flip {
            read: "SELECT bytes FROM states WHERE island = 1 ORDER BY epoch DESC LIMIT 1",
            write: "UPDATE states SET bytes = ? WHERE (island, epoch) IN
                (SELECT island, max(epoch) FROM states WHERE island = 1)",
        }),
        ("its header and inputs do not fit", Flip {
            read: "SELECT inputs FROM headers WHERE island = 2 AND first_epoch = 0",
            write: "UPDATE headers SET inputs = ? WHERE island = 2 AND first_epoch = 0",
        }),
        ("the head of the island", Flip {
            read: "SELECT head_state FROM islands WHERE island = 2",
            write: "UPDATE islands SET head_state = ? WHERE island = 2",
        }),
    ];
    for (word, place) in flips {
        let text = flipped(&database, place, data).await?;
        ensure!(text.contains(word) && text.contains("island"), "{text}");
    }
    ensure!(all == said(0, &["--data-dir", data]).await?);
    folded_history_is_named(folder.path(), data).await
}

/// A world of one island.
fn lonely(folder: &Path) -> Result<ServerConfig> {
    Ok(ServerConfig {
        max_islands: 1,
        ..config(folder)?
    })
}

/// A checkpoint of a folder, carried into another one.
async fn carry(from: &str, to: &str, file: &str) -> Result<()> {
    for words in [
        ["checkpoint", "create", "--data-dir", from].as_slice(),
        &["checkpoint", "export", "1", file, "--data-dir", from],
        &["checkpoint", "import", file, "--data-dir", to],
    ] {
        let output = bytebiota(words).await?;
        ensure!(output.status.success(), "{words:?}: {output:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_world_that_began_with_a_checkpoint_says_so_and_replays_from_there() -> Result<()> {
    let folder = TempDir::new()?;
    let place = |name: &str| folder.path().join(name);
    let (old, new, file) = (place("old"), place("new"), place("file"));
    let path = |place: &Path| Ok::<_, anyhow::Error>(place.to_str().context("a path")?.to_owned());
    let data = path(&new)?;
    let server = serve_with(lonely(&old)?).await?;
    volunteer(&server.address, 20).await?;
    server.end().await?;
    carry(&path(&old)?, &data, &path(&file)?).await?;
    let archive = Archive::open(&new.join("world.sqlite")).await?;
    let heads = archive.heads().await?;
    let (island, begun) = *heads.first().context("an island")?;
    ensure!(begun.epoch.0 > 0, "nothing was confirmed: {begun:?}");
    let words = format!(
        "the history of island {island} begins here at a checkpoint, at epoch {} with state {}",
        begun.epoch, begun.state
    );
    let nothing = said(2, &["--data-dir", &data]).await?;
    ensure!(
        nothing.contains("no confirmed unit") && nothing.contains(&words),
        "{nothing}"
    );

    let server = serve_with(lonely(&new)?).await?;
    volunteer(&server.address, 20).await?;
    for jobs in ["1", "4"] {
        let text = told(0, &["--server", &server.address, "--jobs", jobs]).await?;
        ensure!(
            text.contains(&words) && text.contains("no difference"),
            "{text}"
        );
    }
    server.end().await?;
    let text = told(0, &["--data-dir", &data]).await?;
    ensure!(text.contains(&words), "{text}");
    let number = island.to_string();
    let before = ["--data-dir", &data, "--island", &number, "--from", "0"];
    let before = said(2, &before).await?;
    ensure!(
        before.contains(&words) && before.contains("--from"),
        "{before}"
    );
    let there = begun.epoch.to_string();
    let there = ["--data-dir", &data, "--island", &number, "--from", &there];
    ensure!(told(0, &there).await?.contains("no difference"));
    // The first link must follow from the one that the checkpoint came with.
    let text = flipped(&new.join("world.sqlite"), FIRST_LINK, &data).await?;
    ensure!(text.contains("its link is"), "{text}");
    Ok(())
}

const FIRST_LINK: Flip = Flip {
    read: "SELECT link FROM links WHERE island = 1 ORDER BY first_epoch LIMIT 1",
    write: "UPDATE links SET link = ? WHERE (island, first_epoch) IN
        (SELECT island, first_epoch FROM links WHERE island = 1 ORDER BY first_epoch LIMIT 1)",
};
