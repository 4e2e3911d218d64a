//! The whole world as it goes on: its numbers, the map of its islands, and charts of the last while. Knows no socket.

use crate::{
    archipelago::Archipelago,
    ask::follow,
    history::{History, SPEED_WINDOW_MS},
    line_chart::LineChart,
    numbers::Numbers,
    plot::Plot,
    status_line::StatusLine,
    world_feed::WorldFeed,
};
use bytebiota_protocol::view::{DeathsView, RulerView, SeriesPoint};
use leptos::prelude::*;

/// How often it is asked who has most members on each island, ms.
const RULERS_MS: u32 = 20_000;
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
    let rulers = follow::<Vec<RulerView>>("/api/v1/dominants".into(), RULERS_MS);
    view! {
        <p class="eyebrow">"All islands together"</p>
        <h1>"The world"</h1>
        <StatusLine status=feed.status/>
        <Numbers label="The world now" entries=entries(feed)/>
        {move || idle_note(feed)}
        <Archipelago feed rulers/>
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
