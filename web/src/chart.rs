//! A chart that can be read: an axis of time, a guide under the pointer or the keys with what is told there, a stretch that
//! can be picked out. Draws nothing else, and knows no meaning.

use crate::{
    chart_keys::{self, Cell},
    clock, number,
    plot::{HEIGHT, Layout},
};
use leptos::{ev, html, prelude::*};
use std::sync::Arc;

/// Half the width of what is written at a moment, pixels.
const HALF_LABEL: f64 = 26.0;
/// How far a pointer is drawn at least to pick a stretch out, moments.
const SHORTEST_PICK: usize = 2;

/// What is called with the first and the last moment of a stretch that was picked out; a page with charts over a range
/// of its own provides it.
#[derive(Clone, Copy)]
pub struct PickRange(pub Callback<(f64, f64)>);

/// What is shown at a cell.
pub type Told = Arc<dyn Fn(Cell) -> AnyView + Send + Sync>;
/// What is drawn.
pub type Drawn = Arc<dyn Fn(&Layout) -> AnyView + Send + Sync>;
/// The row at a height, for a moment and a part of the height from 0 at the floor to 1.
pub type RowAt = Arc<dyn Fn(usize, f64) -> usize + Send + Sync>;

/// Everything a chart needs to be read.
#[component]
pub fn Chart(
    /// What it is called, and its newest values in words, for those who hear the page.
    #[prop(into)]
    label: Signal<String>,
    /// Where things lie.
    layout: Memo<Layout>,
    /// The width of the place, pixels: measured here.
    width: RwSignal<f64>,
    /// How many rows there are to go up and down.
    #[prop(into)]
    rows: Signal<usize>,
    /// Whether time is counted in ticks and not told by a clock.
    counts_ticks: bool,
    /// What is drawn.
    draw: Drawn,
    /// What is told at a cell.
    told: Told,
    /// The row under the pointer.
    #[prop(optional_no_strip)]
    row_at: Option<RowAt>,
    /// Called with a cell on a click or Enter.
    #[prop(optional_no_strip)]
    open: Option<Callback<Cell>>,
) -> impl IntoView {
    let surface = NodeRef::<html::Div>::new();
    measure(surface, width);
    let cursor = Cursor {
        at: RwSignal::new(None),
        anchor: RwSignal::new(None),
        layout,
        range: use_context::<PickRange>().filter(|_| !counts_ticks),
        open,
    };
    let cell = move |event: &ev::PointerEvent| {
        let bounds = surface.get_untracked()?.get_bounding_client_rect();
        let x = f64::from(event.client_x()) - bounds.left();
        let y = f64::from(event.client_y()) - bounds.top();
        layout.with_untracked(|layout| {
            let moment = layout.nearest(x)?;
            let row = row_at
                .as_ref()
                .map_or(0, |at| at(moment, layout.part_at(y)));
            Some((moment, row))
        })
    };
    let is_empty = move || layout.with(|layout| layout.times.len() < 2);
    let guide = move || layout.with(|layout| guide(layout, cursor.at.get(), cursor.picked()));
    let tooltip =
        move || layout.with(|layout| tooltip(layout, cursor.at.get(), counts_ticks, &told));
    let press = cell.clone();
    view! {
        <div class="chart" node_ref=surface>
            <svg class="drawing" tabindex="0" role="img" aria-label=label
                on:pointermove=move |event| cursor.at.set(cell(&event))
                on:pointerdown=move |event| cursor.press(&event, press(&event))
                on:pointerup=move |event| cursor.lift(&event)
                on:pointerleave=move |_| cursor.leave()
                on:blur=move |_| cursor.leave()
                on:keydown=move |event| cursor.key(&event, rows.get_untracked())>
                {move || layout.with(|layout| draw(layout))}
                {move || (!is_empty()).then(|| layout.with(|layout| moments(layout, counts_ticks)))}
                {guide}
            </svg>
            {tooltip}
            {move || is_empty().then(|| view! { <p class="chart-empty">"The first points appear as soon as units are confirmed."</p> })}
        </div>
    }
}

/// Where a chart is read, and from where on a stretch is picked out.
#[derive(Clone, Copy)]
struct Cursor {
    at: RwSignal<Option<Cell>>,
    anchor: RwSignal<Option<usize>>,
    layout: Memo<Layout>,
    range: Option<PickRange>,
    open: Option<Callback<Cell>>,
}

