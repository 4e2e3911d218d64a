//! The whole world over time, and the list of its islands. Knows no stream.

use crate::{
    history::History, line_chart::LineChart, number, numbers::Numbers, plot::Plot,
    status_line::StatusLine, world_feed::WorldFeed,
};
use bytebiota_protocol::{
    routes::Page,
    view::{DeathsView, IslandView, SeriesPoint},
};
use leptos::prelude::*;

/// Why organisms die, in the order of `by_cause`.
pub const CAUSES: [&str; 6] = [
    "age",
    "errors",
    "unpaid rent",
    "starvation",
    "no room",
    "operator",
];

/// `/world`
#[component]
pub fn World() -> impl IntoView {
    let feed = expect_context::<WorldFeed>();
    view! {
        <p class="eyebrow">"All islands together"</p>
        <h1>"The world"</h1>
        <StatusLine status=feed.status/>
        <Numbers label="The world now" entries=entries(feed)/>
        {move || idle_note(feed)}
        <div class="charts">
            <LineChart title="Population" unit="organisms alive" names=["population"]
                plot=plot(feed, |p| vec![p.population as f64])/>
            <LineChart title="Births" unit="organisms born since the beginning" names=["births"] offers_log=true
                plot=plot(feed, |p| vec![p.births as f64])/>
            <LineChart title="Turnover" unit="births per million instructions" names=["turnover"]
                plot=derived(feed, |history| history.turnover(TURNOVER_WINDOW))/>
            <LineChart title="Deaths by cause" unit="organisms since the beginning" names=CAUSES offers_log=true
                plot=plot(feed, |p| by_cause(&p.deaths))/>
            <LineChart title="Mean genome length" unit="bytes" names=["mean length"]
                plot=plot(feed, |p| vec![if p.mean_genome_length > 0.0 { p.mean_genome_length } else { f64::NAN }])/>
            <LineChart title="Genotypes" unit="different ones among the living" names=["genotypes"]
                plot=plot(feed, |p| vec![p.genotypes as f64])/>
            <LineChart title="Speed" unit="instructions a second, over the last minute" names=["speed"] offers_log=true
                plot=derived(feed, |history| history.speed(SPEED_WINDOW_MS))/>
            <LineChart title="Workers" unit="connected machines and tabs" names=["workers"]
                plot=plot(feed, |p| vec![f64::from(p.workers)])/>
        </div>
        <h2 class="section-head">"Islands"</h2>
        {move || islands(feed)}
    }
}

fn plot(feed: WorldFeed, values: fn(&SeriesPoint) -> Vec<f64>) -> Signal<Plot> {
    let plot = Memo::new(move |_| {
        feed.history.with(|history| {
            let rows: Vec<Vec<f64>> = history.series.iter().map(values).collect();
            let count = rows.first().map_or(0, Vec::len);
            let column = |k: usize| {
                rows.iter()
                    .map(|row| row.get(k).copied().unwrap_or(f64::NAN))
                    .collect()
            };
            Plot {
                times_ms: history
                    .series
                    .iter()
                    .map(|point| point.time_ms as f64)
                    .collect(),
                curves: (0..count).map(column).collect(),
            }
        })
    });
    plot.into()
}

/// Points over which births are compared with instructions.
const TURNOVER_WINDOW: usize = 10;
/// Time over which instructions a second are taken.
const SPEED_WINDOW_MS: u64 = 60_000;

/// A single curve that is computed from the whole series.
fn derived(feed: WorldFeed, values: fn(&History) -> Vec<f64>) -> Signal<Plot> {
    let plot = Memo::new(move |_| {
        feed.history.with(|history| Plot {
            times_ms: history
                .series
                .iter()
                .map(|point| point.time_ms as f64)
                .collect(),
            curves: vec![values(history)],
        })
    });
    plot.into()
}

/// Instructions a second lately, as far as the series tells.
pub fn lately(history: &History) -> f64 {
    history
        .speed(SPEED_WINDOW_MS)
        .last()
        .copied()
        .unwrap_or(f64::NAN)
        .round()
}

/// Counts in the order of `CAUSES`.
pub fn by_cause(deaths: &DeathsView) -> Vec<f64> {
    let counts = [
        deaths.age,
        deaths.errors,
        deaths.arrears,
        deaths.starvation,
        deaths.memory_pressure,
        deaths.operator,
    ];
    counts.map(|count| count as f64).to_vec()
}

fn entries(feed: WorldFeed) -> Vec<crate::numbers::Entry> {
    vec![
        (
            "population",
            "organisms alive",
            feed.number(|known| known.world.population as f64),
        ),
        (
            "births",
            "births so far",
            feed.number(|known| known.world.births as f64),
        ),
        (
            "deaths",
            "deaths so far",
            feed.number(|known| by_cause(&known.world.deaths).iter().sum()),
        ),
        (
            "genotypes",
            "living genotypes",
            feed.number(|known| known.world.genotypes as f64),
        ),
        (
            "instructions",
            "instructions run",
            feed.number(|known| known.world.instructions as f64),
        ),
        (
            "units",
            "units confirmed",
            feed.number(|known| known.world.units_confirmed as f64),
        ),
        (
            "workers",
            "workers now",
            feed.number(|known| f64::from(known.world.workers)),
        ),
    ]
}

fn idle_note(feed: WorldFeed) -> Option<impl IntoView> {
    let alone = feed.history.with(|history| history.world.idle_work);
    alone.then(|| {
        view! { <p class="live-line">"No volunteer is here at the moment; the server itself keeps the world moving, slowly."</p> }
    })
}

fn islands(feed: WorldFeed) -> AnyView {
    let islands = feed.history.with(|history| history.islands.clone());
    if islands.is_empty() {
        let words = if feed.is_known() {
            "There is no island yet."
        } else {
            "Not heard of the islands yet."
        };
        return view! { <p class="empty">{words}</p> }.into_any();
    }
    view! { <ul class="islands">{islands.iter().map(island).collect_view()}</ul> }.into_any()
}

fn island(island: &IslandView) -> impl IntoView + use<> {
    let facts = format!(
        "{} alive, {} genotypes, {} births",
        number::compact(island.population as f64),
        number::compact(island.genotypes as f64),
        number::compact(island.births as f64),
    );
    view! {
        <li><a href=Page::Island(island.island).path()>
            <strong>"Island " {island.island}</strong>
            <div class="facts">{facts}</div>
            <div class="facts">{status(&island.status)} ", " {island.units} " units"</div>
        </a></li>
    }
}

/// What an island is doing, in words for visitors.
pub fn status(word: &str) -> &'static str {
    match word {
        "leased" => "being computed",
        "waiting" => "waits for a worker",
        "asleep" => "asleep",
        _ => "state unknown",
    }
}
