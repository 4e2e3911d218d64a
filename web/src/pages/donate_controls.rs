//! The controls of the volunteer: what to lend and when. Knows no worker.

use crate::{
    browser, cost,
    donor::Donor,
    pages::{donate_hours::HoursChoice, donate_run::RunButtons},
    screen::Screen,
    wishes::Wishes,
};
use leptos::prelude::*;

/// The panel beside the words.
#[component]
pub fn Controls(
    /// The volunteer.
    donor: Donor,
) -> impl IntoView {
    let most = browser::cores();
    let nick = RwSignal::new(Donor::last_nick());
    let wishes = donor.wishes;
    let cores = move || wishes.with(|wishes| wishes.cores);
    let duty = move || wishes.with(|wishes| wishes.duty_percent);
    let expected = move || cost::forecast(cores(), duty());
    view! {
        <section class="panel controls" aria-label="Your machine">
            {move || greeting(donor)}
            <div class="field">
                <label for="cores"><span>"Cores to lend"</span><output for="cores">{move || format!("{} of {most}", cores())}</output></label>
                <input id="cores" type="range" min="1" max=most step="1" prop:value=move || cores().to_string()
                    disabled=move || donor.running.get() || most == 1
                    on:input=move |event| donor.wish(|wishes| wishes.cores = number(&event_target_value(&event), 1))/>
            </div>
            <div class="field">
                <label for="duty"><span>"Effort of each"</span><output for="duty">{duty} " % of the time"</output></label>
                <input id="duty" type="range" min="5" max="100" step="5" prop:value=move || duty().to_string()
                    on:input=move |event| donor.wish(|wishes| wishes.duty_percent = number(&event_target_value(&event), 100))/>
            </div>
            <p class="small" id="forecast">{expected}</p>
            <Switches donor/>
            <HoursChoice donor/>
            <div class="field">
                <label for="nick"><span>"A name for the leaderboard, if you like"</span></label>
                <input id="nick" type="text" maxlength="32" autocomplete="nickname" placeholder="nobody in particular"
                    prop:value=move || nick.get() disabled=move || donor.running.get()
                    on:input=move |event| nick.set(event_target_value(&event))/>
            </div>
            <RunButtons donor nick/>
            <Forget donor/>
        </section>
    }
}

fn number(text: &str, otherwise: u32) -> u32 {
    text.parse().unwrap_or(otherwise)
}

/// When to rest, and whether the screen stays on.
#[component]
fn Switches(donor: Donor) -> impl IntoView {
    let battery_is_told = move || donor.on_battery.get().is_some();
    view! {
        {switch(donor, "rest", "Rest while this tab is hidden", |wishes| &mut wishes.rests_hidden)}
        {move || battery_is_told().then(|| switch(donor, "battery", "Rest while running on the battery", |wishes| &mut wishes.rests_on_battery))}
        {Screen::can_hold().then(|| switch(donor, "screen", "Keep the screen on while computing", |wishes| &mut wishes.keeps_screen_on))}
    }
}

fn switch(
    donor: Donor,
    id: &'static str,
    words: &'static str,
    of: fn(&mut Wishes) -> &mut bool,
) -> impl IntoView {
    let is_on = move || *of(&mut donor.wishes.get());
    view! {
        <label class="check">
            <input id=id type="checkbox" prop:checked=is_on
                on:change=move |event| donor.wish(|wishes| *of(wishes) = event_target_checked(&event))/>
            <span>{words}</span>
        </label>
    }
}

/// "Forget me", asked twice.
#[component]
fn Forget(donor: Donor) -> impl IntoView {
    let asks = RwSignal::new(false);
    let is_known = move || donor.name.get().is_some();
    view! {
        <div class="forget">
            <button id="forget" type="button" class="button small" hidden=move || !is_known() || asks.get()
                on:click=move |_| asks.set(true)>"Forget me"</button>
            <p class="small" hidden=move || !asks.get()>
                "This erases your token and name on the server and in this browser, for good. Your credit stays with a number that nobody can connect with you."
            </p>
            <button id="forget-yes" type="button" class="button small" hidden=move || !asks.get()
                on:click=move |_| { asks.set(false); donor.forget(); }>"Yes, forget me"</button>
            <button type="button" class="button small" hidden=move || !asks.get() on:click=move |_| asks.set(false)>"No"</button>
            <p class="small" id="farewell" role="status">{move || donor.farewell.get()}</p>
        </div>
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
