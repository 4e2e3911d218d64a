//! The auditor: the server's own thread that computes again what others have reported, at low priority, one question
//! after the other. Knows nobody's answer.

use crate::clock::Clock;
use crate::verification::verifier::Audited;
use bytebiota_core::assignment::Check;
use bytebiota_core::{Digest, LocalExecutor};
use bytebiota_protocol::message::CheckId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

/// A question for the auditor.
#[derive(Debug)]
pub struct Job {
    /// Its name.
    pub id: CheckId,
    /// What to compute.
    pub check: Check,
    /// How often, each time from the beginning.
    pub times: u32,
}

/// A handle to the thread; it ends after its question when this is dropped.
#[derive(Debug)]
pub struct Auditor {
    jobs: mpsc::Sender<Job>,
}

impl Auditor {
    /// A handle, and what its thread will read.
    pub fn new() -> (Self, mpsc::Receiver<Job>) {
        let (jobs, inbox) = mpsc::channel();
        (Self { jobs }, inbox)
    }

    /// Puts a question in line.
    pub fn ask(&self, job: Job) {
        // The thread ends only with this handle.
        let _ = self.jobs.send(job);
    }
}

/// Starts the thread; it tells `done` what each question came to.
pub fn start(
    clock: Clock,
    inbox: mpsc::Receiver<Job>,
    done: impl Fn(CheckId, Audited) + Send + 'static,
) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name("auditor".into());
    thread.spawn(move || {
        lower_priority();
        work(&clock, &inbox, &done);
    })?;
    Ok(())
}

fn work(clock: &Clock, inbox: &mpsc::Receiver<Job>, done: &impl Fn(CheckId, Audited)) {
    while let Ok(job) = inbox.recv() {
        let began_ms = clock.now_ms();
        let runs = (0..job.times).map(|_| run(&job.check)).collect();
        let elapsed_ms = clock.now_ms().saturating_sub(began_ms);
        done(job.id, Audited { runs, elapsed_ms });
    }
}

/// A fault of the executor must cost one question, never the thread.
fn run(check: &Check) -> Option<Vec<Digest>> {
    let digests = catch_unwind(AssertUnwindSafe(|| LocalExecutor::execute_check(check)));
    digests.ok()?.ok()
}

/// Those who serve sockets go first. On Linux this is the thread's own nice value.
fn lower_priority() {
    #[cfg(unix)]
    // Where the system refuses, the work goes on as it is.
    let _ = rustix::process::nice(10);
}
