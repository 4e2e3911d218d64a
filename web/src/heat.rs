//! A heat map over time: a column for each moment, a row for each class, brighter where there are more. Knows no meaning.

use crate::{number, soup_canvas};
use leptos::{ev, html, prelude::*};

/// The classes of one moment.
type Column = (f64, Vec<u32>);

/// Bytes of genome in a row.
const CLASS_BYTES: usize = 4;

/// The map.
#[component]
pub fn Heat(
    /// What is shown.
    title: &'static str,
    /// What the rows and the brightness are.
    unit: &'static str,
    /// The columns, oldest first.
    #[prop(into)]
    columns: Signal<Vec<Column>>,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let cursor = RwSignal::new(None::<(usize, usize)>);
    let rows = Memo::new(move |_| columns.with(|columns| height(columns)));
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            let pixels = columns.with(|columns| paint(columns, rows.get()));
            let width = columns.with(Vec::len).max(1) as u32;
            soup_canvas::put(&canvas, width, rows.get() as u32, pixels);
        }
    });
    let at = move |event: &ev::PointerEvent| {
        let bounds = canvas.get_untracked()?.get_bounding_client_rect();
        let part = |offset: i32, side: f64| (f64::from(offset) / side.max(1.0)).clamp(0.0, 0.999_9);
        let (count, rows) = (columns.with_untracked(Vec::len), rows.get_untracked());
        let row = (part(event.offset_y(), bounds.height()) * rows as f64) as usize;
        (count > 0).then(|| {
            (
                (part(event.offset_x(), bounds.width()) * count as f64) as usize,
                rows - 1 - row,
            )
        })
    };
    let key = move |event: ev::KeyboardEvent| {
        let last = (
            columns.with_untracked(Vec::len).saturating_sub(1),
            rows.get_untracked().saturating_sub(1),
        );
        let (column, row) = cursor.get_untracked().unwrap_or((last.0, 0));
        let next = match event.key().as_str() {
            "ArrowLeft" => (column.saturating_sub(1), row),
            "ArrowRight" => ((column + 1).min(last.0), row),
            "ArrowDown" => (column, row.saturating_sub(1)),
            "ArrowUp" => (column, (row + 1).min(last.1)),
            _ => return,
        };
        event.prevent_default();
        cursor.set(Some(next));
    };
    view! {
        <section class="panel">
            <div class="chart-head"><h2>{title}</h2><span class="chart-unit">{unit}</span></div>
            <div class="heat">
                <canvas node_ref=canvas tabindex="0" role="img" aria-label=format!("{title}: {unit}. Arrow keys read it.")
                    on:pointermove=move |event| cursor.set(at(&event)) on:pointerleave=move |_| cursor.set(None) on:keydown=key></canvas>
            </div>
            <p class="readout" aria-live="polite">{move || columns.with(|columns| words(columns, cursor.get()))}</p>
        </section>
    }
}

/// Rows up to the highest class that was ever met.
fn height(columns: &[Column]) -> usize {
    let highest = columns
        .iter()
        .filter_map(|(_, counts)| counts.iter().rposition(|count| *count > 0));
    highest.max().map_or(1, |row| row + 2)
}

/// Each column by its own largest class, on a logarithmic scale, so that few are seen beside many.
fn paint(columns: &[Column], rows: usize) -> Vec<[u8; 4]> {
    let width = columns.len().max(1);
    let mut pixels = vec![[0; 4]; width * rows];
    for (column, (_, counts)) in columns.iter().enumerate() {
        let most = counts.iter().copied().max().unwrap_or(0);
        for (row, count) in counts.iter().enumerate().take(rows) {
            if *count > 0 {
                let part = f64::from(*count).ln_1p() / f64::from(most).ln_1p();
                let pixel = &mut pixels[(rows - 1 - row) * width + column];
                *pixel = [
                    60 + (part * 60.0) as u8,
                    150 + (part * 90.0) as u8,
                    130,
                    40 + (part * 215.0) as u8,
                ];
            }
        }
    }
    pixels
}

fn words(columns: &[Column], cursor: Option<(usize, usize)>) -> String {
    let Some((tick, counts, row)) = cursor.and_then(|(column, row)| {
        columns
            .get(column)
            .map(|(tick, counts)| (tick, counts, row))
    }) else {
        return match columns.is_empty() {
            true => "The first column appears with the first epoch that is confirmed.".into(),
            false => "Short genomes at the bottom, now at the right.".into(),
        };
    };
    let count = counts.get(row).copied().unwrap_or(0);
    let (low, high) = (row * CLASS_BYTES, row * CLASS_BYTES + CLASS_BYTES - 1);
    format!(
        "tick {}: {} of {low} to {high} bytes",
        number::compact(*tick),
        number::grouped(i64::from(count))
    )
}
