//! The world goes back to an image: every island opens the next branch there, in one transaction. No link is deleted;
//! those that are not history any more say why. Knows no file.

use super::checkpoints::{self, MAIL, RESEEDINGS, SEEDS, TUNING};
use super::docket::{at, set_void};
use super::outputs;
use super::rows::{GoodState, StoreError};
use super::writer::add_header;
use crate::checkpoint_service::image::{Image, IslandImage};
use bytebiota_core::{Branch, Epoch, IslandId, UnitKey, codec};
use sqlx::{Row, SqliteConnection};

/// Said of links and lines that were left.
const REASON: &str = "the world went back to a checkpoint";

/// Where a world goes back to.
#[derive(Clone, Debug)]
pub struct Restoration {
    /// The image.
    pub image: Image,
    /// What each island goes back to, proven.
    pub good: Vec<GoodState>,
    /// Now, Unix ms.
    pub time_ms: u64,
}

/// The lines of history that lead to the branch `?3` of an island up to the epoch `?4`, each with the epoch at which it
/// was left.
macro_rules! descent {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE line (branch, until) AS (SELECT ?3, ?4 UNION ALL
                SELECT i.parent, min(i.parent_epoch, line.until) FROM line JOIN islands i
                    ON i.world = ?1 AND i.island = ?2 AND i.branch = line.branch
                WHERE i.parent IS NOT NULL) ",
            $rest
        )
    };
}

/// Goes back inside the caller's transaction; the first island whose image turned out false, if there is one, and then
/// nothing may be committed.
pub(super) async fn restore(
    connection: &mut SqliteConnection,
    restoration: &Restoration,
) -> Result<Option<IslandId>, StoreError> {
    let image = &restoration.image;
    for island in &image.islands {
        if !is_history(connection, image, island).await? {
            return Ok(Some(island.island));
        }
    }
    leave_all(connection, restoration).await?;
    for (island, good) in image.islands.iter().zip(&restoration.good) {
        go_back(connection, image, island, good).await?;
    }
    for (sheet, rows) in [
        (&MAIL, &image.mail),
        (&SEEDS, &image.seeds),
        (&RESEEDINGS, &image.reseedings),
    ] {
        checkpoints::put_back(connection, sheet, rows).await?;
    }
    let query = sqlx::query("SELECT 1 FROM tuning WHERE version IS NOT NULL");
    if query.fetch_optional(&mut *connection).await?.is_none() {
        checkpoints::put_back(connection, &TUNING, &image.tuning).await?;
    }
    for island in &image.islands {
        renew_entering(connection, image, island).await?;
    }
    Ok(None)
}

/// Whether an image of an island is of this history, or the island is not known here at all. Results that turned out
/// false are never history again.
async fn is_history(
    connection: &mut SqliteConnection,
    image: &Image,
    island: &IslandImage,
) -> Result<bool, StoreError> {
    let query = sqlx::query("SELECT 1 FROM islands WHERE world = ? AND island = ?");
    let query = query.bind(image.world.0 as i64).bind(island.island.0);
    if island.epoch == Epoch(0) || query.fetch_optional(&mut *connection).await?.is_none() {
        return Ok(true);
    }
    let query = sqlx::query(descent!(
        "SELECT count(*) FILTER (WHERE l.superseded <> ?5) AS false_links,
            count(*) FILTER (WHERE l.end_epoch = ?4 AND l.link = ?6) AS last_links
         FROM line JOIN links l ON l.world = ?1 AND l.island = ?2 AND l.branch = line.branch
            AND l.first_epoch < line.until"
    ));
    let query = of(query, image, island)
        .bind(REASON)
        .bind(island.link.0.to_vec());
    let row = query.fetch_one(connection).await?;
    Ok(row.try_get::<i64, _>("false_links")? == 0 && row.try_get::<i64, _>("last_links")? == 1)
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

/// Binds world, island, branch and epoch of an image.
fn of<'q>(query: Query<'q>, image: &Image, island: &IslandImage) -> Query<'q> {
    query
        .bind(image.world.0 as i64)
        .bind(island.island.0)
        .bind(island.branch)
        .bind(island.epoch.0 as i64)
}

