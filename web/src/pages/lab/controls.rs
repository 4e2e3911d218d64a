//! The buttons of a lab: step, back, run, to the birth, and how fast. Knows no organism.

use super::bench::{Bench, SPEEDS};
use crate::number;
use bytebiota_protocol::lab::LabRequest;
use leptos::prelude::*;

/// The row of buttons.
#[component]
pub fn Controls(
    /// The lab.
    bench: Bench,
) -> impl IntoView {
    let button =
        move |id: &'static str, words: &'static str, request: LabRequest, needs_past: bool| {
            let disabled = move || {
                bench.frame.with(Option::is_none)
                    || (needs_past && !bench.with(|frame| frame.can_turn_back))
            };
            view! {
                <button id=id type="button" class="button small" disabled=disabled
                    on:click=move |_| bench.ask(request.clone())>{words}</button>
            }
        };
    let runs = move || bench.with(|frame| frame.runs);
    let last = SPEEDS.len() - 1;
    view! {
        <div class="lab-controls" role="group" aria-label="Time">
            {button("restart", "Restart", LabRequest::Restart, true)}
            {button("back", "◂ Step back", LabRequest::StepBack, true)}
            {button("step", "Step ▸", LabRequest::Step, false)}
            <button id="run" type="button" class="button small strong" aria-pressed=move || runs().to_string()
                disabled=move || bench.frame.with(Option::is_none)
                on:click=move |_| bench.toggle()>{move || if runs() { "❚❚ Pause" } else { "▶ Run" }}</button>
            {button("birth", "To the birth", LabRequest::RunToBirth, false)}
            <div class="field lab-speed">
                <label for="speed"><span>"Speed"</span><output for="speed">{move || speed(bench.speed.get())}</output></label>
                <input id="speed" type="range" min="0" max=last step="1" prop:value=move || bench.speed.get().to_string()
                    aria-valuetext=move || speed(bench.speed.get())
                    on:input=move |event| bench.set_speed(event_target_value(&event).parse().unwrap_or(0))/>
            </div>
        </div>
        <p class="lab-said small" role="status">{move || said(bench)}</p>
    }
}

fn speed(place: usize) -> String {
    match SPEEDS.get(place) {
        Some(0) | None => "as fast as it goes".into(),
        Some(1) => "1 instruction a second".into(),
        Some(speed) => format!(
            "{} instructions a second",
            number::grouped(i64::from(*speed))
        ),
    }
}

fn said(bench: Bench) -> String {
    if let Some(refused) = bench.refused.get() {
        return refused;
    }
    if bench.frame.with(Option::is_none) {
        return "The lab is being set up …".into();
    }
    bench.with(|frame| match frame.said.as_str() {
        "" => format!(
            "Tick {}: {} alive, {} births, {} deaths.",
            number::grouped(frame.tick as i64),
            frame.map.organisms.len(),
            number::grouped(frame.births as i64),
            number::grouped(frame.deaths as i64),
        ),
        said => said.to_owned(),
    })
}
