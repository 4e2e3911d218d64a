//! The lab in a real browser: an organism is stepped, turned back, followed to its child, changed by hand, written anew
//! with a mistake named, and surveyed; a link carries all of it. No server answers anything but files.

use anyhow::{Result, ensure};
use bytebiota_e2e::{Chromium, PATIENCE, Tab, World, take_shots};

const READY: &str = "!!document.querySelector('#step:not(:disabled)')";
const STACK: &str = "document.querySelector('[data-lab=AX]')?.textContent ?? ''";

/// What the page shows of the organism, as one text.
async fn seen(tab: &Tab) -> Result<String> {
    let now = "[...document.querySelectorAll('[data-lab]')].map((e) => e.textContent).join(' ') + ' ' \
        + (document.querySelector('.line.now .offset')?.textContent ?? '-')";
    tab.value(now).await
}

/// Clicks, and waits until the page shows something else.
async fn act(tab: &Tab, button: &str) -> Result<String> {
    let before = seen(tab).await?;
    tab.click(button).await?;
    let changed = format!(
        "[...document.querySelectorAll('[data-lab]')].map((e) => e.textContent).join(' ') + ' ' \
         + (document.querySelector('.line.now .offset')?.textContent ?? '-') !== {before:?}"
    );
    tab.until(button, PATIENCE, &changed).await?;
    seen(tab).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organism_lives_under_the_glass() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let door = browser.open(&world.at("/genome")).await?;
    door.until(
        "the ancestors",
        PATIENCE,
        "document.querySelectorAll('.islands a').length === 5",
    )
    .await?;
    take_shots(&door, "lab-door").await?;
    door.close().await?;

    let tab = browser.open(&world.at("/genome/ancestor")).await?;
    tab.until("the lab", PATIENCE, READY).await?;
    let begin = seen(&tab).await?;
    let (one, two) = (act(&tab, "#step").await?, act(&tab, "#step").await?);
    ensure!(one != begin && two != one, "{begin} | {one} | {two}");
    ensure!(
        act(&tab, "#back").await? == one,
        "a step back is not the step before"
    );
    act(&tab, "#birth").await?;
    let births: String = tab.text("[data-lab=births]").await?;
    ensure!(births == "1", "{births} births");
    tab.until("a tick", PATIENCE, &format!("({STACK}) !== '–'"))
        .await?;
    run_for_a_while(&tab).await?;
    let surveyed = "!!document.querySelector('#assay') && /All/.test(document.querySelector('.landscape p').textContent)";
    tab.until("the survey", PATIENCE * 2, surveyed).await?;
    let lethal: String = tab.text("[data-fate=l]").await?;
    ensure!(lethal.contains('%') && lethal != "0.0 %", "{lethal} lethal");
    take_shots(&tab, "lab").await?;
    change_and_write(&tab).await?;
    tab.ensure_untroubled()?;
    let sockets = tab.trace().sockets;
    ensure!(sockets.is_empty(), "the lab needs no stream: {sockets:?}");
    tab.close().await?;
    together(&browser, &world).await
}

async fn run_for_a_while(tab: &Tab) -> Result<()> {
    let fast = "(() => { const speed = document.querySelector('#speed'); speed.value = 7; \
        speed.dispatchEvent(new Event('input', { bubbles: true })); return true; })()";
    tab.value::<bool>(fast).await?;
    tab.click("#run").await?;
    let grown = "Number(document.querySelector('[data-lab=births]').textContent) >= 3";
    tab.until("three births", PATIENCE, grown).await?;
    tab.click("#run").await?;
    tab.until(
        "a rest",
        PATIENCE,
        "document.querySelector('#run').getAttribute('aria-pressed') === 'false'",
    )
    .await
}

/// A byte changed by hand, then a text with a mistake, then one that lives; the address follows.
async fn change_and_write(tab: &Tab) -> Result<()> {
    tab.click("#restart").await?;
    tab.until(
        "the beginning",
        PATIENCE,
        "/Tick 0:/.test(document.querySelector('.lab-said').textContent)",
    )
    .await?;
    tab.click(".listing li:nth-child(3) button").await?;
    let choose = "(() => { const byte = document.querySelector('#new-byte'); byte.value = '255'; \
        byte.dispatchEvent(new Event('change', { bubbles: true })); return true; })()";
    tab.value::<bool>(choose).await?;
    tab.click("#put-byte").await?;
    tab.until(
        "the changed byte",
        PATIENCE,
        "/BYTE 255/.test(document.querySelector('.listing').textContent)",
    )
    .await?;
    let write = |text: &str| {
        format!(
            "(() => {{ const area = document.querySelector('#genome-text'); area.value = {text:?}; \
             area.dispatchEvent(new Event('input', {{ bubbles: true }})); return true; }})()"
        )
    };
    tab.value::<bool>(&write("RET\n  FLY ; away")).await?;
    let told = "/Line 2, column 3/.test(document.querySelector('.mistake')?.textContent ?? '')";
    tab.until("the mistake", PATIENCE, told).await?;
    ensure!(
        tab.value::<bool>("document.querySelector('#grow').disabled")
            .await?,
        "a mistake can be grown"
    );
    tab.value::<bool>(&write(".01\nRET\nINC")).await?;
    tab.until(
        "a text that can live",
        PATIENCE,
        "!document.querySelector('#grow').disabled",
    )
    .await?;
    tab.click("#grow").await?;
    tab.until(
        "the link",
        PATIENCE,
        "location.pathname === '/genome/00011607'",
    )
    .await
}

/// A parasite by its host, from a link alone.
async fn together(browser: &Chromium, world: &World) -> Result<()> {
    let tab = browser
        .open(&world.at("/genome/parasite?beside=ancestor"))
        .await?;
    tab.until("the lab", PATIENCE, READY).await?;
    tab.until(
        "three bodies",
        PATIENCE,
        "/3 alive/.test(document.querySelector('.lab-said').textContent)",
    )
    .await?;
    tab.click("#birth").await?;
    tab.until(
        "its child",
        PATIENCE,
        "document.querySelector('[data-lab=births]').textContent === '1'",
    )
    .await?;
    take_shots(&tab, "lab-parasite").await?;
    tab.ensure_untroubled()?;
    tab.go(&world.at("/genome/00112233445566778899aabbccddeeff"))
        .await?;
    tab.until("an unknown hash taken as a genome", PATIENCE, READY)
        .await?;
    tab.close().await
}
