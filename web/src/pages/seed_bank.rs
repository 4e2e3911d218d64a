//! The seed bank: who is kept in which niche, and what was sown where and why. Knows no stream.

use super::taxonomy::picture;
use crate::{
    ask::{Standing, follow},
    clock, number,
};
use bytebiota_protocol::{
    routes::Page,
    view::{ReseedingView, SeedBankView, SeedView},
};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// How often it is asked for, ms.
const EVERY_MS: u32 = 15_000;
/// Names of a lineage that make a niche: kingdom, phylum and class.
const NICHE_RANKS: usize = 3;
/// Bytes of genome in one step of a niche.
const LENGTH_STEP: usize = 32;

/// `/seed-bank`
#[component]
pub fn SeedBank() -> impl IntoView {
    let asked = follow::<SeedBankView>("/api/v1/seed-bank".into(), EVERY_MS);
    view! {
        <p class="eyebrow">"Kept for bad times"</p>
        <h1>"The seed bank"</h1>
        <p class="lead">"Genomes that the server has tried itself and found to breed true, kept for variety, a few of each niche. Where an island dies out or stands still, some of them are sown. " <a href="/docs/seed-bank">"The rules"</a></p>
        <Standing asked/>
        {move || asked.known(|bank| view! { {kept(&bank.seeds)} {sown(&bank.reseedings)} })}
    }
}

fn kept(seeds: &[SeedView]) -> AnyView {
    if seeds.is_empty() {
        return view! { <p class="empty">"No seed yet: one is kept when a genotype has had five children in work that was computed twice."</p> }.into_any();
    }
    let mut niches: BTreeMap<String, Vec<&SeedView>> = BTreeMap::new();
    for seed in seeds {
        niches.entry(niche(seed)).or_default().push(seed);
    }
    let words = format!(
        "{} seeds in {} niches.",
        number::grouped(seeds.len() as i64),
        number::grouped(niches.len() as i64)
    );
    let groups = niches.into_iter().map(|(name, seeds)| {
        let entries = seeds.into_iter().map(entry).collect_view();
        view! { <h2 class="section-head">{name}</h2> <ul class="islands">{entries}</ul> }
    });
    view! { <p class="small">{words}</p> {groups.collect_view()} }.into_any()
}

fn niche(seed: &SeedView) -> String {
    let ranks: Vec<&str> = seed
        .lineage
        .iter()
        .take(NICHE_RANKS)
        .map(String::as_str)
        .collect();
    let low = seed.genome.len() / 2 / LENGTH_STEP * LENGTH_STEP;
    format!(
        "{}, {} to {} bytes, {}",
        ranks.join(" · "),
        low,
        low + LENGTH_STEP - 1,
        seed.way
    )
}

fn entry(seed: &SeedView) -> impl IntoView + use<> {
    let name = seed.lineage.last().cloned().unwrap_or_default();
    let speed = match seed.ticks_per_birth {
        0 => "breeds beside others only".to_owned(),
        ticks => format!("{} ticks per birth", number::grouped(ticks as i64)),
    };
    let tasks = match seed.tasks.len() {
        0 => String::new(),
        1 => ", one task".into(),
        count => format!(", {count} tasks"),
    };
    let facts = format!("{} bytes, {speed}{tasks}", seed.genome.len() / 2);
    let luck = match seed.uses {
        0 => "never sown".to_owned(),
        uses => format!("sown {uses} times, took root {}", seed.successes),
    };
    view! {
        <li><a href=Page::Genome(seed.genotype.clone()).path() class="with-picture">{picture(&seed.lineage)}
            <span><strong><em>{name}</em></strong><span class="facts">{facts}</span><span class="facts">{luck}</span></span></a></li>
    }
}

fn sown(reseedings: &[ReseedingView]) -> impl IntoView + use<> {
    let rows = reseedings.iter().map(|sowing| {
        let age_s = clock::now_ms().saturating_sub(sowing.time_ms) / 1_000;
        let reason = match sowing.reason.as_str() {
            "extinct" => "nobody lived there",
            "barren" => "nobody was born there any more",
            "uniform" => "one genotype had it all",
            _ => "unknown",
        };
        let outcome = match (sowing.took_root, sowing.enters_epoch) {
            (Some(true), _) => "took root".to_owned(),
            (Some(false), _) => "died out".to_owned(),
            (None, Some(epoch)) => format!("entered at epoch {}", number::grouped(epoch as i64)),
            (None, None) => "waits for the next stretch".to_owned(),
        };
        let short: String = sowing.genotype.chars().take(8).collect();
        view! {
            <tr><td>{number::duration(age_s)} " ago"</td><td><a href=Page::Island(sowing.island).path()>{sowing.island}</a></td>
            <td>{reason}</td><td><a class="readout" href=Page::Genome(sowing.genotype.clone()).path()>{short}</a></td><td>{outcome}</td></tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <h2 class="section-head">"What was sown"</h2>
        {if rows.is_empty() {
            view! { <p class="empty">"Nothing so far: no island has stood still."</p> }.into_any()
        } else {
            view! {
                <div class="wide panel" tabindex="0"><table class="table">
                    <thead><tr><th>"when"</th><th>"island"</th><th>"why"</th><th>"what"</th><th>"what became of it"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any()
        }}
    }
}
