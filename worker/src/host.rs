//! The loop that joins session, socket, threads and signals. Knows the order of nothing: the session decides.

use crate::{
    Controls, Stop, Summary, WorkerError, WorkerOptions, battery,
    clock::{Clock, hour_of_week},
    connection::{Connection, Incoming},
    stats::{ProgressLine, Traffic},
    threads::{News, Order, SlotFact, SlotThread},
    token_file,
};
use bytebiota_core::UnitKey;
use bytebiota_protocol::{
    controls::Rest,
    message::{ClientKind, Outcome},
    session::{Command, End, Event, SessionOptions, WorkerSession},
};
use std::sync::atomic::{AtomicU64, Ordering};
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::{mpsc, watch};

/// How often the progress line is renewed.
const REFRESH: Duration = Duration::from_millis(500);

/// Computes for the server until the wanted units are acknowledged, `stop` says so, or the server refuses.
pub async fn run(
    options: WorkerOptions,
    stop: watch::Receiver<Stop>,
) -> Result<Summary, WorkerError> {
    let (facts, inbox) = mpsc::unbounded_channel();
    let mut host = Host::new(&options, facts)?;
    host.work(inbox, stop).await;
    host.line.finish();
    match host.session.end() {
        Some(End::Refused(text)) => Err(WorkerError::Refused(text.clone())),
        _ => Ok(host.summary()),
    }
}

struct Host {
    session: WorkerSession,
    connection: Connection,
    url: String,
    threads: Vec<SlotThread>,
    ticks: Arc<AtomicU64>,
    clock: Clock,
    line: ProgressLine,
    name: String,
    token_file: Option<PathBuf>,
    acks: Option<mpsc::UnboundedSender<UnitKey>>,
    controls: Controls,
    /// Why nothing is computed now although there may be work.
    rest: Option<Rest>,
    traffic: Traffic,
    /// Why the connection was lost, for the next sentence about it.
    why_closed: String,
}

enum Happening {
    Socket(Incoming),
    Fact(SlotFact),
    Stop(Stop),
    Timer,
    Refresh,
}

