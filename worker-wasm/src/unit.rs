//! The volunteer: joins session, executor, socket and page inside one Web Worker. Knows the order of nothing: the session decides.

use crate::{
    clock, engine,
    pace::{self, Pace},
    page,
    socket::{Incoming, Socket},
    turns::{self, Turns},
    work::{Tally, Work},
};
use bytebiota_core::{Digest, LocalExecutor};
use bytebiota_protocol::{
    browser::{PageMessage, WorkStatus, WorkerMessage},
    memory_map,
    message::{ClientKind, LeaseId, Token, Wishes},
    session::{
        CheckRun, Command, End, Event, Fact, Link, SessionOptions, SlotStatus, WorkerSession,
    },
};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;

/// Timers, counters and reconnecting are looked after this often, ms.
const BEAT_MS: i32 = 250;
/// Never more frames a second.
const MAX_FRAMES_PER_SECOND: u32 = 20;
/// There is one slot in a Web Worker.
const SLOT: u32 = 0;

type Shared = Rc<RefCell<Option<Unit>>>;

/// Listens to the page; `Start` brings the volunteer to life.
pub fn start() -> Result<(), JsValue> {
    let shared: Shared = Rc::default();
    let listener = Rc::clone(&shared);
    page::listen(move |message| handle_page(&listener, message));
    let beat = Rc::clone(&shared);
    turns::every(BEAT_MS, move || with(&beat, Unit::beat))?;
    page::tell(&WorkerMessage::Ready);
    Ok(())
}

fn with(shared: &Shared, act: impl FnOnce(&mut Unit)) {
    let mut place = shared.borrow_mut();
    if let Some(unit) = place.as_mut() {
        act(unit);
        unit.settle();
        if unit.is_over() {
            *place = None;
            page::tell(&WorkerMessage::Stopped);
        }
    }
}

fn handle_page(shared: &Shared, message: PageMessage) {
    let PageMessage::Start {
        socket,
        token,
        nick,
        frames_per_second,
    } = message
    else {
        return with(shared, |unit| unit.obey_page(message));
    };
    if shared.borrow().is_some() {
        return;
    }
    let turn = Rc::clone(shared);
    let turns = match Turns::new(move || with(&turn, Unit::slice)) {
        Ok(turns) => turns,
        Err(_) => return fail("this browser has no message channels".into()),
    };
    let unit = Unit::new(
        Rc::downgrade(shared),
        turns,
        socket,
        token,
        nick,
        frames_per_second,
    );
    *shared.borrow_mut() = Some(unit);
    with(shared, Unit::beat);
}

fn fail(text: String) {
    page::tell(&WorkerMessage::Status {
        status: WorkStatus::Failed { text },
    });
}

/// Everything about the one slot of this Web Worker.
struct Unit {
    shared: std::rc::Weak<RefCell<Option<Unit>>>,
    session: WorkerSession,
    url: String,
    socket: Option<Socket>,
    turns: Turns,
    is_turn_asked: bool,
    work: Option<Work>,
    check: Option<CheckRun>,
    is_suspended: bool,
    duty_percent: u32,
    frames_per_second: u32,
    frames: Pace,
    tally: Tally,
    told: Tally,
    status: Option<WorkStatus>,
}

impl Unit {
    fn new(
        shared: std::rc::Weak<RefCell<Option<Unit>>>,
        turns: Turns,
        url: String,
        token: Option<String>,
        nick: Option<String>,
        frames_per_second: u32,
    ) -> Self {
        let token = token
            .and_then(|text| Digest::from_hex(&text))
            .map(|digest| Token(digest.0));
        let session = WorkerSession::new(SessionOptions {
            program: format!("bytebiota browser worker {}", env!("CARGO_PKG_VERSION")),
            kind: ClientKind::Browser,
            engine: engine::name(),
            slots: 1,
            token,
            nick,
            wishes: Wishes::default(),
            unit_limit: None,
        });
        Self {
            shared,
            session,
            url,
            socket: None,
            turns,
            is_turn_asked: false,
            work: None,
            check: None,
            is_suspended: false,
            duty_percent: 100,
            frames_per_second,
            frames: Pace::default(),
            tally: Tally::default(),
            told: Tally::default(),
            status: None,
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.session.end(), Some(End::Stopped | End::UnitsDone))
    }

