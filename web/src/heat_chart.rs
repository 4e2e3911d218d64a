//! Draws classes over time: stronger where there is more. Knows no meaning of its rows.

use crate::{
    chart::{Chart, Drawn, RowAt, Told},
    chart_frame::ChartFrame,
    heat_map::{HeatMap, Shade},
    number,
    plot::Layout,
    query,
    scale::Axis,
    soup_canvas,
};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;

/// Names at the rows, at most.
const MAX_NAMES: usize = 14;
/// Columns of pixels, at most.
const MAX_COLUMNS: usize = 600;
/// The weakest cell that is not empty is still seen.
const WEAKEST: f64 = 0.12;

/// The map.
#[component]
pub fn HeatChart(
    /// What is shown.
    title: &'static str,
    /// What the rows and the strength are.
    unit: &'static str,
    /// The counts.
    #[prop(into)]
    map: Signal<HeatMap>,
    /// What a row is called.
    row_name: fn(usize) -> String,
    /// What strength is measured by.
    #[prop(optional)]
    shade: Shade,
    /// Whether time is counted in ticks and not told by a clock.
    #[prop(optional)]
    counts_ticks: bool,
) -> impl IntoView {
    let width = RwSignal::new(600.0);
    let rows = Memo::new(move |_| map.with(HeatMap::rows));
    let layout = Memo::new(move |_| {
        let rows = rows.get() as f64;
        map.with(|map| Layout::over(&map.times, Axis::between(0.0, rows), width.get()))
    });
    let label = Signal::derive(move || {
        format!("{title}: {unit}. {} rows. Arrow keys read it.", rows.get())
    });
    let draw: Drawn = Arc::new(move |layout| {
        map.with(|map| cells(layout, map, (shade, row_name, query::slug(title))))
    });
    let told: Told = Arc::new(move |(moment, row)| {
        let count = map.with(|map| map.count(moment, row)).unwrap_or(f64::NAN);
        view! { <div>{row_name(row)}<b>{number::compact(count)}</b></div> }.into_any()
    });
    let row_at: RowAt = Arc::new(move |_, part| {
        let rows = rows.get_untracked();
        ((part * rows as f64) as usize).min(rows.saturating_sub(1))
    });
    let first = if counts_ticks { "tick" } else { "time_ms" };
    let table = Arc::new(move || map.with_untracked(|map| map.csv(first, row_name)));
    view! {
        <ChartFrame title unit table>
            <Chart label layout width rows counts_ticks draw told row_at=Some(row_at)/>
            <p class="small">{move || map.with(|map| legend(map, shade))}</p>
        </ChartFrame>
    }
}

fn cells(
    layout: &Layout,
    map: &HeatMap,
    (shade, row_name, id): (Shade, fn(usize) -> String, String),
) -> AnyView {
    if map.times.len() < 2 {
        return ().into_any();
    }
    let rows = map.rows();
    let (left, right) = layout.sides();
    let (top, height) = (layout.floor() - layout.height(), layout.height());
    let columns = ((right - left) as usize).clamp(1, MAX_COLUMNS);
    let picture = painted(&map.paint(shade, columns), columns as u32, rows as u32);
    let step = rows.div_ceil(MAX_NAMES);
    let names = (0..rows).step_by(step).map(move |row| {
        let y = top + height * (1.0 - (row as f64 + 0.5) / rows as f64);
        view! { <text class="tick" x={left - 6.0} y={y + 4.0} text-anchor="end">{row_name(row)}</text> }
    });
    // The picture says where the colour shows through, so that it is the one of the style sheet, by day and by night.
    let shown = format!("url(#{id})");
    view! {
        <rect class="heat-ground" x=left y=top width={right - left} height=height></rect>
        <mask id=id x=left y=top width={right - left} height=height maskUnits="userSpaceOnUse">
            <image href=picture x=left y=top width={right - left} height=height preserveAspectRatio="none" image-rendering="pixelated"></image>
        </mask>
        <rect class="heat-cells" mask=shown x=left y=top width={right - left} height=height></rect>
        {names.collect_view()}
    }
    .into_any()
}

/// Cells as the address of a picture: white, and as opaque as they are strong.
fn painted(cells: &[Option<f64>], columns: u32, rows: u32) -> String {
    let pixel = |cell: &Option<f64>| match cell {
        Some(part) => {
            let opacity = WEAKEST + (1.0 - WEAKEST) * part;
            [255, 255, 255, (opacity * 255.0) as u8]
        }
        None => [0; 4],
    };
    let canvas = document().create_element("canvas").ok();
    let canvas = canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok());
    let address = canvas.and_then(|canvas| {
        soup_canvas::put(&canvas, columns, rows, cells.iter().map(pixel).collect());
        canvas.to_data_url().ok()
    });
    address.unwrap_or_default()
}

fn legend(map: &HeatMap, shade: Shade) -> String {
    match (shade, map.ends()) {
        (Shade::Own, Some(_)) => {
            "Full colour is the commonest of each moment, on a logarithmic scale; blank is none."
                .into()
        }
        (Shade::Common, Some((low, high))) => format!(
            "From {} (faint) to {} (full colour), in proportion.",
            number::compact(low),
            number::compact(high)
        ),
        (_, None) => String::new(),
    }
}
