//! The living by the tree of names: species joined under their genera, these under families, up to the kingdoms. Knows no page.

use bytebiota_protocol::view::SpeciesView;
use std::collections::BTreeMap;

/// What the ranks are called, from the widest to the narrowest.
pub const RANKS: [&str; 7] = [
    "kingdom", "phylum", "class", "order", "family", "genus", "species",
];

/// A taxon of the tree of names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Taxon {
    /// Names from the kingdom down to its own.
    pub lineage: Vec<String>,
    /// Members alive.
    pub living: u64,
    /// Genotypes with living members.
    pub genotypes: u64,
    /// The commonest genotype, for a species.
    pub commonest: String,
    /// Most members first.
    pub children: Vec<Taxon>,
}

/// The kingdoms, with everything below them.
pub fn tree(species: &[SpeciesView]) -> Vec<Taxon> {
    let rows: Vec<&SpeciesView> = species
        .iter()
        .filter(|row| row.lineage.len() == RANKS.len())
        .collect();
    below(&rows, 0)
}

fn below(rows: &[&SpeciesView], rank: usize) -> Vec<Taxon> {
    let mut groups: BTreeMap<&str, Vec<&SpeciesView>> = BTreeMap::new();
    for row in rows {
        if let Some(name) = row.lineage.get(rank) {
            groups.entry(name).or_default().push(row);
        }
    }
    let mut taxa: Vec<Taxon> = groups
        .into_values()
        .map(|rows| Taxon {
            lineage: rows[0].lineage[..=rank].to_vec(),
            living: rows.iter().map(|row| row.living).sum(),
            genotypes: rows.iter().map(|row| row.genotypes).sum(),
            commonest: rows[0].commonest.clone(),
            children: below(&rows, rank + 1),
        })
        .collect();
    taxa.sort_by(|a, b| b.living.cmp(&a.living).then(a.lineage.cmp(&b.lineage)));
    taxa
}

/// A name as it stands in an address: lower-case letters, dashes between words.
pub fn slug(species: &str) -> String {
    species.to_lowercase().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn species(names: &str, living: u64) -> SpeciesView {
        SpeciesView {
            lineage: names.split('/').map(str::to_owned).collect(),
            genotypes: 1,
            living,
            commonest: "00".into(),
        }
    }

    #[test]
    fn members_add_up_and_the_largest_comes_first() {
        let rows = [
            species("K/P/C/O/F/G/G one", 3),
            species("K/P/C/O/F/G/G two", 9),
            species("K/P/C/O/F/H/H three", 1),
            species("L/P/C/O/F/G/G one", 100),
            species("too/short", 7),
        ];
        let tree = tree(&rows);
        assert_eq!(
            tree.iter()
                .map(|k| (k.lineage.len(), k.living))
                .collect::<Vec<_>>(),
            [(1, 100), (1, 13)]
        );
        let family = &tree[1].children[0].children[0].children[0].children[0];
        assert_eq!(
            family
                .children
                .iter()
                .map(|genus| genus.living)
                .collect::<Vec<_>>(),
            [12, 1]
        );
        assert_eq!(family.children[0].children[0].lineage[6], "G two");
        assert_eq!(slug("Opifex agrestis"), "opifex-agrestis");
    }
}
