//! Icons beside each other, so that one sees that they differ and that relatives look alike. Needs no server.

use crate::icon::icon;
use bytebiota_core::{genesis, taxonomy::Taxonomy};
use bytebiota_protocol::{genome_name::to_hex, routes::Page};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Mutants that are drawn.
const MUTANTS: u32 = 400;
/// Genera that are shown.
const GENERA: usize = 48;

/// Species by genus: name, lineage, an example.
type Genera = BTreeMap<Vec<String>, BTreeMap<String, Vec<u8>>>;

/// `/icons`
#[component]
pub fn Gallery() -> impl IntoView {
    let genera = genera();
    let count: usize = genera.values().map(BTreeMap::len).sum();
    let shown = genera
        .into_iter()
        .take(GENERA)
        .map(|(path, species)| genus(&path, species));
    view! {
        <p class="eyebrow">"Icons"</p>
        <h1>"Every name has a face"</h1>
        <p class="lead">"An icon is drawn from the names of a taxon alone: the kingdom gives the form, the phylum its lobes, the class the colour, the order what it swims with, the genus its organs, and the species their places. Relatives look alike; no two species are the same."</p>
        <p class="small">{format!("{count} species, from the ancestors and mutants of them. ")} <a href=Page::Taxonomy.path()>"Those alive now"</a></p>
        <div class="gallery">{shown.collect_view()}</div>
    }
}

fn genus(path: &[String], species: BTreeMap<String, Vec<u8>>) -> impl IntoView + use<> {
    let names: Vec<String> = path.to_vec();
    let title = names.last().cloned().unwrap_or_default();
    let above = names[..names.len().saturating_sub(1)].join(" › ");
    let entries = species.into_iter().map(|(name, genome)| {
        let lineage: Vec<&str> = names.iter().map(String::as_str).chain([name.as_str()]).collect();
        let svg = icon(&lineage, None);
        view! { <li><a href=Page::Genome(to_hex(&genome)).path() title=name.clone()><span class="picture" inner_html=svg></span><span class="unseen">{name.clone()}</span></a></li> }
    });
    view! {
        <section class="panel"><h2>{title}</h2><p class="small">{above}</p>
            <ul class="pictures">{entries.collect_view()}</ul></section>
    }
}

/// The ancestors, and mutants of them by a fixed rule.
fn genera() -> Genera {
    let mut genera = Genera::new();
    let mut dice: u32 = 12_345;
    let mut throw = |below: u32| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (dice >> 8) % below.max(1)
    };
    for index in 0..MUTANTS {
        let (_, text) = genesis::GENOMES[index as usize % genesis::GENOMES.len()];
        let mut genome = bytebiota_core::assembler::assemble(text).unwrap_or_default();
        if index as usize >= genesis::GENOMES.len() {
            for _ in 0..throw(6) {
                let place = throw(genome.len() as u32) as usize;
                genome[place] = throw(64) as u8;
            }
            let least = genome.len() as u32 / 2;
            if throw(3) == 0 {
                genome.truncate((least + throw(least)) as usize);
            }
        }
        let lineage = Taxonomy::classify(&genome, None).lineage;
        let path = lineage.path().map(str::to_owned).to_vec();
        genera
            .entry(path)
            .or_default()
            .insert(lineage.species, genome);
    }
    genera
}
