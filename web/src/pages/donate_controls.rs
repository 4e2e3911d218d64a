//! The controls of the volunteer: cores, name, start, stop. Knows no worker.

use crate::{browser, donor::Donor};
use leptos::prelude::*;

/// Half the cores, at most four; one on a phone.
fn default_cores(cores: u32, is_handheld: bool) -> u32 {
    if is_handheld {
        1
    } else {
        (cores / 2).clamp(1, 4)
    }
}

/// The panel beside the words.
#[component]
pub fn Controls(
    /// The volunteer.
    donor: Donor,
) -> impl IntoView {
    let most = browser::cores();
    let cores = RwSignal::new(default_cores(most, browser::is_handheld()));
    let nick = RwSignal::new(Donor::last_nick());
    let running = donor.running;
    let cores_text = move || format!("{} of {most}", cores.get());
    view! {
        <section class="panel controls" aria-label="Your machine">
            {move || greeting(donor)}
            <div class="field">
                <label for="cores"><span>"Cores to lend"</span><output for="cores">{cores_text}</output></label>
                <input id="cores" type="range" min="1" max=most step="1" prop:value=move || cores.get().to_string()
                    disabled=move || running.get() || most == 1
                    on:input=move |event| cores.set(event_target_value(&event).parse().unwrap_or(1).clamp(1, most))/>
            </div>
            <div class="field">
                <label for="duty"><span>"Effort of each"</span><output for="duty">{move || donor.duty_percent.get()} " %"</output></label>
                <input id="duty" type="range" min="25" max="100" step="5" prop:value=move || donor.duty_percent.get().to_string()
                    on:input=move |event| donor.set_duty(event_target_value(&event).parse().unwrap_or(100))/>
            </div>
            <div class="field">
                <label for="nick"><span>"A name to show, if you like"</span></label>
                <input id="nick" type="text" maxlength="32" autocomplete="nickname" placeholder="nobody in particular"
                    prop:value=move || nick.get() disabled=move || running.get()
                    on:input=move |event| nick.set(event_target_value(&event))/>
            </div>
            <label class="check">
                <input id="rest" type="checkbox" prop:checked=move || donor.rests_hidden.get()
                    on:change=move |event| donor.rests_hidden.set(event_target_checked(&event))/>
                <span>"Rest while this tab is hidden"</span>
            </label>
            <button id="start" type="button" class="button" hidden=move || running.get()
                on:click=move |_| donor.start(cores.get_untracked(), &nick.get_untracked())>"Start computing"</button>
            <button id="stop" type="button" class="button stop" hidden=move || !running.get()
                on:click=move |_| donor.stop()>"Stop"</button>
            <p class="small live-line" role="status">{move || if running.get() {
                "Running. You may look around on the other pages; closing the tab stops it."
            } else {
                "Nothing runs now."
            }}</p>
        </section>
    }
}

fn greeting(donor: Donor) -> Option<impl IntoView> {
    let name = donor.name.get()?;
    let words = if donor.running.get() {
        "You are "
    } else {
        "Welcome back, "
    };
    Some(view! { <p class="greeting">{words} <strong id="volunteer">{name}</strong></p> })
}
