//! History in pictures, in a real browser over a world in which somebody computes: charts are read by keys, shown on another
//! scale and over another stretch, taken along as files, and all of that stands in the address.

use anyhow::{Result, ensure};
use bytebiota_e2e::{Chromium, PATIENCE, Tab, World, take_shots, until};
use bytebiota_worker::{Stop, WorkerOptions};
use tokio::{sync::watch, time::timeout};

/// Keeps what the page saves instead of saving it.
const KEEP: &str = "self.saved = []; HTMLAnchorElement.prototype.click = function () { \
    self.saved.push({ file: this.download, href: this.href }); };";
const DRAWN: &str = "document.querySelectorAll('.chart .curve[d^=M]').length >= 30 \
    && document.querySelectorAll('.chart image[href^=\"data:image/png\"]').length >= 4";

#[tokio::test(flavor = "multi_thread")]
async fn history_is_read_looked_into_and_taken_along() -> Result<()> {
    let Some(browser) = Chromium::launch().await? else {
        return Ok(());
    };
    let world = World::serve().await?;
    let (stop, stopped) = watch::channel(Stop::No);
    let options = WorkerOptions {
        slots: Some(1),
        ..WorkerOptions::new(world.at(""))
    };
    let worker = tokio::spawn(bytebiota_worker::run(options, stopped));
    let confirmed = || async { Ok((world.numbers().units_confirmed >= 6).then_some(())) };
    until("six confirmed units", PATIENCE * 3, confirmed).await?;
    let tab = browser.open_prepared(&world.at("/analytics"), KEEP).await?;
    // The living are counted every ten seconds, and two counts make a chart.
    tab.until("all charts", PATIENCE * 3, DRAWN).await?;
    stop.send_replace(Stop::AfterUnit);
    timeout(PATIENCE, worker).await???;
    take_shots(&tab, "analytics").await?;
    charts_are_read_by_keys(&tab).await?;
    choices_stand_in_the_address(&tab).await?;
    a_stretch_is_picked_out_by_keys(&tab).await?;
    tables_and_pictures_are_saved(&tab).await?;
    tab.ensure_untroubled()?;
    tab.close().await?;
    descent_is_walked_folded_and_taken_along(&browser, &world).await?;
    the_map_leads_to_islands(&browser, &world).await
}

/// Presses a key on the chart of a title, and gives what the tooltip says then.
fn press(title: &str, key: &str, shift: bool) -> String {
    format!(
        "(() => {{ const panel = {panel}; const svg = panel.querySelector('svg'); svg.focus(); \
         svg.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', shiftKey: {shift}, bubbles: true }})); return true; }})()",
        panel = panel(title)
    )
}

fn panel(title: &str) -> String {
    format!(
        "[...document.querySelectorAll('.panel')].find(panel => panel.querySelector('h2')?.textContent === '{title}')"
    )
}

async fn charts_are_read_by_keys(tab: &Tab) -> Result<()> {
    for (title, told) in [("Population", "population"), ("Genome lengths", "-")] {
        tab.value::<bool>(&press(title, "ArrowLeft", false)).await?;
        let tooltip = format!(
            "{}.querySelector('.tooltip')?.textContent ?? ''",
            panel(title)
        );
        let told = format!("({tooltip}).includes('{told}')");
        tab.until("the newest values", PATIENCE, &told).await?;
        let newest: String = tab.value(&tooltip).await?;
        tab.value::<bool>(&press(title, "Home", false)).await?;
        let other = format!("({tooltip}) !== {newest:?}");
        tab.until("the oldest values", PATIENCE, &other).await?;
        tab.value::<bool>(&press(title, "Escape", false)).await?;
        tab.until("nothing", PATIENCE, &format!("({tooltip}) === ''"))
            .await?;
    }
    Ok(())
}

/// Presses the button with these words, of the chart of a title or of the page.
fn push(place: &str, words: &str) -> String {
    format!(
        "([...{place}.querySelectorAll('button')].find(button => button.textContent === '{words}').click(), true)"
    )
}

