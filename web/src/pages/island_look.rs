//! How the map of an island is looked at: colours, filter, zoom, and a picture to take away. Knows no stream.

use crate::{
    browser, number,
    soup_canvas::Soup,
    soup_paint::{self, Activity, Look, Shade},
    soup_window::{MAX_ZOOM, Zoom},
};
use bytebiota_protocol::view::MemoryMapView;
use leptos::prelude::*;

const SHADES: [(&str, Shade); 6] = [
    ("genotype", Shade::Genotype),
    ("genome length", Shade::Length),
    ("activity", Shade::Activity),
    ("age", Shade::Age),
    ("energy", Shade::Energy),
    ("execution", Shade::Execution),
];

const FILTERS: [(&str, Option<Activity>); 4] = [
    ("everybody", None),
    ("replicating", Some(Activity::Replicating)),
    ("erring", Some(Activity::Erring)),
    ("idle", Some(Activity::Idle)),
];

/// What the tools change.
#[derive(Clone, Copy)]
pub struct View {
    /// Colours and filter; what is picked out is added by the page.
    pub look: RwSignal<Look>,
    /// The part that is shown.
    pub zoom: RwSignal<Zoom>,
}

impl View {
    /// The whole, by genotype.
    pub fn new() -> Self {
        Self {
            look: RwSignal::default(),
            zoom: RwSignal::default(),
        }
    }
}

/// The row of tools above the map.
#[component]
pub fn LookTools(
    /// What they change.
    view: View,
    /// The soup they are about.
    soup: RwSignal<Soup>,
    /// The island, for the name of the picture.
    number: u32,
) -> impl IntoView {
    let size = move || soup.with_untracked(|soup| soup.as_ref().map_or(1, |map| map.memory_size));
    let step = move |nearer| {
        view.zoom
            .update(|zoom| *zoom = zoom.by(nearer, 0.5, 0.5, size()))
    };
    let times = move || view.zoom.with(|zoom| zoom.times);
    view! {
        <div class="tools map-tools" role="group" aria-label="How the map is looked at">
            <label>"Colours" <select id="shade" on:change=move |event| {
                let index: usize = event_target_value(&event).parse().unwrap_or(0);
                view.look.update(|look| look.shade = SHADES.get(index).map_or(Shade::Genotype, |(_, shade)| *shade));
            }>{options(SHADES.map(|(words, _)| words))}</select></label>
            <label>"Bright" <select id="only" on:change=move |event| {
                let index: usize = event_target_value(&event).parse().unwrap_or(0);
                view.look.update(|look| look.only = FILTERS.get(index).and_then(|(_, only)| *only));
            }>{options(FILTERS.map(|(words, _)| words))}</select></label>
            <button id="nearer" type="button" class="button small" disabled=move || times() == MAX_ZOOM on:click=move |_| step(true)>"Nearer"</button>
            <button id="farther" type="button" class="button small" disabled=move || times() == 1 on:click=move |_| step(false)>"Farther"</button>
            <output id="zoom">{times} " ×"</output>
            <button id="png" type="button" class="button small" on:click=move |_| browser::save_canvas(".map canvas", &format!("island-{number}.png"))>"PNG"</button>
        </div>
        <p class="small" id="legend">{move || soup.with(|soup| soup.as_ref().map(|map| legend(view.look.get().shade, map)))}</p>
    }
}

fn options<const COUNT: usize>(words: [&'static str; COUNT]) -> impl IntoView {
    let option = |(index, words)| view! { <option value=index>{words}</option> };
    words.into_iter().enumerate().map(option).collect_view()
}

/// What the colours mean, with what there is of it now.
fn legend(shade: Shade, map: &MemoryMapView) -> String {
    let free = f64::from(map.free_bytes) * 100.0 / f64::from(map.memory_size.max(1));
    let count = |activity| {
        let does = map
            .organisms
            .iter()
            .filter(|body| Activity::of(body) == activity);
        number::grouped(does.count() as i64)
    };
    let words = match shade {
        Shade::Genotype => "The same genotype has the same colour.".into(),
        Shade::Length => "The same length of genome has the same colour.".into(),
        Shade::Activity => format!(
            "Green: a child is on the way ({}). Orange: none, and errors were made ({}). Grey: neither ({}).",
            count(Activity::Replicating),
            count(Activity::Erring),
            count(Activity::Idle),
        ),
        Shade::Age => "Bright organisms have lived for more rounds.".into(),
        Shade::Energy => "Bright organisms hold more energy.".into(),
        Shade::Execution => format!(
            "White: an instruction in the own body. Red: in a stranger's body, an unborn child or free memory ({} of {}).",
            number::grouped(soup_paint::abroad(map) as i64),
            number::grouped(map.organisms.len() as i64),
        ),
    };
    format!("{words} The ground shows where memory is free, {free:.0} % of the soup.")
}
