//! Taxonomy on real and on random genomes: lineages are golden, relatives stay together, names stay decent.
//!
//! `BYTEBIOTA_BLESS=1` writes `taxonomy/golden.txt` and the generated part of `docs/taxonomy.md` anew. Names are a
//! promise to readers: bless only a deliberate change of the table.

#[path = "taxonomy/decency.rs"]
mod decency;
#[path = "taxonomy/genomes.rs"]
mod genomes;
#[path = "taxonomy/page.rs"]
mod page;
#[path = "taxonomy/relatives.rs"]
mod relatives;

use bytebiota_core::taxonomy::{
    AssayFacts, Classification, FIRST, Rank, Row, SECOND, Taxonomy, genus_name, rows, tables_digest,
};
use genomes::{all, founder};
use std::collections::BTreeSet;

fn blessing() -> bool {
    std::env::var_os("BYTEBIOTA_BLESS").is_some()
}

fn classify(genome: &[u8]) -> Classification {
    Taxonomy::classify(genome, None)
}

/// One line of the golden file.
fn line(name: &str, genome: &[u8]) -> String {
    let found = classify(genome);
    let [kingdom, phylum, class, order, family, _] = found.lineage.path();
    let species = &found.lineage.species;
    let (size, valid, invalid) = (
        found.genome.size_bytes,
        found.genome.valid_opcodes,
        found.genome.invalid_opcodes,
    );
    let dominant = &found.dominant_family;
    format!(
        "{name} {} | {kingdom} | {phylum} | {class} | {order} | {family} | {species} | {size} {valid} {invalid} | {dominant}\n",
        found.genome.hash
    )
}

#[test]
fn lineages_are_golden() {
    let text: String = all()
        .iter()
        .map(|(name, genome)| line(name, genome))
        .collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/taxonomy/golden.txt");
    if blessing() {
        std::fs::write(path, &text).expect("golden.txt");
    }
    let kept = std::fs::read_to_string(path).expect("golden.txt");
    for (now, then) in text.lines().zip(kept.lines()) {
        assert_eq!(now, then);
    }
    assert_eq!(text.lines().count(), kept.lines().count());
}

#[test]
fn the_founders_have_the_names_that_were_given_to_them() {
    let lineage = classify(&founder("ancestor")).lineage;
    let path = [
        "Digitalis Anomalica",
        "Polymorphid",
        "Migrata",
        "Linearis",
        "Standardidae",
        "Replicatus",
    ];
    assert_eq!(lineage.path(), path);
    assert_eq!(
        (lineage.domain.as_str(), lineage.species.as_str()),
        ("ByteBiota", "Replicatus vulgaris")
    );
    assert_eq!(
        classify(&founder("forager")).lineage.species,
        "Opifex agrestis"
    );
    assert_eq!(
        classify(&founder("parasite")).lineage.species,
        "Inquilinus minor"
    );
}

#[test]
fn the_answer_has_the_documented_shape() {
    let facts = AssayFacts {
        reproduces_alone: false,
        reproduces_beside_host: true,
    };
    let found = Taxonomy::classify(&founder("parasite"), Some(facts));
    let json = serde_json::to_value(&found).expect("JSON");
    let keys = |value: &serde_json::Value| -> BTreeSet<String> {
        value.as_object().expect("object").keys().cloned().collect()
    };
    let set =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| n.to_string()).collect() };
    assert_eq!(
        keys(&json),
        set(&["id", "lineage", "traits", "genome", "dominant_family"])
    );
    let ranks = [
        "domain", "kingdom", "phylum", "class", "order", "family", "genus", "species",
    ];
    assert_eq!(keys(&json["lineage"]), set(&ranks));
    let traits = [
        "replication",
        "memory_allocation",
        "environment_interaction",
        "task_solving",
        "energy_harvesting",
        "signalling",
        "parasitism",
    ];
    assert_eq!(keys(&json["traits"]), set(&traits));
    let numbers = ["hash", "size_bytes", "valid_opcodes", "invalid_opcodes"];
    assert_eq!(keys(&json["genome"]), set(&numbers));
    assert_eq!(json["genome"]["hash"].as_str().map(str::len), Some(8));
    assert_eq!(json["traits"]["parasitism"], true);
    assert_eq!(
        serde_json::from_value::<Classification>(json).expect("back"),
        found
    );
}

#[test]
fn facts_of_an_assay_change_traits_and_never_the_lineage() {
    for (name, genome) in all() {
        let facts = AssayFacts {
            reproduces_alone: false,
            reproduces_beside_host: true,
        };
        let (without, with) = (classify(&genome), Taxonomy::classify(&genome, Some(facts)));
        assert_eq!(
            (without.traits.parasitism, with.traits.parasitism),
            (None, Some(true))
        );
        assert_eq!(
            (&without.lineage, &without.id),
            (&with.lineage, &with.id),
            "{name}"
        );
    }
}

#[test]
fn the_syllables_are_frozen() {
    assert_eq!(
        tables_digest().to_string(),
        "24edf9974e2ec6c7adaeb87a5aeeb5282e5de27202da5082e954c8134d5bdc08"
    );
}

/// Every path through the table, with every stem: were two of one name, the tree of names would be no tree.
#[test]
fn no_two_genera_share_a_name() {
    let mut names: Vec<String> = Vec::new();
    let mut walk: Vec<Vec<&Row>> = vec![Vec::new()];
    while let Some(path) = walk.pop() {
        match <[&Row; 6]>::try_from(path.as_slice()) {
            Ok([kingdom, phylum, class, order, family, stem]) => {
                names.push(genus_name([kingdom, phylum, class, order, family], stem));
            }
            Err(_) => {
                walk.extend(rows(Rank::ALL[path.len()]).map(|row| [&path[..], &[row]].concat()))
            }
        }
    }
    let paths = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), paths);
    let count = |rank| rows(rank).count();
    assert!(count(Rank::Kingdom) * count(Rank::Phylum) * count(Rank::Class) <= FIRST.len());
    assert!(count(Rank::Order) * count(Rank::Family) <= SECOND.len());
}
