//! What is known of people: visits, standings, what waits for a verdict, who was found wrong. Knows no rule.

use super::append::unpack_seals;
use super::read::MAX_SMALL_BYTES;
use super::rows::{Mismatch, ProvisionalRow, StoreError, Volunteer, VolunteerVisit};
use super::{Store, digest};
use crate::verification::verifier::SelfTest;
use crate::verification::{Seal, Standing};
use bytebiota_core::{Branch, Digest, Epoch, IslandId, StretchHeader, UnitKey, codec};
use bytebiota_protocol::limits::MAX_BODY_BYTES;
use bytebiota_protocol::message;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};
use std::sync::Arc;

pub(super) async fn note_visit(
    connection: &mut SqliteConnection,
    visit: &VolunteerVisit,
) -> Result<Volunteer, StoreError> {
    let query = sqlx::query(
        "INSERT INTO volunteers (token_hash, nick, created_ms, engine, seen_ms) VALUES (?1, coalesce(?2, ''), ?3, ?4, ?3)
         ON CONFLICT (token_hash) DO UPDATE SET nick = coalesce(?2, nick), engine = ?4, seen_ms = ?3
         RETURNING number, nick, credit, units, proofs, mismatches, suspended_until_ms, banned",
    );
    let query = query
        .bind(visit.token_hash.to_vec())
        .bind(visit.nick.as_deref())
        .bind(visit.time_ms as i64)
        .bind(visit.engine.as_str());
    let row = query.fetch_one(connection).await?;
    Ok(Volunteer {
        number: row.try_get("number")?,
        nick: row.try_get("nick")?,
        credit: row.try_get::<i64, _>("credit")? as u64,
        units: row.try_get::<i64, _>("units")? as u64,
        standing: standing(&row)?,
    })
}

/// Puts random bytes in the place of a token's hash and nothing in that of the name; whose number it was, if anybody's.
pub(super) async fn forget(
    connection: &mut SqliteConnection,
    token_hash: &[u8; 32],
) -> Result<Option<i64>, StoreError> {
    let query = sqlx::query_scalar(
        "UPDATE volunteers SET token_hash = randomblob(32), nick = '' WHERE token_hash = ? RETURNING number",
    );
    let number = query.bind(token_hash.to_vec()).fetch_optional(connection);
    Ok(number.await?)
}

/// Whether somebody is an operator is not on disk: his token says it.
fn standing(row: &SqliteRow) -> Result<Standing, StoreError> {
    Ok(Standing {
        is_operator: false,
        proofs: row.try_get("proofs")?,
        mismatches: row.try_get("mismatches")?,
        suspended_until_ms: row.try_get::<i64, _>("suspended_until_ms")? as u64,
        is_banned: row.try_get("banned")?,
    })
}

impl Store {
    /// Everything that waits for its verdict; of one island or of all, in order.
    pub async fn provisional(
        &self,
        island: Option<IslandId>,
    ) -> Result<Vec<ProvisionalRow>, StoreError> {
        let query = sqlx::query(
            "SELECT p.branch, p.island, p.first_epoch, p.end_epoch, h.header, p.base, p.seals,
                p.volunteer, p.is_first, v.proofs, v.mismatches, v.suspended_until_ms, v.banned, v.engine
             FROM provisional p JOIN headers h ON h.digest = p.header
                JOIN volunteers v ON v.number = p.volunteer
             WHERE p.world = ?1 AND (?2 IS NULL OR p.island = ?2) ORDER BY p.island, p.first_epoch",
        );
        let query = query
            .bind(self.world.id.0 as i64)
            .bind(island.map(|island| island.0));
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(|row| self.provisional_row(row)).collect()
    }

    fn provisional_row(&self, row: &SqliteRow) -> Result<ProvisionalRow, StoreError> {
        Ok(ProvisionalRow {
            header: header(row)?,
            key: self.key(row)?,
            end_epoch: Epoch(row.try_get::<i64, _>("end_epoch")? as u64),
            base: digest(row, "base")?,
            seals: unpack_seals(&row.try_get::<Vec<u8>, _>("seals")?)?,
            volunteer: row.try_get("volunteer")?,
            is_first: row.try_get("is_first")?,
            standing: standing(row)?,
            engine: row.try_get("engine")?,
        })
    }

    fn key(&self, row: &SqliteRow) -> Result<UnitKey, StoreError> {
        Ok(UnitKey {
            world: self.world.id,
            branch: Branch(row.try_get("branch")?),
            island: IslandId(row.try_get("island")?),
            first_epoch: Epoch(row.try_get::<i64, _>("first_epoch")? as u64),
        })
    }

    /// The newest confirmed units that a volunteer made or checked and whose states are kept: enough to compute them
    /// again. Of each segment only the digest is known.
    pub async fn made_or_checked_by(
        &self,
        volunteer: i64,
        limit: u32,
    ) -> Result<Vec<ProvisionalRow>, StoreError> {
        let query = sqlx::query(
            "SELECT l.branch, l.island, l.first_epoch, l.end_epoch, h.header, l.base, l.segments,
                l.volunteer, v.proofs, v.mismatches, v.suspended_until_ms, v.banned, v.engine
             FROM links l JOIN headers h ON h.digest = l.header
                JOIN volunteers v ON v.number = l.volunteer
             WHERE l.world = ?1 AND l.superseded IS NULL AND (l.volunteer = ?2 OR EXISTS
                (SELECT 1 FROM checks c WHERE c.checker = ?2 AND c.world = l.world
                    AND c.branch = l.branch AND c.island = l.island AND c.first_epoch = l.first_epoch))
                AND (l.first_epoch = 0 OR EXISTS (SELECT 1 FROM states s WHERE s.world = l.world
                    AND s.branch = l.branch AND s.island = l.island AND s.epoch = l.first_epoch))
             ORDER BY l.time_ms DESC LIMIT ?3",
        );
        let query = query
            .bind(self.world.id.0 as i64)
            .bind(volunteer)
            .bind(limit);
        let rows = query.fetch_all(&self.readers).await?;
        rows.iter().map(|row| self.history_row(row)).collect()
    }

