//! The tree of descent of one island: who came from whom, when, and who is still alive. Knows no stream.

use crate::{
    ask::{Answer, Asked, Standing, ask, fetch},
    browser,
    muller_chart::MullerChart,
    navigation, number, pigment,
    tree_layout::{self, Node},
};
use bytebiota_protocol::{
    routes::Page,
    view::{IslandView, PhylogenyPage, TaxonView},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Taxa of the living, and as many of the extinct, that are drawn at most.
const MOST: usize = 4_000;
/// Pixels of a row, by zoom.
const ROW_PX: [f64; 4] = [4.0, 8.0, 14.0, 22.0];
/// Pixels from left to right.
const WIDTH: f64 = 1_000.0;
const MARGIN: f64 = 14.0;
/// Rows whose names are written beside them.
const NAMED_FROM_PX: f64 = 14.0;

/// `/phylogeny`
#[component]
pub fn Phylogeny() -> impl IntoView {
    let islands = ask::<Vec<IslandView>>("/api/v1/islands".into());
    let chosen = RwSignal::new(asked_island());
    let island = Memo::new(move |_| chosen.get().or_else(|| islands.known(|all| farthest(all))));
    let extinct = RwSignal::new(false);
    let zoom = RwSignal::new(2usize);
    let taxa = RwSignal::new(None::<Vec<TaxonView>>);
    let trouble = RwSignal::new(None::<String>);
    Effect::new(move || {
        if let Some(number) = island.get() {
            load(number, extinct.get(), taxa, trouble);
        }
    });
    view! {
        <p class="eyebrow">"Descent"</p>
        <h1>"Who came from whom"</h1>
        <p class="lead">"Each line is a taxon: one origin of a genotype, from the tick at which it arose. Nothing here is inferred; every parent was recorded."</p>
        <Standing asked=islands/>
        <div class="row tools">
            <label for="island">"Island"</label>
            <select id="island" class="narrow" on:change=move |event| {
                let number = event_target_value(&event).parse().unwrap_or(1);
                navigation::replace(&format!("{}?island={number}", Page::Phylogeny.path()));
                chosen.set(Some(number));
            }>
                {move || choices(islands, island.get_untracked())}
            </select>
            <label class="check inline"><input id="extinct" type="checkbox" prop:checked=move || extinct.get()
                on:change=move |event| extinct.set(event_target_checked(&event))/><span>"with the extinct"</span></label>
            <span class="switch" role="group" aria-label="Size">
                <button type="button" class="button small" disabled=move || zoom.get() == 0 on:click=move |_| zoom.update(|z| *z = z.saturating_sub(1))>"smaller"</button>
                <button type="button" class="button small" disabled=move || zoom.get() + 1 == ROW_PX.len() on:click=move |_| zoom.update(|z| *z += 1)>"larger"</button>
            </span>
        </div>
        <MullerChart island/>
        <h2 class="section-head">"The tree"</h2>
        {move || picture(taxa.get().as_deref(), trouble.get(), extinct.get(), ROW_PX[zoom.get().min(ROW_PX.len() - 1)])}
    }
}

fn asked_island() -> Option<u32> {
    let query = browser::query();
    let pairs = query.trim_start_matches('?').split('&');
    pairs
        .filter_map(|pair| pair.strip_prefix("island="))
        .find_map(|number| number.parse().ok())
}

/// Where most has been confirmed; of a young world, that is where there is something to see.
fn farthest(islands: &[IslandView]) -> u32 {
    let by_ticks = |island: &&IslandView| (island.tick, std::cmp::Reverse(island.island));
    islands
        .iter()
        .max_by_key(by_ticks)
        .map_or(1, |island| island.island)
}

fn choices(islands: Asked<Vec<IslandView>>, chosen: Option<u32>) -> Option<AnyView> {
    islands.known(|islands| {
        let options = islands.iter().map(|island| {
            let number = island.island;
            view! { <option value=number.to_string() selected=chosen.eq(&Some(number))>{number}</option> }
        });
        options.collect_view().into_any()
    })
}

/// The lines of the living, and for a picture with the extinct the beginnings of the whole tree, in order of serial.
fn load(
    island: u32,
    extinct: bool,
    taxa: RwSignal<Option<Vec<TaxonView>>>,
    trouble: RwSignal<Option<String>>,
) {
    taxa.set(None);
    trouble.set(None);
    leptos::task::spawn_local(async move {
        let lines = format!("/api/v1/islands/{island}/descent?limit=1000");
        let whole = format!("/api/v1/phylogeny?island={island}&limit=1000");
        let mut known = BTreeMap::new();
        for address in [Some(lines), extinct.then_some(whole)]
            .into_iter()
            .flatten()
        {
            match pages(&address).await {
                Ok(found) => known.extend(found.into_iter().map(|taxon| (taxon.serial, taxon))),
                Err(why) => {
                    let _ = trouble.try_set(Some(why));
                    return;
                }
            }
        }
        let _ = taxa.try_set(Some(known.into_values().collect()));
    });
}

/// Page after page, until all are here or there are enough; a sentence why not.
async fn pages(address: &str) -> Result<Vec<TaxonView>, String> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = match fetch::<PhylogenyPage>(&format!("{address}{after}")).await {
            Answer::Known(page) => page,
            Answer::Unknown(why) | Answer::Failed(why) => return Err(why),
            Answer::Waiting => return Ok(all),
        };
        all.extend(page.taxa);
        match page.next.filter(|_| all.len() < MOST) {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(all),
        }
    }
}

