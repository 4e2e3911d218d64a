//! The assayer: the server's own thread that tries candidates of the seed bank, at low priority, one after the other.
//! Knows no bank.

use super::Candidate;
use bytebiota_core::Config;
use bytebiota_core::assay::{Assay, Class, assay};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;

/// A handle to the thread; it ends after its trial when this is dropped.
#[derive(Debug)]
pub struct Assayer {
    trials: mpsc::Sender<Candidate>,
}

impl Assayer {
    /// A handle, and what its thread will read.
    pub fn new() -> (Self, mpsc::Receiver<Candidate>) {
        let (trials, inbox) = mpsc::channel();
        (Self { trials }, inbox)
    }

    /// Has a candidate tried.
    pub fn ask(&self, candidate: Candidate) {
        // The thread ends only with this handle.
        let _ = self.trials.send(candidate);
    }
}

/// Starts the thread; it tells `done` what became of each candidate.
pub fn start(
    config: Config,
    inbox: mpsc::Receiver<Candidate>,
    done: impl Fn(Candidate, Option<Assay>) + Send + 'static,
) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name("assayer".into());
    thread.spawn(move || {
        lower_priority();
        while let Ok(candidate) = inbox.recv() {
            // A fault of the executor must cost one candidate, never the thread.
            let tried = catch_unwind(AssertUnwindSafe(|| try_out(&candidate, &config)));
            done(candidate, tried.unwrap_or(None));
        }
    })?;
    Ok(())
}

/// Tries a candidate alone, and beside its host if it cannot live alone. Bounded: an assay ends at a fixed tick.
pub fn try_out(candidate: &Candidate, config: &Config) -> Option<Assay> {
    let alone = assay(&candidate.genome, None, config).ok()?;
    match (&candidate.host, alone.class) {
        (Some(host), Class::Sterile) if *host != candidate.genome => {
            assay(&candidate.genome, Some(host), config).ok()
        }
        _ => Some(alone),
    }
}

/// Those who serve sockets go first. On Linux this is the thread's own nice value.
fn lower_priority() {
    #[cfg(unix)]
    // Where the system refuses, the work goes on as it is.
    let _ = rustix::process::nice(15);
}
