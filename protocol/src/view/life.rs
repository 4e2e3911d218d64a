//! What lived and lives, as the API answers it: taxa, genotypes, the tree of descent, islands over their own time. Only
//! confirmed facts; knows neither server nor page.

use super::DeathsView;
use serde::{Deserialize, Serialize};

/// What lies between a taxon and its parent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EdgeView {
    /// Births the edge stands for; 0 for roots and immigrants.
    pub steps: u64,
    /// Copied bytes changed without effect on the decoded instruction.
    pub synonymous: u64,
    /// Copied bytes changed with effect.
    pub nonsynonymous: u64,
    /// Insertions.
    pub insertions: u64,
    /// Deletions.
    pub deletions: u64,
    /// Births that differed by other means.
    pub other: u64,
}

/// One origin of a genotype.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TaxonView {
    /// Its name: island and serial number, as in `3-1287`.
    pub id: String,
    /// The island of the origin.
    pub island: u32,
    /// Counts the origins on that island from 0.
    pub serial: u64,
    /// The taxon it came from, for births and immigrants. It may have been forgotten: then asking for it is a 404.
    pub parent: Option<String>,
    /// `founder`, `abiogenesis`, `birth`, `immigrant`, `reseed`, `operator`. All but births and immigrants are roots.
    pub cause: String,
    /// The tick of its island at which it began.
    pub origin_tick: u64,
    /// Its genotype, 32 hex digits.
    pub genotype: String,
    /// Bytes of its genome.
    pub length: u32,
    /// Its species.
    pub species: String,
    /// Births by its members so far.
    pub births: u64,
    /// Members alive.
    pub living: u64,
    /// The newest confirmed tick of its island that knows of it; the last member of an extinct one died before.
    pub seen_tick: u64,
    /// What lies between it and its parent.
    pub edge: EdgeView,
    /// Why it stands on something false, in a sentence; none if it does not.
    pub tainted: Option<String>,
}

/// A page of taxa: `GET /api/v1/taxa`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TaxaPage {
    /// Taxa that fit what was asked.
    pub total: u64,
    /// Where this page begins.
    pub offset: u64,
    /// Most members first, then most births.
    pub taxa: Vec<TaxonView>,
}

/// A genotype with everything that is known of it in the world.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GenotypeSummary {
    /// 32 hex digits.
    pub genotype: String,
    /// The bytes at birth, hex.
    pub genome: String,
    /// Kingdom, phylum, class, order, family, genus, species.
    pub lineage: Vec<String>,
    /// Members alive, on all islands.
    pub living: u64,
    /// Births by them and those before them, as far as their taxa are kept.
    pub births: u64,
    /// Origins that are kept.
    pub taxa: u64,
    /// Islands on which it lives.
    pub islands: u32,
}

/// A page of the living genotypes: `GET /api/v1/genotypes`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GenotypesPage {
    /// Genotypes that fit what was asked.
    pub total: u64,
    /// Where this page begins.
    pub offset: u64,
    /// Most members first.
    pub genotypes: Vec<GenotypeSummary>,
}

/// A genotype on one island.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct GenotypeIsland {
    /// The island.
    pub island: u32,
    /// Members alive.
    pub living: u64,
    /// Births.
    pub births: u64,
    /// Origins that are kept.
    pub taxa: u64,
}

/// One genotype: `GET /api/v1/genotypes/{hash}`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct KnownGenotype {
    /// What it is.
    #[serde(flatten)]
    pub summary: GenotypeSummary,
    /// Where it is or was, most members first.
    pub places: Vec<GenotypeIsland>,
    /// The genotype it came from by its oldest origin that has a parent which is kept.
    pub parent: Option<String>,
    /// Its origins, most members first, at most 100.
    pub origins: Vec<TaxonView>,
}

/// A page of the tree of descent, in order of island and serial: `GET /api/v1/phylogeny`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PhylogenyPage {
    /// Taxa; parents on the same island come before their children.
    pub taxa: Vec<TaxonView>,
    /// What to say as `after` for the next page; none at the end.
    pub next: Option<String>,
}