async fn choices_stand_in_the_address(tab: &Tab) -> Result<()> {
    tab.value::<bool>(&push(&panel("Births"), "log scale"))
        .await?;
    tab.value::<bool>(&push("document", "an hour")).await?;
    let choose = "(() => { const select = document.querySelector('#grain'); select.value = 'minute'; \
        select.dispatchEvent(new Event('change', { bubbles: true })); return true; })()";
    tab.value::<bool>(choose).await?;
    let told = "/by the minute/.test(document.querySelector('[role=status].small').textContent)";
    tab.until("points by the minute", PATIENCE, told).await?;
    let address = "['log=births', 'range=hour', 'grain=minute'].every(part => location.search.includes(part))";
    tab.until("the choices in the address", PATIENCE, address)
        .await?;
    let asked = "performance.getEntriesByType('resource').some(entry => /series\\?.*from=\\d+.*grain=minute/.test(entry.name))";
    tab.until("the server to be asked for them", PATIENCE, asked)
        .await?;
    let shared: String = tab.value("location.href").await?;
    tab.go("about:blank").await?;
    tab.go(&shared).await?;
    let kept = format!(
        "{panel}?.querySelector('[aria-pressed=true]')?.textContent === 'log scale' \
         && document.querySelector('#grain').value === 'minute' \
         && document.querySelector('.tools [aria-pressed=true]').textContent === 'an hour'",
        panel = panel("Births")
    );
    tab.until("the same choices after a reload", PATIENCE, &kept)
        .await?;
    tab.value::<bool>(&push("document", "everything")).await?;
    let fine = "(() => { const select = document.querySelector('#grain'); select.value = ''; \
        select.dispatchEvent(new Event('change', { bubbles: true })); return true; })()";
    tab.value::<bool>(fine).await?;
    tab.until("everything again", PATIENCE, DRAWN).await
}

async fn a_stretch_is_picked_out_by_keys(tab: &Tab) -> Result<()> {
    tab.value::<bool>(&press("Population", "Home", false))
        .await?;
    tab.value::<bool>(&press("Population", "PageDown", true))
        .await?;
    let picked = format!(
        "{}.querySelectorAll('.picked').length === 1",
        panel("Population")
    );
    tab.until("a stretch", PATIENCE, &picked).await?;
    tab.value::<bool>(&press("Population", "Enter", false))
        .await?;
    let range =
        "/range=\\d+-\\d+/.test(location.search) && document.querySelector('#from').value !== ''";
    tab.until("the stretch in the address", PATIENCE, range)
        .await?;
    let few = "/^1?\\d points/.test(document.querySelector('[role=status].small').textContent)";
    tab.until("the points of the stretch alone", PATIENCE, few)
        .await?;
    tab.value::<bool>(&push("document", "everything")).await?;
    tab.until("everything again", PATIENCE, DRAWN).await
}

async fn tables_and_pictures_are_saved(tab: &Tab) -> Result<()> {
    tables_begin_with(
        tab,
        &[
            ("Population", "time_ms,population\n"),
            ("Deaths by cause", "time_ms,age,errors,"),
            ("Genome lengths", "time_ms,0-3,4-7,"),
            ("Energy", "tick,held,in the fields\n"),
        ],
    )
    .await?;
    pictures_are_saved(tab, &["Deaths by cause", "Genome lengths"]).await
}

async fn tables_begin_with(tab: &Tab, heads: &[(&str, &str)]) -> Result<()> {
    for (title, head) in heads {
        tab.value::<bool>(&format!(
            "(self.saved.length = 0, {})",
            push(&panel(title), "CSV")
        ))
        .await?;
        let saved: (String, String) = tab
            .value("[self.saved[0].file, decodeURIComponent(self.saved[0].href)]")
            .await?;
        let text = saved.1.split_once(',').map_or("", |(_, text)| text);
        ensure!(
            saved.0.ends_with(".csv") && text.starts_with(head),
            "{title}: {saved:?}"
        );
        ensure!(text.lines().count() > 2, "{title}: {text}");
    }
    Ok(())
}

async fn pictures_are_saved(tab: &Tab, titles: &[&str]) -> Result<()> {
    for title in titles {
        tab.value::<bool>(&format!(
            "(self.saved.length = 0, {})",
            push(&panel(title), "PNG")
        ))
        .await?;
        tab.until("a picture", PATIENCE, "self.saved.length === 1")
            .await?;
        let look = "(async () => { const image = new Image(); image.src = self.saved[0].href; await image.decode(); \
            const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height; \
            const context = canvas.getContext('2d'); context.drawImage(image, 0, 0); \
            const data = context.getImageData(0, 0, image.width, image.height).data; const seen = new Set(); \
            for (let at = 0; at < data.length; at += 4) seen.add(data[at] << 16 | data[at + 1] << 8 | data[at + 2]); \
            return [image.width, seen.size]; })()";
        let (width, colours): (u32, u32) = tab.value(look).await?;
        ensure!(
            width > 600 && colours > 30,
            "{title}: {width} pixels, {colours} colours"
        );
    }
    Ok(())
}

