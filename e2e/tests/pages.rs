//! Every other page in a real browser, over a world in which somebody computes: what it is for is done once, and pictures
//! are kept.

use anyhow::{Result, ensure};
use bytebiota_e2e::{Chromium, PATIENCE, Tab, World, take_shots, until};
use bytebiota_worker::{Stop, WorkerOptions};
use tokio::{sync::watch, time::timeout};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_does_what_it_is_for() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let (stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(1),
        nick: Some("ada".into()),
        ..WorkerOptions::new(world.at(""))
    };
    let worker = tokio::spawn(bytebiota_worker::run(options, stopped));
    let confirmed = || async { Ok((world.numbers().units_confirmed >= 6).then_some(())) };
    until("six confirmed units", PATIENCE * 3, confirmed).await?;
    while_somebody_computes(&browser, &world).await?;
    stop.send_replace(Stop::AfterUnit);
    timeout(PATIENCE, worker).await???;
    // The last verdicts come after the worker has gone, and who is alive changes with them.
    let judged = || async { Ok((world.numbers().units_provisional == 0).then_some(())) };
    until("every verdict", PATIENCE, judged).await?;

    names_lead_to_the_lab(&browser, &world).await?;
    history_is_told(&browser, &world).await?;
    a_unit_is_verified(&browser, &world).await?;
    papers_are_read(&browser, &world).await
}

/// Opens a page, waits until it is ready, keeps pictures of it.
async fn shown(browser: &Chromium, world: &World, path: &str, ready: &str) -> Result<Tab> {
    let tab = browser.open(&world.at(path)).await?;
    tab.until(path, PATIENCE, ready).await?;
    let name = path.trim_matches('/').replace('/', "-");
    take_shots(&tab, &name).await?;
    tab.ensure_untroubled()?;
    Ok(tab)
}

async fn while_somebody_computes(browser: &Chromium, world: &World) -> Result<()> {
    let native = "/ada#/.test(document.querySelector('.table')?.textContent ?? '')";
    shown(browser, world, "/workers", native)
        .await?
        .close()
        .await?;
    shown(browser, world, "/leaderboard", native)
        .await?
        .close()
        .await
}

/// Types a name into the field of the tree of names.
async fn seek(tab: &Tab, name: &str) -> Result<()> {
    let typed = format!(
        "(() => {{ const field = document.querySelector('#sought'); field.value = '{name}'; \
        field.dispatchEvent(new Event('input', {{ bubbles: true }})); return true; }})()"
    );
    tab.value::<bool>(&typed).await.map(drop)
}

async fn names_lead_to_the_lab(browser: &Chromium, world: &World) -> Result<()> {
    let tab = shown(
        browser,
        world,
        "/taxonomy",
        "document.querySelectorAll('.ranks .leaf a').length > 0",
    )
    .await?;
    // Worlds differ by their seeds, and a founder's kind may be gone by now: sought is who is most.
    let name: String = tab
        .value("document.querySelector('.ranks .leaf a em').textContent")
        .await?;
    seek(&tab, "no such name").await?;
    let nobody = "!!document.querySelector('.empty')";
    tab.until("nobody of that name", PATIENCE, nobody).await?;
    seek(&tab, &name).await?;
    let found = format!(
        "(leaves => leaves.length > 0 && leaves.every(leaf => leaf.textContent.includes('{name}')))\
        ([...document.querySelectorAll('.ranks .leaf a em')])"
    );
    tab.until("nothing but the name", PATIENCE, &found).await?;
    let slug = name.to_lowercase().replace(' ', "-");
    tab.click(&format!(".ranks .leaf a[href='/species/{slug}']"))
        .await?;
    let there = format!(
        "location.pathname === '/species/{slug}' && !!document.querySelector('.with-picture')"
    );
    tab.until("its genotypes", PATIENCE, &there).await?;
    take_shots(&tab, "species").await?;
    tab.click("a.with-picture").await?;
    tab.until("the lab of a hash", PATIENCE, "location.pathname.startsWith('/genome/') && !!document.querySelector('#step:not(:disabled)')").await?;
    tab.ensure_untroubled()?;
    tab.close().await?;
    let icons = "document.querySelectorAll('.pictures svg').length > 100";
    shown(browser, world, "/icons", icons).await?.close().await
}

async fn history_is_told(browser: &Chromium, world: &World) -> Result<()> {
    let tab = shown(
        browser,
        world,
        "/phylogeny",
        "document.querySelectorAll('.tree circle').length > 0",
    )
    .await?;
    let count = "document.querySelectorAll('.tree circle').length";
    let living: u32 = tab.value(count).await?;
    tab.click("#extinct").await?;
    tab.until(
        "the extinct, too",
        PATIENCE,
        &format!("{count} >= {living}"),
    )
    .await?;
    tab.close().await?;
    let told = "document.querySelectorAll('.table tbody tr').length > 50 && !!document.querySelector('.facts-list')";
    shown(browser, world, "/operations", told)
        .await?
        .close()
        .await
}

async fn a_unit_is_verified(browser: &Chromium, world: &World) -> Result<()> {
    let tab = shown(
        browser,
        world,
        "/verify",
        "document.querySelectorAll('.islands a').length > 0",
    )
    .await?;
    tab.click(".islands a").await?;
    tab.click("#verify").await?;
    let same =
        "/Every digest is the same/.test(document.querySelector('#verdict')?.textContent ?? '')";
    tab.until("the same digests", PATIENCE * 2, same).await?;
    take_shots(&tab, "verify-done").await?;
    let rows: u32 = tab
        .value("document.querySelectorAll('.digests .same').length")
        .await?;
    ensure!(rows > 0, "no digest is shown");
    tab.ensure_untroubled()?;
    tab.go(&world.at("/verify/1/77777777")).await?;
    tab.until(
        "a unit that is not there",
        PATIENCE,
        "!!document.querySelector('main .empty')",
    )
    .await?;
    tab.close().await
}

/// Pages that only stand there load no module at all.
async fn papers_are_read(browser: &Chromium, world: &World) -> Result<()> {
    for path in ["/docs", "/docs/simulation", "/privacy"] {
        let tab = shown(browser, world, path, "!!document.querySelector('h1')").await?;
        let requests = tab.trace().requests;
        let modules = requests.iter().filter(|url| url.ends_with(".wasm")).count();
        ensure!(modules == 0, "{path} asks for {requests:?}");
        tab.close().await?;
    }
    Ok(())
}
