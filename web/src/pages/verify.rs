//! A confirmed unit computed again in the visitor's own browser, digest beside digest. Knows no stream.

use crate::{
    ask::{Asked, Standing, ask, fetch_bytes},
    lab_hand::LabHand,
    number,
};
use bytebiota_protocol::{
    lab::{LabAnswer, LabRequest},
    routes::Page,
    view::{HistoryView, IslandView, UnitView},
};
use leptos::prelude::*;

/// Units listed for an island.
const LISTED: usize = 12;

/// `/verify`: which unit?
#[component]
pub fn VerifyDoor() -> impl IntoView {
    let islands = ask::<Vec<IslandView>>("/api/v1/islands".into());
    view! {
        <p class="eyebrow">"Verify"</p>
        <h1>"Compute it yourself"</h1>
        <p class="lead">"Every stretch of the world's history is a pure function of bytes. Choose a confirmed unit: this page computes it again, here, and compares digest with digest. " <a href="/docs/verification">"Why that is enough"</a></p>
        <Standing asked=islands/>
        {move || islands.known(|islands| islands.iter().map(|island| view! { <UnitsOf island=island.island/> }).collect_view())}
    }
}

/// The units of an island whose base is kept.
#[component]
fn UnitsOf(island: u32) -> impl IntoView {
    let head = ask::<HistoryView>(format!("/api/v1/units/{island}?limit=1"));
    let units = RwSignal::new(None::<Asked<HistoryView>>);
    Effect::new(move || {
        let from = head.known(|head| head.states.first().copied().unwrap_or(0));
        if let Some(from) = from {
            units.set(Some(ask(format!(
                "/api/v1/units/{island}?from={from}&limit=256"
            ))));
        }
    });
    let list = move || {
        let units = units.get()?;
        units.known(|history| {
            let kept = |unit: &&UnitView| unit.first_epoch == 0 || history.states.contains(&unit.first_epoch);
            let rows: Vec<&UnitView> = history.units.iter().filter(kept).collect();
            let rows = rows.iter().rev().take(LISTED).map(|unit| {
                let link = Page::Verify(Some((island, unit.first_epoch))).path();
                let words = format!("epochs {} to {}", number::grouped(unit.first_epoch as i64), number::grouped(unit.end_epoch as i64));
                view! { <li><a href=link><strong>{words}</strong><div class="facts">{unit.segments.len()} " segments"</div></a></li> }
            });
            let rows = rows.collect_view();
            if rows.is_empty() {
                view! { <p class="empty">"Nothing of this island is confirmed yet."</p> }.into_any()
            } else {
                view! { <ul class="islands">{rows}</ul> }.into_any()
            }
        })
    };
    view! { <h2 class="section-head">"Island " {island}</h2> {list} }
}

/// How far a verification is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Progress {
    found: Vec<String>,
    permille: u32,
    trouble: Option<String>,
    begun: bool,
}

