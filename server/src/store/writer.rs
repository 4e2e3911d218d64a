//! The one task that writes: whatever waits goes into one transaction, and answers go out after its commit.

use super::checkpoints::{self, NewCheckpoint};
use super::parameters::{self, NewEntry};
use super::restoring::{self, Restoration};
use super::retention::{self, Tidying};
use super::rows::{
    Appended, Filed, Filing, NewUnit, Sowing, StateRow, StoreError, Volunteer, VolunteerVisit,
};
use super::series::{self, SeriesShelf};
use super::wal::Wal;
use super::{Commits, WorldRow, append, docket, mail, seeds, trust};
use crate::checkpoint_service::image::Image;
use crate::clock::Stopwatch;
use crate::seed_bank::SeedChange;
use bytebiota_core::{Branch, Epoch, IslandId, Sample, StretchHeader, codec};
use bytebiota_protocol::view::SeriesPoint;
use sqlx::{Connection, Row, SqliteConnection};
use tokio::sync::{mpsc, oneshot, watch};

/// Jobs of one transaction at most, beside the verdicts.
const MAX_BATCH: usize = 256;
/// Verdicts of one transaction at most.
const MAX_VERDICTS: usize = 1_024;

type Reply<T> = oneshot::Sender<T>;

/// Something to write.
pub(super) enum Job {
    Island(IslandId, StateRow, Box<Sample>, Reply<Branch>),
    Header(StretchHeader, Vec<u8>, Vec<(i64, Epoch)>, Reply<bool>),
    Unit(Box<NewUnit>, Reply<Appended>),
    File(Box<Filing>, Reply<Filed>),
    Visit(VolunteerVisit, Reply<Volunteer>),
    Forget([u8; 32], Reply<Option<i64>>),
    Seeds(Box<SeedChange>, Reply<()>),
    Sow(Sowing, Reply<()>),
    Point(SeriesPoint, SeriesShelf, Reply<()>),
    Entry(Box<NewEntry>, Reply<()>),
    Checkpoint(NewCheckpoint, Reply<i64>),
    Import(Box<Image>, Reply<i64>),
    Restore(Box<Restoration>, Reply<Option<IslandId>>),
    Tidy(Tidying, Reply<u64>),
    Close(Reply<()>),
}

/// What waits to be written. Verdicts go first: they end what is under way and let islands go on, and behind the reports of
/// a crowd they would come slower than those.
pub(super) struct Inbox {
    pub(super) verdicts: mpsc::Receiver<Job>,
    pub(super) jobs: mpsc::Receiver<Job>,
}

impl Inbox {
    /// Waits for the jobs of the next transaction; none, once everybody has left.
    async fn next(&mut self) -> Vec<Job> {
        let mut batch = Vec::new();
        tokio::select! {
            biased;
            Some(job) = self.verdicts.recv() => batch.push(job),
            Some(job) = self.jobs.recv() => batch.push(job),
            else => return batch,
        }
        take(&mut self.verdicts, &mut batch, MAX_VERDICTS);
        take(&mut self.jobs, &mut batch, MAX_BATCH);
        batch
    }
}

/// Takes of what is there already.
fn take(inbox: &mut mpsc::Receiver<Job>, batch: &mut Vec<Job>, most: usize) {
    batch.extend(std::iter::from_fn(|| inbox.try_recv().ok()).take(most));
}

/// The writer.
pub(super) struct Writer {
    connection: SqliteConnection,
    world: WorldRow,
    inbox: Inbox,
    failed: watch::Sender<bool>,
    commits: Commits,
    wal: Wal,
}

/// An answer that waits for the commit.
type Answer = Box<dyn FnOnce() + Send>;

impl Writer {
    pub(super) fn new(
        connection: SqliteConnection,
        world: WorldRow,
        inbox: Inbox,
        failed: watch::Sender<bool>,
        commits: Commits,
        wal: Wal,
    ) -> Self {
        Self {
            connection,
            world,
            inbox,
            failed,
            commits,
            wal,
        }
    }

    /// Works on a thread of its own. Each statement is handed to SQLite's thread and back, and between two of them nobody
    /// else's work may come: in a crowd that would be most of the time.
    pub(super) fn start(self) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let thread = std::thread::Builder::new().name("writer".into());
        thread.spawn(move || runtime.block_on(self.run()))?;
        Ok(())
    }

    /// Works until it is closed, everybody has left, or something could not be written.
    async fn run(mut self) {
        loop {
            let batch = self.inbox.next().await;
            if batch.is_empty() {
                return;
            }
            let mut closing = None;
            let mut jobs = Vec::with_capacity(batch.len());
            for job in batch {
                match job {
                    Job::Close(reply) => closing = Some(reply),
                    job => jobs.push(job),
                }
            }
            match self.commit(jobs).await {
                Ok(answers) => answers.into_iter().for_each(|answer| answer()),
                Err(error) => {
                    tracing::error!(%error, "nothing can be stored any more");
                    self.failed.send_replace(true);
                    return;
                }
            }
            if let Some(reply) = closing {
                self.close(reply).await;
                return;
            }
        }
    }

    async fn commit(&mut self, jobs: Vec<Job>) -> Result<Vec<Answer>, StoreError> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let took = Stopwatch::start();
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.push(carry_out(&mut transaction, &self.world, job).await?);
        }
        transaction.commit().await?;
        self.commits.committed(took);
        self.wal.cut(&mut self.connection).await?;
        Ok(answers)
    }

    async fn close(mut self, reply: Reply<()>) {
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        if let Err(error) = checkpoint.execute(&mut self.connection).await {
            tracing::warn!(%error, "the log of the database could not be folded in; the next start does it");
        }
        if let Err(error) = self.connection.close().await {
            tracing::warn!(%error, "the database was not closed cleanly; nothing is lost by that");
        }
        let _ = reply.send(());
    }
}

