//! How much is kept of everything that would grow for ever, how much is there, and what goes. Links are folded by
//! `folding`, what islands put out is thinned with every verdict by `pruning`, checkpoints with every new one.

use super::rows::StoreError;
use super::{Store, folding};
use sqlx::{Row, SqliteConnection};

/// What a link takes beside its segment digests, with its rows of the ledger and checks and all indices, bytes; measured.
const UNIT_BYTES: u64 = 560;
/// What a header takes beside its inputs, bytes; measured.
const HEADER_BYTES: u64 = 400;
/// Means are taken over so many of the newest rows.
const PROBED_ROWS: u32 = 1_000;
/// Whoever was here since is not forgotten, ms.
const RECENT_MS: u64 = 86_400_000;
/// Organisms that were called back are forgotten beyond these.
const WITHDRAWN: u32 = 10_000;
/// Free pages are given back to the disk when they are more than this share of the file, and so many at a time.
const FREE_SHARE: i64 = 8;
const FREED_PAGES: u32 = 2_000;

/// How much is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retention {
    /// Bytes of links, headers, checks and ledger; beyond them the oldest are folded.
    pub history_bytes: u64,
    /// Acknowledged units that did not count.
    pub void_units: u32,
    /// Results that did not match, with what proves it.
    pub convictions: u32,
    /// Volunteers without confirmed work.
    pub strangers: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            history_bytes: 10_000_000_000,
            void_units: 100_000,
            convictions: 1_000,
            strangers: 100_000,
        }
    }
}

/// One slice of forgetting.
#[derive(Clone, Debug)]
pub struct Tidying {
    /// How much is kept.
    pub retention: Retention,
    /// Links to be folded, at most.
    pub surplus_units: u32,
    /// Bases of its newest units that an island keeps beside its head.
    pub kept_states: u32,
    /// Volunteers who are here.
    pub present: Vec<i64>,
    /// Now, Unix ms.
    pub time_ms: u64,
}

/// What history takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct HistorySize {
    /// Links that stand singly.
    pub units: u64,
    /// About so many bytes, all that belongs to them included.
    pub bytes: u64,
}

impl HistorySize {
    /// Links to be folded so that the rest takes no more than `most` bytes.
    pub fn surplus_units(&self, most: u64) -> u64 {
        let each = (self.bytes / self.units.max(1)).max(1);
        self.bytes.saturating_sub(most).div_ceil(each)
    }
}

impl Store {
    /// What history takes, by the number of rows and the mean of the newest.
    pub async fn history_size(&self) -> Result<HistorySize, StoreError> {
        let query = sqlx::query(
            "SELECT (SELECT count(*) FROM links) AS units, (SELECT count(*) FROM headers) AS headers,
                coalesce((SELECT avg(length(segments)) FROM
                    (SELECT segments FROM links ORDER BY time_ms DESC LIMIT ?1)), 0.0) AS segments,
                coalesce((SELECT avg(length(inputs)) FROM
                    (SELECT h.inputs FROM headers h JOIN (SELECT header FROM links ORDER BY time_ms DESC LIMIT ?1) l
                        ON l.header = h.digest)), 0.0) AS inputs",
        );
        let row = query.bind(PROBED_ROWS).fetch_one(&self.readers).await?;
        let units = row.try_get::<i64, _>("units")? as u64;
        let headers = row.try_get::<i64, _>("headers")? as u64;
        let segments = row.try_get::<f64, _>("segments")? as u64;
        let inputs = row.try_get::<f64, _>("inputs")? as u64;
        let bytes = units * (segments + UNIT_BYTES) + headers * (inputs + HEADER_BYTES);
        Ok(HistorySize { units, bytes })
    }
}

