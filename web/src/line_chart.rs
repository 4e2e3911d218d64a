//! Curves over time, on a linear or a logarithmic axis. Knows no meaning of its numbers.

use crate::{
    address,
    chart::{Chart, Drawn, Told},
    chart_frame::ChartFrame,
    number,
    plot::{Layout, Plot},
    query,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Draws curves over time.
#[component]
pub fn LineChart(
    /// What is shown.
    title: &'static str,
    /// What the values are counted in.
    unit: &'static str,
    /// A name for each curve.
    #[prop(into)]
    names: Vec<&'static str>,
    /// The curves.
    #[prop(into)]
    plot: Signal<Plot>,
    /// Whether a logarithmic axis is offered.
    #[prop(optional)]
    offers_log: bool,
    /// Whether time is counted in ticks and not told by a clock.
    #[prop(optional)]
    counts_ticks: bool,
) -> impl IntoView {
    let width = RwSignal::new(600.0);
    let log = offers_log.then(|| address::listed("log", query::slug(title)));
    let is_log = move || log.is_some_and(|log| log.get());
    let layout = Memo::new(move |_| plot.with(|plot| Layout::new(plot, width.get(), is_log())));
    let (told_names, read_names, table_names) = (names.clone(), names.clone(), names.clone());
    let label = Signal::derive(move || {
        plot.with(|plot| format!("{title}, {unit}. {}", newest(plot, &read_names)))
    });
    let draw: Drawn = Arc::new(move |layout| plot.with(|plot| curves(layout, plot)));
    let told: Told =
        Arc::new(move |(moment, _)| plot.with(|plot| values(plot, moment, &told_names)));
    let first = if counts_ticks { "tick" } else { "time_ms" };
    let table = Arc::new(move || plot.with_untracked(|plot| plot.csv(first, &table_names)));
    view! {
        <ChartFrame title unit names log=log table>
            <Chart label layout width rows=1 counts_ticks draw told/>
        </ChartFrame>
    }
}

fn curves(layout: &Layout, plot: &Plot) -> AnyView {
    let (left, right) = layout.sides();
    let marks = layout.value_ticks().into_iter().map(move |(value, y)| {
        view! {
            <line class="grid" x1=left x2=right y1=y y2=y></line>
            <text class="tick" x={left - 8.0} y={y + 4.0} text-anchor="end">{number::tick(value)}</text>
        }
    });
    let alone = plot.curves.len() == 1;
    let lines = (0..plot.curves.len()).map(|curve| {
        let area = match alone {
            true => layout.area(plot, curve),
            false => String::new(),
        };
        view! {
            <path class=format!("area s{}", curve % 7) d=area></path>
            <path class=format!("curve s{}", curve % 7) d=layout.line(plot, curve)></path>
        }
    });
    (
        (!plot.times_ms.is_empty()).then(|| marks.collect_view()),
        lines.collect_view(),
    )
        .into_any()
}

fn values(plot: &Plot, moment: usize, names: &[&'static str]) -> AnyView {
    let rows = names.iter().zip(&plot.curves).enumerate().map(|(curve, (name, values))| {
        let value = values.get(moment).copied().unwrap_or(f64::NAN);
        view! {
            <div><span class=format!("swatch s{}", curve % 7)></span>{*name}<b>{number::compact(value)}</b></div>
        }
    });
    rows.collect_view().into_any()
}

/// The newest values in words, for those who hear the page.
fn newest(plot: &Plot, names: &[&str]) -> String {
    let values = names
        .iter()
        .zip(&plot.curves)
        .filter_map(|(name, values)| Some(format!("{name} {}", number::compact(*values.last()?))));
    let values: Vec<String> = values.collect();
    if values.is_empty() {
        "No points yet.".into()
    } else {
        format!("Newest: {}. Arrow keys read the curve.", values.join(", "))
    }
}
