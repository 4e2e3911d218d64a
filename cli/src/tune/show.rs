//! The parameters as text for people. Knows no place they come from.

use crate::error::CliError;
use bytebiota_core::DeathCause;
use bytebiota_protocol::parameters::Change;
use bytebiota_server::tuning::{ChangeView, Entry, Kind, Level, Manifest, Overridden, TuningView};
use serde::Serialize;
use std::fmt::Write as _;

/// As one JSON object.
pub fn json(view: &impl Serialize) -> Result<String, CliError> {
    serde_json::to_string(view).map_err(CliError::outside)
}

/// The version, the knobs, the health.
pub fn status(view: &TuningView) -> String {
    let mode = view.mode.as_deref().unwrap_or("as the server is set");
    let mut text = format!(
        "version {} of the parameters; tuning {mode}\n\n",
        view.version
    );
    text += "knob                                   value  made with  lowest  highest    step\n";
    for knob in &view.bounds {
        // A String takes everything.
        let _ = writeln!(
            text,
            "{:36} {:>7}  {:>9}  {:>6}  {:>7}  {:>6}",
            knob.path, knob.value, knob.origin, knob.lowest, knob.highest, knob.step
        );
    }
    let metrics = &view.metrics;
    let _ = writeln!(
        text,
        "\n{} islands, {} living, {} births over {} epochs; diversity {:.1} bits; deaths: {}",
        metrics.islands,
        metrics.population,
        metrics.births,
        metrics.epochs,
        metrics.shannon_millibits as f64 / 1_000.0,
        deaths(&metrics.deaths),
    );
    text + &health(view) + &proposal(view)
}

fn deaths(deaths: &[u64]) -> String {
    let causes = DeathCause::ALL.iter().zip(deaths);
    let counted = causes.filter(|(_, count)| **count > 0);
    let words: Vec<String> = counted
        .map(|(cause, count)| format!("{} {count}", cause.name()))
        .collect();
    match words.is_empty() {
        true => "none".into(),
        false => words.join(", "),
    }
}

fn health(view: &TuningView) -> String {
    let health = &view.health;
    let sides = [
        ("diversity", health.diversity),
        ("births", health.births),
        ("hunger", health.hunger),
        ("ageing", health.ageing),
        ("stagnation", health.stagnation),
        ("mutation load", health.mutation_load),
    ];
    let word = |level| match level {
        Level::Low => "low",
        Level::Fair => "fair",
        Level::High => "high",
    };
    let words = sides.map(|(side, level)| format!("{side} {}", word(level)));
    format!("health: {}\n", words.join(", "))
}

/// What would be changed now.
pub fn proposal(view: &TuningView) -> String {
    match &view.proposal {
        Some(change) => format!("the rules would set {}: {}\n", said(change), view.reason),
        None => format!("the rules would change nothing: {}\n", view.reason),
    }
}

/// What was done.
pub fn done(change: &ChangeView) -> String {
    let words: Vec<String> = change.delta.changes.iter().map(said).collect();
    let text = format!(
        "version {}: {}; it holds from each island's next stretch on; signature {}\n",
        change.version,
        words.join(", "),
        change.signature
    );
    change
        .overridden
        .iter()
        .map(overridden)
        .fold(text, |text, line| text + &line + "\n")
}

fn overridden(one: &Overridden) -> String {
    format!(
        "CONFLICT_OVERRIDDEN: {} was turned by version {}, which version {} contradicts",
        one.path, one.version, one.by
    )
}

/// One line for each entry.
pub fn history(manifest: &Manifest) -> String {
    let mut text = String::from("version  time (Unix ms)  what\n");
    for entry in &manifest.entries {
        let version = entry.delta.as_ref().map(|delta| delta.version.to_string());
        let version = version.unwrap_or_else(|| "-".into());
        let what = match (&entry.event, &entry.delta) {
            (_, Some(_)) => format!("{} ({})", changes(entry), entry.reason()),
            (Kind::Decided { decision, .. }, None) => match &decision.change {
                Some(change) => {
                    format!("dry run: would set {} ({})", said(change), decision.reason)
                }
                None => format!("no change ({})", decision.reason),
            },
            (_, None) => entry.reason(),
        };
        // A String takes everything.
        let _ = writeln!(text, "{version:>7}  {:>14}  {what}", entry.time_ms);
        for one in &entry.overridden {
            let _ = writeln!(text, "{:>7}  {:>14}  {}", "", "", overridden(one));
        }
    }
    text
}

fn changes(entry: &Entry) -> String {
    let changes = entry.delta.iter().flat_map(|delta| &delta.changes);
    let words: Vec<String> = changes.map(said).collect();
    words.join(", ")
}

fn said(change: &Change) -> String {
    format!("{} = {}", change.path, change.value)
}
