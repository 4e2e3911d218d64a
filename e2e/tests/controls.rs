//! The volunteer's control in a real browser: duty, every reason to rest, freezing and waking, finishing; a network that
//! goes and comes back; two tabs of one volunteer, and both forgotten.

use anyhow::{Result, bail, ensure};
use bytebiota_e2e::{Chromium, Gate, PATIENCE, Tab, World, take_shots, within};
use chromiumoxide::cdp::browser_protocol::page::{
    SetWebLifecycleStateParams, SetWebLifecycleStateState,
};
use std::time::Duration;

/// Two cores, a battery and a window that the test can play with.
const PREPARE: &str = "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 2 }); \
    self.battery = { charging: true, onchargingchange: null }; \
    navigator.getBattery = () => Promise.resolve(self.battery); \
    self.plug = (charging) => { self.battery.charging = charging; self.battery.onchargingchange(); return true; }; \
    self.hiddenNow = false; \
    Object.defineProperty(document, 'visibilityState', { get: () => self.hiddenNow ? 'hidden' : 'visible' }); \
    self.hide = (hidden) => { self.hiddenNow = hidden; \
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); return true; };";

/// A keepsake is written at once.
const SOON: Duration = Duration::from_secs(3);
const STANDING: &str = "(document.querySelector('#standing')?.textContent ?? '')";
const UNITS: &str = "Number(document.querySelector('[data-number=units]')?.textContent ?? 0)";
/// Whether results without an answer, or a stretch, are kept in this browser.
const KEPT: &str = "(async () => { const found = await indexedDB.databases(); \
    if (!found.length) return 0; \
    return await new Promise((resolve) => { const open = indexedDB.open(found[0].name); \
        open.onerror = () => resolve(0); \
        open.onsuccess = () => { const database = open.result; \
            const all = database.transaction('places').objectStore('places').getAll(); \
            all.onsuccess = () => { database.close(); \
                resolve(all.result.reduce((sum, bytes) => sum + bytes.length, 0)); }; }; }); })()";

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_controls_his_machine() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let tab = browser.open_prepared(&world.at("/donate"), PREPARE).await?;
    set_range(&tab, "#cores", 1).await?;
    set_range(&tab, "#duty", 40).await?;
    let words = tab.text("#forecast").await?;
    ensure!(words.contains("Wh") && words.contains("MB"), "{words}");
    tab.click("#start").await?;
    computing(&tab).await?;

    every_reason_to_rest(&tab).await?;
    duty_is_kept(&tab).await?;
    take_shots(&tab, "donate-controls").await?;
    freezes_and_wakes(&tab).await?;
    finishes_and_stops(&tab, &world).await?;

    tab.go(&world.at("/donate")).await?;
    let kept = "document.querySelector('#duty')?.value === '40' && document.querySelector('#cores').value === '1' \
        && document.querySelector('#battery')?.checked && document.querySelector('#rest').checked";
    tab.until("the settings of before", PATIENCE, kept).await?;
    tab.ensure_untroubled()
}

async fn set_range(tab: &Tab, selector: &str, value: u32) -> Result<()> {
    let there = format!("!!document.querySelector({selector:?})");
    tab.until(selector, PATIENCE, &there).await?;
    let set = format!(
        "(() => {{ const range = document.querySelector({selector:?}); range.value = {value}; \
         range.dispatchEvent(new Event('input', {{ bubbles: true }})); return range.value === '{value}'; }})()"
    );
    ensure!(tab.value::<bool>(&set).await?, "{selector} cannot be set");
    Ok(())
}

async fn stands(tab: &Tab, words: &str) -> Result<()> {
    let says = format!("{STANDING}.includes({words:?})");
    tab.until(words, PATIENCE, &says).await
}

async fn computing(tab: &Tab) -> Result<()> {
    stands(tab, "Computing on").await
}

/// Each is told, stops the work, and ends by itself or by hand.
async fn every_reason_to_rest(tab: &Tab) -> Result<()> {
    tab.click("#battery").await?;
    tab.value::<bool>("plug(false)").await?;
    stands(tab, "battery").await?;
    nothing_moves(tab).await?;
    tab.value::<bool>("plug(true)").await?;
    computing(tab).await?;

    tab.click("#rest").await?;
    tab.value::<bool>("hide(true)").await?;
    stands(tab, "hidden").await?;
    tab.value::<bool>("hide(false)").await?;
    computing(tab).await?;

    tab.click("#pause").await?;
    stands(tab, "paused by you").await?;
    tab.click("#go-on").await?;
    computing(tab).await?;

    tab.click("#hours").await?;
    no_hours(tab).await?;
    stands(tab, "hours you chose").await?;
    tab.click("#hours").await?;
    computing(tab).await
}

async fn no_hours(tab: &Tab) -> Result<()> {
    let none = "(() => { for (const day of document.querySelectorAll('[data-day]')) { \
        if (day.checked) day.click(); } return true; })()";
    tab.value::<bool>(none).await?;
    Ok(())
}

const INSTRUCTIONS: &str = "document.querySelector('[data-number=instructions]').textContent";

/// The count comes four times a second; once it stands still for a second, it rests.
async fn nothing_moves(tab: &Tab) -> Result<()> {
    let still = format!(
        "new Promise((resolve) => {{ const before = {INSTRUCTIONS}; \
         setTimeout(() => resolve({INSTRUCTIONS} === before), 1000); }})"
    );
    tab.until("the work to rest", PATIENCE, &still).await
}

