//! How the world is run: whether anything is wrong, results that did not match, and every knob that is not at its default.

use crate::{
    ask::{Standing, follow},
    clock, number,
};
use bytebiota_protocol::{
    routes::Page,
    view::{CheckpointView, MismatchView, WorldView},
};
use leptos::prelude::*;
use serde::Deserialize;

/// How often it is asked for, ms.
const EVERY_MS: u32 = 10_000;

#[derive(Clone, PartialEq, Debug, Deserialize)]
struct Settings {
    world_seed: String,
    digest: String,
    knobs: Vec<Knob>,
}

#[derive(Clone, PartialEq, Debug, Deserialize)]
struct Knob {
    name: String,
    value: String,
    default: String,
    range: String,
    unit: String,
    sentence: String,
}

/// `/operations`
#[component]
pub fn Operations() -> impl IntoView {
    let world = follow::<WorldView>("/api/v1/world".into(), EVERY_MS);
    let mismatches = follow::<Vec<MismatchView>>("/api/v1/mismatches".into(), EVERY_MS);
    let checkpoints = follow::<Vec<CheckpointView>>("/api/v1/checkpoints".into(), 10 * EVERY_MS);
    let settings = follow::<Settings>("/api/simulation/config".into(), 10 * EVERY_MS);
    view! {
        <p class="eyebrow">"Operations"</p>
        <h1>"How the world is run"</h1>
        <Standing asked=world/>
        {move || world.known(health)}
        <h2 class="section-head">"Results that did not match"</h2>
        {move || mismatches.known(|found| mismatch_list(found))}
        <h2 class="section-head">"Checkpoints"</h2>
        {move || checkpoints.known(|found| checkpoint_line(found))}
        <h2 class="section-head">"Knobs"</h2>
        {move || settings.known(knobs)}
    }
}

fn checkpoint_line(found: &[CheckpointView]) -> impl IntoView + use<> {
    let words = match found.first() {
        Some(newest) => format!(
            "{} kept; the newest, number {}, holds {} islands at {} epochs in all.",
            found.len(),
            newest.number,
            newest.islands,
            number::grouped(newest.epochs as i64)
        ),
        None => "None was taken yet.".into(),
    };
    view! { <p>{words}</p> }
}

fn health(world: &WorldView) -> impl IntoView + use<> {
    let alarm = world.alarm.clone();
    let is_well = alarm.is_none();
    let words = alarm.map_or_else(
        || "Nothing is known to be wrong.".into(),
        |alarm| format!("Wrong: {alarm}."),
    );
    let rows = [
        ("world", world.world.clone()),
        (
            "meaning of instructions, version",
            world.semantics_version.to_string(),
        ),
        (
            "age",
            number::duration(world.now_ms.saturating_sub(world.created_ms) / 1_000),
        ),
        ("islands", world.islands.to_string()),
        ("connected", world.workers.to_string()),
        (
            "units confirmed",
            number::grouped(world.units_confirmed as i64),
        ),
        (
            "units waiting for their verdict",
            number::grouped(world.units_provisional as i64),
        ),
        (
            "units that do not count",
            number::grouped(world.units_void as i64),
        ),
    ];
    let rows = rows.map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! {
        <p class="live-line" role="status"><span class=if is_well { "live-dot live" } else { "live-dot lost" } aria-hidden="true"></span>{words}</p>
        <dl class="facts-list lineage-list">{rows.into_iter().collect_view()}</dl>
        <p class="small"><a href=Page::Verify(None).path()>"Compute a confirmed unit yourself"</a> " · " <a href="/docs/operating">"For operators"</a></p>
    }
}

fn mismatch_list(found: &[MismatchView]) -> AnyView {
    if found.is_empty() {
        return view! { <p class="empty">"None so far: whatever was computed twice came out the same."</p> }.into_any();
    }
    let rows = found.iter().map(|mismatch| {
        let when = number::moment(mismatch.time_ms as f64, clock::offset_min(), 86_400_000.0);
        view! { <tr><td>{when}</td><td><code>{mismatch.fingerprint.clone()}</code></td><td>{mismatch.text.clone()}</td></tr> }
    });
    view! { <div class="wide panel" tabindex="0"><table class="table"><thead><tr><th>"when"</th><th>"from"</th><th>"what"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table></div> }
        .into_any()
}

fn knobs(settings: &Settings) -> impl IntoView + use<> {
    let changed = settings
        .knobs
        .iter()
        .filter(|knob| knob.value != knob.default)
        .count();
    let rows = settings.knobs.iter().map(|knob| {
        let class = if knob.value == knob.default { "" } else { "changed" };
        view! {
            <tr class=class><td><code>{knob.name.clone()}</code></td><td class="right">{knob.value.clone()}</td><td class="right">{knob.default.clone()}</td>
            <td>{knob.unit.clone()}</td><td>{knob.range.clone()}</td><td>{knob.sentence.clone()}</td></tr>
        }
    });
    let words = match changed {
        0 => "All at their defaults.".to_owned(),
        1 => "One is not at its default.".into(),
        _ => format!("{changed} are not at their defaults."),
    };
    view! {
        <p class="small">{words} " World seed " <code>{settings.world_seed.clone()}</code> ", digest of the settings " <code>{settings.digest.get(..16).unwrap_or_default().to_owned()}</code> "."</p>
        <details><summary>"Every knob"</summary>
            <div class="wide panel" tabindex="0"><table class="table">
                <thead><tr><th>"knob"</th><th class="right">"value"</th><th class="right">"default"</th><th>"unit"</th><th>"range"</th><th>"what it does"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div></details>
    }
}
