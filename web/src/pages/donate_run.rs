//! Start, stop, finish and pause, and the line that says whether it computes and if not why. Knows no worker.

use crate::donor::Donor;
use leptos::prelude::*;

/// Pauses to choose from, minutes.
const PAUSES_MIN: [u64; 4] = [5, 15, 60, 240];

/// The buttons.
#[component]
pub fn RunButtons(
    /// The volunteer.
    donor: Donor,
    /// The name to start with.
    nick: RwSignal<String>,
) -> impl IntoView {
    let runs = move || donor.running.get();
    view! {
        <button id="start" type="button" class="button" hidden=runs
            on:click=move |_| donor.start(&nick.get_untracked())>"Start computing"</button>
        <button id="stop" type="button" class="button stop" hidden=move || !runs()
            on:click=move |_| donor.stop()>"Stop"</button>
        <div class="run-more" hidden=move || !runs()>
            <button id="finish" type="button" class="button small" disabled=move || donor.finishing.get()
                on:click=move |_| donor.finish()>"Finish the units, then stop"</button>
            <Pauses donor/>
        </div>
        <p class="small live-line" id="standing" role="status">{move || donor.standing()}</p>
    }
}

#[component]
fn Pauses(donor: Donor) -> impl IntoView {
    let minutes = RwSignal::new(PAUSES_MIN[1]);
    let is_asked = move || matches!(donor.rest.get(), Some(crate::wishes::Rest::Asked { .. }));
    let choices = PAUSES_MIN.map(|pause| {
        view! { <option value=pause selected=pause == PAUSES_MIN[1]>{pause} " minutes"</option> }
    });
    view! {
        <span class="pauses" hidden=is_asked>
            <button id="pause" type="button" class="button small"
                on:click=move |_| donor.pause_for(minutes.get_untracked())>"Pause for"</button>
            <select id="pause-minutes" aria-label="Length of the pause"
                on:change=move |event| minutes.set(event_target_value(&event).parse().unwrap_or(PAUSES_MIN[1]))>
                {choices.collect_view()}
            </select>
        </span>
        <button id="go-on" type="button" class="button small" hidden=move || !is_asked()
            on:click=move |_| donor.pause_for(0)>"Go on now"</button>
    }
}