/// By the worker's own clock; from the first slice on, so it settles with time.
async fn duty_is_kept(tab: &Tab) -> Result<()> {
    let near = "Math.abs(Number(document.querySelector('#measured')?.textContent ?? 0) - 40) <= 5";
    let held = format!(
        "new Promise((resolve) => {{ let all = {near}; let count = 0; const timer = setInterval(() => {{ \
         all = all && {near}; if (++count === 20) {{ clearInterval(timer); resolve(all); }} }}, 200); }})"
    );
    tab.until("an effort of 40 % for 4 s", PATIENCE, &held)
        .await
}

async fn freezes_and_wakes(tab: &Tab) -> Result<()> {
    let set = async |state| {
        let command = SetWebLifecycleStateParams::new(state);
        within("to freeze or wake", tab.page().execute(command)).await
    };
    set(SetWebLifecycleStateState::Frozen).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    set(SetWebLifecycleStateState::Active).await?;
    // A page that was frozen takes no clicks before it is looked at again.
    tab.to_front().await?;
    let before: u32 = tab.value(UNITS).await?;
    let more = format!("{UNITS} > {before}");
    tab.until("a unit after waking", PATIENCE, &more).await
}

async fn finishes_and_stops(tab: &Tab, world: &World) -> Result<()> {
    computing(tab).await?;
    let before: u32 = tab.value(UNITS).await?;
    // The devtools' pointer does not always come back to a page that was frozen; a key or a script does.
    let finish = "(() => { document.querySelector('#finish').click(); return true; })()";
    tab.value::<bool>(finish).await?;
    stands(tab, "Nothing runs now").await?;
    let after: u32 = tab.value(UNITS).await?;
    ensure!(after > before, "the unit under way was not delivered");
    world.until_nobody_computes().await
}

async fn total(world: &World) -> Result<u64> {
    Ok(world.units().await?.iter().sum())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_computed_without_a_network_is_offered_after_a_reload() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let gate = Gate::to(world.address()).await?;
    let tab = browser.open_prepared(&gate.at("/donate"), PREPARE).await?;
    set_range(&tab, "#cores", 1).await?;
    tab.click("#start").await?;
    let some = format!("{UNITS} >= 2");
    tab.until("two units", PATIENCE, &some).await?;

    let stored = left_with_something(&tab, &gate, &world).await?;
    tab.close().await?;

    gate.set_open(true);
    let tab = browser.open_prepared(&gate.at("/donate"), PREPARE).await?;
    tab.click("#hours").await?;
    no_hours(&tab).await?;
    tab.click("#start").await?;
    stands(&tab, "hours you chose").await?;
    tab.until(
        "a unit without computing",
        PATIENCE,
        &format!("{UNITS} >= 1"),
    )
    .await?;
    let computed: String = tab.value(INSTRUCTIONS).await?;
    ensure!(computed == "0", "{computed} instructions while resting");
    // It may have been stored before, and only the acknowledgement was lost on the way.
    ensure!(total(&world).await? >= stored, "something stored is lost");
    tab.ensure_untroubled()
}

/// Takes the network away until something undelivered is kept; how much was stored when it went. A worker that has just
/// delivered its whole stretch keeps nothing, so another moment is tried.
async fn left_with_something(tab: &Tab, gate: &Gate, world: &World) -> Result<u64> {
    for _ in 0..10 {
        gate.set_open(false);
        stands(tab, "no connection").await?;
        let stored = total(world).await?;
        // It goes on until its stretch ends; the unit under way is finished and not delivered.
        nothing_moves(tab).await?;
        let kept = format!("{KEPT}.then((bytes) => bytes > 0)");
        if tab.until("something kept", SOON, &kept).await.is_ok() {
            return Ok(stored);
        }
        let more = format!("{UNITS} > {}", tab.value::<u32>(UNITS).await?);
        gate.set_open(true);
        tab.until("another unit", PATIENCE, &more).await?;
    }
    bail!("nothing was kept in ten tries")
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_are_one_volunteer_and_both_are_forgotten() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let first = browser.open_prepared(&world.at("/donate"), PREPARE).await?;
    set_range(&first, "#cores", 1).await?;
    first.click("#start").await?;
    first
        .until("a unit", PATIENCE, &format!("{UNITS} >= 1"))
        .await?;
    let second = browser.open_prepared(&world.at("/donate"), PREPARE).await?;
    second.click("#start").await?;
    second
        .until("a unit", PATIENCE, &format!("{UNITS} >= 1"))
        .await?;
    let names: Vec<String> = world
        .workers()
        .into_iter()
        .map(|worker| worker.name)
        .collect();
    ensure!(names.len() == 2 && names[0] == names[1], "{names:?}");

    second.click("#forget").await?;
    second.click("#forget-yes").await?;
    let gone = "document.querySelector('#farewell').textContent.includes('You are forgotten') \
        && localStorage.getItem('bytebiota.token') === null && !document.querySelector('#volunteer')";
    second.until("to be forgotten", PATIENCE, gone).await?;
    stands(&first, "Nothing runs now").await?;
    world.until_nobody_computes().await?;
    second
        .until(
            "nothing kept",
            PATIENCE,
            &format!("{KEPT}.then((bytes) => bytes === 0)"),
        )
        .await?;
    first.ensure_untroubled()?;
    second.ensure_untroubled()
}
