//! Who computes now, and who gave most: names only where people gave one. Knows no stream.

use crate::{
    ask::{Standing, follow},
    number,
};
use bytebiota_protocol::{
    routes::Page,
    view::{LeaderView, WorkerView},
};
use leptos::prelude::*;

/// How often they are asked for, ms.
const EVERY_MS: u32 = 4_000;

/// `/workers`
#[component]
pub fn Workers() -> impl IntoView {
    let asked = follow::<Vec<WorkerView>>("/api/v1/workers".into(), EVERY_MS);
    view! {
        <p class="eyebrow">"Those who carry it"</p>
        <h1>"Who computes now"</h1>
        <p class="lead">"Tabs and machines that are connected at this moment. Four letters stand for whoever gave no name."</p>
        <Standing asked/>
        {move || asked.known(|workers| workers_table(workers))}
        <p class="actions"><a class="button" href="/donate">"Join them"</a> <a class="quiet-link" href=Page::Leaderboard.path()>"Who gave most"</a></p>
    }
}

fn workers_table(workers: &[WorkerView]) -> AnyView {
    if workers.is_empty() {
        return view! { <p class="empty">"Nobody at the moment. The world waits, and loses nothing."</p> }.into_any();
    }
    let all: f64 = workers
        .iter()
        .map(|worker| worker.instructions_per_second)
        .sum();
    let slots: u32 = workers.iter().map(|worker| worker.slots).sum();
    let rows = workers.iter().map(|worker| {
        let kind = match worker.kind.as_str() {
            "browser" => "a browser tab",
            "native" => "the native worker",
            _ => "this server itself",
        };
        let islands = worker.islands.iter().map(|number| {
            view! { <a href=Page::Island(*number).path()>{*number}</a> " " }
        });
        view! {
            <tr><td>{worker.name.clone()}</td><td>{kind}</td><td class="right">{worker.slots}</td><td>{islands.collect_view()}</td>
            <td class="right">{number::compact(worker.instructions_per_second.round())}</td><td class="right">{number::grouped(worker.units_acked as i64)}</td>
            <td class="right">{number::duration(worker.connected_s)}</td></tr>
        }
    });
    view! {
        <p class="small">{workers.len()} " connected, " {slots} " cores, " {number::compact(all.round())} " instructions a second together."</p>
        <div class="wide panel" tabindex="0"><table class="table">
            <thead><tr><th>"who"</th><th>"with"</th><th class="right">"cores"</th><th>"islands"</th><th class="right">"instructions a second"</th><th class="right">"units"</th><th class="right">"since"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}

/// `/leaderboard`
#[component]
pub fn Leaderboard() -> impl IntoView {
    let asked = follow::<Vec<LeaderView>>("/api/v1/leaderboard?limit=100".into(), EVERY_MS);
    view! {
        <p class="eyebrow">"With thanks"</p>
        <h1>"Who gave most"</h1>
        <p class="lead">"By confirmed work. Only those who gave a name are listed; everybody's work counts for the world alike."</p>
        <Standing asked/>
        {move || asked.known(|leaders| leaders_table(leaders))}
        <p class="actions"><a class="button" href="/donate">"Donate computing time"</a> <a class="quiet-link" href=Page::Workers.path()>"Who computes now"</a></p>
    }
}

fn leaders_table(leaders: &[LeaderView]) -> AnyView {
    if leaders.is_empty() {
        return view! { <p class="empty">"Nobody with a name has confirmed work yet. The first place is free."</p> }.into_any();
    }
    let rows = leaders.iter().enumerate().map(|(index, leader)| {
        view! {
            <tr><td class="right">{index + 1}</td><td>{leader.name.clone()}</td>
            <td class="right">{number::compact(leader.credit as f64)}</td><td class="right">{number::grouped(leader.units as i64)}</td></tr>
        }
    });
    view! {
        <div class="wide panel" tabindex="0"><table class="table">
            <thead><tr><th class="right">"place"</th><th>"name"</th><th class="right">"ticks confirmed"</th><th class="right">"units"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}