/// Nobody may wait for an answer any more; the work is done all the same.
fn answer<T: Send + 'static>(reply: Reply<T>, value: T) -> Answer {
    Box::new(move || drop(reply.send(value)))
}

async fn carry_out(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    job: Job,
) -> Result<Answer, StoreError> {
    Ok(match job {
        Job::Island(island, state, sample, reply) => {
            let branch = add_island(connection, world, island, &state, &sample).await?;
            answer(reply, branch)
        }
        Job::Header(header, inputs, entering, reply) => {
            let may_enter = mail::take_in(connection, &header, &entering).await?;
            if may_enter {
                add_header(connection, &header, &inputs).await?;
            }
            answer(reply, may_enter)
        }
        Job::Unit(unit, reply) => answer(reply, append::append(connection, world, &unit).await?),
        Job::File(filing, reply) => answer(reply, docket::file(connection, world, &filing).await?),
        Job::Visit(visit, reply) => answer(reply, trust::note_visit(connection, &visit).await?),
        Job::Forget(hash, reply) => answer(reply, trust::forget(connection, &hash).await?),
        Job::Seeds(change, reply) => {
            seeds::change(connection, &change).await?;
            answer(reply, ())
        }
        Job::Sow(sowing, reply) => {
            seeds::sow(connection, world, &sowing).await?;
            answer(reply, ())
        }
        Job::Point(point, shelf, reply) => {
            series::add(connection, &point, &shelf).await?;
            answer(reply, ())
        }
        Job::Entry(entry, reply) => {
            parameters::add(connection, &entry).await?;
            answer(reply, ())
        }
        Job::Checkpoint(new, reply) => {
            answer(reply, checkpoints::take(connection, world, &new).await?)
        }
        Job::Import(image, reply) => answer(reply, checkpoints::import(connection, &image).await?),
        Job::Restore(restoration, reply) => {
            answer(reply, restoring::restore(connection, &restoration).await?)
        }
        Job::Tidy(tidying, reply) => {
            let folded = retention::tidy(connection, &tidying).await?;
            retention::give_back(connection).await?;
            answer(reply, folded)
        }
        Job::Close(reply) => answer(reply, ()),
    })
}

async fn add_island(
    connection: &mut SqliteConnection,
    world: &WorldRow,
    island: IslandId,
    state: &StateRow,
    sample: &Sample,
) -> Result<Branch, StoreError> {
    let id = world.id.0 as i64;
    // An island begins on branch 0, or on the next one if the world went back to before it.
    let query = sqlx::query(
        "SELECT coalesce(max(branch) FILTER (WHERE superseded IS NULL), max(branch) + 1, 0) AS branch
         FROM islands WHERE world = ? AND island = ?",
    );
    let row = query.bind(id).bind(island.0).fetch_one(&mut *connection);
    let branch: u32 = row.await?.try_get("branch")?;
    let query = sqlx::query(
        "INSERT OR IGNORE INTO islands (world, branch, island, head_state, link, sample)
         VALUES (?, ?, ?, ?, zeroblob(32), ?)",
    );
    let query = query
        .bind(id)
        .bind(branch)
        .bind(island.0)
        .bind(state.digest.0.to_vec())
        .bind(codec::encode(sample));
    query.execute(&mut *connection).await?;
    let query = sqlx::query(
        "INSERT OR IGNORE INTO states (world, branch, island, epoch, digest, bytes)
         VALUES (?, ?, ?, 0, ?, ?)",
    );
    let query = query
        .bind(id)
        .bind(branch)
        .bind(island.0)
        .bind(state.digest.0.to_vec())
        .bind(state.deflated.as_slice());
    query.execute(connection).await?;
    Ok(Branch(branch))
}

pub(super) async fn add_header(
    connection: &mut SqliteConnection,
    header: &StretchHeader,
    inputs: &[u8],
) -> Result<(), StoreError> {
    // A plain INSERT: a second header for the same beginning would be a broken law, and must not pass silently.
    let query = sqlx::query(
        "INSERT INTO headers (world, branch, island, first_epoch, end_epoch, digest, header, inputs)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    );
    let query = query
        .bind(header.world.0 as i64)
        .bind(header.branch.0)
        .bind(header.island.0)
        .bind(header.first_epoch.0 as i64)
        .bind(header.end_epoch.0 as i64)
        .bind(header.digest().0.to_vec())
        .bind(codec::encode(header))
        .bind(inputs);
    query.execute(connection).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn verdicts_go_first_and_both_are_in_one_transaction() {
        let (to_verdicts, verdicts) = mpsc::channel(8);
        let (to_jobs, jobs) = mpsc::channel(8);
        let mut inbox = Inbox { verdicts, jobs };
        for (sender, mark) in [
            (&to_jobs, 1),
            (&to_jobs, 2),
            (&to_verdicts, 7),
            (&to_verdicts, 8),
        ] {
            let job = Job::Forget([mark; 32], oneshot::channel().0);
            assert!(sender.send(job).await.is_ok(), "room");
        }
        let mark = |job: &Job| match job {
            Job::Forget(hash, _) => hash[0],
            _ => 0,
        };
        let marks: Vec<u8> = inbox.next().await.iter().map(mark).collect();
        assert_eq!(marks, [7, 8, 1, 2]);
        drop((to_verdicts, to_jobs));
        assert!(inbox.next().await.is_empty(), "everybody has left");
    }
}
