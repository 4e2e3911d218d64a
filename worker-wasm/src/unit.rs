//! The volunteer: joins session, executor, socket and page inside one Web Worker. Knows the order of nothing: the session decides.

use crate::{
    clock, engine,
    keep::Keep,
    pace::{self, Pace},
    page,
    socket::{Incoming, Socket},
    telling::Told,
    turns::{self, Turns},
    work::{Tally, Work},
};
use bytebiota_core::{Digest, LocalExecutor};
use bytebiota_protocol::{
    browser::{Call, PageMessage, WorkStatus, WorkerMessage},
    controls::Duty,
    memory_map,
    message::{ClientKind, LeaseId, Token, Wishes},
    session::{CheckRun, Command, End, Fact, Keepsake, SessionOptions, WorkerSession},
};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Timers, counters and reconnecting are looked after this often, ms.
const BEAT_MS: i32 = 250;
/// Never more frames a second.
const MAX_FRAMES_PER_SECOND: u32 = 20;
/// There is one slot in a Web Worker.
pub(crate) const SLOT: u32 = 0;

/// A beat that comes so much too late means that the machine slept or the page was frozen, ms.
const SLEPT_MS: f64 = 20_000.0;

type Shared = Rc<RefCell<Option<Unit>>>;

/// Listens to the page; `Start` brings the volunteer to life.
pub fn start() -> Result<(), JsValue> {
    let shared: Shared = Rc::default();
    let listener = Rc::clone(&shared);
    let early = Rc::new(RefCell::new(Early::Idle));
    page::listen(move |message| handle_page(&listener, &early, message));
    let beat = Rc::clone(&shared);
    turns::every(BEAT_MS, move || with(&beat, Unit::beat))?;
    page::tell(&WorkerMessage::Ready);
    Ok(())
}

/// What the page says before the volunteer is alive.
enum Early {
    /// He was not called yet.
    Idle,
    /// He is on his way, and will hear this.
    Called(Vec<PageMessage>),
    /// He lives, or has lived.
    Over,
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

fn handle_page(shared: &Shared, early: &Rc<RefCell<Early>>, message: PageMessage) {
    let mut stage = early.borrow_mut();
    match (&mut *stage, message) {
        (Early::Idle, PageMessage::Start(call)) => {
            *stage = Early::Called(Vec::new());
            spawn_local(bring_to_life(Rc::clone(shared), Rc::clone(early), call));
        }
        (Early::Idle, _) => {}
        (Early::Called(waiting), message) => waiting.push(message),
        (Early::Over, message) => with(shared, |unit| unit.obey_page(message)),
    }
}

async fn bring_to_life(shared: Shared, early: Rc<RefCell<Early>>, call: Call) {
    let turn = Rc::clone(&shared);
    let turns = match Turns::new(move || with(&turn, Unit::slice)) {
        Ok(turns) => turns,
        Err(_) => return fail("this browser has no message channels".into()),
    };
    let kept = Keep::open().await.ok();
    let unit = Unit::new(Rc::downgrade(&shared), turns, call, kept);
    *shared.borrow_mut() = Some(unit);
    let stage = std::mem::replace(&mut *early.borrow_mut(), Early::Over);
    if let Early::Called(waiting) = stage {
        for message in waiting {
            with(&shared, |unit| unit.obey_page(message));
        }
    }
    with(&shared, Unit::beat);
}

fn fail(text: String) {
    page::tell(&WorkerMessage::Status {
        status: WorkStatus::Failed { text },
    });
}

/// Everything about the one slot of this Web Worker.
pub(crate) struct Unit {
    shared: Weak<RefCell<Option<Unit>>>,
    pub(crate) session: WorkerSession,
    keep: Option<Keep>,
    url: String,
    socket: Option<Socket>,
    turns: Turns,
    is_turn_asked: bool,
    pub(crate) work: Option<Work>,
    check: Option<CheckRun>,
    is_suspended: bool,
    duty: Duty,
    frames_per_second: u32,
    frames: Pace,
    beat_at_ms: f64,
    pub(crate) tally: Tally,
    pub(crate) told: Told,
}

impl Unit {
    fn new(
        shared: Weak<RefCell<Option<Unit>>>,
        turns: Turns,
        call: Call,
        kept: Option<(Keep, Keepsake)>,
    ) -> Self {
        let token = call
            .token
            .and_then(|text| Digest::from_hex(&text))
            .map(|digest| Token(digest.0));
        let mut session = WorkerSession::new(SessionOptions {
            program: format!("bytebiota browser worker {}", env!("CARGO_PKG_VERSION")),
            kind: ClientKind::Browser,
            engine: engine::name(),
            slots: 1,
            token,
            nick: call.nick,
            wishes: Wishes::default(),
            unit_limit: None,
        });
        let (keep, keepsake) = kept.unzip();
        session.handle_kept(clock::now_ms() as u64, SLOT, keepsake.unwrap_or_default());
        Self {
            shared,
            session,
            keep,
            url: call.socket,
            socket: None,
            turns,
            is_turn_asked: false,
            work: None,
            check: None,
            is_suspended: false,
            duty: Duty::full(),
            frames_per_second: call.frames_per_second,
            frames: Pace::default(),
            beat_at_ms: clock::wall_ms(),
            tally: Tally::default(),
            told: Told::default(),
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.session.end(), Some(End::Stopped | End::UnitsDone))
    }