    fn obey_page(&mut self, message: PageMessage) {
        let now_ms = clock::now_ms() as u64;
        match message {
            PageMessage::Start { .. } => {}
            PageMessage::Frames { per_second } => self.frames_per_second = per_second,
            PageMessage::Duty { percent } => self.duty_percent = percent.clamp(1, 100),
            PageMessage::Pause => self.session.handle_pause(now_ms),
            PageMessage::Resume => self.session.handle_resume(now_ms),
            PageMessage::Stop => self.session.handle_stop_now(now_ms),
        }
    }

    /// A few times a second: timers, a new connection, the counters.
    fn beat(&mut self) {
        let now_ms = clock::now_ms() as u64;
        if self.session.is_connection_dead(now_ms) {
            self.lost(now_ms);
        }
        if self
            .session
            .poll_timeout()
            .is_some_and(|due_ms| now_ms >= due_ms)
        {
            self.session.handle_timeout(now_ms);
        }
        if self.session.wants_connection(now_ms) {
            self.connect(now_ms);
        }
        self.tell_progress();
    }

    fn connect(&mut self, now_ms: u64) {
        self.session.handle_connecting(now_ms);
        let shared = self.shared.clone();
        let opened = Socket::open(&self.url, move |incoming| {
            if let Some(shared) = shared.upgrade() {
                with(&shared, |unit| unit.hear(incoming));
            }
        });
        match opened {
            Ok(socket) => self.socket = Some(socket),
            Err(_) => self.lost(now_ms),
        }
    }

    fn hear(&mut self, incoming: Incoming) {
        let now_ms = clock::now_ms() as u64;
        match incoming {
            Incoming::Opened => self.session.handle_connected(now_ms),
            Incoming::Frame(frame) => {
                if self.session.handle_frame(now_ms, &frame).is_err() {
                    self.lost(now_ms);
                }
            }
            Incoming::Closed => self.lost(now_ms),
        }
    }

    fn lost(&mut self, now_ms: u64) {
        self.socket = None;
        let random = (js_sys::Math::random() * f64::from(u32::MAX)) as u64;
        self.session.handle_disconnected(now_ms, random);
    }

    /// One slice of work, then the turn goes back to the browser.
    fn slice(&mut self) {
        self.is_turn_asked = false;
        if self.check.is_some() {
            return self.slice_of_check();
        }
        let Some(work) = self.work.as_mut().filter(|_| !self.is_suspended) else {
            return;
        };
        let slice = work.advance(&mut self.tally);
        if let Some(fact) = slice.fact {
            let lease = work.lease;
            if matches!(fact, Fact::Finished) {
                self.work = None;
            }
            self.session
                .handle_fact(clock::now_ms() as u64, SLOT, lease, fact);
        }
        self.draw();
        self.ask_turn(pace::rest_ms(self.duty_percent, slice.elapsed_ms));
    }

    /// One slice of what the server wants computed again.
    fn slice_of_check(&mut self) {
        let begin_ms = clock::now_ms();
        let Some(run) = self.check.as_mut() else {
            return;
        };
        let (id, before) = (run.id, run.tick());
        let done = run.advance(pace::FIRST_SLICE_TICKS);
        self.tally.ticks += run.tick().saturating_sub(before);
        if let Some(digests) = done {
            self.check = None;
            self.session.handle_checked(SLOT, id, Some(digests));
        }
        let elapsed_ms = (clock::now_ms() - begin_ms).max(0.0);
        self.tally.busy_ms += elapsed_ms;
        self.ask_turn(pace::rest_ms(self.duty_percent, elapsed_ms));
    }

    fn drop_check(&mut self) {
        if let Some(run) = self.check.take() {
            self.session.handle_checked(SLOT, run.id, None);
        }
    }

    fn ask_turn(&mut self, rest_ms: i32) {
        let has_work = self.check.is_some() || (self.work.is_some() && !self.is_suspended);
        if !self.is_turn_asked && has_work {
            self.is_turn_asked = true;
            self.turns.ask(rest_ms);
        }
    }

