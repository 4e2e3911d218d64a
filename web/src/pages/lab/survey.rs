//! What a genome can do by its assay, and the landscape of everything one step away from it. Knows no soup.

use super::bench::Bench;
use crate::{
    landscape::{self, FATES, KINDS, Known, ROWS},
    listing, number, pigment, soup_canvas,
};
use bytebiota_protocol::{
    genome_name::{from_hex, to_hex},
    lab::{AssayView, LabStart},
};
use leptos::{ev, html, prelude::*};

/// The two panels.
#[component]
pub fn Surveyed(
    /// The lab.
    bench: Bench,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="assay-head">
            <h2 id="assay-head">"What it can do"</h2>
            {move || match bench.assay.get() {
                Some(assay) => facts(&assay).into_any(),
                None => view! { <p class="small">"It is being tried in soups of its own …"</p> }.into_any(),
            }}
        </section>
        <Landscape bench/>
    }
}

fn facts(assay: &AssayView) -> impl IntoView + use<> {
    let ticks = |ticks: u64| {
        if ticks == 0 {
            "–".into()
        } else {
            number::grouped(ticks as i64)
        }
    };
    let percent = |millionths: u64| format!("{:.1} %", millionths as f64 / 10_000.0);
    let rows = [
        ("class", assay.class.clone()),
        ("ticks to the first birth", ticks(assay.first_birth)),
        ("ticks to each later birth", ticks(assay.later_births)),
        (
            "children true to it",
            assay.fidelity.map_or("–".into(), percent),
        ),
        (
            "energy left over at each birth",
            assay.net_energy.map_or("–".into(), |milli| {
                number::compact((milli as f64 / 1_000.0).round())
            }),
        ),
        (
            "executed outside its own body",
            percent(assay.executed_outside),
        ),
        (
            "tasks solved",
            if assay.tasks.is_empty() {
                "none".into()
            } else {
                assay.tasks.join(", ")
            },
        ),
    ];
    let rows = rows.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <p class="small">{assay.reason.clone()}</p>
        <dl class="facts-list" id="assay">{rows.into_iter().collect_view()}</dl>
        <p class="small lineage">{assay.path.join(" › ")} " › " <em>{assay.species.clone()}</em></p>
    }
}

#[component]
fn Landscape(bench: Bench) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let genome = Memo::new(move |_| {
        from_hex(&bench.start.with(|start| start.genome.clone())).unwrap_or_default()
    });
    // The kind of step and the place that are looked at.
    let cursor = RwSignal::new(None::<(usize, usize)>);
    Effect::new(move || {
        let (Some(canvas), length) = (canvas.get(), genome.with(Vec::len)) else {
            return;
        };
        let pixels = bench.known.with(|known| landscape::paint(known, length));
        soup_canvas::put(&canvas, length as u32, ROWS as u32, pixels);
    });
    let at = move |event: &ev::PointerEvent| {
        let bounds = canvas.get_untracked()?.get_bounding_client_rect();
        let length = genome.with_untracked(Vec::len);
        let along = |offset: i32, side: f64, count: usize| {
            ((f64::from(offset) / side.max(1.0) * count as f64).max(0.0) as usize)
                .min(count.saturating_sub(1))
        };
        let kind = landscape::kind_at(along(event.offset_y(), bounds.height(), ROWS))?;
        Some((kind, along(event.offset_x(), bounds.width(), length)))
    };
    let open = move || {
        if let Some((kind, place)) = cursor.get_untracked() {
            let mutant = landscape::step(kind, place as u32).take(&genome.get_untracked());
            bench.begin(LabStart {
                genome: to_hex(&mutant),
                ..bench.start.get_untracked()
            });
        }
    };
    let key = move |event: ev::KeyboardEvent| {
        let (kind, place) = cursor.get_untracked().unwrap_or_default();
        let last = genome.with_untracked(Vec::len).saturating_sub(1);
        let next = match event.key().as_str() {
            "Enter" => {
                event.prevent_default();
                return open();
            }
            key => moved(key, kind, place, last),
        };
        let Some(next) = next else { return };
        event.prevent_default();
        cursor.set(Some(next));
    };
    let hopeless = move || {
        bench.assay.with(Option::is_some)
            && genome.with(|_| {
                bench
                    .assay
                    .with(|it| it.as_ref().is_some_and(|it| it.later_births == 0))
            })
    };
    view! {
        <section class="panel landscape" aria-labelledby="landscape-head">
            <h2 id="landscape-head">"One step away"</h2>
            <p class="small">{move || progress(&bench.known.get(), hopeless())}</p>
            <div class="landscape-map" hidden=hopeless>
                <canvas node_ref=canvas tabindex="0" role="img"
                    aria-label="Every genome one step away: places from left to right, what is done to them from top to bottom. Arrow keys read it, Enter opens the mutant."
                    on:pointermove=move |event| cursor.set(at(&event)) on:pointerleave=move |_| cursor.set(None)
                    on:click=move |_| open() on:keydown=key></canvas>
                <p class="readout" aria-live="polite">{move || read_out(&bench.known.get(), &genome.get(), cursor.get())}</p>
            </div>
            {move || legend(&bench.known.get())}
        </section>
    }
}