    fn history_row(&self, row: &SqliteRow) -> Result<ProvisionalRow, StoreError> {
        let digests = digests(&row.try_get::<Vec<u8>, _>("segments")?)?;
        let seal = |digest| Seal {
            digest,
            state: Digest::default(),
            running: Digest::default(),
        };
        Ok(ProvisionalRow {
            header: header(row)?,
            key: self.key(row)?,
            end_epoch: Epoch(row.try_get::<i64, _>("end_epoch")? as u64),
            base: digest(row, "base")?,
            seals: digests.into_iter().map(seal).collect(),
            volunteer: row.try_get("volunteer")?,
            is_first: false,
            standing: standing(row)?,
            engine: row.try_get("engine")?,
        })
    }

    /// What somebody suspended has to compute; `None` if it is not kept.
    pub async fn self_test(&self, volunteer: i64) -> Result<Option<SelfTest>, StoreError> {
        let query = sqlx::query(
            "SELECT question, right_digests FROM convictions
             WHERE volunteer = ? AND lifted IS NULL AND question IS NOT NULL ORDER BY number DESC LIMIT 1",
        );
        let query = query.bind(volunteer).fetch_optional(&self.readers);
        let Some(row) = query.await? else {
            return Ok(None);
        };
        let question: Vec<u8> = row.try_get("question")?;
        let check = message::unpack(&question, MAX_BODY_BYTES);
        let check = Arc::new(check.map_err(|_| StoreError::Damaged("a reproducer"))?);
        let right = digests(&row.try_get::<Vec<u8>, _>("right_digests")?)?;
        Ok(Some(SelfTest { check, right }))
    }

    /// Engines that are refused.
    pub async fn blocked_engines(&self) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query("SELECT engine FROM blocked_engines ORDER BY engine");
        let rows = query.fetch_all(&self.readers).await?;
        let engine = |row: &SqliteRow| Ok(row.try_get("engine")?);
        rows.iter().map(engine).collect()
    }

    /// What volunteers with so many proofs computed with, those seen last first; at most 256.
    pub async fn sound_engines(&self, proofs: u32) -> Result<Vec<String>, StoreError> {
        let query = sqlx::query(
            "SELECT engine FROM volunteers WHERE proofs >= ? AND banned = 0 AND engine <> ''
             GROUP BY engine ORDER BY max(seen_ms) DESC, engine LIMIT 256",
        );
        let rows = query.bind(proofs).fetch_all(&self.readers).await?;
        let engine = |row: &SqliteRow| Ok(row.try_get("engine")?);
        rows.iter().map(engine).collect()
    }

    /// When proven volunteers were found wrong since a moment, and it was not lifted: the alarm counts them.
    pub async fn proven_convictions(&self, since_ms: u64) -> Result<Vec<u64>, StoreError> {
        let query = sqlx::query(
            "SELECT time_ms FROM convictions WHERE was_proven = 1 AND lifted IS NULL AND time_ms >= ?",
        );
        let rows = query.bind(since_ms as i64).fetch_all(&self.readers).await?;
        let time = |row: &SqliteRow| Ok(row.try_get::<i64, _>("time_ms")? as u64);
        rows.iter().map(time).collect()
    }

    /// The newest mismatches, for the public.
    pub async fn mismatches(&self, offset: u32, limit: u32) -> Result<Vec<Mismatch>, StoreError> {
        let query = sqlx::query(
            "SELECT c.time_ms, v.token_hash, c.lifted IS NOT NULL AS is_lifted
             FROM convictions c JOIN volunteers v ON v.number = c.volunteer
             ORDER BY c.number DESC LIMIT ? OFFSET ?",
        );
        let rows = query
            .bind(limit)
            .bind(offset)
            .fetch_all(&self.readers)
            .await?;
        let mismatch = |row: &SqliteRow| {
            Ok(Mismatch {
                time_ms: row.try_get::<i64, _>("time_ms")? as u64,
                token_hash: row.try_get("token_hash")?,
                is_lifted: row.try_get("is_lifted")?,
            })
        };
        rows.iter().map(mismatch).collect()
    }
}

fn header(row: &SqliteRow) -> Result<StretchHeader, StoreError> {
    let bytes: Vec<u8> = row.try_get("header")?;
    codec::decode(&bytes, MAX_SMALL_BYTES).map_err(|_| StoreError::Damaged("a header"))
}

fn digests(bytes: &[u8]) -> Result<Vec<Digest>, StoreError> {
    let (digests, rest) = bytes.as_chunks::<32>();
    match rest {
        [] => Ok(digests.iter().map(|bytes| Digest(*bytes)).collect()),
        _ => Err(StoreError::Damaged("a list of digests")),
    }
}