    fn draw(&mut self) {
        let per_second = self.frames_per_second.min(MAX_FRAMES_PER_SECOND);
        if let Some(work) = &self.work
            && self.frames.is_due(clock::now_ms(), per_second)
        {
            page::tell(&WorkerMessage::Frame {
                map: memory_map::of_island(work.island()),
            });
        }
    }

    /// Does what the session wants done.
    fn settle(&mut self) {
        while let Some(command) = self.session.poll_command() {
            self.obey(command);
        }
        while let Some(event) = self.session.poll_event() {
            self.show(event);
        }
        while let Some(frame) = self.session.poll_frame() {
            if let Some(socket) = &self.socket {
                socket.send(&frame);
            }
        }
        self.tell_status();
        self.ask_turn(0);
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Begin {
                lease,
                assignment,
                held,
                ..
            } => match LocalExecutor::begin(&assignment, held.as_deref()) {
                Ok(executor) => self.work = Some(Work::begin(lease, executor)),
                Err(error) => self.give_up(lease, error.to_string()),
            },
            Command::Check { id, check, .. } => {
                self.drop_check();
                match CheckRun::begin(id, &check) {
                    Ok(run) => self.check = Some(run),
                    Err(_) => self.session.handle_checked(SLOT, id, None),
                }
            }
            Command::Halt { .. } => self.work = None,
            Command::Suspend { .. } => {
                self.is_suspended = true;
                self.drop_check();
            }
            Command::Resume { .. } => self.is_suspended = false,
        }
    }

    fn give_up(&mut self, lease: LeaseId, reason: String) {
        self.work = None;
        self.session
            .handle_fact(clock::now_ms() as u64, SLOT, lease, Fact::Failed(reason));
    }

    fn show(&self, event: Event) {
        let counters = self.session.counters();
        match event {
            Event::Welcomed { token, name } => page::tell(&WorkerMessage::Welcome {
                token: Digest(token.0).to_string(),
                name,
                credit: counters.credit,
            }),
            Event::Acked(_) | Event::Judged(..) => page::tell(&WorkerMessage::Acked {
                units: counters.units_acked,
                credit: counters.credit,
            }),
            // The status says what the volunteer needs to know about the rest.
            Event::Offline { .. } | Event::Rejected(..) | Event::Problem(_) | Event::Waiting(_) => {
            }
        }
    }

    fn tell_progress(&mut self) {
        let (then, now) = (self.told, self.tally);
        let (ticks, busy_ms) = (now.ticks - then.ticks, now.busy_ms - then.busy_ms);
        self.told = now;
        page::tell(&WorkerMessage::Progress {
            island: self.work.as_ref().map_or(0, |work| work.island().id().0),
            instructions: now.ticks,
            births: now.births,
            instructions_per_second: if busy_ms > 0.0 {
                ticks as f64 * 1_000.0 / busy_ms
            } else {
                0.0
            },
        });
    }

    fn tell_status(&mut self) {
        let status = self.work_status();
        if self.status.as_ref() != Some(&status) {
            page::tell(&WorkerMessage::Status {
                status: status.clone(),
            });
            self.status = Some(status);
        }
    }

    fn work_status(&self) -> WorkStatus {
        if let Some(End::Refused(text)) = self.session.end() {
            return WorkStatus::Refused { text: text.clone() };
        }
        match (self.session.slot_status(SLOT), self.session.link()) {
            (SlotStatus::Paused, _) => WorkStatus::Paused,
            (_, Link::Down { retry_at_ms }) => {
                // Whole seconds, so that the status is told once a second and not once a slice.
                let left_ms = retry_at_ms.saturating_sub(clock::now_ms() as u64);
                WorkStatus::Lost {
                    retry_ms: left_ms.div_ceil(1_000) * 1_000,
                }
            }
            (SlotStatus::Computing(_), _) => WorkStatus::Computing,
            (_, Link::Greeting { .. }) => WorkStatus::Connecting,
            _ => WorkStatus::Waiting {
                why: self.session.waiting().sentence().to_owned(),
            },
        }
    }
}