/// Every line that is continued now is left, and what came after the image is taken back; the images open their own.
async fn leave_all(
    connection: &mut SqliteConnection,
    restoration: &Restoration,
) -> Result<(), StoreError> {
    let image = &restoration.image;
    let world = image.world.0 as i64;
    let query = sqlx::query("SELECT island FROM islands WHERE world = ? AND superseded IS NULL");
    for row in query.bind(world).fetch_all(&mut *connection).await? {
        let island = IslandId(row.try_get("island")?);
        let key = UnitKey {
            world: image.world,
            branch: Branch(0),
            island,
            first_epoch: Epoch(0),
        };
        set_void(connection, &key, REASON, restoration.time_ms).await?;
        // Islands that rose later are as if they had never been; they rise again.
        if image.islands.iter().all(|known| known.island != island) {
            outputs::take_back(connection, &key, &GoodState::default()).await?;
        }
    }
    for table in ["islands", "links"] {
        let query =
            format!("UPDATE {table} SET superseded = ? WHERE world = ? AND superseded IS NULL");
        let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(REASON);
        query.bind(world).execute(&mut *connection).await?;
    }
    for query in [
        "DELETE FROM mail WHERE enters_epoch IS NULL AND withdrawn IS NULL",
        "DELETE FROM seeds",
        "DELETE FROM reseedings",
    ] {
        sqlx::query(query).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn go_back(
    connection: &mut SqliteConnection,
    image: &Image,
    island: &IslandImage,
    good: &GoodState,
) -> Result<(), StoreError> {
    let query = sqlx::query(descent!(
        "UPDATE links SET superseded = NULL FROM line WHERE links.world = ?1 AND links.island = ?2
            AND links.branch = line.branch AND links.first_epoch < line.until"
    ));
    of(query, image, island).execute(&mut *connection).await?;
    let key = open_branch(connection, image, island).await?;
    let epoch = island.epoch.0 as i64;
    let query = sqlx::query(
        "INSERT INTO states (world, branch, island, epoch, digest, bytes) VALUES (?, ?, ?, ?, ?, ?)",
    );
    let query = at(query, &key)
        .bind(epoch)
        .bind(island.digest.0.to_vec())
        .bind(island.state.as_slice());
    query.execute(&mut *connection).await?;
    outputs::take_back(connection, &key, good).await?;
    let query = sqlx::query(
        "UPDATE islands SET low_edge = ?, high_edge = ? WHERE world = ? AND branch = ? AND island = ?",
    );
    let query = query
        .bind(island.low_edge.as_slice())
        .bind(island.high_edge.as_slice());
    at(query, &key).execute(&mut *connection).await?;
    let query = sqlx::query(
        "DELETE FROM mail WHERE world = ?1 AND ((to_island = ?2 AND enters_epoch >= ?3)
            OR (from_island = ?2 AND left_epoch > ?3))",
    );
    let query = query.bind(image.world.0 as i64).bind(island.island.0);
    query.bind(epoch).execute(&mut *connection).await?;
    let stretch = island.stretch();
    let stretch = stretch.map_err(|_| StoreError::Damaged("a stretch of the checkpoint"))?;
    if let Some((mut header, inputs)) = stretch {
        header.branch = key.branch;
        add_header(connection, &header, &codec::encode(&inputs)).await?;
    }
    Ok(())
}

/// The next line of history of an island, from its image on.
async fn open_branch(
    connection: &mut SqliteConnection,
    image: &Image,
    island: &IslandImage,
) -> Result<UnitKey, StoreError> {
    let query = sqlx::query(
        "INSERT INTO islands (world, branch, island, head_epoch, head_state, link, units, sample,
            updated_ms, parent, parent_epoch, folded_epoch)
         VALUES (?1, max(?3, coalesce((SELECT max(branch) FROM islands WHERE world = ?1 AND island = ?2), 0)) + 1,
            ?2, ?4, ?5, ?6, ?7, ?8, ?9,
            (SELECT branch FROM islands WHERE world = ?1 AND island = ?2 AND branch = ?3), ?4,
            min(?4, coalesce((SELECT max(folded_epoch) FROM islands WHERE world = ?1 AND island = ?2), 0)))
         RETURNING branch",
    );
    let query = of(query, image, island)
        .bind(island.digest.0.to_vec())
        .bind(island.link.0.to_vec())
        .bind(island.units as i64)
        .bind(island.sample.as_slice())
        .bind(island.updated_ms as i64);
    let row = query.fetch_one(connection).await?;
    Ok(UnitKey {
        world: image.world,
        branch: Branch(row.try_get("branch")?),
        island: island.island,
        first_epoch: island.epoch,
    })
}

/// Who enters the stretch that was under way enters what is left of it.
async fn renew_entering(
    connection: &mut SqliteConnection,
    image: &Image,
    island: &IslandImage,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "UPDATE mail SET first_epoch = ?3, branch = (SELECT branch FROM islands
            WHERE world = ?1 AND island = ?2 AND superseded IS NULL)
         WHERE world = ?1 AND to_island = ?2 AND enters_epoch >= ?3",
    );
    let query = query
        .bind(image.world.0 as i64)
        .bind(island.island.0)
        .bind(island.epoch.0 as i64);
    query.execute(connection).await?;
    Ok(())
}
