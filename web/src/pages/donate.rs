//! The volunteer's page: what will happen, the controls, and the own islands while they are computed. Knows no worker.

use crate::{
    cost,
    donor::Donor,
    hand::Slot,
    number,
    numbers::Numbers,
    pages::donate_controls::Controls,
    soup_canvas::{Soup, SoupSquare},
    soup_paint::Look,
};
use bytebiota_protocol::routes::Page;
use leptos::prelude::*;

/// `/donate`
#[component]
pub fn Donate() -> impl IntoView {
    let donor = expect_context::<Donor>();
    // The own soups are drawn only while this page is shown.
    Effect::new(move || donor.look(true));
    on_cleanup(move || donor.look(false));
    view! {
        <div class="donate">
            <div class="donate-words" inner_html=include_str!("../../pages/donate-words.html")></div>
            <Controls donor/>
        </div>
        <section class="own" aria-label="Your work">
            <Numbers label="Your work since you opened this page" entries=entries(donor)/>
            <p class="small" id="account">{move || account(donor)}</p>
            <div class="own-islands">
                {move || donor.slots.get().into_iter().enumerate().map(|(index, slot)| own(donor, index, slot)).collect_view()}
            </div>
        </section>
    }
}

fn entries(donor: Donor) -> Vec<crate::numbers::Entry> {
    let totals = Memo::new(move |_| donor.totals());
    let show = move |value: fn(crate::donor::Totals) -> f64| {
        Signal::derive(move || number::compact(value(totals.get())))
    };
    vec![
        (
            "instructions",
            "instructions run here",
            show(|totals| totals.instructions as f64),
        ),
        (
            "speed",
            "instructions a second",
            show(|totals| totals.instructions_per_second.round()),
        ),
        (
            "births",
            "births seen here",
            show(|totals| totals.births as f64),
        ),
        (
            "units",
            "units stored by the server",
            show(|totals| totals.units as f64),
        ),
        (
            "credit",
            "credited to you, all visits",
            Signal::derive(move || number::compact(donor.credit.get() as f64)),
        ),
    ]
}

/// One core: what it does, and its soup.
fn own(donor: Donor, index: usize, slot: Slot) -> impl IntoView {
    let (island, soup) = (slot.island.clone(), slot.soup.clone());
    let words = move || donor.standing_of(&slot);
    let name = move || match island.get() {
        0 => view! { "no island yet" }.into_any(),
        number => view! { <a href=Page::Island(number).path()>"Island " {number}</a> }.into_any(),
    };
    let is_empty = {
        let soup = soup.clone();
        move || soup.with(Option::is_none)
    };
    let drawn: Signal<Soup> = soup.into();
    view! {
        <figure data-slot=index>
            <figcaption><span>"Core " {index + 1} ": " {name}</span><span data-status="">{words}</span></figcaption>
            <div class="map">
                <SoupSquare soup=drawn look=Signal::stored(Look::default()) zoom=RwSignal::default()
                    hover=Callback::new(|_| ()) step=Callback::new(|_| ()) pick=Callback::new(|()| ())/>
                {move || is_empty().then(|| view! { <p class="empty">"The soup appears with the first work."</p> })}
            </div>
        </figure>
    }
}

/// What it has cost so far, and the duty as the cores measured it.
fn account(donor: Donor) -> Option<impl IntoView> {
    let running_ms = donor.running_ms.get();
    let costs = donor.totals().cost;
    let words = (running_ms > 0.0).then(|| cost::account(costs, running_ms))?;
    let measured = donor.measured_percent();
    let measured = measured.map(|percent| {
        view! { " Measured effort of each core: " <span id="measured">{format!("{percent:.0}")}</span> " % of the time." }
    });
    Some(view! { {words} {measured} })
}
