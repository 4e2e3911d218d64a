//! The series of the world in three grains, so that a year stays small. Knows nothing of what the points mean.

use super::rows::StoreError;
use bytebiota_protocol::view::SeriesPoint;
use sqlx::{Row, SqliteConnection, SqlitePool};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;

/// Grains of the series in ms, finest first, and how long a point of each is kept; 0 for ever.
/// The finest holds points as they were taken.
pub const GRAINS_MS: [(u64, u64); 3] = [
    (1, 2 * HOUR_MS),
    (MINUTE_MS, 7 * 24 * HOUR_MS),
    (HOUR_MS, 0),
];

/// Adds a point to every grain whose cell has none yet, and drops what is too old for its grain.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    point: &SeriesPoint,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(point).map_err(|_| StoreError::Damaged("a point"))?;
    for (grain_ms, kept_ms) in GRAINS_MS {
        let query = sqlx::query(
            "INSERT INTO series (grain_ms, time_ms, point)
             SELECT ?1, ?2, ?3 WHERE NOT EXISTS
                (SELECT 1 FROM series WHERE grain_ms = ?1 AND time_ms >= ?4)",
        );
        let query = query
            .bind(grain_ms as i64)
            .bind(point.time_ms as i64)
            .bind(text.as_str())
            .bind((point.time_ms - point.time_ms % grain_ms) as i64);
        let added = query.execute(&mut *connection).await?.rows_affected() > 0;
        if added && kept_ms > 0 {
            let query = sqlx::query("DELETE FROM series WHERE grain_ms = ? AND time_ms < ?");
            let before = point.time_ms.saturating_sub(kept_ms);
            let query = query.bind(grain_ms as i64).bind(before as i64);
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Points between two moments, oldest first, each stretch of time in the finest grain that still has it. `limit` counts from
/// the newest.
pub(super) async fn between(
    readers: &SqlitePool,
    from_ms: u64,
    to_ms: u64,
    limit: u32,
) -> Result<Vec<SeriesPoint>, StoreError> {
    let query = sqlx::query(
        "SELECT point FROM series s WHERE time_ms BETWEEN ?1 AND ?2 AND NOT EXISTS
            (SELECT 1 FROM series f WHERE f.grain_ms < s.grain_ms AND f.time_ms <= s.time_ms
             ORDER BY f.grain_ms LIMIT 1)
         ORDER BY time_ms DESC LIMIT ?3",
    );
    let query = query
        .bind(i64::try_from(from_ms).unwrap_or(i64::MAX))
        .bind(i64::try_from(to_ms).unwrap_or(i64::MAX))
        .bind(limit);
    let rows = query.fetch_all(readers).await?;
    let point = |row: &sqlx::sqlite::SqliteRow| -> Result<SeriesPoint, StoreError> {
        let text: String = row.try_get("point")?;
        serde_json::from_str(&text).map_err(|_| StoreError::Damaged("a point"))
    };
    rows.iter().rev().map(point).collect()
}
