//! The series of the world in four grains, so that a year stays small. Knows nothing of what the points mean beyond how they
//! are summed up.
//!
//! A point goes into every grain. The finest keeps it as it was taken; of a minute, an hour and a day one point stands,
//! the sum of all that fell into it.

use super::rows::StoreError;
use bytebiota_protocol::view::SeriesPoint;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{Row, SqliteConnection};

const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 60 * MINUTE_MS;
const DAY_MS: u64 = 24 * HOUR_MS;

/// How long points are kept, ms; 0 for ever.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeriesShelf {
    /// As they were taken, seconds apart.
    pub seconds_ms: u64,
    /// Of a minute each.
    pub minutes_ms: u64,
    /// Of an hour each.
    pub hours_ms: u64,
    /// Of a day each.
    pub days_ms: u64,
}

impl Default for SeriesShelf {
    fn default() -> Self {
        Self {
            seconds_ms: 2 * HOUR_MS,
            minutes_ms: 7 * DAY_MS,
            hours_ms: 366 * DAY_MS,
            days_ms: 0,
        }
    }
}

impl SeriesShelf {
    /// Grains, ms, finest first, and how long a point of each is kept. The finest holds points as they were taken.
    fn grains(&self) -> [(u64, u64); 4] {
        [
            (1, self.seconds_ms),
            (MINUTE_MS, self.minutes_ms),
            (HOUR_MS, self.hours_ms),
            (DAY_MS, self.days_ms),
        ]
    }
}

/// What is kept of a cell: the point as it is read, and the sums its means come from.
#[derive(Serialize, Deserialize)]
struct Cell {
    #[serde(flatten)]
    point: SeriesPoint,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sums: Option<Sums>,
}

#[derive(Serialize, Deserialize)]
struct Sums {
    population: u64,
    genotypes: u64,
    workers: u64,
    lengths: f64,
    speeds: f64,
}

impl Sums {
    fn of(point: &SeriesPoint) -> Self {
        Self {
            population: point.population,
            genotypes: point.genotypes,
            workers: point.workers.into(),
            lengths: point.mean_genome_length,
            speeds: point.instructions_per_second,
        }
    }
}

impl Cell {
    fn of(point: &SeriesPoint) -> Self {
        let point = point.clone();
        Self { point, sums: None }
    }

    /// What is counted now becomes the mean of all, what is counted since ever the newest; the time is that of the first.
    fn add(&mut self, later: &SeriesPoint) {
        let before = &self.point;
        let points = before.points.max(1).saturating_add(1);
        let mut sums = self.sums.take().unwrap_or_else(|| Sums::of(before));
        sums.population += later.population;
        sums.genotypes += later.genotypes;
        sums.workers += u64::from(later.workers);
        sums.lengths += later.mean_genome_length;
        sums.speeds += later.instructions_per_second;
        let mean = |sum: u64| (sum + u64::from(points) / 2) / u64::from(points);
        self.point = SeriesPoint {
            time_ms: before.time_ms,
            population: mean(sums.population),
            genotypes: mean(sums.genotypes),
            workers: u32::try_from(mean(sums.workers)).unwrap_or(u32::MAX),
            mean_genome_length: sums.lengths / f64::from(points),
            instructions_per_second: sums.speeds / f64::from(points),
            points,
            ..later.clone()
        };
        self.sums = Some(sums);
    }
}

/// Adds a point to every grain, and drops what is too old for its grain.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    point: &SeriesPoint,
    shelf: &SeriesShelf,
) -> Result<(), StoreError> {
    for (grain_ms, kept_ms) in shelf.grains() {
        let is_new = add_to_grain(connection, point, grain_ms).await?;
        if is_new && kept_ms > 0 {
            let query = sqlx::query("DELETE FROM series WHERE grain_ms = ? AND time_ms < ?");
            let before = point.time_ms.saturating_sub(kept_ms);
            let query = query.bind(grain_ms as i64).bind(before as i64);
            query.execute(&mut *connection).await?;
        }
    }
    Ok(())
}

/// Sums a point up with the one of its cell; whether it is the first there.
async fn add_to_grain(
    connection: &mut SqliteConnection,
    point: &SeriesPoint,
    grain_ms: u64,
) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "SELECT time_ms, point FROM series WHERE grain_ms = ? AND time_ms >= ?
         ORDER BY time_ms DESC LIMIT 1",
    );
    let start_ms = point.time_ms - point.time_ms % grain_ms;
    let query = query.bind(grain_ms as i64).bind(start_ms as i64);
    let there = query.fetch_optional(&mut *connection).await?;
    let mut cell = match &there {
        Some(row) => read(row)?,
        None => Cell::of(point),
    };
    if there.is_some() {
        cell.add(point);
    }
    let text = serde_json::to_string(&cell).map_err(|_| StoreError::Damaged("a point"))?;
    let query = sqlx::query(
        "INSERT INTO series (grain_ms, time_ms, point) VALUES (?1, ?2, ?3)
         ON CONFLICT (grain_ms, time_ms) DO UPDATE SET point = excluded.point",
    );
    let query = query.bind(grain_ms as i64);
    let query = query.bind(cell.point.time_ms as i64).bind(text);
    query.execute(connection).await?;
    Ok(there.is_none())
}

fn read<T: DeserializeOwned>(row: &SqliteRow) -> Result<T, StoreError> {
    let text: String = row.try_get("point")?;
    serde_json::from_str(&text).map_err(|_| StoreError::Damaged("a point"))
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
    rows.iter().rev().map(read).collect()
}
