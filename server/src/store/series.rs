//! The series of the world in four grains, so that a year stays small. Knows nothing of what the points mean beyond how they
//! are summed up.
//!
//! A point goes into every grain. The finest keeps it as it was taken; of a minute, an hour and a day one point stands,
//! the sum of all that fell into it.

use super::rows::StoreError;
use super::series_cell::Cell;
use bytebiota_protocol::view::{Grain, SeriesPoint};
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
    /// How long a point of a grain is kept, ms.
    fn kept_ms(&self, grain: Grain) -> u64 {
        match grain {
            Grain::Second => self.seconds_ms,
            Grain::Minute => self.minutes_ms,
            Grain::Hour => self.hours_ms,
            Grain::Day => self.days_ms,
        }
    }
}

/// The length of a cell, ms. The finest holds points as they were taken.
fn cell_ms(grain: Grain) -> u64 {
    match grain {
        Grain::Second => 1,
        Grain::Minute => MINUTE_MS,
        Grain::Hour => HOUR_MS,
        Grain::Day => DAY_MS,
    }
}

/// The part of the series that is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SeriesWish {
    /// No finer than this; none for as fine as there is room for.
    pub grain: Option<Grain>,
    /// Nothing before this, Unix ms.
    pub from_ms: u64,
    /// Nothing after this, Unix ms.
    pub to_ms: u64,
    /// Points at most, from 1 on.
    pub most: u32,
}

/// What there is of it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SeriesPart {
    /// How far apart the points are.
    pub grain: Grain,
    /// Points of that grain which one of these sums up, at most.
    pub joined: u32,
    /// Oldest first.
    pub points: Vec<SeriesPoint>,
}

/// Adds a point to every grain, and drops what is too old for its grain.
pub(super) async fn add(
    connection: &mut SqliteConnection,
    point: &SeriesPoint,
    shelf: &SeriesShelf,
) -> Result<(), StoreError> {
    for grain in Grain::ALL {
        let (grain_ms, kept_ms) = (cell_ms(grain), shelf.kept_ms(grain));
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
    let mut cell = Cell::of(point.clone());
    if let Some(row) = &there {
        let later = std::mem::replace(&mut cell, read(row)?);
        cell.join(later);
    }
    let text = serde_json::to_string(&cell).map_err(|_| StoreError::Damaged("a point"))?;
    let query = sqlx::query(
        "INSERT INTO series (grain_ms, time_ms, point) VALUES (?1, ?2, ?3)
         ON CONFLICT (grain_ms, time_ms) DO UPDATE SET point = excluded.point",
    );
    let query = query.bind(grain_ms as i64);
    let query = query.bind(cell.time_ms() as i64).bind(text);
    query.execute(connection).await?;
    Ok(there.is_none())
}

fn read(row: &SqliteRow) -> Result<Cell, StoreError> {
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
    let query = query.bind(bound(from_ms)).bind(bound(to_ms)).bind(limit);
    let rows = query.fetch_all(readers).await?;
    let point = |row: &SqliteRow| Ok(read(row)?.point());
    rows.iter().rev().map(point).collect()
}

/// The part that is wanted in one grain: the finest that reaches as far back as any, or the one that was asked for; a
/// coarser one where the points would be too many, and where those of days are, neighbours as one.
pub(super) async fn part(readers: &SqlitePool, wish: SeriesWish) -> Result<SeriesPart, StoreError> {
    let grain = choose(readers, wish).await?;
    let query = sqlx::query(
        "SELECT point FROM series WHERE grain_ms = ? AND time_ms BETWEEN ? AND ? ORDER BY time_ms",
    );
    let query = query.bind(cell_ms(grain) as i64);
    let query = query.bind(bound(wish.from_ms)).bind(bound(wish.to_ms));
    let rows = query.fetch_all(readers).await?;
    let joined = rows.len().div_ceil(wish.most.max(1) as usize).max(1);
    let mut points = Vec::new();
    for rows in rows.chunks(joined) {
        let mut cell: Option<Cell> = None;
        for row in rows {
            match &mut cell {
                Some(cell) => cell.join(read(row)?),
                None => cell = Some(read(row)?),
            }
        }
        points.extend(cell.map(Cell::point));
    }
    Ok(SeriesPart {
        grain,
        joined: u32::try_from(joined).unwrap_or(u32::MAX),
        points,
    })
}

async fn choose(readers: &SqlitePool, wish: SeriesWish) -> Result<Grain, StoreError> {
    // The time of a coarse cell is that of its first point, so a grain that lacks nothing begins no later than any.
    let mut grains = Vec::new();
    for grain in Grain::ALL {
        let query = sqlx::query(
            "SELECT count(*) AS points, min(time_ms) AS first FROM series
             WHERE grain_ms = ? AND time_ms BETWEEN ? AND ?",
        );
        let query = query.bind(cell_ms(grain) as i64);
        let query = query.bind(bound(wish.from_ms)).bind(bound(wish.to_ms));
        let row = query.fetch_one(readers).await?;
        let (points, first): (i64, Option<i64>) = (row.try_get("points")?, row.try_get("first")?);
        grains.push((grain, points, first));
    }
    let earliest = grains.iter().filter_map(|(_, _, first)| *first).min();
    let fits = |(grain, points, first): &&(Grain, i64, Option<i64>)| match wish.grain {
        Some(asked) => *grain >= asked && *points <= i64::from(wish.most),
        None => *first == earliest && *points <= i64::from(wish.most),
    };
    Ok(grains.iter().find(fits).map_or(Grain::Day, |found| found.0))
}

fn bound(time_ms: u64) -> i64 {
    i64::try_from(time_ms).unwrap_or(i64::MAX)
}
