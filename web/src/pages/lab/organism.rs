//! The organism under the glass: registers, flag, stack, its body and its growing child as strips. Knows no soup around it.

use super::bench::Bench;
use crate::{family_colour, number, pigment::Rgba, soup_canvas};
use bytebiota_protocol::lab::{LabFrame, SpecimenView};
use leptos::{html, prelude::*};

/// Words of the stack that are shown: all there are.
const STACK: usize = 10;
/// Bytes in a row of a strip.
const STRIP: u32 = 32;

/// The panel.
#[component]
pub fn Organism(
    /// The lab.
    bench: Bench,
) -> impl IntoView {
    let specimen = Memo::new(move |_| bench.with(|frame| frame.specimen.clone()));
    let is_dead = move || bench.frame.with(Option::is_some) && specimen.with(Option::is_none);
    let fact = move |name: &'static str, word: &'static str, read: fn(&SpecimenView) -> String| {
        let text = move || specimen.with(|it| it.as_ref().map_or("–".into(), read));
        view! { <div><dt>{name}</dt><dd data-lab=word>{text}</dd></div> }
    };
    view! {
        <section class="panel organism" aria-labelledby="organism-head">
            <h2 id="organism-head">"The organism"</h2>
            {move || is_dead().then(|| view! { <p class="small">"It is dead. Step back, or point at another body in the soup."</p> })}
            <div class="registers">
                {["AX", "BX", "CX", "DX"].into_iter().enumerate().map(|(index, name)| register(bench, index, name)).collect_view()}
                <div class="register"><span class="name">"Z"</span>
                    <span class="value" data-lab="zero">{move || specimen.with(|it| it.as_ref().map_or("–", |it| if it.zero { "set" } else { "clear" }))}</span></div>
                <div class="register"><span class="name">"next"</span>
                    <span class="value" data-lab="ip">{move || specimen.with(|it| it.as_ref().map_or("–".into(), |it| it.ip.to_string()))}</span></div>
            </div>
            <div class="stack" aria-label="Stack">
                <span class="name">"Stack"</span>
                {move || specimen.with(|it| stack(it.as_ref()))}
            </div>
            <Strip bench name="Body" part=body/>
            <Strip bench name="Child" part=child/>
            <dl class="lab-facts">
                {fact("energy", "energy", |it| number::compact(it.energy as f64))}
                {fact("births", "births", |it| it.births.to_string())}
                {fact("generation", "generation", |it| it.generation.to_string())}
                {fact("age, rounds", "age", |it| number::compact(it.age as f64))}
                {fact("errors", "errors", |it| number::compact(f64::from(it.errors)))}
                {fact("tasks done", "tasks", |it| if it.tasks.is_empty() { "none".into() } else { it.tasks.join(" ") })}
            </dl>
        </section>
    }
}

fn register(bench: Bench, index: usize, name: &'static str) -> impl IntoView {
    let value = Memo::new(move |_| {
        bench.with(|frame| frame.specimen.as_ref().map(|it| it.registers[index]))
    });
    // What an address register points at is told in words; the others are numbers.
    let place = Memo::new(move |_| {
        bench.with(|frame| {
            frame
                .specimen
                .as_ref()
                .map(|it| whose(frame, it, it.registers[index]))
        })
    });
    view! {
        <div class="register">
            <span class="name">{name}</span>
            <span class="value" data-lab=name>{move || value.get().map_or("–".into(), |value| value.to_string())}</span>
            <span class="place">{move || place.get().unwrap_or_default()}</span>
        </div>
    }
}

/// Whose byte lies at an address, if the number is one.
fn whose(frame: &LabFrame, it: &SpecimenView, value: i32) -> String {
    let Ok(address) = u32::try_from(value) else {
        return String::new();
    };
    let within = |start: u32, length: u32| {
        (address >= start && address - start < length).then(|| address - start)
    };
    let [child_start, child_length, _] = it.child;
    if let Some(offset) = within(it.start, it.length) {
        return format!("body +{offset}");
    }
    if let Some(offset) = within(child_start, child_length) {
        return format!("child +{offset}");
    }
    let other = frame
        .map
        .organisms
        .iter()
        .any(|body| within(body.start, body.length).is_some());
    if other {
        "another's".into()
    } else {
        String::new()
    }
}

fn stack(it: Option<&SpecimenView>) -> impl IntoView + use<> {
    let words = it.map(|it| it.stack.clone()).unwrap_or_default();
    let top = words.len();
    let cells = (0..STACK).map(|index| match words.get(index) {
        Some(word) => view! { <span class=if index + 1 == top { "word top" } else { "word" }>{word.to_string()}</span> }.into_any(),
        None => view! { <span class="word empty" aria-hidden="true"></span> }.into_any(),
    });
    view! { <span class="words">{cells.collect_view()}</span> <span class="unseen">{format!("{top} words, the last on top")}</span> }
}

/// A strip of memory: where it begins, its bytes, and words about it.
type Part = fn(&LabFrame) -> Option<(u32, u32, String)>;

fn body(frame: &LabFrame) -> Option<(u32, u32, String)> {
    let it = frame.specimen.as_ref()?;
    Some((
        it.start,
        it.length,
        format!("{} bytes from address {}", it.length, it.start),
    ))
}

fn child(frame: &LabFrame) -> Option<(u32, u32, String)> {
    let [start, length, written] = frame.specimen.as_ref()?.child;
    (length > 0).then(|| {
        (
            start,
            length,
            format!("{written} of {length} bytes written"),
        )
    })
}

#[component]
fn Strip(bench: Bench, name: &'static str, part: Part) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let words = Memo::new(move |_| bench.with(|frame| part(frame).map(|(_, _, words)| words)));
    Effect::new(move || {
        let (Some(canvas), soup) = (canvas.get(), bench.soup.get()) else {
            return;
        };
        let colours = bench.with(|frame| {
            let (start, length, _) = part(frame)?;
            let all = family_colour::paint(frame, &soup);
            let end = (start + length) as usize;
            all.get(start as usize..end).map(<[Rgba]>::to_vec)
        });
        let colours = colours.unwrap_or_default();
        let rows = (colours.len() as u32).div_ceil(STRIP).max(1);
        soup_canvas::put(&canvas, STRIP, rows, colours);
    });
    view! {
        <div class="strip">
            <div class="strip-head"><span class="name">{name}</span>
                <span class="small" data-lab=name>{move || words.get().unwrap_or_else(|| "none on the way".into())}</span></div>
            <canvas node_ref=canvas role="img" aria-label=move || format!("{name}: {}", words.get().unwrap_or_default())
                hidden=move || words.with(Option::is_none)></canvas>
        </div>
    }
}
