//! The volunteer's whole way in a real browser: nothing before the button, then work that a native machine repeats
//! digest by digest, growth that others see, a stop that stops, and an island that goes on without the tab.

#[path = "../../cli/tests/audit/mod.rs"]
mod audit;

use anyhow::{Result, ensure};
use bytebiota_e2e::{Chromium, PATIENCE, Tab, World, take_shots, until};
use bytebiota_protocol::{routes::WORKER_SOCKET, view::WorkerView};
use bytebiota_worker::{Stop, WorkerOptions};
use std::time::Duration;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};

/// Two cores, whatever this machine has; and when each worker was ended, by the page's own clock.
const PREPARE: &str = "Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => 2 }); \
    self.ends = []; \
    const terminate = Worker.prototype.terminate; \
    Worker.prototype.terminate = function () { \
        if (!this.ended) { this.ended = true; self.ends.push(performance.now()); } \
        return terminate.call(this); };";

const SET_TWO_CORES: &str = "(() => { const cores = document.querySelector('#cores'); cores.value = 2; \
    cores.dispatchEvent(new Event('input', { bubbles: true })); return cores.value === '2'; })()";

/// Clicks stop; the answer is how long it took until both workers were ended, ms.
const STOP: &str = "new Promise((resolve) => { const begin = performance.now(); self.ends = []; \
    document.querySelector('#stop').click(); \
    setTimeout(() => resolve(self.ends.length === 2 ? Math.max(...self.ends) - begin : -1), 1000); })";

#[tokio::test(flavor = "multi_thread")]
async fn a_tab_computes_for_the_world() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let donor = browser.open_prepared(&world.at("/donate"), PREPARE).await?;
    nothing_before_the_button(&donor, &world).await?;
    take_shots(&donor, "donate-before").await?;

    ensure!(
        donor.value::<bool>(SET_TWO_CORES).await?,
        "the cores cannot be chosen"
    );
    start(&donor).await?;
    until_units(&world, &[5, 5]).await?;
    let scripts = donor.trace().workers;
    ensure!(scripts.len() == 2, "workers: {scripts:?}");
    ensure!(
        donor.text("[data-number=units]").await? != "0",
        "the page shows no unit"
    );
    take_shots(&donor, "donate-running").await?;
    growth_is_seen_by_others(&browser, &world).await?;

    stop_stops(&donor, &browser).await?;
    pages_are_sound(&browser, &world).await?;
    donor.to_front().await?;
    the_volunteer_is_known_again(&donor, &world).await?;
    compute_for_a_while(&donor, &world).await?;
    donor.ensure_untroubled()?;
    close_in_mid_unit(&browser, donor, &world).await?;
    a_native_worker_takes_over(&world).await?;

    let (_folder, database) = world.stop().await?;
    let audit = audit::audit(&database).await?;
    ensure!(
        audit.islands >= 2 && audit.units.len() >= 10,
        "{} units",
        audit.units.len()
    );
    println!(
        "{} units, {} ticks executed again natively, digest by digest",
        audit.units.len(),
        audit.ticks
    );
    Ok(())
}

async fn nothing_before_the_button(donor: &Tab, world: &World) -> Result<()> {
    let ready = "!!document.querySelector('#start') && document.readyState === 'complete'";
    donor.until("the controls", PATIENCE, ready).await?;
    sleep(Duration::from_millis(1_500)).await;
    let trace = donor.trace();
    let of_worker = |url: &&String| url.contains("/worker");
    ensure!(
        trace.workers.is_empty(),
        "workers before the button: {:?}",
        trace.workers
    );
    let fetched: Vec<_> = trace.requests.iter().filter(of_worker).collect();
    ensure!(fetched.is_empty(), "fetched before the button: {fetched:?}");
    let sockets: Vec<_> = trace
        .sockets
        .iter()
        .filter(|url| url.contains(WORKER_SOCKET))
        .collect();
    ensure!(sockets.is_empty(), "opened before the button: {sockets:?}");
    ensure!(
        world.workers().is_empty(),
        "somebody computes before the button"
    );
    let words = donor.text("main").await?.to_lowercase();
    for word in ["nothing", "stop", "core"] {
        ensure!(
            words.contains(word),
            "the consent does not speak of `{word}`"
        );
    }
    donor.ensure_untroubled()
}

async fn start(donor: &Tab) -> Result<()> {
    donor.click("#start").await?;
    let running = "document.querySelectorAll('.own-islands figure').length === 2";
    donor.until("two cores at work", PATIENCE, running).await
}

async fn until_units(world: &World, least: &[u64]) -> Result<()> {
    let what = format!("{least:?} units stored");
    let reached = || async {
        let units = world.units().await?;
        let enough = units.len() >= least.len() && units.iter().zip(least).all(|(u, l)| u >= l);
        Ok(enough.then_some(()))
    };
    until(&what, PATIENCE * 2, reached).await
}

/// What a page shows of a number of the world.
const INSTRUCTIONS: &str =
    "(document.querySelector('[data-number=instructions]')?.textContent ?? '')";

async fn growth_is_seen_by_others(browser: &Chromium, world: &World) -> Result<()> {
    let visitor = browser.open(&world.at("/world")).await?;
    let is_number = format!("/[1-9]/.test({INSTRUCTIONS})");
    visitor
        .until("numbers of the world", PATIENCE, &is_number)
        .await?;
    visitor
        .value::<bool>(&format!("(self.seen = {INSTRUCTIONS}, true)"))
        .await?;
    let has_grown = format!("{INSTRUCTIONS} !== self.seen");
    visitor
        .until("growth without reloading", PATIENCE, &has_grown)
        .await?;
    visitor.ensure_untroubled()?;
    visitor.close().await
}

