//! The hours of the week in which to compute. Knows no worker and no clock.

use crate::{donor::Donor, wishes::Hours};
use leptos::prelude::*;

const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const DAY_NAMES: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

/// The choice, folded in as long as there are no limits.
#[component]
pub fn HoursChoice(
    /// The volunteer.
    donor: Donor,
) -> impl IntoView {
    let are_limited = move || donor.wishes.with(|wishes| wishes.hours.are_limited);
    view! {
        <label class="check">
            <input id="hours" type="checkbox" prop:checked=are_limited
                on:change=move |event| donor.wish(|wishes| wishes.hours.are_limited = event_target_checked(&event))/>
            <span>"Only at some hours of the week"</span>
        </label>
        <fieldset class="hours" hidden=move || !are_limited()>
            <legend class="small">"Days and hours, by your clock; past midnight they belong to the day they begin"</legend>
            <div class="days">{(0..7).map(|day| day_box(donor, day)).collect_view()}</div>
            <div class="span">
                {hour_choice(donor, "from", "from", |hours| &mut hours.from)}
                {hour_choice(donor, "until", "until", |hours| &mut hours.until)}
            </div>
        </fieldset>
    }
}

fn day_box(donor: Donor, day: usize) -> impl IntoView {
    let is_on = move || donor.wishes.with(|wishes| wishes.hours.days[day]);
    view! {
        <label>
            <input type="checkbox" data-day=day aria-label=DAY_NAMES[day] prop:checked=is_on
                on:change=move |event| donor.wish(|wishes| wishes.hours.days[day] = event_target_checked(&event))/>
            <span aria-hidden="true">{DAYS[day]}</span>
        </label>
    }
}

fn hour_choice(
    donor: Donor,
    id: &'static str,
    words: &'static str,
    of: fn(&mut Hours) -> &mut u32,
) -> impl IntoView {
    let chosen = move || *of(&mut donor.wishes.get().hours);
    let choices = (0..24u32).map(|hour| {
        view! { <option value=hour selected=move || chosen() == hour>{format!("{hour:02}:00")}</option> }
    });
    view! {
        <label for=id>{words}</label>
        <select id=id on:change=move |event| {
            let hour = event_target_value(&event).parse().unwrap_or(0);
            donor.wish(|wishes| *of(&mut wishes.hours) = hour);
        }>{choices.collect_view()}</select>
    }
}
