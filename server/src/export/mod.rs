//! What researchers take away, as text for their own tools: the tree of descent in the ALife data standard, the world's series,
//! the seed bank, the genomes of the living. Knows no address and no folder.

mod csv;
mod series;
mod tables;

pub use series::series;

use crate::store::{Archive, StoreError};
use bytebiota_core::TaxonId;
use bytebiota_protocol::genome_name::from_hex;
use std::collections::BTreeMap;

/// Rows read at a time.
const PAGE: u32 = 1_000;
/// Points of the series at most: more than all grains hold in ten years.
const MAX_POINTS: u32 = 1_000_000;

/// A table that can be taken away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    /// Taxa with their ancestors.
    Phylogeny,
    /// The world over time.
    Series,
    /// Genomes kept to be sown.
    SeedBank,
    /// Genotypes of the living, as hex digits.
    Genomes,
    /// The same as assembly, one after another.
    Assembly,
}

impl Table {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Phylogeny,
        Self::Series,
        Self::SeedBank,
        Self::Genomes,
        Self::Assembly,
    ];

    /// The name of its file.
    pub fn file(self) -> &'static str {
        match self {
            Self::Phylogeny => "phylogeny.csv",
            Self::Series => "series.csv",
            Self::SeedBank => "seed-bank.csv",
            Self::Genomes => "genomes.csv",
            Self::Assembly => "genomes.asm",
        }
    }
}

/// Why a table is not there.
#[derive(Debug, thiserror::Error)]
pub enum ExportError<E> {
    /// The database cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody takes the text.
    #[error("{0}")]
    Sink(E),
}

/// Writes a table piece by piece to `sink`.
pub async fn write<E>(
    table: Table,
    archive: &Archive,
    sink: &mut impl FnMut(&str) -> Result<(), E>,
) -> Result<(), ExportError<E>> {
    let mut put = |text: &str| sink(text).map_err(ExportError::Sink);
    match table {
        Table::Phylogeny => phylogeny(archive, &mut put).await,
        Table::Series => {
            let points = archive.series(0, u64::MAX, MAX_POINTS).await?;
            put(&series(&points))
        }
        Table::SeedBank => {
            let seeds = archive.seeds().await?;
            let views: Vec<_> = seeds.iter().map(crate::seed_bank::Seed::view).collect();
            put(&tables::seeds(&views))
        }
        Table::Genomes | Table::Assembly => genomes(table, archive, &mut put).await,
    }
}

/// Taxa in order of island and serial. Tools want numbers as names, so each gets its place in that order; an ancestor that
/// is not known any more is none.
async fn phylogeny<E>(
    archive: &Archive,
    put: &mut impl FnMut(&str) -> Result<(), ExportError<E>>,
) -> Result<(), ExportError<E>> {
    let mut places: BTreeMap<TaxonId, u64> = BTreeMap::new();
    for taxon in archive.taxon_ids().await? {
        let place = places.len() as u64;
        places.insert(taxon, place);
    }
    put(tables::PHYLOGENY_HEAD)?;
    let mut after = None;
    loop {
        let page = archive.tree(after, PAGE).await?;
        let Some((last, _, _)) = page.last() else {
            return Ok(());
        };
        after = Some(*last);
        let mut text = String::new();
        for (id, view, genome) in &page {
            // Whoever was born since the names were given has none, and waits for the next export.
            if let Some(place) = places.get(id) {
                let ancestor = tables::ancestor(view).and_then(|id| places.get(&id).copied());
                tables::taxon(&mut text, *place, ancestor, view, genome);
            }
        }
        put(&text)?;
    }
}

async fn genomes<E>(
    table: Table,
    archive: &Archive,
    put: &mut impl FnMut(&str) -> Result<(), ExportError<E>>,
) -> Result<(), ExportError<E>> {
    if table == Table::Genomes {
        put(tables::GENOMES_HEAD)?;
    }
    let mut offset = 0;
    loop {
        let page = archive.genotypes(offset, PAGE).await?;
        if page.genotypes.is_empty() {
            return Ok(());
        }
        offset = offset.saturating_add(PAGE);
        let mut text = String::new();
        for genotype in &page.genotypes {
            match table {
                Table::Assembly => {
                    let genome = from_hex(&genotype.genome).unwrap_or_default();
                    tables::assembly(&mut text, genotype, &genome);
                }
                _ => tables::genome(&mut text, genotype),
            }
        }
        put(&text)?;
    }
}