    fn obey_page(&mut self, message: PageMessage) {
        let now_ms = clock::now_ms() as u64;
        match message {
            PageMessage::Start(_) => {}
            PageMessage::Frames { per_second } => self.frames_per_second = per_second,
            PageMessage::Duty { percent } => self.duty.set(percent),
            PageMessage::Pause => self.session.handle_pause(now_ms),
            PageMessage::Resume => self.session.handle_resume(now_ms),
            PageMessage::Finish if self.session.is_leaving() => {}
            PageMessage::Finish => self.session.handle_stop(now_ms),
            PageMessage::Stop => self.session.handle_stop_now(now_ms),
        }
    }

    /// A few times a second: timers, a new connection, the counters.
    fn beat(&mut self) {
        let now_ms = clock::now_ms() as u64;
        let late_ms = clock::wall_ms() - std::mem::replace(&mut self.beat_at_ms, clock::wall_ms());
        // After a sleep the server has most likely gone from the other end of the socket, without a word to us.
        let has_slept = late_ms > SLEPT_MS && self.socket.is_some();
        if has_slept || self.session.is_connection_dead(now_ms) {
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
                self.tally.cost.moved_bytes += frame.len() as u64;
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
        if !self.has_work() {
            return self.duty.interrupt();
        }
        let begin_ms = clock::now_ms();
        self.tally.cost.rested_ms += self.duty.begin(begin_ms);
        match self.check.is_some() {
            true => self.slice_of_check(),
            false => self.slice_of_work(),
        }
        let end_ms = clock::now_ms();
        let busy_ms = (end_ms - begin_ms).max(0.0);
        self.tally.cost.busy_ms += busy_ms;
        let rest_ms = self.duty.end(end_ms, busy_ms);
        if !self.has_work() {
            // What follows is waiting for work, and no rest.
            return self.duty.interrupt();
        }
        self.ask_turn(rest_ms);
    }

    fn slice_of_work(&mut self) {
        let Some(work) = self.work.as_mut() else {
            return;
        };
        if let Some(fact) = work.advance(&mut self.tally) {
            let lease = work.lease;
            if matches!(fact, Fact::Finished) {
                self.work = None;
            }
            let now_ms = clock::now_ms() as u64;
            self.session.handle_fact(now_ms, SLOT, lease, fact);
        }
        self.draw();
    }

    /// One slice of what the server wants computed again.
    fn slice_of_check(&mut self) {
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
    }

    fn drop_check(&mut self) {
        if let Some(run) = self.check.take() {
            self.session.handle_checked(SLOT, run.id, None);
        }
    }

    fn has_work(&self) -> bool {
        self.check.is_some() || (self.work.is_some() && !self.is_suspended)
    }

    fn ask_turn(&mut self, rest_ms: i32) {
        if !self.is_turn_asked && self.has_work() {
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
                self.tally.cost.moved_bytes += frame.len() as u64;
                socket.send(&frame);
            }
        }
        if let Some(keep) = &mut self.keep {
            keep.note(&self.session);
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
}
