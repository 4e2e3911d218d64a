//! What every chart has around it: its title and unit, the switch of its scale, its numbers and its picture to take along,
//! the names of its curves. Knows no drawing.

use crate::{browser, picture, query};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// The numbers behind a chart as comma-separated values.
pub type Table = Arc<dyn Fn() -> String + Send + Sync>;

/// The frame of one chart, whose picture is the first SVG inside.
#[component]
pub fn ChartFrame(
    /// What is shown.
    title: &'static str,
    /// What the values are counted in.
    unit: &'static str,
    /// A name for each curve.
    #[prop(optional)]
    names: Vec<&'static str>,
    /// Whether the axis is logarithmic, where that may be chosen.
    #[prop(optional_no_strip)]
    log: Option<RwSignal<bool>>,
    /// The numbers.
    table: Table,
    /// The chart.
    children: Children,
) -> impl IntoView {
    let section = NodeRef::<html::Section>::new();
    let file = move |ending| format!("bytebiota-{}.{ending}", query::slug(title));
    let legend = names.clone();
    let save_picture = move |_| {
        if let Some(section) = section.get_untracked() {
            picture::save(section.into(), title, unit, legend.clone(), file("png"));
        }
    };
    let save_table = move |_| browser::save_text(&table(), "text/csv", &file("csv"));
    view! {
        <section class="panel" node_ref=section>
            <div class="chart-head">
                <h2>{title}</h2>
                <span class="chart-unit">{unit}</span>
                <span class="chart-tools">
                    {log.map(log_switch)}
                    <button type="button" class="button small" aria-label=format!("{title} as CSV") on:click=save_table>"CSV"</button>
                    <button type="button" class="button small" aria-label=format!("{title} as PNG") on:click=save_picture>"PNG"</button>
                </span>
            </div>
            {children()}
            {(names.len() > 1).then(|| curve_names(&names))}
        </section>
    }
}

fn log_switch(log: RwSignal<bool>) -> impl IntoView {
    view! {
        <button type="button" class="button small" aria-pressed=move || log.get().to_string()
            on:click=move |_| log.update(|log| *log = !*log)>"log scale"</button>
    }
}

fn curve_names(names: &[&'static str]) -> impl IntoView + use<> {
    let entries = names.iter().enumerate().map(|(curve, name)| {
        view! { <li><span class=format!("swatch s{}", curve % 7) aria-hidden="true"></span>{*name}</li> }
    });
    view! { <ul class="legend">{entries.collect_view()}</ul> }
}