/// While nobody computes: the pages show what is stored, and their pictures are kept.
async fn pages_are_sound(browser: &Chromium, world: &World) -> Result<()> {
    let is_number = format!("/[1-9]/.test({INSTRUCTIONS})");
    let has_soup =
        "!!document.querySelector('.map canvas') && !document.querySelector('.map.waiting')";
    let pages = [
        ("/", "home", is_number.as_str()),
        ("/world", "world", is_number.as_str()),
        ("/island/1", "island", has_soup),
        (
            "/no-such-page",
            "not-found",
            "document.readyState === 'complete'",
        ),
    ];
    for (path, name, ready) in pages {
        let tab = browser.open(&world.at(path)).await?;
        tab.until(name, PATIENCE, ready).await?;
        take_shots(&tab, name).await?;
        let troubles = tab.trace().troubles;
        // An unknown address is answered with 404, and Chromium says so.
        let is_expected = |trouble: &String| name == "not-found" && trouble.contains("404");
        ensure!(troubles.iter().all(is_expected), "{path}: {troubles:?}");
        tab.close().await?;
    }
    Ok(())
}

/// Where a click on a link to another page would open it; the click itself leads nowhere.
const OPENS_IN: &str = r#"(() => {
    const link = document.querySelector('.top a[href="/world"]');
    let target;
    const look = event => { event.preventDefault(); target = link.target; };
    addEventListener('click', look, { once: true });
    link.click();
    return target;
})()"#;

/// Whether the page itself takes care of a click on the link to where it is; the click itself leads nowhere.
const STAYS: &str = r#"(() => {
    let stays;
    const look = event => { stays = event.defaultPrevented; event.preventDefault(); };
    addEventListener('click', look, { once: true });
    document.querySelector('.nav-donate').click();
    return stays;
})()"#;

/// Within 100 ms by the page's clock, and the processors are free afterwards.
async fn stop_stops(donor: &Tab, browser: &Chromium) -> Result<()> {
    donor.to_front().await?;
    let place: String = donor.value(OPENS_IN).await?;
    ensure!(place == "_blank", "a link would end the work: {place:?}");
    ensure!(
        donor.value::<bool>(STAYS).await?,
        "the link to the page itself would end the work"
    );
    let busy = browser.cpu_share(Duration::from_secs(1)).await?;
    let took_ms: f64 = donor.value(STOP).await?;
    ensure!(
        (0.0..=100.0).contains(&took_ms),
        "stopping took {took_ms} ms"
    );
    let idle = browser.cpu_share(Duration::from_secs(1)).await?;
    ensure!(
        idle < 0.25 && idle < busy / 3.0,
        "{busy:.2} cores before the stop, {idle:.2} after"
    );
    let place: String = donor.value(OPENS_IN).await?;
    ensure!(place.is_empty(), "nothing holds the page: {place:?}");
    println!("stopped within {took_ms:.0} ms: {busy:.2} cores before, {idle:.2} after");
    Ok(())
}

async fn the_volunteer_is_known_again(donor: &Tab, world: &World) -> Result<()> {
    world.until_nobody_computes().await?;
    donor.go(&world.at("/donate")).await?;
    let known = "(document.querySelector('#volunteer')?.textContent ?? '') !== ''";
    donor.until("a known volunteer", PATIENCE, known).await?;
    ensure!(
        donor.value::<bool>(SET_TWO_CORES).await?,
        "the cores cannot be chosen"
    );
    Ok(())
}

/// Slots begin with small units, and only large ones can be left in the middle.
async fn compute_for_a_while(donor: &Tab, world: &World) -> Result<()> {
    let before = world.large_units().await?;
    start(donor).await?;
    until("units that can be left", PATIENCE, || async {
        Ok((world.large_units().await? >= before + 4).then_some(()))
    })
    .await
}

/// Both workers are in the middle of a unit now, most likely: what they have of it arrives. A closing tab sends what it can, so
/// on a busy machine it may take another.
async fn close_in_mid_unit(browser: &Chromium, mut donor: Tab, world: &World) -> Result<()> {
    for attempt in 1..=3 {
        let before = world.units_left_early().await?;
        donor.close().await?;
        world.until_nobody_computes().await?;
        if world.units_left_early().await? > before {
            println!("a tab that was closed has delivered what it had, at attempt {attempt}");
            return Ok(());
        }
        donor = browser.open_prepared(&world.at("/donate"), PREPARE).await?;
        the_volunteer_is_known_again(&donor, world).await?;
        compute_for_a_while(&donor, world).await?;
    }
    anyhow::bail!("no tab that was closed has delivered what it had of a unit")
}

async fn a_native_worker_takes_over(world: &World) -> Result<()> {
    // What the tab had on its way is not the native worker's.
    world.until_nobody_computes().await?;
    let before = world.units().await?;
    let (stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(2),
        ..WorkerOptions::new(world.at(""))
    };
    let worker = tokio::spawn(bytebiota_worker::run(options, stopped));
    // The tab's last units may still be on their way into history: the worker's own are counted as well.
    let own = || async {
        let of_native = |worker: &WorkerView| worker.kind == "native" && worker.units_acked >= 6;
        Ok(world.workers().iter().any(of_native).then_some(()))
    };
    until("units of the native worker", PATIENCE * 2, own).await?;
    until_units(world, &[before[0] + 3, before[1] + 3]).await?;
    let kinds: Vec<String> = world
        .workers()
        .into_iter()
        .map(|worker| worker.kind)
        .collect();
    ensure!(kinds == ["native"], "computing now: {kinds:?}");
    stop.send_replace(Stop::AfterUnit);
    let summary = timeout(PATIENCE, worker).await???;
    ensure!(summary.units_acked >= 4, "{summary:?}");
    Ok(())
}
