//! The program of the organism under the glass: its body disassembled as it is now, the next instruction marked, any byte
//! to be changed by hand. Knows no soup around it.

use super::bench::Bench;
use crate::{
    family_colour,
    listing::{self, Line},
    pigment,
};
use bytebiota_core::isa::{self, Family};
use bytebiota_protocol::{genome_name::to_hex, lab::LabRequest, routes::Page};
use leptos::{html, prelude::*};

/// The panel.
#[component]
pub fn Program(
    /// The lab.
    bench: Bench,
) -> impl IntoView {
    let place = Memo::new(move |_| {
        bench.with(|frame| frame.specimen.as_ref().map(|it| (it.start, it.length)))
    });
    let body = Memo::new(move |_| {
        let (start, length) = place.get().unwrap_or_default();
        let soup = bench.soup.get();
        let end = (start + length) as usize;
        soup.get(start as usize..end).unwrap_or_default().to_vec()
    });
    let lines = Memo::new(move |_| body.with(|body| listing::lines(body)));
    // The offset of the next instruction in this body; far away while somebody else's code runs.
    let now = Memo::new(move |_| {
        bench.with(|frame| {
            frame
                .specimen
                .as_ref()
                .map_or(u32::MAX, |it| it.ip.wrapping_sub(it.start))
        })
    });
    let chosen = RwSignal::new(None::<u32>);
    let list = NodeRef::<html::Ol>::new();
    follow(list, lines, now);
    let astray = move || place.get().is_some_and(|(_, length)| now.get() >= length);
    view! {
        <section class="panel program" aria-labelledby="program-head">
            <h2 id="program-head">"Its program"</h2>
            <p class="small">{move || if astray() {
                "It executes bytes outside its own body."
            } else {
                "The next instruction is marked. Press one to change it, and see what becomes of it."
            }}</p>
            <ol class="listing" node_ref=list tabindex="0" aria-label="Instructions">
                {move || lines.get().into_iter().map(|line| row(line, now, chosen)).collect_view()}
            </ol>
            {move || chosen.get().map(|offset| view! { <Change bench offset body chosen/> })}
            {move || changed(bench, &body.get())}
        </section>
    }
}

fn row(line: Line, now: Memo<u32>, chosen: RwSignal<Option<u32>>) -> impl IntoView {
    let colour = pigment::css(family_colour::of(line.family));
    let (offset, text, sentence) = (line.offset, line.text.clone(), line.sentence);
    let marked = line.clone();
    let is_now = Memo::new(move |_| marked.holds(now.get()));
    view! {
        <li class="line" class:now=move || is_now.get() aria-current=move || is_now.get().then_some("step")>
            <button type="button" title=sentence aria-pressed=move || (chosen.get() == Some(offset)).to_string()
                on:click=move |_| chosen.update(|chosen| *chosen = if *chosen == Some(offset) { None } else { Some(offset) })>
                <span class="offset">{offset}</span>
                <span class="bar" style:background=colour aria-hidden="true"></span>
                <span class="text">{text}</span>
            </button>
        </li>
    }
}

/// Keeps the marked line in view, by moving the list alone and never the page.
fn follow(list: NodeRef<html::Ol>, lines: Memo<Vec<Line>>, now: Memo<u32>) {
    Effect::new(move || {
        let (offset, Some(list)) = (now.get(), list.get()) else {
            return;
        };
        let index = lines.with(|lines| lines.iter().position(|line| line.holds(offset)));
        let line = index.and_then(|index| list.children().item(index as u32));
        if let Some(line) = line {
            let (frame, place) = (
                list.get_bounding_client_rect(),
                line.get_bounding_client_rect(),
            );
            let above = place.top() - frame.top();
            if above < 0.0 || place.bottom() > frame.bottom() {
                list.set_scroll_top(list.scroll_top() + above as i32 - list.client_height() / 3);
            }
        }
    });
}

/// The form that changes a byte.
#[component]
fn Change(
    bench: Bench,
    offset: u32,
    body: Memo<Vec<u8>>,
    chosen: RwSignal<Option<u32>>,
) -> impl IntoView {
    let before = body.with_untracked(|body| body.get(offset as usize).copied().unwrap_or(0));
    let byte = RwSignal::new(before);
    let put = move |_| {
        let start = bench
            .frame
            .with_untracked(|frame| frame.as_ref()?.specimen.as_ref().map(|it| it.start));
        if let Some(start) = start {
            bench.ask(LabRequest::Change {
                address: start + offset,
                byte: byte.get_untracked(),
            });
        }
        chosen.set(None);
    };
    let options = Family::ALL
        .into_iter()
        .filter(|family| *family != Family::Invalid)
        .map(move |family| {
            let rows = isa::TABLE.iter().filter(move |row| row.family == family);
            let rows = rows.map(move |row| {
                let is_it = row.byte == before & !isa::ALIAS_BIT && before < 128;
                view! { <option value=row.byte.to_string() selected=is_it>{row.name}</option> }
            });
            view! { <optgroup label=family_colour::words(family)>{rows.collect_view()}</optgroup> }
        });
    view! {
        <form class="change" on:submit=move |event| { event.prevent_default(); put(()); }>
            <label for="new-byte">"Byte " {offset} " becomes"</label>
            <select id="new-byte" on:change=move |event| byte.set(event_target_value(&event).parse().unwrap_or(before))>
                {options.collect_view()}
                <option value="255" selected=before.ge(&128)>"no instruction (255)"</option>
            </select>
            <button id="put-byte" type="submit" class="button small">"Put it in"</button>
            <p class="small">{move || isa::decode(byte.get()).map_or("An error whenever it is executed.", |row| row.sentence)}</p>
        </form>
    }
}

/// A body that is no longer what it was born as can be taken out as a genome of its own.
fn changed(bench: Bench, body: &[u8]) -> Option<impl IntoView + use<>> {
    let hash = bench.with(|frame| frame.specimen.as_ref().map(|it| it.genotype.clone()))?;
    let is_same = bytebiota_core::GenotypeHash::of(body).to_string() == hash;
    let link = Page::Genome(to_hex(body)).path();
    (!is_same && !body.is_empty()).then(|| {
        view! { <p class="small changed">"This body is not what it was born as. " <a href=link>"Take it as a genome of its own"</a></p> }
    })
}
