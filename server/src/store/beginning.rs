//! Where the history of an island begins in this database: at genesis, or at the checkpoint that its world began with here.
//! Knows no file.

use super::checkpoints::bare_image;
use super::rows::StoreError;
use super::{Archive, digest};
use bytebiota_core::{Epoch, IslandId};
use bytebiota_protocol::history::Line;
use sqlx::Row;

impl Archive {
    /// Where an island's history begins, if that is at a checkpoint and not before the epoch `from`. What came before it is
    /// in another folder.
    pub async fn beginning(
        &self,
        island: IslandId,
        from: Epoch,
    ) -> Result<Option<Line>, StoreError> {
        let query = sqlx::query(
            "WITH RECURSIVE line (branch) AS (
                SELECT branch FROM islands WHERE world = ?1 AND island = ?2 AND superseded IS NULL
                UNION ALL SELECT i.parent FROM line JOIN islands i
                    ON i.world = ?1 AND i.island = ?2 AND i.branch = line.branch
                WHERE i.parent IS NOT NULL)
             SELECT i.branch, i.parent_epoch FROM line JOIN islands i
                ON i.world = ?1 AND i.island = ?2 AND i.branch = line.branch
             WHERE i.parent IS NULL AND i.parent_epoch > 0 AND i.parent_epoch >= ?3",
        );
        let world = self.world().id.0 as i64;
        let query = query.bind(world).bind(island.0);
        let query = query.bind(i64::try_from(from.0).unwrap_or(i64::MAX));
        let Some(row) = query.fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let (branch, epoch): (u32, i64) = (row.try_get("branch")?, row.try_get("parent_epoch")?);
        let lost = StoreError::Damaged("the checkpoint at which history begins");
        let query = sqlx::query(
            "SELECT image, digest FROM checkpoints WHERE number IN (SELECT checkpoint FROM checkpoint_states
                WHERE world = ? AND branch = ? AND island = ? AND epoch = ?) ORDER BY number LIMIT 1",
        );
        let query = query.bind(world).bind(branch).bind(island.0).bind(epoch);
        let Some(row) = query.fetch_optional(&self.readers).await? else {
            return Err(lost);
        };
        let packed: Vec<u8> = row.try_get("image")?;
        let image = bare_image(&packed, digest(&row, "digest")?)?;
        let mut islands = image.islands.iter();
        let begun = islands.find(|known| known.island == island && known.epoch.0 == epoch as u64);
        let line = begun.map(|begun| Line {
            epoch: begun.epoch,
            state: begun.digest,
            link: begun.link,
        });
        line.map(Some).ok_or(lost)
    }
}
