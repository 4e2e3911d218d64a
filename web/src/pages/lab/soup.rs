//! The soup of a lab, byte by byte, coloured by instruction or by genotype; a body pointed at comes under the glass.

use super::bench::Bench;
use crate::{family_colour, number, pigment, soup_canvas, soup_paint, soup_window::columns};
use bytebiota_core::isa;
use bytebiota_protocol::lab::{LabFrame, LabRequest};
use leptos::{ev, html, prelude::*};
use web_sys::HtmlCanvasElement;

/// The figure.
#[component]
pub fn LabSoup(
    /// The lab.
    bench: Bench,
) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let by_genotype = RwSignal::new(false);
    draw(bench, canvas, by_genotype);
    let address = move |event: &ev::PointerEvent| address_at(&canvas.get_untracked()?, event);
    let key = move |event: ev::KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => -1,
            "ArrowRight" | "ArrowDown" => 1,
            _ => return,
        };
        event.prevent_default();
        if let Some(address) = bench.with(|frame| neighbour(frame, by)) {
            bench.ask(LabRequest::LookAt { address });
        }
    };
    let switch = move |words: &'static str, value: bool| {
        view! {
            <button type="button" class="button small" aria-pressed=move || (by_genotype.get() == value).to_string()
                on:click=move |_| by_genotype.set(value)>{words}</button>
        }
    };
    view! {
        <figure class="lab-soup">
            <div class="map">
                <canvas node_ref=canvas tabindex="0" role="img"
                    aria-label="The soup, one square for each byte. Arrow keys put the next organism under the glass."
                    on:pointermove=move |event| bench.pointed.set(address(&event))
                    on:pointerleave=move |_| bench.pointed.set(None)
                    on:pointerdown=move |event| if let Some(address) = address(&event) {
                        bench.ask(LabRequest::LookAt { address });
                    }
                    on:keydown=key></canvas>
                {move || bench.frame.with(Option::is_none).then(|| view! { <p class="empty">{move || bench.refused.get().unwrap_or_else(|| "The soup appears in a moment.".into())}</p> })}
            </div>
            <figcaption class="small">
                <span class="lab-pointed">{move || pointed(bench)}</span>
                <span class="switch">{switch("by instruction", false)} {switch("by genotype", true)}</span>
            </figcaption>
        </figure>
    }
}

/// Draws the soup whenever it changes.
fn draw(bench: Bench, canvas: NodeRef<html::Canvas>, by_genotype: RwSignal<bool>) {
    Effect::new(move || {
        let (Some(canvas), soup) = (canvas.get(), bench.soup.get()) else {
            return;
        };
        let width = columns(soup.len() as u32);
        let colours = bench.with(|frame| match by_genotype.get() {
            true => {
                let mut colours = soup_paint::whole(&frame.map);
                family_colour::mark(frame, &mut colours);
                colours
            }
            false => family_colour::paint(frame, &soup),
        });
        if !colours.is_empty() {
            soup_canvas::put(
                &canvas,
                width,
                (colours.len() as u32).div_ceil(width),
                colours,
            );
        }
    });
}

/// The address under the pointer.
fn address_at(canvas: &HtmlCanvasElement, event: &ev::PointerEvent) -> Option<u32> {
    let bounds = canvas.get_bounding_client_rect();
    let (width, height) = (canvas.width(), canvas.height());
    let along = |offset: i32, side: f64, count: u32| {
        ((f64::from(offset) / side.max(1.0) * f64::from(count)).max(0.0) as u32).min(count - 1)
    };
    let column = along(event.offset_x(), bounds.width(), width);
    Some(along(event.offset_y(), bounds.height(), height) * width + column)
}

/// The first address of the organism before or behind the one under the glass.
fn neighbour(frame: &LabFrame, by: i32) -> Option<u32> {
    let bodies = &frame.map.organisms;
    let count = bodies.len() as i32;
    let own = frame.specimen.as_ref().map(|it| it.start);
    let now = bodies
        .iter()
        .position(|body| Some(body.start) == own)
        .map_or(0, |index| index as i32);
    let next = (now + by).rem_euclid(count.max(1));
    bodies.get(next as usize).map(|body| body.start)
}

/// What is under the pointer, in words.
fn pointed(bench: Bench) -> String {
    let Some(address) = bench.pointed.get() else {
        return "White: where somebody executes. Amber: where BX points. Press a body to put it under the glass.".into();
    };
    let byte = bench
        .soup
        .with(|soup| soup.get(address as usize).copied().unwrap_or(0));
    let name = isa::decode(byte).map_or_else(|| format!("byte {byte}"), |row| row.name.to_owned());
    let owner = bench.with(|frame| {
        let index = pigment::organism_at(&frame.map, address)?;
        let body = frame.map.organisms.get(index)?;
        let is_own = frame
            .specimen
            .as_ref()
            .is_some_and(|it| it.start == body.start);
        let in_body = address >= body.start && address - body.start < body.length;
        Some(match (is_own, in_body) {
            (true, true) => format!("the organism, byte {}", address - body.start),
            (true, false) => format!(
                "its child, byte {}",
                address.saturating_sub(body.child_start)
            ),
            (false, true) => format!("another organism, byte {}", address - body.start),
            (false, false) => "another's child".into(),
        })
    });
    let owner = owner.unwrap_or_else(|| "nobody's".into());
    format!("{}: {name}, {owner}", number::grouped(address.into()))
}
