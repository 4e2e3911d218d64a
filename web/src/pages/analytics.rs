//! History in pictures: the world's series over any stretch, and one island epoch by epoch. Knows no stream.

use crate::{
    ask::{Asked, Standing, ask, follow},
    chart::LineChart,
    clock,
    heat::Heat,
    plot::Plot,
};
use bytebiota_protocol::view::{DeathsView, IslandView, SampleView, SeriesPoint, SeriesView};
use leptos::prelude::*;

/// How often the newest is asked for, ms.
const EVERY_MS: u32 = 20_000;
/// Stretches that can be chosen, ms; 0 for everything.
const STRETCHES: [(&str, u64); 5] = [
    ("an hour", 3_600_000),
    ("a day", 86_400_000),
    ("a week", 604_800_000),
    ("a year", 31_536_000_000),
    ("everything", 0),
];
const CAUSES: &[&str] = &[
    "age",
    "errors",
    "unpaid rent",
    "starvation",
    "no room",
    "operator",
];

/// `/analytics`
#[component]
pub fn Analytics() -> impl IntoView {
    let stretch = RwSignal::new(STRETCHES.len() - 1);
    let asked = RwSignal::new(None::<Asked<SeriesView>>);
    Effect::new(move || {
        let (_, length) = STRETCHES[stretch.get()];
        let now = clock::now_ms();
        let from = if length == 0 {
            0
        } else {
            now.saturating_sub(length)
        };
        asked.set(Some(follow(
            format!("/api/v1/series?from={from}&limit=600"),
            EVERY_MS,
        )));
    });
    let series = Memo::new(move |_| {
        asked
            .get()
            .and_then(|asked| asked.known(|part| part.points.clone()))
            .unwrap_or_default()
    });
    let choices = STRETCHES.iter().enumerate().map(|(index, (words, _))| {
        view! { <button type="button" class="button small" aria-pressed=move || (stretch.get() == index).to_string() on:click=move |_| stretch.set(index)>{*words}</button> }
    });
    view! {
        <p class="eyebrow">"History in pictures"</p>
        <h1>"What has become of it"</h1>
        <p class="lead">"Confirmed work only. Every picture can be read with the pointer or the arrow keys, and taken along as CSV."</p>
        <div class="row tools" role="group" aria-label="Stretch of time">{choices.collect_view()}</div>
        {move || asked.get().map(|asked| view! { <Standing asked/> })}
        <WorldCharts series/>
        <Islands/>
    }
}

fn plot(series: Memo<Vec<SeriesPoint>>, values: fn(&SeriesPoint) -> Vec<f64>) -> Signal<Plot> {
    Memo::new(move |_| series.with(|series| Plot::of(series, |point| point.time_ms as f64, values)))
        .into()
}

/// What happened in each stretch between two points, out of what is counted since the beginning.
fn rates(series: Memo<Vec<SeriesPoint>>, counts: fn(&SeriesPoint) -> Vec<f64>) -> Signal<Plot> {
    Memo::new(move |_| {
        series.with(|series| Plot::of(series, |point| point.time_ms as f64, counts).rates(60_000.0))
    })
    .into()
}

#[component]
fn WorldCharts(series: Memo<Vec<SeriesPoint>>) -> impl IntoView {
    view! {
        <div class="charts">
            <LineChart title="Population" unit="organisms alive" names=&["population"] offers_csv=true plot=plot(series, |p| vec![p.population as f64])/>
            <LineChart title="Births" unit="a minute" names=&["births"] offers_log=true offers_csv=true plot=rates(series, |p| vec![p.births as f64])/>
            <LineChart title="Deaths by cause" unit="a minute" names=CAUSES offers_log=true offers_csv=true plot=rates(series, |p| by_cause(&p.deaths))/>
            <LineChart title="Genotypes" unit="different ones among the living" names=&["genotypes"] offers_csv=true plot=plot(series, |p| vec![p.genotypes as f64])/>
            <LineChart title="Mean genome length" unit="bytes" names=&["mean length"] offers_csv=true plot=plot(series, |p| vec![p.mean_genome_length])/>
            <LineChart title="Work" unit="instructions confirmed a minute" names=&["instructions"] offers_log=true offers_csv=true plot=rates(series, |p| vec![p.instructions as f64])/>
        </div>
    }
}

fn by_cause(deaths: &DeathsView) -> Vec<f64> {
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

/// One island over its own time.
#[component]
fn Islands() -> impl IntoView {
    let islands = ask::<Vec<IslandView>>("/api/v1/islands".into());
    let island = RwSignal::new(1u32);
    let asked = RwSignal::new(None::<Asked<Vec<SampleView>>>);
    Effect::new(move || {
        asked.set(Some(follow(
            format!("/api/v1/islands/{}/samples?limit=1000", island.get()),
            EVERY_MS,
        )))
    });
    let samples = Memo::new(move |_| {
        asked
            .get()
            .and_then(|asked| asked.known(Clone::clone))
            .unwrap_or_default()
    });
    let over = move |values: fn(&SampleView) -> Vec<f64>| -> Signal<Plot> {
        Memo::new(move |_| {
            samples.with(|samples| Plot::of(samples, |sample| sample.tick as f64, values))
        })
        .into()
    };
    let options = move || {
        islands.known(|islands| islands.iter().map(|known| view! { <option value=known.island.to_string()>{known.island}</option> }).collect_view())
    };
    view! {
        <h2 class="section-head">"One island, epoch by epoch"</h2>
        <div class="row tools"><label for="island">"Island"</label>
            <select id="island" class="narrow" on:change=move |event| island.set(event_target_value(&event).parse().unwrap_or(1))>{options}</select>
            <span class="small">"Time is counted in ticks of the island."</span></div>
        {move || asked.get().map(|asked| view! { <Standing asked/> })}
        <div class="charts">
            <LineChart title="Diversity" unit="Shannon's index, bits" names=&["diversity"] counts_ticks=true offers_csv=true plot=over(|s| vec![s.shannon_bits])/>
            <LineChart title="Dominance" unit="living bodies: all, and of the commonest genotype" names=&["all", "commonest"] counts_ticks=true offers_csv=true plot=over(|s| vec![s.population as f64, s.commonest as f64])/>
            <LineChart title="Energy" unit="units: held by the living, lying in the fields" names=&["held", "in the fields"] counts_ticks=true offers_log=true offers_csv=true plot=over(|s| vec![s.energy as f64 / 1_000.0, s.resource as f64])/>
            <Heat title="Genome lengths" unit="living bodies by bytes of genome, four to a row" columns=Memo::new(move |_| samples.with(|samples| samples.iter().map(|s| (s.tick as f64, s.lengths.clone())).collect::<Vec<_>>()))/>
        </div>
    }
}
