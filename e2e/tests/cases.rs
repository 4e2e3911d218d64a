//! The golden cases in a real Chromium and in Node: the module that volunteers run gives the digests of `core/cases`.

use anyhow::{Context, Result, bail, ensure};
use bytebiota_e2e::{Chromium, World, within};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
};
use tempfile::TempDir;
use tokio::process::Command;

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/cases")
}

/// Name of each case, its assignment and the digest it must give.
fn read_cases() -> Result<Vec<(String, Vec<u8>, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(cases())? {
        let folder = entry?.path();
        if folder.is_dir() {
            let name = folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let stated = std::fs::read_to_string(folder.join("digest"))?;
            let digest = stated
                .lines()
                .next()
                .context("an empty digest")?
                .to_string();
            found.push((name, std::fs::read(folder.join("assignment.bin"))?, digest));
        }
    }
    found.sort();
    ensure!(found.len() >= 12, "only {} cases", found.len());
    Ok(found)
}

fn ensure_equal(engine: &str, expected: &str, got: &BTreeMap<String, String>) -> Result<()> {
    let expected: BTreeMap<String, String> = serde_json::from_str(expected)?;
    for (name, digest) in &expected {
        ensure!(
            got.get(name) == Some(digest),
            "{engine}, {name}: {:?}, not {digest}",
            got.get(name)
        );
    }
    println!("{} golden cases agree in {engine}", expected.len());
    Ok(())
}

fn expected() -> Result<String> {
    let cases = read_cases()?
        .into_iter()
        .map(|(name, _, digest)| (name, digest));
    Ok(serde_json::to_string(&cases.collect::<BTreeMap<_, _>>())?)
}

#[tokio::test(flavor = "multi_thread")]
async fn golden_cases_in_chromium() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let module = bytebiota_web_assets::address("worker_wasm.js")
        .context("the pages were built without their modules")?;
    let tab = browser.open(&world.at("/")).await?;
    let load = format!(
        "import('{module}').then(async (m) => {{ await m.default(); self.module = m; return true; }})"
    );
    ensure!(tab.value::<bool>(&load).await?, "the module does not load");
    let mut got = BTreeMap::new();
    for (name, assignment, _) in read_cases()? {
        let bytes = serde_json::to_string(&assignment)?;
        let run = format!("module.run_case(new Uint8Array({bytes}))");
        got.insert(name, tab.value::<String>(&run).await?);
    }
    ensure_equal("Chromium", &expected()?, &got)?;
    let noise = "(() => { try { module.run_case(new Uint8Array([1, 2, 3])); return 'taken'; } \
                 catch (reason) { return String(reason); } })()";
    let refusal: String = tab.value(noise).await?;
    ensure!(
        refusal != "taken" && !refusal.contains("unreachable"),
        "noise is {refusal}"
    );
    tab.ensure_untroubled()?;
    world.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn golden_cases_in_node() -> Result<()> {
    let is_there = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .await;
    if !is_there.is_ok_and(|status| status.success()) {
        if std::env::var("BYTEBIOTA_REQUIRE_NODE").is_ok_and(|value| value == "1") {
            bail!("no Node: install version 18 or newer");
        }
        eprintln!("skipped: no Node");
        return Ok(());
    }
    let folder = TempDir::new()?;
    for (asset, file) in [
        ("worker_wasm.js", "worker.mjs"),
        ("worker_wasm_bg.wasm", "worker.wasm"),
    ] {
        let address = bytebiota_web_assets::address(asset);
        let asset = address.and_then(bytebiota_web_assets::get);
        let asset = asset.context("the pages were built without their modules")?;
        std::fs::write(folder.path().join(file), asset.raw)?;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/node/cases.mjs");
    let run = Command::new("node")
        .arg(script)
        .arg(folder.path())
        .arg(cases())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = within("Node to run the cases", run).await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "Node failed:\n{said}");
    let got = serde_json::from_slice(&output.stdout)?;
    ensure_equal("Node", &expected()?, &got)
}
