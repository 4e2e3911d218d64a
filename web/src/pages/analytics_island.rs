//! One island over its own time in charts. Knows nothing of the world around it.

use super::analytics_world::length_name;
use crate::{
    address,
    ask::{Asked, Standing, ask},
    growing::grow,
    heat_chart::HeatChart,
    heat_map::HeatMap,
    line_chart::LineChart,
    plot::Plot,
};
use bytebiota_protocol::view::{IslandView, SampleView};
use leptos::prelude::*;

/// The charts, for an island to choose.
#[component]
pub fn IslandCharts(
    /// How often the newest is asked for, ms.
    every_ms: u32,
) -> impl IntoView {
    let islands = ask::<Vec<IslandView>>("/api/v1/islands".into());
    let word = address::word("island", "1");
    let island = Memo::new(move |_| word.get().parse::<u32>().unwrap_or(1));
    let asked = RwSignal::new(None::<Asked<Vec<SampleView>>>);
    Effect::new(move || {
        let address = format!("/api/v1/islands/{}/samples", island.get());
        asked.set(Some(grow(address, every_ms)));
    });
    let samples = Memo::new(move |_| {
        let known = asked.get().and_then(|asked| asked.known(Clone::clone));
        known.unwrap_or_default()
    });
    let options = move || {
        islands.known(|islands| {
            islands
                .iter()
                .map(|known| option(known.island, island))
                .collect_view()
        })
    };
    view! {
        <h2 class="section-head">"One island, epoch by epoch"</h2>
        <div class="row tools"><label for="island">"Island"</label>
            <select id="island" class="narrow" on:change=move |event| word.set(event_target_value(&event))>{options}</select>
            <span class="small">"Time is counted in ticks of the island."</span></div>
        {move || asked.get().map(|asked| view! { <Standing asked/> })}
        <Charts samples/>
    }
}

fn option(number: u32, island: Memo<u32>) -> impl IntoView {
    view! { <option value=number.to_string() selected=move || island.get() == number>{number}</option> }
}

#[component]
fn Charts(samples: Memo<Vec<SampleView>>) -> impl IntoView {
    let over = move |values: fn(&SampleView) -> Vec<f64>| -> Signal<Plot> {
        let plot =
            move |samples: &Vec<SampleView>| Plot::of(samples, |sample| sample.tick as f64, values);
        Memo::new(move |_| samples.with(plot)).into()
    };
    let lengths = Memo::new(move |_| {
        samples.with(|samples| HeatMap {
            times: samples.iter().map(|sample| sample.tick as f64).collect(),
            columns: samples
                .iter()
                .map(|sample| sample.lengths.iter().copied().map(f64::from).collect())
                .collect(),
        })
    });
    view! {
        <div class="charts">
            <LineChart title="Diversity of the island" unit="Shannon's index, bits" names=["diversity"] counts_ticks=true plot=over(|s| vec![s.shannon_bits])/>
            <LineChart title="Dominance" unit="living bodies: all, and of the commonest genotype" names=["all", "commonest"] counts_ticks=true plot=over(|s| vec![s.population as f64, s.commonest as f64])/>
            <LineChart title="Energy" unit="units: held by the living, lying in the fields" names=["held", "in the fields"] counts_ticks=true offers_log=true plot=over(|s| vec![s.energy as f64 / 1_000.0, s.resource as f64])/>
            <HeatChart title="Genome lengths on the island" unit="living bodies by bytes of genome" counts_ticks=true map=lengths row_name=length_name/>
        </div>
    }
}
