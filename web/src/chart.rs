//! A line chart: axes with units, cursor guide, read-out by pointer or keys, logarithm on demand. Knows no meaning of its numbers.

use crate::{
    clock, number,
    plot::{HEIGHT, Layout, Plot},
};
use leptos::{ev, html, prelude::*};

/// Draws curves over time.
#[component]
pub fn LineChart(
    /// What is shown.
    title: &'static str,
    /// What the values are counted in.
    unit: &'static str,
    /// A name for each curve.
    names: &'static [&'static str],
    /// The curves.
    #[prop(into)]
    plot: Signal<Plot>,
    /// Whether a logarithmic axis is offered.
    #[prop(optional)]
    offers_log: bool,
    /// Whether the numbers may be taken along.
    #[prop(optional)]
    offers_csv: bool,
    /// Whether time is counted in ticks and not told by a clock.
    #[prop(optional)]
    counts_ticks: bool,
) -> impl IntoView {
    let surface = NodeRef::<html::Div>::new();
    let width = measured_width(surface);
    let log = RwSignal::new(false);
    let layout = Memo::new(move |_| plot.with(|plot| Layout::new(plot, width.get(), log.get())));
    let cursor = RwSignal::new(None::<usize>);
    let point = move |event: ev::PointerEvent| {
        let time = layout.with(|layout| layout.time_at(f64::from(event.offset_x())));
        cursor.set(plot.with(|plot| plot.nearest(time)));
    };
    let key = move |event: ev::KeyboardEvent| {
        let last = plot.with(|plot| plot.times_ms.len().saturating_sub(1));
        let now = cursor.get_untracked().unwrap_or(last).min(last);
        let next = match event.key().as_str() {
            "ArrowLeft" => Some(now.saturating_sub(1)),
            "ArrowRight" => Some((now + 1).min(last)),
            "Home" => Some(0),
            "End" => Some(last),
            "Escape" => None,
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    let is_empty = move || plot.with(|plot| plot.times_ms.len() < 2);
    let label = move || plot.with(|plot| format!("{title}, {unit}. {}", newest(plot, names)));
    view! {
        <section class="panel">
            <div class="chart-head">
                <h2>{title}</h2>
                <span class="chart-unit">{unit}</span>
                {offers_log.then(|| log_switch(log))}
                {offers_csv.then(|| csv_link(title, names, plot, counts_ticks))}
            </div>
            <div class="chart" node_ref=surface>
                <svg tabindex="0" role="img" aria-label=label on:pointermove=point on:pointerdown=point
                    on:pointerleave=move |_| cursor.set(None) on:keydown=key on:blur=move |_| cursor.set(None)>
                    {move || (!is_empty()).then(|| axes(&layout.get(), counts_ticks))}
                    {move || curves(&layout.get(), &plot.get())}
                    {move || plot.with(|plot| guide(&layout.get(), plot, cursor.get()))}
                </svg>
                {move || plot.with(|plot| read_out(&layout.get(), plot, cursor.get(), names, counts_ticks))}
                {move || is_empty().then(|| view! { <p class="chart-empty">"The first points appear as soon as units are confirmed."</p> })}
            </div>
            {(names.len() > 1).then(|| legend(names))}
        </section>
    }
}

/// The width of an element in pixels, followed as the window changes.
fn measured_width(element: NodeRef<html::Div>) -> RwSignal<f64> {
    let width = RwSignal::new(600.0);
    let measure = move || {
        if let Some(element) = element.get_untracked() {
            width.set(f64::from(element.client_width()));
        }
    };
    Effect::new(move || {
        element.track();
        measure();
    });
    let listener = window_event_listener(ev::resize, move |_| measure());
    on_cleanup(move || listener.remove());
    width
}

fn log_switch(log: RwSignal<bool>) -> impl IntoView {
    view! {
        <button type="button" class="button small" aria-pressed=move || log.get().to_string()
            on:click=move |_| log.update(|log| *log = !*log)>"log scale"</button>
    }
}

/// The numbers behind the curves, as a file made in this page.
fn csv_link(
    title: &'static str,
    names: &'static [&'static str],
    plot: Signal<Plot>,
    counts_ticks: bool,
) -> impl IntoView {
    let first = if counts_ticks { "tick" } else { "time_ms" };
    let table = move || {
        let text = plot.with(|plot| plot.csv(first, names));
        let encoded = String::from(js_sys::encode_uri_component(&text));
        format!("data:text/csv;charset=utf-8,{encoded}")
    };
    let name = format!("bytebiota {}.csv", title.to_lowercase()).replace(' ', "-");
    view! { <a class="button small" href=table download=name aria-label=format!("{title} as CSV")>"CSV"</a> }
}

fn axes(layout: &Layout, counts_ticks: bool) -> impl IntoView + use<> {
    let (left, right) = layout.sides();
    let floor = layout.floor();
    let values = layout.value_ticks().into_iter().map(move |(value, y)| {
        view! {
            <line class="grid" x1=left x2=right y1=y y2=y></line>
            <text class="tick" x={left - 8.0} y={y + 4.0} text-anchor="end">{number::tick(value)}</text>
        }
    });
    let offset = clock::offset_min();
    let (ticks, step) = match counts_ticks {
        true => (layout.count_ticks(), 0.0),
        false => layout.time_ticks(offset),
    };
    let moments = ticks.into_iter().map(move |(time, x)| {
        let words = match counts_ticks {
            true => number::tick(time.round()),
            false => number::moment(time, offset, step),
        };
        view! {
            <line class="grid" x1=x x2=x y1=floor y2={floor + 5.0}></line>
            <text class="tick" x=x y={HEIGHT - 7.0} text-anchor="middle">{words}</text>
        }
    });
    (values.collect_view(), moments.collect_view())
}

fn curves(layout: &Layout, plot: &Plot) -> impl IntoView + use<> {
    let alone = plot.curves.len() == 1;
    let lines = (0..plot.curves.len()).map(|curve| {
        let area = if alone {
            layout.area(plot, curve)
        } else {
            String::new()
        };
        view! {
            <path class=format!("area s{}", curve % 7) d=area></path>
            <path class=format!("curve s{}", curve % 7) d=layout.line(plot, curve)></path>
        }
    });
    lines.collect_view()
}

fn guide(layout: &Layout, plot: &Plot, cursor: Option<usize>) -> Option<impl IntoView + use<>> {
    let index = cursor?;
    let x = layout.x(*plot.times_ms.get(index)?);
    let points = plot
        .curves
        .iter()
        .enumerate()
        .filter_map(|(curve, values)| {
            let y = layout.y(*values.get(index)?)?;
            Some(
                view! { <circle class=format!("point s{}", curve % 7) cx=x cy=y r="4.5"></circle> },
            )
        });
    Some(view! {
        <line class="guide" x1=x x2=x y1="8" y2=layout.floor()></line>
        {points.collect_view()}
    })
}

fn read_out(
    layout: &Layout,
    plot: &Plot,
    cursor: Option<usize>,
    names: &'static [&'static str],
    counts_ticks: bool,
) -> Option<impl IntoView + use<>> {
    let index = cursor?;
    let time = *plot.times_ms.get(index)?;
    let x = layout.x(time);
    let (left, right) = if x > layout.width / 2.0 {
        (
            "auto".to_owned(),
            format!("{:.0}px", layout.width - x + 12.0),
        )
    } else {
        (format!("{:.0}px", x + 12.0), "auto".to_owned())
    };
    let rows = names.iter().zip(&plot.curves).enumerate().map(|(curve, (name, values))| {
        let value = values.get(index).copied().unwrap_or(f64::NAN);
        view! {
            <div><span class=format!("swatch s{}", curve % 7)></span>{*name}<b>{number::compact(value)}</b></div>
        }
    });
    let when = match counts_ticks {
        true => format!("tick {}", number::grouped(time as i64)),
        false => number::moment(time, clock::offset_min(), 1_000.0),
    };
    Some(view! {
        <div class="tooltip" role="status" style:left=left style:right=right>
            <div class="when">{when}</div>
            {rows.collect_view()}
        </div>
    })
}

fn legend(names: &'static [&'static str]) -> impl IntoView {
    let entries = names.iter().enumerate().map(|(curve, name)| {
        view! { <li><span class=format!("swatch s{}", curve % 7) aria-hidden="true"></span>{*name}</li> }
    });
    view! { <ul class="legend">{entries.collect_view()}</ul> }
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
