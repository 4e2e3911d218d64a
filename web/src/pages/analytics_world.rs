//! The world over time in charts: how many, who comes and goes, how different they are, how copying goes, what they live on.
//! Knows neither how the series is asked for nor which part of it.

use super::world::{CAUSES, by_cause};
use crate::{
    heat_chart::HeatChart,
    heat_map::{HeatMap, Shade},
    line_chart::LineChart,
    plot::Plot,
};
use bytebiota_core::sample::{LENGTH_CLASSES, LENGTH_STEP};
use bytebiota_core::{MutationKind, tasks::TASKS};
use bytebiota_protocol::view::{EcologyPoint, SeriesPoint, SeriesView};
use leptos::prelude::*;

/// Rates are told for each, ms.
const MINUTE_MS: f64 = 60_000.0;

/// The charts.
#[component]
pub fn WorldCharts(
    /// The points.
    series: Memo<SeriesView>,
) -> impl IntoView {
    let kinds: Vec<&'static str> = MutationKind::ALL.iter().map(|kind| kind.name()).collect();
    view! {
        <div class="charts">
            <LineChart title="Population" unit="organisms alive" names=["population"] offers_log=true plot=plot(series, |p| vec![p.population as f64])/>
            <LineChart title="Births" unit="a minute" names=["births"] offers_log=true plot=rates(series, |p| vec![p.births as f64])/>
            <LineChart title="Deaths by cause" unit="a minute" names=CAUSES offers_log=true plot=rates(series, |p| by_cause(&p.deaths))/>
            <LineChart title="Kinds" unit="genotypes among the living: summed over islands, and known by name" names=["of each island", "known by name"] offers_log=true plot=kinds_known(series)/>
            <LineChart title="Diversity" unit="Shannon's index, bits" names=["Shannon"] plot=counted(series, |e| vec![e.shannon_bits])/>
            <LineChart title="Evenness and turnover" unit="0 to 1: two bodies differ; kinds came or went" names=["Simpson", "turnover"] plot=counted(series, |e| vec![e.simpson, e.turnover])/>
            <LineChart title="True copies" unit="share of births that equal their parent" names=["true births"] plot=true_births(series)/>
            <LineChart title="Mutations by kind" unit="a minute" names=kinds offers_log=true plot=counted_rates(series, |e| &e.mutations)/>
            <LineChart title="Selection" unit="dN/dS: 1 is copying alone, less is kept clean" names=["dN/dS"] offers_log=true plot=counted(series, |e| vec![e.dn_ds.unwrap_or(f64::NAN)])/>
            <LineChart title="Mistakes" unit="a minute: errors of organisms, DIVIDE calls that failed" names=["errors", "failed DIVIDE"] offers_log=true plot=mistakes(series)/>
            <HeatChart title="Tasks" unit="rewarded answers a minute, by task" map=tasks(series) row_name=task_name/>
            <HeatChart title="Genome lengths" unit="living bodies by bytes of genome" map=heat(series, |e| &e.lengths) row_name=length_name/>
            <LineChart title="Mean genome length" unit="bytes" names=["mean length"] plot=plot(series, mean_length)/>
            <HeatChart title="Environment" unit="resource units in each region of the ring, by island" map=heat(series, |e| &e.environment) row_name=region_name shade=Shade::Common/>
            <LineChart title="Work" unit="instructions confirmed a minute" names=["instructions"] offers_log=true plot=rates(series, |p| vec![p.instructions as f64])/>
            <LineChart title="Machines" unit="connected machines and tabs" names=["workers"] plot=plot(series, |p| vec![f64::from(p.workers)])/>
        </div>
    }
}

/// A class of genome length as bytes.
pub fn length_name(class: usize) -> String {
    let low = class * LENGTH_STEP as usize;
    match class + 1 == LENGTH_CLASSES {
        true => format!("{low}+"),
        false => format!("{low}-{}", low + LENGTH_STEP as usize - 1),
    }
}

fn task_name(place: usize) -> String {
    TASKS
        .get(place)
        .map_or_else(String::new, |task| task.name.into())
}

/// Of more than 64 islands a row is an arc of neighbours.
fn region_name(row: usize) -> String {
    (row + 1).to_string()
}

fn time(point: &SeriesPoint) -> f64 {
    point.time_ms as f64
}

fn mean_length(point: &SeriesPoint) -> Vec<f64> {
    let length = point.mean_genome_length;
    vec![if length > 0.0 { length } else { f64::NAN }]
}