impl Cursor {
    /// The stretch between the anchor and the cursor, in order.
    fn picked(self) -> Option<(usize, usize)> {
        let (one, (other, _)) = (self.anchor.get()?, self.at.get()?);
        Some((one.min(other), one.max(other)))
    }

    fn press(self, event: &ev::PointerEvent, cell: Option<Cell>) {
        self.at.set(cell);
        // A finger on the chart reads; only a mouse picks out.
        let can_pick = self.range.is_some() && event.pointer_type() == "mouse";
        self.anchor
            .set(cell.filter(|_| can_pick).map(|cell| cell.0));
    }

    fn lift(self, event: &ev::PointerEvent) {
        let picked = self
            .picked()
            .filter(|(from, to)| to - from >= SHORTEST_PICK);
        self.anchor.set(None);
        match (picked, self.at.get_untracked(), self.open) {
            (Some(picked), _, _) => self.choose(picked),
            (None, Some(cell), Some(open)) if event.button() == 0 => open.run(cell),
            _ => {}
        }
    }

    fn leave(self) {
        self.at.set(None);
        self.anchor.set(None);
    }

    /// Arrow keys read; with Shift they pick a stretch out, which Enter takes.
    fn key(self, event: &ev::KeyboardEvent, rows: usize) {
        let key = event.key();
        let size = (
            self.layout.with_untracked(|layout| layout.times.len()),
            rows,
        );
        let at = self.at.get_untracked();
        if key == "Enter" {
            let picked = self.picked().filter(|(from, to)| from < to);
            self.anchor.set(None);
            match (picked, at, self.open) {
                (Some(picked), _, _) => self.choose(picked),
                (None, Some(cell), Some(open)) => open.run(cell),
                _ => return,
            }
            event.prevent_default();
        } else if let Some(next) = chart_keys::moved(&key, at, size) {
            event.prevent_default();
            let is_picking = event.shift_key() && self.range.is_some();
            let anchor = self.anchor.get_untracked().or(at.map(|cell| cell.0));
            self.anchor.set(anchor.filter(|_| is_picking));
            self.at.set(next);
        }
    }

    fn choose(self, (from, to): (usize, usize)) {
        let times = self
            .layout
            .with_untracked(|layout| Some((*layout.times.get(from)?, *layout.times.get(to)?)));
        if let (Some(times), Some(PickRange(call))) = (times, self.range) {
            self.leave();
            call.run(times);
        }
    }
}

/// Follows the width of an element in pixels as the window changes.
fn measure(element: NodeRef<html::Div>, width: RwSignal<f64>) {
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
}

/// The axis of time.
fn moments(layout: &Layout, counts_ticks: bool) -> impl IntoView + use<> {
    let floor = layout.floor();
    let (offset, width) = (clock::offset_min(), layout.width);
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
            <text class="tick" x={x.min(width - HALF_LABEL)} y={HEIGHT - 7.0} text-anchor="middle">{words}</text>
        }
    });
    moments.collect_view()
}

fn guide(
    layout: &Layout,
    at: Option<Cell>,
    picked: Option<(usize, usize)>,
) -> impl IntoView + use<> {
    let place = |moment: usize| layout.times.get(moment).map(|time| layout.x(*time));
    let (floor, top) = (layout.floor(), layout.floor() - layout.height());
    let stretch = picked.and_then(|(from, to)| {
        let (left, right) = (place(from)?, place(to)?);
        Some(view! { <rect class="picked" x=left y=top width={right - left} height={floor - top}></rect> })
    });
    let line = at.and_then(|(moment, _)| place(moment));
    let line = line.map(|x| view! { <line class="guide" x1=x x2=x y1=top y2=floor></line> });
    (stretch, line)
}

fn tooltip(
    layout: &Layout,
    at: Option<Cell>,
    counts_ticks: bool,
    told: &Told,
) -> Option<impl IntoView + use<>> {
    let cell = at?;
    let time = *layout.times.get(cell.0)?;
    let x = layout.x(time);
    let (left, right) = match x > layout.width / 2.0 {
        true => (
            "auto".to_owned(),
            format!("{:.0}px", layout.width - x + 12.0),
        ),
        false => (format!("{:.0}px", x + 12.0), "auto".to_owned()),
    };
    let when = match counts_ticks {
        true => format!("tick {}", number::grouped(time as i64)),
        false => number::moment(time, clock::offset_min(), 1_000.0),
    };
    Some(view! {
        <div class="tooltip" role="status" style:left=left style:right=right>
            <div class="when">{when}</div>
            {told(cell)}
        </div>
    })
}