/// `/verify/{island}/{first_epoch}`
#[component]
pub fn Verify(island: u32, epoch: u64) -> impl IntoView {
    let history = ask::<HistoryView>(format!("/api/v1/units/{island}?from={epoch}&limit=1"));
    let progress = RwSignal::new(Progress::default());
    let hand = StoredValue::new_local(None::<LabHand>);
    let begin = move |unit: UnitView| {
        progress.set(Progress {
            begun: true,
            ..Progress::default()
        });
        let fail = move |why: String| progress.update(|progress| progress.trouble = Some(why));
        match LabHand::new(move |answer| hear(progress, answer)) {
            Ok(new) => hand.set_value(Some(new)),
            Err(why) => return fail(why),
        }
        leptos::task::spawn_local(async move {
            let question = fetch_bytes(&format!("/api/v1/units/{island}/{epoch}")).await;
            let state = match epoch {
                0 => Ok(Vec::new()),
                _ => fetch_bytes(&format!("/api/v1/states/{island}/{epoch}")).await,
            };
            match (question, state) {
                (Ok(question), Ok(state)) => {
                    let _ = hand.try_with_value(|hand| {
                        if let Some(hand) = hand {
                            hand.ask(LabRequest::Verify {
                                question,
                                state,
                                base: unit.base,
                            });
                        }
                    });
                }
                (Err(why), _) | (_, Err(why)) => {
                    let _ = progress.try_update(|progress| progress.trouble = Some(why));
                }
            }
        });
    };
    let body = move || {
        history.known(|history| match history.units.first().filter(|unit| unit.first_epoch == epoch) {
            Some(unit) => {
                let (again, shown, unit) = (unit.clone(), unit.clone(), unit.clone());
                let busy = move || progress.with(|p| p.begun && p.trouble.is_none() && p.permille < 1_000);
                view! {
                    <p class="lead">"Island " {island} ", epochs " {number::grouped(unit.first_epoch as i64)} " to " {number::grouped(unit.end_epoch as i64)} ", in " {unit.segments.len()} " segments."</p>
                    <div class="row tools">
                        <button id="verify" type="button" class="button" disabled=busy on:click=move |_| begin(again.clone())>"Compute it here"</button>
                        <progress max="1000" prop:value=move || progress.with(|p| p.permille.to_string()) aria-label="Done"></progress>
                    </div>
                    <p class="lead" id="verdict" role="status">{move || progress.with(|progress| verdict(&unit, progress))}</p>
                    {move || progress.with(|progress| digests(&shown, &progress.found))}
                }
                .into_any()
            }
            None => view! { <p class="empty">"No confirmed unit of island " {island} " begins at epoch " {epoch} ". " <a href=Page::Verify(None).path()>"Those that can be verified"</a></p> }.into_any(),
        })
    };
    view! {
        <p class="eyebrow"><a href=Page::Verify(None).path()>"Verify"</a></p>
        <h1>"Compute it yourself"</h1>
        <Standing asked=history/>
        {body}
    }
}

fn hear(progress: RwSignal<Progress>, answer: LabAnswer) {
    let _ = progress.try_update(|progress| match answer {
        LabAnswer::Verified { segment, permille } => {
            progress.permille = permille;
            if !segment.is_empty() {
                progress.found.push(segment);
            }
        }
        LabAnswer::Refused { text } => progress.trouble = Some(text),
        _ => {}
    });
}

fn verdict(unit: &UnitView, progress: &Progress) -> String {
    if let Some(trouble) = &progress.trouble {
        return trouble.clone();
    }
    let differs = progress
        .found
        .iter()
        .zip(&unit.segments)
        .any(|(found, recorded)| found != recorded);
    match progress.permille {
        _ if differs => "A digest differs. Either this browser or the record is wrong; please tell the operator.".into(),
        0 if !progress.begun => String::new(),
        1_000 if progress.found.len() == unit.segments.len() => "Every digest is the same: this is what happened.".into(),
        1_000 => "It ended with another number of segments than recorded.".into(),
        done => format!("{} % computed …", done / 10),
    }
}

/// What is recorded, and beside it what came out here.
fn digests(unit: &UnitView, found: &[String]) -> impl IntoView + use<> {
    let rows = unit.segments.iter().enumerate().map(|(index, recorded)| {
        let own = found.get(index).cloned();
        let (class, mark) = match &own {
            Some(own) if own == recorded => ("same", "the same"),
            Some(_) => ("other", "another"),
            None => ("", ""),
        };
        view! {
            <tr class=class><td class="right">{index + 1}</td><td><code>{recorded.get(..16).unwrap_or_default().to_owned()}</code></td>
            <td><code>{own.unwrap_or_default().get(..16).unwrap_or_default().to_owned()}</code></td><td>{mark}</td></tr>
        }
    });
    view! {
        <div class="wide panel" tabindex="0"><table class="table digests">
            <thead><tr><th class="right">"segment"</th><th>"recorded"</th><th>"computed here"</th><th></th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
}