impl Host {
    fn new(
        options: &WorkerOptions,
        facts: mpsc::UnboundedSender<SlotFact>,
    ) -> Result<Self, WorkerError> {
        let url = options.socket_url()?;
        let token = match &options.token_file {
            Some(path) => token_file::read(path)?,
            None => None,
        };
        let session = WorkerSession::new(SessionOptions {
            program: format!("bytebiota worker {}", env!("CARGO_PKG_VERSION")),
            kind: ClientKind::Native,
            engine: engine(),
            slots: options.slot_count(),
            token,
            nick: options.nick.clone(),
            wishes: options.wishes,
            unit_limit: options.units,
        });
        let ticks = Arc::new(AtomicU64::new(0));
        let duty_percent = options.controls.duty_percent;
        let start = |slot| SlotThread::start(slot, facts.clone(), Arc::clone(&ticks), duty_percent);
        let threads = (0..session.slot_count())
            .map(start)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            session,
            connection: Connection::Closed,
            url,
            threads,
            ticks,
            clock: Clock::new(),
            line: ProgressLine::new(options.show_progress),
            name: String::new(),
            token_file: options.token_file.clone(),
            acks: options.acks.clone(),
            controls: options.controls.clone(),
            rest: None,
            traffic: Traffic::default(),
            why_closed: String::new(),
        })
    }

    fn summary(&self) -> Summary {
        let ticks = self.ticks.load(Ordering::Relaxed);
        Summary::of(self.session.counters(), ticks, self.name.clone())
    }

    async fn work(
        &mut self,
        mut facts: mpsc::UnboundedReceiver<SlotFact>,
        mut stop: watch::Receiver<Stop>,
    ) {
        let mut refresh = tokio::time::interval(REFRESH);
        let mut stopped = Stop::No;
        while self.session.end().is_none() {
            self.look_whether_to_rest();
            self.settle().await;
            let deadline = self
                .session
                .poll_timeout()
                .map(|at_ms| self.clock.instant(at_ms));
            let happening = tokio::select! {
                incoming = self.connection.next() => Happening::Socket(incoming),
                Some(fact) = facts.recv() => Happening::Fact(fact),
                Ok(()) = stop.changed() => Happening::Stop(*stop.borrow()),
                () = sleep_until(deadline) => Happening::Timer,
                _ = refresh.tick() => Happening::Refresh,
            };
            if let Happening::Stop(wish) = &happening {
                self.stop(stopped, *wish);
                stopped = stopped.max(*wish);
            }
            self.handle(happening);
        }
        self.settle().await;
        self.connection.close().await;
    }

    fn stop(&mut self, before: Stop, wish: Stop) {
        match wish {
            Stop::AfterUnit if before == Stop::No => {
                self.line
                    .say("Finishing the units begun; stop once more to give them back now.");
                self.session.handle_stop(self.clock.now_ms());
            }
            Stop::Now => self.session.handle_stop_now(self.clock.now_ms()),
            Stop::No | Stop::AfterUnit => {}
        }
    }

    /// Rests and goes on as the owner has chosen.
    fn look_whether_to_rest(&mut self) {
        let rest = self.controls.rest(hour_of_week(), battery::is_discharging);
        if rest == self.rest {
            return;
        }
        let now_ms = self.clock.now_ms();
        match rest {
            Some(_) => self.session.handle_pause(now_ms),
            None => self.session.handle_resume(now_ms),
        }
        self.rest = rest;
        let words = rest.map_or("going on".into(), Rest::words);
        self.line.say(&format!("Now {words}."));
    }

    fn handle(&mut self, happening: Happening) {
        let now_ms = self.clock.now_ms();
        match happening {
            Happening::Socket(Incoming::Opened) => self.session.handle_connected(now_ms),
            Happening::Socket(Incoming::Frame(frame)) => {
                self.traffic.received += frame.len() as u64;
                if let Err(error) = self.session.handle_frame(now_ms, &frame) {
                    self.lost(error.to_string());
                }
            }
            Happening::Socket(Incoming::Closed(why)) => self.lost(why),
            Happening::Fact(SlotFact { slot, news }) => match news {
                News::Work(lease, fact) => self.session.handle_fact(now_ms, slot, lease, fact),
                News::Checked(check, digests) => self.session.handle_checked(slot, check, digests),
            },
            Happening::Timer => self.session.handle_timeout(now_ms),
            Happening::Stop(_) => {}
            Happening::Refresh => {
                let statuses: Vec<_> = (0..self.session.slot_count())
                    .map(|slot| self.session.slot_status(slot))
                    .collect();
                let ticks = self.ticks.load(Ordering::Relaxed);
                self.line.refresh(
                    now_ms,
                    self.session.counters(),
                    ticks,
                    &statuses,
                    self.rest,
                    self.traffic,
                );
            }
        }
    }

    fn lost(&mut self, why: String) {
        self.connection = Connection::Closed;
        self.why_closed = why;
        self.session
            .handle_disconnected(self.clock.now_ms(), rand::random());
    }

    /// Does what the session wants done.
    async fn settle(&mut self) {
        while let Some(command) = self.session.poll_command() {
            self.obey(command);
        }
        while let Some(event) = self.session.poll_event() {
            self.show(event);
        }
        while let Some(frame) = self.session.poll_frame() {
            self.traffic.sent += frame.len() as u64;
            if let Err(why) = self.connection.send(frame).await {
                self.lost(why);
            }
        }
        let now_ms = self.clock.now_ms();
        if self.session.is_connection_dead(now_ms) {
            self.lost("the server is silent".into());
        }
        if self.session.wants_connection(now_ms) {
            self.session.handle_connecting(now_ms);
            self.connection = Connection::open(self.url.clone());
        }
    }

    fn obey(&self, command: Command) {
        let (slot, order) = match command {
            Command::Begin {
                slot,
                lease,
                assignment,
                held,
            } => (
                slot,
                Order::Begin {
                    lease,
                    assignment,
                    held,
                },
            ),
            Command::Check { slot, id, check } => (slot, Order::Check { id, check }),
            Command::Halt { slot } => (slot, Order::Halt),
            Command::Suspend { slot } => (slot, Order::Suspend),
            Command::Resume { slot } => (slot, Order::Resume),
        };
        if let Some(thread) = self.threads.get(slot as usize) {
            thread.tell(order);
        }
    }

    fn show(&mut self, event: Event) {
        match event {
            Event::Welcomed { token, name } => {
                self.line.say(&format!("Connected as {name}."));
                self.name = name;
                let written = self
                    .token_file
                    .as_ref()
                    .map(|path| token_file::write(path, &token));
                if let Some(Err(error)) = written {
                    self.line
                        .say(&format!("The next visit will be a stranger's: {error}"));
                }
            }
            Event::Acked(unit) => {
                if let Some(acks) = &self.acks {
                    // Whoever kept the log may have lost interest.
                    let _ = acks.send(unit);
                }
            }
            Event::Rejected(unit, reason) => {
                let (island, epoch) = (unit.island, unit.first_epoch);
                self.line.say(&format!(
                    "Island {island}, epoch {epoch}: not wanted ({reason:?})."
                ));
            }
            Event::Judged(unit, outcome) => {
                let (island, epoch) = (unit.island, unit.first_epoch);
                let what = match outcome {
                    Outcome::Confirmed => return,
                    Outcome::Mismatch => "results did not match and do not count",
                    Outcome::Superseded => "the server took back what it builds on",
                };
                self.line
                    .say(&format!("Island {island}, from epoch {epoch}: {what}."));
            }
            Event::Waiting(reason) => self.line.say(reason.sentence()),
            Event::Offline { retry_ms } => {
                let (why, seconds) = (&self.why_closed, retry_ms.div_ceil(1_000));
                self.line
                    .say(&format!("No connection: {why}. Next try in {seconds} s."));
            }
            Event::Problem(text) => self.line.say(&format!("Work given back: {text}")),
        }
    }
}

/// What computes here: whoever shares all of it computes alike.
fn engine() -> String {
    let (arch, system) = (std::env::consts::ARCH, std::env::consts::OS);
    format!("native {} {arch} {system}", env!("CARGO_PKG_VERSION"))
}

async fn sleep_until(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