fn plot(series: Memo<SeriesView>, values: fn(&SeriesPoint) -> Vec<f64>) -> Signal<Plot> {
    Memo::new(move |_| series.with(|series| Plot::of(&series.points, time, values))).into()
}

/// What happened in each stretch between two points, out of what is counted since the beginning.
fn rates(series: Memo<SeriesView>, counts: fn(&SeriesPoint) -> Vec<f64>) -> Signal<Plot> {
    let rates = move |series: &SeriesView| Plot::of(&series.points, time, counts).rates(MINUTE_MS);
    Memo::new(move |_| series.with(rates)).into()
}

/// The points at which the living were counted.
fn censuses(series: &SeriesView) -> Vec<(f64, &SeriesPoint, &EcologyPoint)> {
    let points = series.points.iter();
    points
        .filter_map(|point| Some((time(point), point, point.ecology.as_deref()?)))
        .collect()
}

fn counted(series: Memo<SeriesView>, values: fn(&EcologyPoint) -> Vec<f64>) -> Signal<Plot> {
    let plot = move |series: &SeriesView| {
        Plot::of(
            &censuses(series),
            |census| census.0,
            |census| values(census.2),
        )
    };
    Memo::new(move |_| series.with(plot)).into()
}

fn floats(counts: &[u64]) -> Vec<f64> {
    counts.iter().map(|count| *count as f64).collect()
}

fn counted_rates(series: Memo<SeriesView>, counts: fn(&EcologyPoint) -> &Vec<u64>) -> Signal<Plot> {
    Memo::new(move |_| series.with(|series| growth(series, |e| floats(counts(e))))).into()
}

/// What happened a minute between two censuses.
fn growth(series: &SeriesView, counts: impl Fn(&EcologyPoint) -> Vec<f64>) -> Plot {
    let counts = |census: &(f64, &SeriesPoint, &EcologyPoint)| counts(census.2);
    Plot::of(&censuses(series), |census| census.0, counts).rates(MINUTE_MS)
}

fn kinds_known(series: Memo<SeriesView>) -> Signal<Plot> {
    let plot = |series: &SeriesView| {
        let counts = |(_, point, ecology): &(f64, &SeriesPoint, &EcologyPoint)| {
            vec![point.genotypes as f64, ecology.richness as f64]
        };
        Plot::of(&censuses(series), |census| census.0, counts)
    };
    Memo::new(move |_| series.with(plot)).into()
}

fn mistakes(series: Memo<SeriesView>) -> Signal<Plot> {
    let counts = |e: &EcologyPoint| vec![e.errors as f64, e.divides_failed as f64];
    Memo::new(move |_| series.with(|series| growth(series, counts))).into()
}

/// Of the births between two censuses.
fn true_births(series: Memo<SeriesView>) -> Signal<Plot> {
    let share = |series: &SeriesView| {
        let counts = |(_, point, ecology): &(f64, &SeriesPoint, &EcologyPoint)| {
            vec![ecology.true_births as f64, point.births as f64]
        };
        let grown = Plot::of(&censuses(series), |census| census.0, counts).rates(MINUTE_MS);
        let [true_births, births] = &grown.curves[..] else {
            return Plot::default();
        };
        let pairs = true_births.iter().zip(births);
        // The census may be a moment older than the births beside it.
        let shares = pairs
            .map(|(true_births, births)| (true_births / births).min(1.0))
            .collect();
        Plot {
            curves: vec![shares],
            ..grown
        }
    };
    Memo::new(move |_| series.with(share)).into()
}

fn heat(series: Memo<SeriesView>, counts: fn(&EcologyPoint) -> &Vec<u64>) -> Signal<HeatMap> {
    let map = move |series: &SeriesView| {
        let censuses = censuses(series);
        HeatMap {
            times: censuses.iter().map(|census| census.0).collect(),
            columns: censuses
                .iter()
                .map(|census| floats(counts(census.2)))
                .collect(),
        }
    };
    Memo::new(move |_| series.with(map)).into()
}

fn tasks(series: Memo<SeriesView>) -> Signal<HeatMap> {
    let map = |series: &SeriesView| {
        let grown = growth(series, |e| floats(&e.tasks));
        let moments = 0..grown.times_ms.len();
        let column = |moment: usize| grown.curves.iter().map(|curve| curve[moment]).collect();
        HeatMap {
            columns: moments.map(column).collect(),
            times: grown.times_ms,
        }
    };
    Memo::new(move |_| series.with(map)).into()
}
