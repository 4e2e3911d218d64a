//! One thread per slot: runs the executor in short slices at lowest priority and tells facts. Knows no socket and no protocol order.

use crate::{
    clock::{Clock, Stopwatch},
    priority,
};
use bytebiota_core::{Assignment, Digest, LocalExecutor, assignment::Check};
use bytebiota_protocol::{
    controls::Duty,
    message::{CheckId, LeaseId},
    session::{CheckRun, Fact},
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{
    Arc,
    mpsc::{self, RecvTimeoutError},
};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long a slice should last, µs: an order waits no longer.
const SLICE_US: u64 = 20_000;
/// The first slice, ticks.
const FIRST_SLICE_TICKS: u64 = 100_000;
/// Every slice of a check, ticks.
const CHECK_SLICE_TICKS: u64 = 1_000_000;

/// What a slot's thread is told.
pub enum Order {
    /// Drop what is computed and begin this.
    Begin {
        /// Named in every fact about it.
        lease: LeaseId,
        /// What to compute.
        assignment: Box<Assignment>,
        /// The state for `Start::Held`.
        held: Option<Vec<u8>>,
    },
    /// Compute this first, then go on.
    Check {
        /// Named in the answer.
        id: CheckId,
        /// What to compute.
        check: Box<Check>,
    },
    /// Drop what is computed, except a check.
    Halt,
    /// Rest.
    Suspend,
    /// Go on.
    Resume,
}

/// What the thread of a slot tells.
pub struct SlotFact {
    /// The slot.
    pub slot: u32,
    /// What it is.
    pub news: News,
}

/// News from a slot.
pub enum News {
    /// A fact about a lease.
    Work(LeaseId, Fact),
    /// What a check came to; `None` if it cannot be computed here.
    Checked(CheckId, Option<Vec<Digest>>),
}

/// The thread of a slot. It ends when this is dropped and its slice is over.
pub struct SlotThread {
    orders: Option<mpsc::Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

impl SlotThread {
    /// Starts the thread of a slot, which computes a share of the time; it adds the ticks it executes to `ticks`.
    pub fn start(
        slot: u32,
        facts: UnboundedSender<SlotFact>,
        ticks: Arc<AtomicU64>,
        duty_percent: u32,
    ) -> std::io::Result<Self> {
        let (orders, inbox) = mpsc::channel();
        let mut duty = Duty::full();
        duty.set(duty_percent);
        let bench = Bench {
            duty,
            clock: Clock::new(),
            rest: Duration::ZERO,
            slot,
            facts,
            ticks,
            work: None,
            check: None,
            is_suspended: false,
        };
        let thread = std::thread::Builder::new()
            .name(format!("slot {slot}"))
            .spawn(move || {
                priority::lower();
                bench.run(&inbox);
            })?;
        Ok(Self {
            orders: Some(orders),
            thread: Some(thread),
        })
    }

    /// Passes an order on.
    pub fn tell(&self, order: Order) {
        // A thread that is gone has said so by a fact; nothing is left to tell it.
        let _ = self.orders.as_ref().map(|orders| orders.send(order));
    }
}

impl Drop for SlotThread {
    fn drop(&mut self) {
        self.orders = None;
        // The thread catches every panic of the executor, so there is nothing to learn from its result.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

struct Work {
    lease: LeaseId,
    executor: LocalExecutor,
    slice_ticks: u64,
}

/// The state of the thread itself.
struct Bench {
    slot: u32,
    facts: UnboundedSender<SlotFact>,
    ticks: Arc<AtomicU64>,
    work: Option<Work>,
    check: Option<CheckRun>,
    is_suspended: bool,
    duty: Duty,
    clock: Clock,
    /// How long to rest before the next slice.
    rest: Duration,
}

impl Bench {
    fn run(mut self, inbox: &mpsc::Receiver<Order>) {
        loop {
            let is_idle = self.check.is_none() && (self.work.is_none() || self.is_suspended);
            let order = match is_idle {
                true => {
                    // Waiting is not resting: it pays nothing of what is owed.
                    self.duty.interrupt();
                    inbox.recv().map_err(|_| RecvTimeoutError::Disconnected)
                }
                false => inbox.recv_timeout(self.rest),
            };
            match order {
                Ok(order) => self.obey(order),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.slice(),
            }
        }
    }

    /// A slice of work; after it the rest that keeps the share.
    fn slice(&mut self) {
        self.duty.begin(self.clock.precise_ms());
        let watch = Stopwatch::start();
        match self.check.is_some() {
            true => self.advance_check(),
            false => self.advance(),
        }
        let busy_ms = watch.elapsed_us() as f64 / 1_000.0;
        let rest_ms = self.duty.end(self.clock.precise_ms(), busy_ms);
        self.rest = Duration::from_millis(u64::try_from(rest_ms).unwrap_or(0));
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Halt => self.work = None,
            Order::Suspend => {
                self.is_suspended = true;
                self.drop_check();
            }
            Order::Resume => self.is_suspended = false,
            Order::Check { id, check } => match guarded(|| CheckRun::begin(id, &check)) {
                Ok(Ok(run)) => {
                    self.drop_check();
                    self.check = Some(run);
                }
                Ok(Err(_)) | Err(_) => self.tell(News::Checked(id, None)),
            },
            Order::Begin {
                lease,
                assignment,
                held,
            } => {
                self.work = None;
                let begun = guarded(|| LocalExecutor::begin(&assignment, held.as_deref()));
                match begun {
                    Ok(Ok(executor)) => {
                        let slice_ticks = FIRST_SLICE_TICKS;
                        self.work = Some(Work {
                            lease,
                            executor,
                            slice_ticks,
                        });
                    }
                    Ok(Err(error)) => {
                        self.tell(News::Work(lease, Fact::Failed(error.to_string())));
                    }
                    Err(reason) => self.tell(News::Work(lease, Fact::Failed(reason))),
                }
            }
        }
    }

    fn advance(&mut self) {
        let Some(work) = self.work.as_mut() else {
            return;
        };
        let lease = work.lease;
        let before = work.executor.island().tick();
        let watch = Stopwatch::start();
        let step = guarded(|| work.executor.advance(work.slice_ticks));
        let done = match &step {
            Ok(_) => work.executor.island().tick().saturating_sub(before),
            Err(_) => 0,
        };
        work.slice_ticks = next_slice(done, watch.elapsed_us());
        self.ticks.fetch_add(done, Ordering::Relaxed);
        let fact = match step {
            Ok(step) => Fact::from_step(step, work.executor.island()),
            Err(reason) => Some(Fact::Failed(reason)),
        };
        if matches!(fact, Some(Fact::Finished | Fact::Failed(_))) {
            self.work = None;
        }
        if let Some(fact) = fact {
            self.tell(News::Work(lease, fact));
        }
    }

    fn drop_check(&mut self) {
        if let Some(run) = self.check.take() {
            self.tell(News::Checked(run.id, None));
        }
    }

    fn advance_check(&mut self) {
        let Some(run) = self.check.as_mut() else {
            return;
        };
        let (id, before) = (run.id, run.tick());
        let step = guarded(|| run.advance(CHECK_SLICE_TICKS));
        let done = run.tick().saturating_sub(before);
        self.ticks.fetch_add(done, Ordering::Relaxed);
        let news = match step {
            Ok(None) => return,
            Ok(Some(digests)) => News::Checked(id, Some(digests)),
            Err(_) => News::Checked(id, None),
        };
        self.check = None;
        self.tell(news);
    }

    fn tell(&self, news: News) {
        // The host is gone only when the whole worker ends.
        let _ = self.facts.send(SlotFact {
            slot: self.slot,
            news,
        });
    }
}

/// The ticks that would last a slice at the speed just measured.
fn next_slice(ticks: u64, elapsed_us: u64) -> u64 {
    let wanted = u128::from(ticks.max(1)) * u128::from(SLICE_US) / u128::from(elapsed_us.max(50));
    (wanted as u64).clamp(10_000, 50_000_000)
}

/// A fault of the executor must cost one assignment, never the worker.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| "the executor of this worker broke".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_follow_the_speed_within_bounds() {
        assert_eq!(next_slice(1_000_000, 10_000), 2_000_000);
        assert_eq!(next_slice(1_000_000, 40_000), 500_000);
        assert_eq!(next_slice(0, 1_000_000), 10_000);
        assert_eq!(next_slice(u64::MAX, 1), 50_000_000);
    }
}
