//! The recording on the start page in a real browser: it comes when it is near, plays by itself where motion is welcome and by
//! hand everywhere, is moved by keys, and says so in words when it does not come.

use anyhow::{Result, ensure};
use bytebiota_e2e::{Chromium, PATIENCE, Tab, World, take_shots, within};
use bytebiota_protocol::routes::RECORDING;
use chromiumoxide::cdp::browser_protocol::emulation::MediaFeature;

const SAID: &str = "(document.querySelector('.film-said p:last-child')?.textContent ?? '')";
const TICK: &str = "(document.querySelector('[data-film=tick]')?.textContent ?? '')";
const BUTTON: &str = "(document.querySelector('#film-play')?.textContent ?? '')";
const MOMENT: &str = "document.querySelector('#film-moment')";
const PICTURE: &str = "document.querySelector('.film canvas').toDataURL()";
const LOOK: &str = "(document.querySelector('.film').scrollIntoView(), true)";
/// The network is cut for the recording, until it is mended.
const CUT: &str = "self.cut = true; const whole = self.fetch; self.fetch = (address, ...more) => \
    self.cut && `${address}`.includes('recording') ? Promise.reject(new TypeError('cut')) : whole(address, ...more);";

#[tokio::test(flavor = "multi_thread")]
async fn a_young_soup_is_played() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    it_plays_by_itself(&browser, &world).await?;
    it_keeps_still_and_is_moved_by_hand(&browser, &world).await?;
    it_says_when_it_does_not_come(&browser, &world).await
}

async fn opened(browser: &Chromium, world: &World, script: &str) -> Result<Tab> {
    let tab = browser.open_prepared(&world.at("/"), script).await?;
    let ready = format!("{MOMENT} !== null && document.readyState === 'complete'");
    tab.until("the player", PATIENCE, &ready).await?;
    Ok(tab)
}

fn asked(tab: &Tab) -> usize {
    let requests = tab.trace().requests;
    requests
        .iter()
        .filter(|url| url.ends_with(RECORDING))
        .count()
}

async fn it_plays_by_itself(browser: &Chromium, world: &World) -> Result<()> {
    let tab = opened(browser, world, "").await?;
    ensure!(asked(&tab) == 0, "fetched before anybody is near");
    tab.value::<bool>(LOOK).await?;
    let plays = format!("{BUTTON} === 'Pause' && {SAID}.startsWith('The founder: a program of')");
    tab.until("the founder", PATIENCE, &plays).await?;
    let copies = format!("{SAID}.startsWith('Byte by byte')");
    tab.until("the first copy", PATIENCE, &copies).await?;
    ensure!(asked(&tab) == 1, "fetched more than once");
    tab.click("#film-play").await?;
    tab.until("a pause", PATIENCE, &format!("{BUTTON} === 'Play'"))
        .await?;
    let tick: String = tab.value(TICK).await?;
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    ensure!(
        tab.value::<String>(TICK).await? == tick,
        "it goes on in a pause"
    );
    tab.ensure_untroubled()?;
    tab.close().await
}

async fn key(tab: &Tab, key: &str) -> Result<()> {
    let slider = within("the slider", tab.page().find_element("#film-moment")).await?;
    within("to press a key", slider.press_key(key)).await?;
    Ok(())
}

async fn it_keeps_still_and_is_moved_by_hand(browser: &Chromium, world: &World) -> Result<()> {
    let tab = opened(browser, world, "").await?;
    let still = MediaFeature::new("prefers-reduced-motion", "reduce");
    let emulated = tab.page().emulate_media_features(vec![still]);
    within("to ask for stillness", emulated).await?;
    tab.value::<bool>(LOOK).await?;
    let end = format!("{BUTTON} === 'Play again' && {MOMENT}.value === {MOMENT}.max");
    tab.until("the end", PATIENCE, &end).await?;
    take_shots(&tab, "film-full").await?;
    let full: String = tab.value(PICTURE).await?;
    tab.click("#film-play").await?;
    let runs = format!("{BUTTON} === 'Pause' && {SAID}.startsWith('The founder')");
    tab.until("the beginning", PATIENCE, &runs).await?;
    let other = format!(
        "Number({MOMENT}.value) > 0 && !{SAID}.startsWith('The founder') && {PICTURE} !== {full:?}"
    );
    tab.until("another sentence", PATIENCE, &other).await?;

    tab.value::<bool>(&format!("({MOMENT}.focus(), true)"))
        .await?;
    key(&tab, "Home").await?;
    let first =
        format!("{TICK} === '0' && {BUTTON} === 'Play' && {SAID}.startsWith('The founder')");
    tab.until("tick 0", PATIENCE, &first).await?;
    key(&tab, "ArrowRight").await?;
    let second = format!("{TICK} === '9' && {SAID}.startsWith('It has found')");
    tab.until("the next moment", PATIENCE, &second).await?;
    for _ in 0..4 {
        key(&tab, "PageUp").await?;
    }
    let later = format!(
        "/^tick .*, .* organisms$/.test({MOMENT}.ariaValueText) && {SAID}.includes('first')"
    );
    tab.until("later moments", PATIENCE, &later).await?;
    take_shots(&tab, "film-early").await?;
    tab.ensure_untroubled()?;
    tab.close().await
}

async fn it_says_when_it_does_not_come(browser: &Chromium, world: &World) -> Result<()> {
    let tab = opened(browser, world, CUT).await?;
    tab.value::<bool>(LOOK).await?;
    let told = format!("{SAID}.startsWith('The recording did not come.') && {MOMENT}.disabled");
    tab.until("what is wrong", PATIENCE, &told).await?;
    take_shots(&tab, "film-cut").await?;
    tab.value::<bool>("(self.cut = false, true)").await?;
    tab.click("#film-play").await?;
    let plays = format!("{BUTTON} === 'Pause' && {SAID}.startsWith('The founder')");
    tab.until("the founder after all", PATIENCE, &plays).await?;
    tab.ensure_untroubled()?;
    tab.close().await
}