/// Forgets what is too much inside the caller's transaction; how many links were folded.
pub(super) async fn tidy(
    connection: &mut SqliteConnection,
    tidying: &Tidying,
) -> Result<u64, StoreError> {
    let kept = &tidying.retention;
    let folded = match tidying.surplus_units {
        0 => 0,
        units => folding::fold(connection, units, tidying.kept_states).await?,
    };
    forget_void_units(connection, kept.void_units).await?;
    for (query, rows) in [
        (
            "DELETE FROM convictions WHERE number NOT IN (SELECT conviction FROM blocked_engines) AND number <=
                (SELECT number FROM convictions ORDER BY number DESC LIMIT 1 OFFSET ?)",
            kept.convictions,
        ),
        (
            "DELETE FROM mail WHERE withdrawn IS NOT NULL AND number <=
                (SELECT number FROM mail WHERE withdrawn IS NOT NULL ORDER BY number DESC LIMIT 1 OFFSET ?)",
            WITHDRAWN,
        ),
        // What was left is of no use once the line that is continued has bases enough of its own.
        (
            "DELETE FROM states WHERE EXISTS (SELECT 1 FROM islands i WHERE i.world = states.world
                    AND i.branch = states.branch AND i.island = states.island AND i.superseded IS NOT NULL)
                AND NOT EXISTS (SELECT 1 FROM checkpoint_states c WHERE c.world = states.world
                    AND c.branch = states.branch AND c.island = states.island AND c.epoch = states.epoch)
                AND (SELECT count(*) FROM islands i JOIN states s ON s.world = i.world AND s.branch = i.branch
                    AND s.island = i.island WHERE i.world = states.world AND i.island = states.island
                    AND i.superseded IS NULL) > ?",
            tidying.kept_states,
        ),
    ] {
        let query = sqlx::query(query).bind(rows);
        query.execute(&mut *connection).await?;
    }
    forget_strangers(connection, tidying).await?;
    Ok(folded)
}

/// They stay counted.
async fn forget_void_units(connection: &mut SqliteConnection, kept: u32) -> Result<(), StoreError> {
    let query = sqlx::query(
        "DELETE FROM void_units WHERE number <=
            (SELECT number FROM void_units ORDER BY number DESC LIMIT 1 OFFSET ?)",
    );
    let gone = query.bind(kept).execute(&mut *connection).await?;
    count_forgotten(connection, gone.rows_affected()).await
}

/// Void units that are kept no longer stay counted.
pub(super) async fn count_forgotten(
    connection: &mut SqliteConnection,
    rows: u64,
) -> Result<(), StoreError> {
    if rows > 0 {
        let query = sqlx::query("UPDATE forgotten SET rows = rows + ? WHERE name = 'void_units'");
        query.bind(rows as i64).execute(connection).await?;
    }
    Ok(())
}

/// The oldest of those who never had anything confirmed, and of whom nothing else is known either. With the same token
/// they come back as somebody new.
async fn forget_strangers(
    connection: &mut SqliteConnection,
    tidying: &Tidying,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "SELECT number FROM volunteers WHERE units = 0 AND credit = 0 AND mismatches = 0 AND banned = 0
         ORDER BY number DESC LIMIT 1000 OFFSET ?",
    );
    let rows = query.bind(tidying.retention.strangers);
    for row in rows.fetch_all(&mut *connection).await? {
        let number: i64 = row.try_get("number")?;
        if tidying.present.contains(&number) {
            continue;
        }
        let query = sqlx::query(
            "DELETE FROM volunteers WHERE number = ?1 AND seen_ms < ?2
                AND NOT EXISTS (SELECT 1 FROM provisional WHERE volunteer = ?1)
                AND NOT EXISTS (SELECT 1 FROM links WHERE volunteer = ?1)
                AND NOT EXISTS (SELECT 1 FROM void_units WHERE volunteer = ?1)
                AND NOT EXISTS (SELECT 1 FROM checks WHERE checker = ?1)
                AND NOT EXISTS (SELECT 1 FROM convictions WHERE volunteer = ?1)
                AND NOT EXISTS (SELECT 1 FROM ledger WHERE volunteer = ?1)",
        );
        let query = query.bind(number);
        let query = query.bind(tidying.time_ms.saturating_sub(RECENT_MS) as i64);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Gives pages that nothing needs any more back to the disk, if there are many.
pub(super) async fn give_back(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let query = "SELECT (SELECT freelist_count FROM pragma_freelist_count) AS free,
        (SELECT page_count FROM pragma_page_count) AS pages";
    let row = sqlx::query(query).fetch_one(&mut *connection).await?;
    let (free, pages): (i64, i64) = (row.try_get("free")?, row.try_get("pages")?);
    if free > pages / FREE_SHARE {
        let query = format!("PRAGMA incremental_vacuum({FREED_PAGES})");
        let query = sqlx::query(sqlx::AssertSqlSafe(query));
        query.fetch_all(connection).await?;
    }
    Ok(())
}
