//! The map of the archipelago: a tile for each island in the order of the ring, as full as it is peopled, in the colour of
//! its commonest genotype. Knows no stream.

use crate::{
    archipelago_map::{self, Tile},
    ask::Asked,
    number, pigment,
    world_feed::WorldFeed,
};
use bytebiota_protocol::{routes::Page, view::RulerView};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Kinds that are named below the map.
const NAMED: usize = 6;

/// The map.
#[component]
pub fn Archipelago(
    /// The world as heard so far.
    feed: WorldFeed,
    /// Who has most members where.
    rulers: Asked<Vec<RulerView>>,
) -> impl IntoView {
    let tiles = Memo::new(move |_| {
        let rulers = rulers.known(Clone::clone).unwrap_or_default();
        feed.history
            .with(|history| archipelago_map::tiles(&history.islands, &rulers))
    });
    let place = NodeRef::<html::Ul>::new();
    let stop = RwSignal::new(0usize);
    let key = move |event: ev::KeyboardEvent| {
        let Some(place) = place.get_untracked() else {
            return;
        };
        let links = links(&place);
        let columns = links
            .iter()
            .take_while(|link| link.offset_top() == links[0].offset_top());
        let size = (links.len(), columns.count());
        if let Some(to) = archipelago_map::moved(&event.key(), stop.get_untracked(), size) {
            event.prevent_default();
            stop.set(to);
            let _ = links[to].focus();
        }
    };
    let empty = move || {
        let words = match feed.is_known() {
            true => "There is no island yet.",
            false => "Not heard of the islands yet.",
        };
        tiles
            .with(Vec::is_empty)
            .then(|| view! { <p class="empty">{words}</p> })
    };
    let drawn = move || {
        let stop = stop.get();
        tiles.with(|tiles| {
            tiles
                .iter()
                .enumerate()
                .map(|(place, tile)| shape(tile, place == stop))
                .collect_view()
        })
    };
    view! {
        <section class="panel map-of-islands">
            <div class="chart-head"><h2>"The archipelago"</h2>
                <span class="chart-unit">"islands along their ring: as full as they are peopled, in the colour of their commonest genotype; dashed ones are controls"</span></div>
            {empty}
            <ul class="archipelago" node_ref=place on:keydown=key>{drawn}</ul>
            <p class="small">"Arrow keys go from island to island."</p>
            {move || tiles.with(|tiles| kinds(tiles))}
        </section>
    }
}

fn links(place: &HtmlElement) -> Vec<HtmlElement> {
    let Ok(found) = place.query_selector_all("a") else {
        return Vec::new();
    };
    let links = (0..found.length()).filter_map(|index| found.get(index));
    links.filter_map(|link| link.dyn_into().ok()).collect()
}

fn shape(tile: &Tile, is_stop: bool) -> impl IntoView + use<> {
    let colour = colour(&tile.genotype);
    let class = match tile.is_control {
        true => "tile control",
        false => "tile",
    };
    let side = format!("{:.0}%", 100.0 * tile.fullness);
    let words = words(tile);
    let title = words.clone();
    view! {
        <li><a class=class href=Page::Island(tile.island).path() tabindex=if is_stop { "0" } else { "-1" } aria-label=words title=title>
            <span class="blob" style:width=side.clone() style:height=side style:background=colour></span>
            <span class="tile-number">{tile.island}</span>
        </a></li>
    }
}

fn words(tile: &Tile) -> String {
    let alive = number::grouped(tile.population as i64);
    let kind = match tile.species.as_str() {
        "" => String::new(),
        species => format!(", mostly {species}"),
    };
    let control = if tile.is_control { ", a control" } else { "" };
    format!(
        "Island {}: {alive} alive{kind}, {}{control}",
        tile.island,
        status(&tile.status)
    )
}

/// What an island is doing, in words for visitors.
pub fn status(word: &str) -> &'static str {
    match word {
        "leased" => "being computed",
        "waiting" => "waits for a worker",
        "asleep" => "asleep",
        "in_check" => "being checked",
        "damaged" => "damaged",
        _ => "state unknown",
    }
}

fn colour(genotype: &str) -> String {
    match genotype {
        "" => "transparent".into(),
        genotype => pigment::css(pigment::of_genotype(genotype)),
    }
}

fn kinds(tiles: &[Tile]) -> impl IntoView + use<> {
    let entries = archipelago_map::commonest(tiles, NAMED).into_iter().map(|(tile, islands)| {
        let link = Page::Genome(tile.genotype.clone()).path();
        let count = match islands {
            1 => "1 island".to_owned(),
            islands => format!("{islands} islands"),
        };
        view! { <li><span class="swatch" style:background=colour(&tile.genotype) aria-hidden="true"></span><a href=link><em>{tile.species.clone()}</em></a>{count}</li> }
    });
    view! { <ul class="legend">{entries.collect_view()}</ul> }
}