/// Where an arrow key leads.
fn moved(key: &str, kind: usize, place: usize, last: usize) -> Option<(usize, usize)> {
    match key {
        "ArrowLeft" => Some((kind, place.saturating_sub(1))),
        "ArrowRight" => Some((kind, (place + 1).min(last))),
        "ArrowUp" => Some((kind.saturating_sub(1), place)),
        "ArrowDown" => Some(((kind + 1).min(KINDS - 1), place)),
        _ => None,
    }
}

fn progress(known: &Known, hopeless: bool) -> String {
    if hopeless {
        return "It does not breed true by these rules, so there is nothing to compare its neighbours with. \
                A parasite needs its host beside it; who does not harvest needs rules by which life is free."
            .into();
    }
    match (known.fates.len(), known.of) {
        (_, 0) => "Its neighbours are tried as soon as it has been tried itself.".into(),
        (done, of) if done < of => format!(
            "{} of {} mutants tried …",
            number::grouped(done as i64),
            number::grouped(of as i64)
        ),
        (_, of) => format!(
            "All {} mutants tried: each byte knocked out (top), left out (below), and replaced by each instruction. Press one to let it live.",
            number::grouped(of as i64)
        ),
    }
}

fn read_out(known: &Known, genome: &[u8], cursor: Option<(usize, usize)>) -> String {
    let Some((kind, place)) = cursor else {
        return "Point at a square, or use the arrow keys.".into();
    };
    let index = kind * genome.len() + place;
    let fate = known
        .fates
        .get(index)
        .and_then(|letter| FATES.iter().find(|fate| fate.0 == *letter));
    let fate = fate.map_or("not tried yet", |fate| fate.1);
    let lines = listing::lines(genome);
    let line = lines.iter().find(|line| line.holds(place as u32));
    let before = line.map_or_else(String::new, |line| line.text.clone());
    let ticks = known.ticks.get(index).filter(|ticks| **ticks > 0);
    let ticks = ticks.map_or_else(String::new, |ticks| {
        format!(", {} ticks a birth", number::grouped(i64::from(*ticks)))
    });
    format!(
        "Byte {place}, {before}: {} – {fate}{ticks}",
        landscape::words(kind)
    )
}

fn legend(known: &Known) -> impl IntoView + use<> {
    let tally = landscape::tally(known);
    let all: usize = tally.iter().sum();
    let entries = FATES.iter().zip(tally).map(move |((letter, name, colour), count)| {
        let colour = pigment::css([colour[0], colour[1], colour[2]]);
        let share = if all > 0 { format!("{:.1} %", 100.0 * count as f64 / all as f64) } else { "–".into() };
        let word = char::from(*letter).to_string();
        view! { <li><span class="swatch" style:background=colour aria-hidden="true"></span>{*name} " " <b data-fate=word>{share}</b></li> }
    });
    view! { <ul class="legend">{entries.collect_view()}</ul> }
}
