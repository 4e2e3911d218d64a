//! Seeds go from world to world as a file: exported beside a running server, tried again where they come in, and
//! refused in one line when the file or the folder is not fit for it.

use anyhow::{Result, ensure};
use bytebiota_core::assay::Class;
use bytebiota_core::{GenotypeHash, assembler};
use bytebiota_server::seed_bank::{Seed, exchange};
use bytebiota_server::{DistributedServer, ServerConfig};
use std::path::Path;
use std::process::{Command, Output};

fn seed_bank(args: &[&str], folder: &Path) -> Result<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bytebiota"));
    command.arg("seed-bank").args(args).arg("--data-dir");
    Ok(command.arg(folder).output()?)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The exit code, and the one line on standard error.
fn refused(output: &Output) -> Result<(Option<i32>, String)> {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(text.trim_end().lines().count() == 1, "{text}");
    Ok((output.status.code(), text))
}

async fn world(folder: &Path) -> Result<DistributedServer> {
    let config = ServerConfig {
        data_dir: folder.to_path_buf(),
        ..ServerConfig::default()
    };
    Ok(DistributedServer::open(config).await?)
}

/// An ancestor that breeds, and one that was cut short.
fn seeds() -> Result<Vec<Seed>> {
    let ancestor = assembler::assemble(include_str!("../../core/genomes/ancestor.asm"))
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let seed = |genome: &[u8]| Seed {
        genotype: GenotypeHash::of(genome),
        genome: genome.to_vec(),
        way: Class::SelfReplicator,
        ticks_per_birth: 1,
        tasks: 0,
        found: None,
        admitted_ms: 1,
        uses: 9,
        successes: 9,
    };
    Ok(vec![seed(&ancestor), seed(&ancestor[..40])])
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_is_tried_again_where_it_is_imported() -> Result<()> {
    let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let file = first.path().join("seeds.json");
    std::fs::write(&file, exchange::write(&seeds()?))?;
    let file = file.to_string_lossy().into_owned();
    drop(world(first.path()).await?);
    let imported = seed_bank(&["import", &file], first.path())?;
    ensure!(said(&imported).starts_with("1 of 2 seeds"), "{imported:?}");
    let again = seed_bank(&["import", &file], first.path())?;
    ensure!(said(&again).starts_with("0 of 2 seeds"), "{again:?}");

    let running = world(first.path()).await?;
    let listed = seed_bank(&["list"], first.path())?;
    ensure!(said(&listed).contains("self-replicator"), "{listed:?}");
    ensure!(said(&listed).lines().count() == 2, "{listed:?}");
    let out = second.path().join("out.json");
    let out = out.to_string_lossy().into_owned();
    let exported = seed_bank(&["export", "--out", &out], first.path())?;
    ensure!(said(&exported).starts_with("1 seeds"), "{exported:?}");
    let (code, text) = refused(&seed_bank(&["import", &file], first.path())?)?;
    ensure!(code == Some(1) && text.contains("another server"), "{text}");
    drop(running);

    drop(world(second.path()).await?);
    let imported = seed_bank(&["import", &out], second.path())?;
    ensure!(said(&imported).starts_with("1 of 1 seeds"), "{imported:?}");
    let from = |folder: &Path| Ok::<_, anyhow::Error>(said(&seed_bank(&["export"], folder)?));
    let parcel: serde_json::Value = serde_json::from_str(&from(second.path())?)?;
    ensure!(
        parcel["seeds"][0]["uses"] == 0,
        "what it did elsewhere does not count here"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_file_or_folder_is_refused_in_one_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (code, text) = refused(&seed_bank(&["list"], folder.path())?)?;
    ensure!(code == Some(1) && text.contains("no world"), "{text}");
    drop(world(folder.path()).await?);
    let good = exchange::write(&seeds()?);
    let cases = [
        (
            good.replace("\"version\": 1", "\"version\": 7"),
            "version 7",
        ),
        (good[..good.len() / 2].to_owned(), "not a file of seeds"),
        (
            good.replace("bytebiota-seeds", "recipes"),
            "not a file of seeds",
        ),
        (
            good.replacen("\"genome\": \"", "\"genome\": \"00", 1),
            "seed 1",
        ),
    ];
    for (text, reason) in cases {
        let file = folder.path().join("seeds.json");
        std::fs::write(&file, text)?;
        let imported = seed_bank(&["import", &file.to_string_lossy()], folder.path())?;
        let (code, text) = refused(&imported)?;
        ensure!(code == Some(2) && text.contains(reason), "{reason}: {text}");
    }
    let (code, _) = refused(&seed_bank(&["import", "/no/such/file"], folder.path())?)?;
    ensure!(code == Some(1));
    Ok(())
}
