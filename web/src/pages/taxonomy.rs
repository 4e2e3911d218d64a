//! The living by the tree of names, and a page for each species. Knows no stream.

use crate::{
    ask::{Asked, Standing, follow},
    icon::icon,
    number,
    ranks::{self, RANKS, Taxon},
};
use bytebiota_protocol::{
    genome_name::from_hex,
    routes::Page,
    view::{GenotypeSummary, GenotypesPage, SpeciesView},
};
use leptos::prelude::*;

/// How often the living are counted anew, ms.
const EVERY_MS: u32 = 15_000;
/// Members that a branch must have, of all, to stand open at first.
const OPEN_SHARE: u64 = 20;

fn living() -> Asked<Vec<SpeciesView>> {
    follow("/api/v1/taxonomy?limit=1000".into(), EVERY_MS)
}

/// `/taxonomy`
#[component]
pub fn Taxonomy() -> impl IntoView {
    let asked = living();
    let sought = RwSignal::new(String::new());
    view! {
        <p class="eyebrow">"Who lives here"</p>
        <h1>"The tree of names"</h1>
        <p class="lead">"Every genome has a place among kingdoms, families and species, read off its instructions: the same bytes, the same name, for ever. " <a href="/docs/taxonomy">"How names are given"</a></p>
        <div class="field search"><label for="sought"><span>"Find a name"</span></label>
            <input id="sought" type="text" placeholder="Opifex" autocomplete="off" spellcheck="false"
                prop:value=move || sought.get() on:input=move |event| sought.set(event_target_value(&event))/></div>
        <Standing asked/>
        {move || asked.known(|species| {
            let words = sought.get().to_lowercase();
            let fits = |row: &&SpeciesView| row.lineage.iter().any(|name| name.to_lowercase().contains(words.trim()));
            let species: Vec<SpeciesView> = species.iter().filter(fits).cloned().collect();
            whole(&species, !words.trim().is_empty())
        })}
    }
}

fn whole(species: &[SpeciesView], all_open: bool) -> AnyView {
    if species.is_empty() {
        return view! { <p class="empty">"Nobody of that kind is alive as far as confirmed work tells."</p> }.into_any();
    }
    let tree = ranks::tree(species);
    let all: u64 = tree.iter().map(|taxon| taxon.living).sum();
    let words = format!(
        "{} organisms of {} species in {} kingdoms",
        number::grouped(all as i64),
        number::grouped(species.len() as i64),
        tree.len()
    );
    let share = if all_open { 0 } else { all / OPEN_SHARE };
    view! {
        <p class="small">{words}</p>
        <ul class="ranks panel">{tree.iter().map(|taxon| branch(taxon, share)).collect_view()}</ul>
    }
    .into_any()
}

fn branch(taxon: &Taxon, share: u64) -> AnyView {
    let name = taxon.lineage.last().cloned().unwrap_or_default();
    let rank = RANKS[taxon.lineage.len().clamp(1, RANKS.len()) - 1];
    let count = format!("{} alive", number::compact(taxon.living as f64));
    let picture = picture(&taxon.lineage);
    if taxon.children.is_empty() {
        let link = Page::Species(ranks::slug(&name)).path();
        return view! {
            <li class="leaf"><a href=link>{picture} <em>{name}</em></a> <span class="count">{count} ", " {taxon.genotypes} " genotypes"</span></li>
        }
        .into_any();
    }
    let children: Vec<AnyView> = taxon
        .children
        .iter()
        .map(|child| branch(child, share))
        .collect();
    view! {
        <li><details prop:open=taxon.living.ge(&share)>
            <summary>{picture} <span class="rank">{rank}</span> {name} <span class="count">{count}</span></summary>
            <ul class="ranks">{children}</ul>
        </details></li>
    }
    .into_any()
}

/// The icon of a taxon.
pub fn picture(lineage: &[String]) -> impl IntoView + use<> {
    let names: Vec<&str> = lineage.iter().map(String::as_str).collect();
    view! { <span class="picture" inner_html=icon(&names, None)></span> }
}

/// `/species/{slug}`
#[component]
pub fn Species(slug: String) -> impl IntoView {
    let asked = living();
    let genotypes = follow::<GenotypesPage>("/api/v1/genotypes?limit=1000".into(), EVERY_MS);
    let wanted = StoredValue::new(slug);
    let is_it = move |lineage: &[String]| {
        lineage
            .last()
            .is_some_and(|name| wanted.with_value(|slug| ranks::slug(name) == *slug))
    };
    view! {
        <p class="eyebrow"><a href=Page::Taxonomy.path()>"The tree of names"</a></p>
        <Standing asked/>
        {move || asked.known(|species| match species.iter().find(|row| is_it(&row.lineage)) {
            Some(row) => head(row).into_any(),
            None => absent(&wanted.get_value()).into_any(),
        })}
        {move || genotypes.known(|page| {
            let members: Vec<&GenotypeSummary> = page.genotypes.iter().filter(|genotype| is_it(&genotype.lineage)).collect();
            (!members.is_empty()).then(|| list(&members)).into_any()
        })}
    }
}

fn head(row: &SpeciesView) -> impl IntoView + use<> {
    let name = row.lineage.last().cloned().unwrap_or_default();
    let path = row.lineage.iter().zip(RANKS).take(6).map(|(name, rank)| {
        view! { <dt>{rank}</dt><dd>{name.clone()}</dd> }
    });
    view! {
        <div class="species-head">
            {picture(&row.lineage)}
            <div><h1 class="species">{name}</h1>
            <p class="lead">{number::grouped(row.living as i64)} " alive, of " {number::grouped(row.genotypes as i64)} " genotypes."</p></div>
        </div>
        <dl class="facts-list lineage-list">{path.collect_view()}</dl>
    }
}

fn absent(slug: &str) -> impl IntoView + use<> {
    let mut words = slug.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    view! {
        <h1 class="species">{words}</h1>
        <p class="lead">"Nobody of this species is alive at the moment, as far as confirmed work tells."</p>
        <p class="actions"><a class="button" href=Page::Taxonomy.path()>"Who lives here"</a></p>
    }
}

fn list(members: &[&GenotypeSummary]) -> impl IntoView + use<> {
    let entries = members.iter().map(|genotype| {
        let names: Vec<&str> = genotype.lineage.iter().map(String::as_str).collect();
        let svg = icon(&names, from_hex(&genotype.genome).as_deref());
        let link = Page::Genome(genotype.genotype.clone()).path();
        let short: String = genotype.genotype.chars().take(8).collect();
        let facts = format!(
            "{} bytes, {} alive on {} islands, {} births",
            genotype.genome.len() / 2,
            number::compact(genotype.living as f64),
            genotype.islands,
            number::compact(genotype.births as f64)
        );
        view! { <li><a href=link class="with-picture"><span class="picture" inner_html=svg></span>
            <span><strong class="readout">{short}</strong><span class="facts">{facts}</span></span></a></li> }
    });
    view! {
        <h2 class="section-head">"Its genotypes"</h2>
        <p class="small">"The commonest first, each with its genome as grains. Press one to watch it live."</p>
        <ul class="islands">{entries.collect_view()}</ul>
    }
}
