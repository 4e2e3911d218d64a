//! The tree of descent of one island: who came from whom, when, and who is still alive. Knows no drawing.

use crate::{
    address,
    ask::{Answer, Asked, Standing, ask, fetch},
    muller_chart::MullerChart,
    tree_chart::{ROW_PX, TreeChart},
};
use bytebiota_protocol::view::{IslandView, PhylogenyPage, TaxonView};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Taxa of the living, and as many of the extinct, that are drawn at most.
const MOST: usize = 4_000;
/// The size of the tree that is shown first.
const FIRST_ZOOM: usize = 2;

/// `/phylogeny`
#[component]
pub fn Phylogeny() -> impl IntoView {
    let islands = ask::<Vec<IslandView>>("/api/v1/islands".into());
    let word = address::word("island", "");
    let island = Memo::new(move |_| {
        let chosen = word.get().parse::<u32>().ok();
        chosen.or_else(|| islands.known(|all| farthest(all)))
    });
    let extinct = address::listed("show", "extinct".into());
    let in_time = address::listed("show", "time".into());
    let zoom = address::number("size", FIRST_ZOOM, ROW_PX.len() - 1);
    let taxa = RwSignal::new(None::<Arc<Vec<TaxonView>>>);
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
            <select id="island" class="narrow" on:change=move |event| word.set(event_target_value(&event))>
                {move || choices(islands, island)}
            </select>
            <label class="check inline"><input id="extinct" type="checkbox" prop:checked=move || extinct.get()
                on:change=move |event| extinct.set(event_target_checked(&event))/><span>"with the extinct"</span></label>
            <span class="switch" role="group" aria-label="Size">
                <button type="button" class="button small" disabled=move || zoom.get() == 0 on:click=move |_| zoom.update(|z| *z = z.saturating_sub(1))>"smaller"</button>
                <button type="button" class="button small" disabled=move || zoom.get() + 1 == ROW_PX.len() on:click=move |_| zoom.update(|z| *z += 1)>"larger"</button>
            </span>
            <a class="button small" href="/api/v1/export/phylogeny.csv">"the whole world as CSV"</a>
        </div>
        <div class="charts wide-charts">
            <MullerChart island/>
            {move || tree(taxa, trouble.get(), (extinct, in_time), zoom)}
        </div>
    }
}

/// Where most has been confirmed; of a young world, that is where there is something to see.
fn farthest(islands: &[IslandView]) -> u32 {
    let by_ticks = |island: &&IslandView| (island.tick, std::cmp::Reverse(island.island));
    islands
        .iter()
        .max_by_key(by_ticks)
        .map_or(1, |island| island.island)
}

fn choices(islands: Asked<Vec<IslandView>>, chosen: Memo<Option<u32>>) -> Option<AnyView> {
    islands.known(|islands| {
        let options = islands.iter().map(|island| {
            let number = island.island;
            view! { <option value=number.to_string() selected=move || chosen.get() == Some(number)>{number}</option> }
        });
        options.collect_view().into_any()
    })
}

/// The lines of the living, and for a picture with the extinct the beginnings of the whole tree, in order of serial.
fn load(
    island: u32,
    extinct: bool,
    taxa: RwSignal<Option<Arc<Vec<TaxonView>>>>,
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
        let _ = taxa.try_set(Some(Arc::new(known.into_values().collect())));
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

fn tree(
    taxa: RwSignal<Option<Arc<Vec<TaxonView>>>>,
    trouble: Option<String>,
    (extinct, in_time): (RwSignal<bool>, RwSignal<bool>),
    zoom: RwSignal<usize>,
) -> AnyView {
    if let Some(why) = trouble {
        return view! { <p class="empty" role="status">{why}</p> }.into_any();
    }
    match taxa.get() {
        None => view! { <p class="waiting" role="status">"The tree is being read …"</p> }.into_any(),
        Some(known) if known.is_empty() => {
            view! { <p class="empty">"No confirmed work of this island yet: its founders are being sown. Come back in a moment, or choose another island."</p> }.into_any()
        }
        Some(known) => {
            let all = known.len() >= MOST;
            let taxa = Signal::stored(known);
            view! {
                <TreeChart taxa extinct in_time zoom/>
                {all.then(|| view! { <p class="small">"These are as many as are drawn at once; the table of the whole world has all of them."</p> })}
            }
            .into_any()
        }
    }
}
