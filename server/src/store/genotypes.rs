//! Genomes, each once, with the names that taxonomy gives them. Knows no taxon.

use super::rows::StoreError;
use bytebiota_core::GenotypeHash;
use bytebiota_core::taxonomy::{OpcodeProfile, Taxonomy};
use sqlx::{Row, SqliteConnection};

/// The row of a genome, made if it is new.
pub(super) async fn number_of(
    connection: &mut SqliteConnection,
    genome: &[u8],
) -> Result<i64, StoreError> {
    let hash = GenotypeHash::of(genome);
    let query = sqlx::query("SELECT number FROM genotypes WHERE hash = ?").bind(hash.0.to_vec());
    if let Some(row) = query.fetch_optional(&mut *connection).await? {
        return Ok(row.try_get("number")?);
    }
    let query = sqlx::query(
        "INSERT INTO genotypes (hash, genome, lineage) VALUES (?, ?, ?) RETURNING number",
    );
    let query = query
        .bind(hash.0.to_vec())
        .bind(genome)
        .bind(lineage(genome));
    Ok(query.fetch_one(connection).await?.try_get("number")?)
}

/// Kingdom to species, with slashes between.
pub(super) fn lineage(genome: &[u8]) -> String {
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
