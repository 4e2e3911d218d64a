//! What a lab begins with: the genome as text, a second one beside it, the rules. Mistakes in the text are named by line
//! and column while the text stays. Knows no organism.

use super::bench::Bench;
use crate::{browser, lab_link, listing};
use bytebiota_core::{
    assembler::{AssemblyError, assemble, disassemble},
    genesis,
};
use bytebiota_protocol::{
    genome_name::{from_hex, to_hex},
    lab::{LabStart, RULES},
};
use leptos::prelude::*;

/// The panel.
#[component]
pub fn Setup(
    /// The lab.
    bench: Bench,
) -> impl IntoView {
    view! {
        <section class="panel setup" aria-labelledby="setup-head">
            <h2 id="setup-head">"What it begins with"</h2>
            <div class="setup-parts">
                <GenomeText bench/>
                <div class="setup-side">
                    <Beside bench/>
                    <Rules bench/>
                    <Link bench/>
                </div>
            </div>
        </section>
    }
}

/// The text of a genome: of an ancestor with its comments, else as it is disassembled.
fn text_of(hex: &str) -> String {
    let word = lab_link::word(hex);
    let named = genesis::GENOMES.iter().find(|(name, _)| *name == word);
    let genome = from_hex(hex).unwrap_or_default();
    named.map_or_else(|| disassemble(&genome), |(_, text)| (*text).to_owned())
}

/// A genome from what somebody typed or pasted: hex digits, or assembly.
pub fn genome_of(text: &str) -> Result<Vec<u8>, AssemblyError> {
    let digits: String = text.split_whitespace().collect();
    from_hex(&digits).map_or_else(|| assemble(text), Ok)
}

#[component]
fn GenomeText(bench: Bench) -> impl IntoView {
    let text = RwSignal::new(String::new());
    Effect::new(move || text.set(text_of(&bench.start.with(|start| start.genome.clone()))));
    let read = Memo::new(move |_| text.with(|text| genome_of(text)));
    let is_new = move || {
        let hex = read.get().ok().map(|genome| to_hex(&genome));
        hex.is_some_and(|hex| bench.start.with(|start| start.genome != hex))
    };
    let grow = move |_| {
        if let Ok(genome) = read.get_untracked() {
            let known = bench.start.get_untracked();
            let fitting = lab_link::read(&genome, "");
            bench.begin(LabStart {
                genome: to_hex(&genome),
                rules: fitting.rules,
                ..known
            });
        }
    };
    let verdict = move || {
        match read.get() {
        Ok(genome) => view! { <p class="small" id="text-verdict">{format!("{} bytes, {} instructions and templates.", genome.len(), listing::lines(&genome).len())}</p> }.into_any(),
        Err(error) => view! {
            <div class="mistake" id="text-verdict" role="alert">
                <p><strong>"Line " {error.line} ", column " {error.column} ": "</strong> {error.reason.clone()}</p>
                <pre tabindex="0" role="region" aria-label="The line with the mistake">{text.with(|text| excerpt(text, &error))}</pre>
            </div>
        }.into_any(),
    }
    };
    view! {
        <div class="field">
            <label for="genome-text"><span>"The genome, as assembly or hex digits"</span></label>
            <textarea id="genome-text" rows="14" spellcheck="false" autocomplete="off" autocapitalize="off" aria-describedby="text-verdict"
                prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))></textarea>
            {verdict}
            <div class="row">
                <button id="grow" type="button" class="button small strong" disabled=move || !is_new() on:click=grow>"Let this one live"</button>
                <a class="small" href="/docs/opcode-reference">"All instructions"</a>
            </div>
        </div>
    }
}

/// The line with the mistake, and a mark below its column.
fn excerpt(text: &str, error: &AssemblyError) -> String {
    let line: String = text
        .lines()
        .nth(error.line - 1)
        .unwrap_or("")
        .chars()
        .take(120)
        .collect();
    format!(
        "{line}\n{}^",
        " ".repeat(error.column.saturating_sub(1).min(119))
    )
}

#[component]
fn Beside(bench: Bench) -> impl IntoView {
    let text = RwSignal::new(String::new());
    Effect::new(move || {
        text.set(lab_link::word(
            &bench.start.with(|start| start.beside.clone()),
        ))
    });
    let mistake = RwSignal::new(None::<String>);
    let set = move |word: String| {
        let genome = match word.trim() {
            "" => Ok(String::new()),
            word => genesis::genome(word)
                .map_or_else(|| genome_of(word), Ok)
                .map(|genome| to_hex(&genome)),
        };
        match genome {
            Ok(beside) => {
                mistake.set(None);
                let known = bench.start.get_untracked();
                if known.beside != beside {
                    bench.begin(LabStart { beside, ..known });
                }
            }
            Err(error) => mistake.set(Some(error.to_string())),
        }
    };
    let names = genesis::GENOMES
        .iter()
        .map(|(name, _)| view! { <option value=*name></option> });
    view! {
        <div class="field">
            <label for="beside"><span>"A second genome on each side of it"</span></label>
            <input id="beside" type="text" list="ancestors" placeholder="nobody: a name, hex digits" spellcheck="false" autocomplete="off"
                prop:value=move || text.get() on:change=move |event| set(event_target_value(&event))/>
            <datalist id="ancestors">{names.collect_view()}</datalist>
            {move || mistake.get().map(|text| view! { <p class="mistake" role="alert">{text}</p> })}
        </div>
        <div class="field">
            <label for="gap"><span>"Bytes between them"</span><output for="gap">{move || bench.start.with(|start| start.gap)}</output></label>
            <input id="gap" type="range" min="0" max="512" step="16" prop:value=move || bench.start.with(|start| start.gap.to_string())
                disabled=move || bench.start.with(|start| start.beside.is_empty())
                on:change=move |event| {
                    let gap = event_target_value(&event).parse().unwrap_or(64);
                    bench.begin(LabStart { gap, ..bench.start.get_untracked() });
                }/>
        </div>
    }
}

#[component]
fn Rules(bench: Bench) -> impl IntoView {
    let options = RULES.into_iter().map(move |(name, words)| {
        let chosen = move || bench.start.with(|start| start.rules == name);
        view! { <option value=name prop:selected=chosen>{words}</option> }
    });
    view! {
        <div class="field">
            <label for="rules"><span>"Rules"</span></label>
            <select id="rules" on:change=move |event| bench.begin(LabStart { rules: event_target_value(&event), ..bench.start.get_untracked() })>
                {options.collect_view()}
            </select>
        </div>
        <label class="check">
            <input id="mutation" type="checkbox" prop:checked=move || bench.start.with(|start| start.mutation)
                on:change=move |event| bench.begin(LabStart { mutation: event_target_checked(&event), ..bench.start.get_untracked() })/>
            <span>"Copies err: let it evolve"</span>
        </label>
    }
}

#[component]
fn Link(bench: Bench) -> impl IntoView {
    let copied = RwSignal::new(false);
    Effect::new(move || {
        bench.start.track();
        copied.set(false);
    });
    let copy = move |_| {
        let link = lab_link::write(&bench.start.get_untracked());
        browser::copy(&format!("{}{link}", browser::origin()));
        copied.set(true);
    };
    view! {
        <div class="row">
            <button id="copy-link" type="button" class="button small" on:click=copy>"Copy the link to this lab"</button>
            <span class="small" role="status">{move || copied.get().then_some("Copied.")}</span>
        </div>
    }
}