/// The living of one species: `GET /api/v1/taxonomy`, largest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SpeciesView {
    /// Kingdom, phylum, class, order, family, genus, species.
    pub lineage: Vec<String>,
    /// Genotypes with living members.
    pub genotypes: u64,
    /// Members alive.
    pub living: u64,
    /// The commonest genotype, 32 hex digits.
    pub commonest: String,
}

/// An island at an epoch line: `GET /api/v1/islands/{id}/samples`, oldest first.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SampleView {
    /// The epoch that begins at this line.
    pub epoch: u64,
    /// Ticks since genesis.
    pub tick: u64,
    /// Rounds since genesis.
    pub round: u64,
    /// The living.
    pub population: u64,
    /// Different genotypes among them: richness.
    pub genotypes: u64,
    /// Bodies of the commonest genotype.
    pub commonest: u64,
    /// Simpson's index over the genotypes of the living: how likely two bodies differ, 0 to 1.
    pub simpson: f64,
    /// Shannon's index over them, bits.
    pub shannon_bits: f64,
    /// Living bodies by length of their genome at birth, in classes of 4 bytes, the last one open.
    pub lengths: Vec<u32>,
    /// Bytes of all living bodies.
    pub genome_bytes: u64,
    /// Energy of all living, milli-units.
    pub energy: u64,
    /// Resource units in the region.
    pub resource: u64,
    /// Births since genesis.
    pub births: u64,
    /// Deaths since genesis, by cause.
    pub deaths: DeathsView,
    /// Instructions since genesis.
    pub instructions: u64,
}

/// Who had most members at the end of a confirmed unit: `GET /api/v1/islands/{id}/dominants`, oldest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DominantsView {
    /// The epoch that begins there.
    pub epoch: u64,
    /// Ticks since genesis.
    pub tick: u64,
    /// The living.
    pub population: u64,
    /// The commonest genotypes, at most 24, most members first.
    pub genotypes: Vec<DominantView>,
}

/// One of the commonest genotypes of a moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DominantView {
    /// Its hash, 32 hex digits.
    pub genotype: String,
    /// Members alive.
    pub living: u64,
}

/// The commonest genotype of an island: `GET /api/v1/dominants`, in order of island.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RulerView {
    /// The island.
    pub island: u32,
    /// The living at the end of its newest confirmed unit.
    pub population: u64,
    /// The hash, 32 hex digits.
    pub genotype: String,
    /// Its members alive there.
    pub living: u64,
    /// Its species; none if its genome is not known any more.
    pub species: Option<String>,
}

/// A genome that is kept to be sown where an island stands still.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SeedView {
    /// 32 hex digits.
    pub genotype: String,
    /// The bytes, hex.
    pub genome: String,
    /// Kingdom, phylum, class, order, family, genus, species.
    pub lineage: Vec<String>,
    /// How it lives by the server's own assay: `self-replicator`, `parasite`, `host`, `hyper-parasite`.
    pub way: String,
    /// Ticks from child to child in the assay; 0 if none followed the first.
    pub ticks_per_birth: u64,
    /// Numbers of the tasks it solves.
    pub tasks: Vec<u8>,
    /// The taxon it was found as; none for one from a file.
    pub found: Option<String>,
    /// When it was admitted, Unix milliseconds.
    pub admitted_ms: u64,
    /// How often it was sown.
    pub uses: u32,
    /// How often it took root.
    pub successes: u32,
}

/// One sowing of a seed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReseedingView {
    /// When it was decided, Unix milliseconds.
    pub time_ms: u64,
    /// Where.
    pub island: u32,
    /// The epoch line at which it was decided.
    pub epoch: u64,
    /// How the island stood still: `extinct`, `barren`, `uniform`.
    pub reason: String,
    /// What was sown, 32 hex digits.
    pub genotype: String,
    /// The epoch line at which it enters; none while it waits, and when that is forgotten.
    pub enters_epoch: Option<u64>,
    /// Whether it or its descendants lived some epochs later; none as long as that is not known.
    pub took_root: Option<bool>,
}

/// The seed bank: `GET /api/v1/seed-bank`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SeedBankView {
    /// All seeds, in order of their hashes.
    pub seeds: Vec<SeedView>,
    /// The newest 100 sowings, newest first.
    pub reseedings: Vec<ReseedingView>,
}
