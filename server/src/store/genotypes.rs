//! Genomes, each once, with the names that taxonomy gives them. Knows no taxon.

use super::Store;
use super::rows::StoreError;
use bytebiota_core::GenotypeHash;
use bytebiota_core::taxonomy::{OpcodeProfile, Taxonomy};
use sqlx::{Row, SqliteConnection};
use std::collections::BTreeMap;

/// Adds a genome that is not there yet.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    genome: &[u8],
) -> Result<(), StoreError> {
    let query = sqlx::query("INSERT INTO genotypes (hash, genome, lineage) VALUES (?, ?, ?)");
    let query = query
        .bind(GenotypeHash::of(genome).0.to_vec())
        .bind(genome)
        .bind(lineage(genome));
    query.execute(connection).await?;
    Ok(())
}

/// Kingdom to species, with slashes between.
fn lineage(genome: &[u8]) -> String {
    let lineage = Taxonomy::lineage(&OpcodeProfile::of(genome));
    let path = lineage.path().join("/");
    format!("{path}/{}", lineage.species)
}

/// Removes the genomes that nothing names.
pub(super) async fn forget_unnamed(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let query = sqlx::query(
        "DELETE FROM genotypes WHERE NOT EXISTS (SELECT 1 FROM taxa WHERE genotype = number)",
    );
    query.execute(connection).await?;
    Ok(())
}

/// Removes one genome if nothing names it.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    number: i64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "DELETE FROM genotypes WHERE number = ?
            AND NOT EXISTS (SELECT 1 FROM taxa WHERE genotype = number)",
    );
    query.bind(number).execute(connection).await?;
    Ok(())
}

impl Store {
    /// Species by hash (hex), of the genotypes among these that are known.
    pub async fn species_of(
        &self,
        hashes: &[GenotypeHash],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let hex: Vec<String> = hashes.iter().map(ToString::to_string).collect();
        let query = sqlx::query(
            "SELECT lower(hex(hash)) AS hash, lineage FROM genotypes
             WHERE hash IN (SELECT unhex(value) FROM json_each(?))",
        );
        let query = query.bind(format!("[\"{}\"]", hex.join("\",\"")));
        let mut names = BTreeMap::new();
        for row in query.fetch_all(&self.readers).await? {
            let lineage: String = row.try_get("lineage")?;
            let species = lineage.rsplit('/').next().unwrap_or_default();
            names.insert(row.try_get("hash")?, species.to_owned());
        }
        Ok(names)
    }
}