fn picture(
    taxa: Option<&[TaxonView]>,
    trouble: Option<String>,
    extinct: bool,
    row_px: f64,
) -> AnyView {
    if let Some(why) = trouble {
        return view! { <p class="empty" role="status">{why}</p> }.into_any();
    }
    let Some(taxa) = taxa else {
        return view! { <p class="waiting" role="status">"The tree is being read …"</p> }
            .into_any();
    };
    drawing(taxa, &tree_layout::layout(taxa, extinct), row_px)
}

fn drawing(taxa: &[TaxonView], nodes: &[Node], row_px: f64) -> AnyView {
    if nodes.is_empty() {
        return view! { <p class="empty">"No confirmed work of this island yet: its founders are being sown. Come back in a moment, or choose another island."</p> }.into_any();
    }
    let last = taxa
        .iter()
        .map(|taxon| taxon.seen_tick.max(taxon.origin_tick))
        .max()
        .unwrap_or(1)
        .max(1);
    let origins = nodes.iter().map(|node| taxa[node.taxon].origin_tick);
    let first = origins.min().unwrap_or(0).min(last - 1);
    let per_tick = (WIDTH - 2.0 * MARGIN) / (last - first) as f64;
    let x = move |tick: u64| MARGIN + per_tick * tick.saturating_sub(first) as f64;
    let y = move |row: usize| row_px * (row as f64 + 0.8);
    let height = y(nodes.len()) + 26.0;
    let lines = nodes.iter().map(|node| {
        let taxon = &taxa[node.taxon];
        let from = node
            .parent
            .map_or(y(node.row), |parent| y(nodes[parent].row));
        let end = x(taxon.seen_tick.max(taxon.origin_tick));
        let class = if taxon.living > 0 {
            "branch alive"
        } else {
            "branch"
        };
        let path = format!(
            "M{:.1} {from:.1}V{:.1}H{end:.1}",
            x(taxon.origin_tick),
            y(node.row)
        );
        view! { <path class=class d=path></path> }
    });
    let marks = nodes.iter().map(|node| {
        mark(
            &taxa[node.taxon],
            x(taxa[node.taxon].origin_tick),
            y(node.row),
            row_px,
        )
    });
    let ticks = (0..=4u64).map(|part| {
        let tick = first + (last - first) / 4 * part;
        let anchor = match part { 0 => "start", 4 => "end", _ => "middle" };
        view! { <text class="tick" x=x(tick) y={height - 6.0} text-anchor=anchor>{number::tick(tick as f64)}</text> }
    });
    let words = format!(
        "{} taxa drawn of {} known{}. Time in ticks of the island runs to the right; thick ends are alive.",
        number::grouped(nodes.len() as i64),
        number::grouped(taxa.len() as i64),
        if taxa.len() >= MOST {
            ", as many as are drawn at once"
        } else {
            ""
        },
    );
    view! {
        <p class="small">{words}</p>
        <div class="tree panel" tabindex="0" role="group" aria-label="The tree of descent">
            <svg viewBox=format!("0 0 {WIDTH} {height:.0}") height=format!("{height:.0}") class="chart">
                {lines.collect_view()} {marks.collect_view()} {ticks.collect_view()}
            </svg>
        </div>
    }
    .into_any()
}

fn mark(taxon: &TaxonView, x: f64, y: f64, row_px: f64) -> impl IntoView + use<> {
    let colour = pigment::css(pigment::of_genotype(&taxon.genotype));
    let radius = (1.2 + (taxon.living as f64 + 1.0).ln() * 0.9).min(row_px * 0.48);
    let words = format!(
        "{} {}: {} bytes, {} alive, {} births, {} at tick {}",
        taxon.id,
        taxon.species,
        taxon.length,
        taxon.living,
        taxon.births,
        taxon.cause,
        number::grouped(taxon.origin_tick as i64)
    );
    let title = words.clone();
    let name = (row_px >= NAMED_FROM_PX && taxon.living > 0).then(|| {
        view! { <text class="tick" x={x + radius + 4.0} y={y - 3.0}>{taxon.species.clone()}</text> }
    });
    view! {
        // Without the group the link would be one of HTML, and not be drawn.
        <g><a href=Page::Genome(taxon.genotype.clone()).path() aria-label=words>
            <circle cx=x cy=y r=radius fill=colour><title>{title}</title></circle>{name}
        </a></g>
    }
}