/// Presses a key in the tree.
fn walk(key: &str) -> String {
    format!(
        "(document.querySelector('.tree').dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }})), true)"
    )
}

async fn descent_is_walked_folded_and_taken_along(browser: &Chromium, world: &World) -> Result<()> {
    let tab = browser
        .open_prepared(&world.at("/phylogeny?show=extinct"), KEEP)
        .await?;
    let drawn = "document.querySelectorAll('.tree circle').length > 20 && document.querySelectorAll('.band').length > 3";
    tab.until("tree and bands", PATIENCE, drawn).await?;
    ensure!(
        tab.value::<bool>("document.querySelector('#extinct').checked")
            .await?,
        "the extinct are asked for"
    );
    take_shots(&tab, "phylogeny").await?;
    tables_begin_with(
        &tab,
        &[
            ("Rise and fall", "tick,"),
            ("The tree", "id,ancestor_list,origin_time,destruction_time,"),
        ],
    )
    .await?;
    pictures_are_saved(&tab, &["Rise and fall", "The tree"]).await?;

    let count = "document.querySelectorAll('.tree circle').length";
    let all: u32 = tab.value(count).await?;
    tab.value::<bool>(&push(&panel("The tree"), "fold all"))
        .await?;
    let few = format!(
        "{count} < {all} && /folded away/.test(document.querySelector('.fold-tools').textContent)"
    );
    tab.until("the roots alone", PATIENCE, &few).await?;
    for key in ["Home", "ArrowRight"] {
        tab.value::<bool>(&walk(key)).await?;
    }
    let roots: u32 = tab.value(count).await?;
    for key in ["ArrowRight", "+"] {
        tab.value::<bool>(&walk(key)).await?;
    }
    let said =
        "/bytes, .* alive, .* births/.test(document.querySelector('.tree-said').textContent)";
    tab.until("words of a taxon", PATIENCE, said).await?;
    ensure!(roots <= all, "{roots} of {all}");
    tab.value::<bool>(&push(&panel("The tree"), "unfold all"))
        .await?;
    tab.until("the whole tree", PATIENCE, &format!("{count} === {all}"))
        .await?;
    tab.until(
        "the size in the address",
        PATIENCE,
        "/size=3/.test(location.search)",
    )
    .await?;

    tab.value::<bool>(&press("Rise and fall", "ArrowLeft", false))
        .await?;
    let share = format!(
        "/\\d %/.test({}.querySelector('.tooltip')?.textContent ?? '')",
        panel("Rise and fall")
    );
    tab.until("a share", PATIENCE, &share).await?;
    tab.value::<bool>(&press("Rise and fall", "Enter", false))
        .await?;
    leads_to(&tab, "/genome/").await
}

async fn the_map_leads_to_islands(browser: &Chromium, world: &World) -> Result<()> {
    let tab = browser.open(&world.at("/world")).await?;
    let drawn = "/^Island 1: .* alive, mostly /.test(document.querySelector('.tile')?.title ?? '') \
        && !!document.querySelector('.map-of-islands .legend a')";
    tab.until("the map", PATIENCE, drawn).await?;
    take_shots(&tab, "world").await?;
    let walk = "(() => { const map = document.querySelector('.archipelago'); map.querySelector('[tabindex=\"0\"]').focus(); \
        map.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })); return true; })()";
    tab.value::<bool>(walk).await?;
    let second =
        "document.activeElement.pathname === '/island/2' && document.activeElement.tabIndex === 0";
    tab.until("the second island", PATIENCE, second).await?;
    tab.click(".tile").await?;
    leads_to(&tab, "/island/1").await
}

/// Between two pages there is nobody to be asked.
async fn leads_to(tab: &Tab, path: &str) -> Result<()> {
    let is_there = format!("location.pathname.startsWith('{path}')");
    let there = || async {
        let there = tab.value::<bool>(&is_there).await;
        Ok(there.unwrap_or(false).then_some(()))
    };
    until(path, PATIENCE, there).await?;
    tab.ensure_untroubled()
}
