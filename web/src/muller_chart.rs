//! Draws the rise and fall of the commonest genotypes of an island, and asks for it. Knows no tree.

use crate::{
    ask::{Asked, Standing, follow},
    muller::{self, Band},
    number, pigment,
};
use bytebiota_protocol::{routes::Page, view::DominantsView};
use leptos::prelude::*;

/// How often it is asked for, ms.
const EVERY_MS: u32 = 20_000;
/// Genotypes with a band of their own.
const MOST: usize = 40;
/// Pixels of the picture, before it is scaled to its place.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 260.0;
const BOTTOM: f64 = 22.0;

/// The picture, for the island that is chosen.
#[component]
pub fn MullerChart(
    /// Which island; none while nothing is known.
    island: Memo<Option<u32>>,
) -> impl IntoView {
    let asked = RwSignal::new(None::<Asked<Vec<DominantsView>>>);
    Effect::new(move || {
        asked.set(island.get().map(|island| {
            follow(
                format!("/api/v1/islands/{island}/dominants?limit=1000"),
                EVERY_MS,
            )
        }));
    });
    view! {
        <section class="panel">
            <div class="chart-head"><h2>"Rise and fall"</h2>
                <span class="chart-unit">"share of the living, each genotype in its own colour"</span></div>
            {move || asked.get().map(|asked| view! { <Standing asked/> })}
            {move || asked.get().and_then(|asked| asked.known(|moments| drawing(moments)))}
        </section>
    }
}

fn drawing(moments: &[DominantsView]) -> AnyView {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else {
        return view! { <p class="empty">"Nothing of this island is confirmed yet."</p> }
            .into_any();
    };
    if moments.len() < 2 {
        return view! { <p class="empty">"The picture begins with the second confirmed unit."</p> }
            .into_any();
    }
    let (begin, end) = (first.tick, last.tick.max(first.tick + 1));
    let place = |tick: u64| WIDTH * (tick - begin) as f64 / (end - begin) as f64;
    let x: Vec<f64> = moments.iter().map(|moment| place(moment.tick)).collect();
    let bands = muller::bands(moments, MOST);
    let paths = bands.iter().map(|band| shape(band, &x)).collect_view();
    let ticks = (0..=4u64).map(|part| {
        let tick = begin + (end - begin) / 4 * part;
        let anchor = match part { 0 => "start", 4 => "end", _ => "middle" };
        view! { <text class="tick" x=place(tick) y={HEIGHT + BOTTOM - 6.0} text-anchor=anchor>{number::tick(tick as f64)}</text> }
    });
    let words = format!(
        "The {} commonest genotypes over ticks of the island; what is left blank belongs to rarer ones. Press a band to meet its genotype.",
        bands.len()
    );
    view! {
        <svg class="chart muller" viewBox=format!("0 0 {WIDTH} {}", HEIGHT + BOTTOM) role="group" aria-label="Shares of the commonest genotypes over time">
            {paths} {ticks.collect_view()}
        </svg>
        <p class="small">{words}</p>
    }
    .into_any()
}

fn shape(band: &Band, x: &[f64]) -> impl IntoView + use<> {
    let colour = pigment::css(pigment::of_genotype(&band.genotype));
    let short: String = band.genotype.chars().take(8).collect();
    let words = format!("{short}: at most {:.0} % of the living", band.peak * 100.0);
    let title = words.clone();
    let link = Page::Genome(band.genotype.clone()).path();
    // Without the group the link would be one of HTML, and not be drawn.
    view! {
        <g><a href=link aria-label=words><path d=muller::outline(band, x, HEIGHT) fill=colour><title>{title}</title></path></a></g>
    }
}
