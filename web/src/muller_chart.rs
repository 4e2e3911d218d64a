//! Draws the rise and fall of the commonest genotypes of an island, and asks for it. Knows no tree.

use crate::{
    ask::{Asked, Standing},
    browser,
    chart::{Chart, Drawn, RowAt, Told},
    chart_frame::ChartFrame,
    chart_keys::Cell,
    growing::grow,
    muller::{self, Band},
    number, pigment,
    plot::Layout,
    scale::Axis,
};
use bytebiota_protocol::{routes::Page, view::DominantsView};
use leptos::prelude::*;
use std::cmp::Reverse;
use std::sync::Arc;

/// How often it is asked for, ms.
const EVERY_MS: u32 = 20_000;
/// Genotypes with a band of their own, and with a place in the list below.
const MOST: usize = 40;
const NAMED: usize = 8;
/// Moments that are drawn at most.
const MOMENTS: usize = 400;

/// What is drawn: moments in ticks, and the bands over them.
#[derive(Clone, PartialEq, Default)]
struct Picture {
    ticks: Vec<f64>,
    bands: Vec<Band>,
}

impl Picture {
    fn of(moments: &[DominantsView]) -> Self {
        let moments = muller::thinned(moments, MOMENTS);
        Self {
            ticks: moments.iter().map(|moment| moment.tick as f64).collect(),
            bands: muller::bands(&moments, MOST),
        }
    }
}

/// The picture, for the island that is chosen.
#[component]
pub fn MullerChart(
    /// Which island; none while nothing is known.
    island: Memo<Option<u32>>,
) -> impl IntoView {
    let asked = RwSignal::new(None::<Asked<Vec<DominantsView>>>);
    Effect::new(move || {
        let address = |island| format!("/api/v1/islands/{island}/dominants");
        asked.set(island.get().map(|island| grow(address(island), EVERY_MS)));
    });
    let picture = Memo::new(move |_| {
        let asked = asked.get();
        asked
            .and_then(|asked| asked.known(|moments| Picture::of(moments)))
            .unwrap_or_default()
    });
    let width = RwSignal::new(600.0);
    let layout = Memo::new(move |_| {
        picture.with(|picture| Layout::over(&picture.ticks, Axis::between(0.0, 1.0), width.get()))
    });
    let draw: Drawn = Arc::new(move |layout| picture.with(|picture| bands(layout, picture)));
    let told: Told = Arc::new(move |cell| picture.with(|picture| share(picture, cell)));
    let row_at: RowAt = Arc::new(move |moment, part| {
        picture.with_untracked(|picture| muller::band_at(&picture.bands, moment, part))
    });
    let open = Callback::new(move |(_, row): Cell| {
        let genotype = picture
            .with_untracked(|picture| picture.bands.get(row).map(|band| band.genotype.clone()));
        if let Some(genotype) = genotype {
            browser::go(&Page::Genome(genotype).path());
        }
    });
    let rows = Signal::derive(move || picture.with(|picture| picture.bands.len()));
    let table = Arc::new(move || {
        picture.with_untracked(|picture| muller::csv(&picture.ticks, &picture.bands))
    });
    let label = "Shares of the commonest genotypes over ticks of the island. Arrow keys read it, Enter opens the genotype.";
    view! {
        <ChartFrame title="Rise and fall" unit="share of the living, each genotype in its own colour, over ticks of the island" table>
            {move || asked.get().map(|asked| view! { <Standing asked/> })}
            <Chart label layout width rows counts_ticks=true draw told row_at=Some(row_at) open=Some(open)/>
            <p class="small">"What is left blank belongs to rarer genotypes. Press a band to meet its genotype; these had the largest shares:"</p>
            {move || picture.with(|picture| commonest(&picture.bands))}
        </ChartFrame>
    }
}

fn bands(layout: &Layout, picture: &Picture) -> AnyView {
    let (left, right) = layout.sides();
    let y = |share: f64| layout.y(share).unwrap_or_else(|| layout.floor());
    let marks = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| {
        view! {
            <line class="grid" x1=left x2=right y1=y(share) y2=y(share)></line>
            <text class="tick" x={left - 8.0} y={y(share) + 4.0} text-anchor="end">{format!("{:.0} %", share * 100.0)}</text>
        }
    });
    if picture.ticks.len() < 2 {
        return ().into_any();
    }
    let x: Vec<f64> = picture.ticks.iter().map(|tick| layout.x(*tick)).collect();
    let shapes = picture.bands.iter().map(|band| {
        view! { <path class="band" d=muller::outline(band, &x, y) fill=colour(band)></path> }
    });
    (marks.collect_view(), shapes.collect_view()).into_any()
}

fn share(picture: &Picture, (moment, row): Cell) -> AnyView {
    let Some(band) = picture.bands.get(row) else {
        return ().into_any();
    };
    let share = band.edges.get(moment).map_or(0.0, |edge| edge.1 - edge.0);
    view! {
        <div><span class="swatch" style:background=colour(band)></span>{short(band)}<b>{format!("{:.1} %", share * 100.0)}</b></div>
    }
    .into_any()
}

fn commonest(bands: &[Band]) -> impl IntoView + use<> {
    let mut bands: Vec<&Band> = bands.iter().collect();
    bands.sort_by_key(|band| Reverse((band.peak * 1e6) as u64));
    bands.truncate(NAMED);
    let entries = bands.into_iter().map(|band| {
        let link = Page::Genome(band.genotype.clone()).path();
        let most = format!("at most {} %", number::compact((band.peak * 100.0).round()));
        view! { <li><span class="swatch" style:background=colour(band) aria-hidden="true"></span><a href=link>{short(band)}</a>{most}</li> }
    });
    view! { <ul class="legend">{entries.collect_view()}</ul> }
}

fn colour(band: &Band) -> String {
    pigment::css(pigment::of_genotype(&band.genotype))
}

fn short(band: &Band) -> String {
    band.genotype.chars().take(8).collect()
}
