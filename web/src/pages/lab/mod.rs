//! The lab: an organism under the glass, its program, its soup, and what lies around its genome. Knows no stream.

mod bench;
mod controls;
mod organism;
mod program;
mod setup;
mod soup;
mod survey;

use crate::{
    ask::{Answer, ask},
    browser, lab_link,
};
use bench::Bench;
use bytebiota_core::genesis;
use bytebiota_protocol::{
    genome_name::{GenomeName, from_hex, to_hex},
    routes::Page,
};
use leptos::prelude::*;
use serde::Deserialize;

/// What of a genotype the lab needs.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
struct Kept {
    genome: String,
}

/// `/genome`: which one?
#[component]
pub fn LabDoor() -> impl IntoView {
    const WORDS: [(&str, &str); 5] = [
        (
            "forager",
            "The founder of the world: it copies itself and eats on the way.",
        ),
        (
            "ancestor",
            "The shortest honest life: it measures itself, copies itself, divides.",
        ),
        (
            "pupil",
            "The founder of the NAND machine: it asks four times a generation, and knows no better answer than the question.",
        ),
        (
            "parasite",
            "It has no copy loop of its own and calls its neighbour's.",
        ),
        (
            "hyperparasite",
            "It looks as if it could be preyed upon, and bears its own children with the thief's time.",
        ),
    ];
    let words = |name: &str| {
        WORDS
            .iter()
            .find(|(known, _)| *known == name)
            .map_or("", |(_, words)| words)
    };
    let entries = genesis::GENOMES.iter().map(|(name, _)| {
        let link = if !name.ends_with("parasite") {
            Page::Genome((*name).to_owned()).path()
        } else {
            let host = if *name == "parasite" { "ancestor" } else { "parasite" };
            format!("{}?beside={host}", Page::Genome((*name).to_owned()).path())
        };
        view! { <li><a href=link><strong>{*name}</strong><div class="facts">{words(name)}</div></a></li> }
    });
    view! {
        <p class="eyebrow">"The lab"</p>
        <h1>"Watch a genome live"</h1>
        <p class="lead">"One organism under the glass, stepped instruction by instruction, forwards and backwards. Everything runs in this page. Take one of the ancestors, or write a genome of your own."</p>
        <ul class="islands">{entries.collect_view()}</ul>
        <OwnGenome/>
    }
}

/// A genome that somebody brings along.
#[component]
fn OwnGenome() -> impl IntoView {
    let text = RwSignal::new(String::new());
    let read = Memo::new(move |_| text.with(|text| setup::genome_of(text)));
    let link = move || {
        read.get()
            .ok()
            .map(|genome| Page::Genome(to_hex(&genome)).path())
    };
    let mistake = move || {
        read.get()
            .err()
            .filter(|_| text.with(|text| !text.trim().is_empty()))
    };
    view! {
        <section class="panel setup own-genome" aria-labelledby="own-head">
            <h2 id="own-head">"A genome of your own"</h2>
            <div class="field">
                <label for="genome-text"><span>"Assembly, or hex digits"</span></label>
                <textarea id="genome-text" rows="8" spellcheck="false" autocomplete="off" autocapitalize="off" placeholder=".1111\nADR_BACK_TEMPLATE .0000\nMOV_BX_AX …"
                    prop:value=move || text.get() on:input=move |event| text.set(event_target_value(&event))></textarea>
                {move || mistake().map(|error| view! { <p class="mistake" role="alert">{error.to_string()}</p> })}
            </div>
            {move || link().map(|link| view! { <a id="open-own" class="button small strong" href=link>"Let it live"</a> })}
        </section>
    }
}

/// `/genome/{word}`
#[component]
pub fn Lab(word: String) -> impl IntoView {
    match GenomeName::parse(&word) {
        Some(GenomeName::Genome(genome)) => view! { <OfGenome genome/> }.into_any(),
        _ => view! { <OfGenotype hash=word.to_ascii_lowercase()/> }.into_any(),
    }
}

/// A genotype whose genome somebody else keeps.
#[component]
fn OfGenotype(hash: String) -> impl IntoView {
    let answer = ask::<Kept>(format!("/api/v1/genotypes/{hash}"));
    // Thirty-two digits may as well be a genome of sixteen bytes.
    let as_genome = from_hex(&hash);
    let shown: String = hash.chars().take(8).collect();
    move || {
        let words = match answer.answer.get() {
            Answer::Waiting => "The world is asked for this genome …".to_owned(),
            Answer::Known(kept) => match from_hex(&kept.genome) {
                Some(genome) => return view! { <OfGenome genome/> }.into_any(),
                None => "The server's answer holds no genome.".into(),
            },
            Answer::Unknown(_) => match as_genome.clone() {
                Some(genome) => return view! { <OfGenome genome/> }.into_any(),
                None => "The world keeps no genome of this name.".into(),
            },
            Answer::Failed(why) => {
                format!("{why} The lab itself needs no server: a genome in hex digits is enough.")
            }
        };
        view! {
            <p class="eyebrow"><a href=Page::Lab.path()>"The lab"</a></p>
            <h1>"Genotype " {shown.clone()}</h1>
            <p class="lead" role="status">{words}</p>
            <p class="actions"><a class="button" href=Page::Lab.path()>"To the lab"</a></p>
        }
        .into_any()
    }
}

#[component]
fn OfGenome(genome: Vec<u8>) -> impl IntoView {
    let bench = Bench::new(lab_link::read(&genome, &browser::query()));
    let name = move || {
        let word = lab_link::word(&bench.start.with(|start| start.genome.clone()));
        let known = genesis::GENOMES.iter().any(|(name, _)| *name == word);
        let species = bench
            .assay
            .with(|assay| assay.as_ref().map(|assay| assay.species.clone()));
        match (species, known) {
            (Some(species), true) => format!("{species}, the {word}"),
            (Some(species), false) => species,
            (None, true) => format!("The {word}"),
            (None, false) => "A genome".into(),
        }
    };
    view! {
        <p class="eyebrow"><a href=Page::Lab.path()>"The lab"</a></p>
        <h1 class="species">{name}</h1>
        <controls::Controls bench/>
        <div class="lab">
            <soup::LabSoup bench/>
            <program::Program bench/>
            <organism::Organism bench/>
        </div>
        <div class="lab-more">
            <setup::Setup bench/>
            <survey::Surveyed bench/>
        </div>
    }
}
