//! The map of an island in a real browser: colours, filter, zoom and a picture, on a soup that a native worker grew.

use anyhow::{Result, ensure};
use bytebiota_e2e::{Chromium, PATIENCE, World, take_shots};
use bytebiota_worker::{Stop, WorkerOptions};
use tokio::{sync::watch, time::timeout};

/// Chooses an option of a select by its place.
fn choose(id: &str, place: usize) -> String {
    format!(
        "(() => {{ const select = document.querySelector('#{id}'); select.selectedIndex = {place}; \
         select.dispatchEvent(new Event('change', {{ bubbles: true }})); return true; }})()"
    )
}

const PICTURE: &str = "document.querySelector('.map canvas').toDataURL()";
const SIDE: &str = "document.querySelector('.map canvas').width";

#[tokio::test(flavor = "multi_thread")]
async fn the_map_of_an_island_answers() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let (_stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(2),
        units: Some(6),
        ..WorkerOptions::new(world.at(""))
    };
    timeout(PATIENCE, bytebiota_worker::run(options, stopped)).await??;

    let tab = browser.open(&world.at("/island/1")).await?;
    let drawn = "document.querySelector('.map canvas')?.width > 100 && !document.querySelector('.map .empty')";
    tab.until("the soup", PATIENCE, drawn).await?;
    for (place, word) in [
        (2, "Green"),
        (3, "Bright"),
        (4, "energy"),
        (5, "Red"),
        (0, "genotype"),
    ] {
        let before: String = tab.value(PICTURE).await?;
        tab.value::<bool>(&choose("shade", place)).await?;
        let told = format!("document.querySelector('#legend').textContent.includes({word:?})");
        tab.until(word, PATIENCE, &told).await?;
        tab.value::<bool>(&format!("(self.before = {before:?}, true)"))
            .await?;
        tab.until(
            "other colours",
            PATIENCE,
            &format!("{PICTURE} !== self.before"),
        )
        .await?;
    }
    let side: u32 = tab.value(SIDE).await?;
    tab.click("#nearer").await?;
    tab.click("#nearer").await?;
    tab.until("a quarter", PATIENCE, &format!("{SIDE} === {side} / 4"))
        .await?;
    take_shots(&tab, "island-near").await?;
    tab.click("#farther").await?;
    tab.until("a half", PATIENCE, &format!("{SIDE} === {side} / 2"))
        .await?;
    let saved = "(() => { let saved = ''; const click = HTMLAnchorElement.prototype.click; \
        HTMLAnchorElement.prototype.click = function () { saved = `${this.download} ${this.href.slice(0, 22)}`; }; \
        document.querySelector('#png').click(); HTMLAnchorElement.prototype.click = click; return saved; })()";
    let saved: String = tab.value(saved).await?;
    ensure!(saved == "island-1.png data:image/png;base64,", "{saved}");
    tab.ensure_untroubled()
}
