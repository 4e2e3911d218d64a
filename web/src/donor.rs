//! The volunteer in this browser: starts, hears and ends the Web Workers, on every page. Knows no socket and no drawing.

use crate::{
    browser,
    clock::Timer,
    hand::{Hand, Slot},
};
use bytebiota_protocol::browser::{PageMessage, STOP_GRACE_MS, WorkStatus, WorkerMessage};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc, sync::Arc};

const TOKEN: &str = "bytebiota.token";
const NAME: &str = "bytebiota.name";
const NICK: &str = "bytebiota.nick";
const CREDIT: &str = "bytebiota.credit";
/// Drawings a second of the own soup while somebody looks.
const FRAMES_PER_SECOND: u32 = 10;

/// What was done since the page was opened.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Totals {
    /// Instructions executed.
    pub instructions: u64,
    /// Births seen.
    pub births: u64,
    /// Units acked.
    pub units: u64,
    /// Instructions a second, now.
    pub instructions_per_second: f64,
}

/// The volunteer. Lives as long as the application, so that work goes on while one looks around.
#[derive(Clone, Copy)]
pub struct Donor {
    /// Whether Web Workers exist.
    pub running: RwSignal<bool>,
    /// One entry per Web Worker of the last start.
    pub slots: RwSignal<Vec<Slot>>,
    /// The name as others see it, once the server has told it.
    pub name: RwSignal<Option<String>>,
    /// Ticks credited, as last heard.
    pub credit: RwSignal<u64>,
    /// Whether to rest while the tab is hidden.
    pub rests_hidden: RwSignal<bool>,
    /// Share of the time that each core computes, 25 to 100 %.
    pub duty_percent: RwSignal<u32>,
    earlier: RwSignal<Totals>,
    looked_at: RwSignal<bool>,
    crew: StoredValue<Rc<RefCell<Crew>>, LocalStorage>,
}

/// The Web Workers and what is to be told to those still starting.
#[derive(Default)]
struct Crew {
    hands: Vec<Hand>,
    /// Cores that wait for the first one to bring the token, so that all belong to one volunteer.
    waiting: u32,
    nick: Option<String>,
    ending: Option<Timer>,
}

impl Donor {
    /// A volunteer at rest, with what this browser remembers.
    pub fn new() -> Self {
        let donor = Self {
            running: RwSignal::new(false),
            slots: RwSignal::new(Vec::new()),
            name: RwSignal::new(browser::recall(NAME)),
            credit: RwSignal::new(
                browser::recall(CREDIT)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0),
            ),
            rests_hidden: RwSignal::new(browser::is_handheld()),
            duty_percent: RwSignal::new(if browser::is_handheld() { 50 } else { 100 }),
            earlier: RwSignal::default(),
            looked_at: RwSignal::new(false),
            crew: StoredValue::new_local(Rc::default()),
        };
        window_event_listener_untyped("visibilitychange", move |_| donor.visibility_changed());
        donor
    }

    /// The nick given last time.
    pub fn last_nick() -> String {
        browser::recall(NICK).unwrap_or_default()
    }

    /// Whether this browser has given before.
    pub fn is_known() -> bool {
        browser::recall(TOKEN).is_some()
    }

    /// Starts one Web Worker per core. The worker module is fetched now and not before.
    pub fn start(self, cores: u32, nick: &str) {
        self.stop_now();
        self.earlier.set(self.totals_untracked());
        self.slots.set(Vec::new());
        let nick = nick.trim();
        browser::remember(NICK, nick);
        let at_once = if Self::is_known() { cores } else { 1 };
        self.with_crew(|crew| {
            crew.nick = (!nick.is_empty()).then(|| nick.to_owned());
            crew.waiting = cores.saturating_sub(at_once);
        });
        self.running.set(true);
        for _ in 0..at_once {
            self.add_hand();
        }
    }

    /// Asks all workers to say goodbye and ends them shortly after, whatever they answer.
    pub fn stop(self) {
        self.tell_all(&PageMessage::Stop);
        self.running.set(false);
        let timer = Timer::after(u64::from(STOP_GRACE_MS), move || self.stop_now());
        self.with_crew(|crew| {
            crew.waiting = 0;
            crew.ending = Some(timer);
        });
    }

    fn stop_now(self) {
        // The timer that may be calling is dropped with the rest.
        let crew = self.with_crew(std::mem::take);
        drop(crew);
        self.running.set(false);
    }

    /// What was done since the page was opened.
    pub fn totals(self) -> Totals {
        let earlier = self.earlier.get();
        let running = self.running.get();
        self.slots.with(|slots| {
            slots
                .iter()
                .fold(earlier, |sum, slot| slot.add_to(sum, running))
        })
    }

    fn totals_untracked(self) -> Totals {
        untrack(|| Totals {
            instructions_per_second: 0.0,
            ..self.totals()
        })
    }

    /// Says whether somebody looks at the own soups.
    pub fn look(self, looks: bool) {
        self.looked_at.set(looks);
        self.tell_all(&PageMessage::Frames {
            per_second: self.frames(),
        });
    }

    /// Changes the share of the time that is computed, at once.
    pub fn set_duty(self, percent: u32) {
        let percent = percent.clamp(25, 100);
        self.duty_percent.set(percent);
        self.tell_all(&PageMessage::Duty { percent });
    }

    fn frames(self) -> u32 {
        if self.looked_at.get_untracked() && !browser::is_hidden() {
            FRAMES_PER_SECOND
        } else {
            0
        }
    }

    fn visibility_changed(self) {
        if !self.running.get_untracked() {
            return;
        }
        if self.rests_hidden.get_untracked() {
            self.tell_all(if browser::is_hidden() {
                &PageMessage::Pause
            } else {
                &PageMessage::Resume
            });
        }
        self.tell_all(&PageMessage::Frames {
            per_second: self.frames(),
        });
    }

    fn with_crew<T>(self, act: impl FnOnce(&mut Crew) -> T) -> T {
        let crew = self.crew.get_value();
        act(&mut crew.borrow_mut())
    }

    fn tell_all(self, message: &PageMessage) {
        self.with_crew(|crew| crew.hands.iter().for_each(|hand| hand.tell(message)));
    }

    fn add_hand(self) {
        let index = self.slots.with_untracked(Vec::len);
        let slot = Slot::default();
        self.slots.update(|slots| slots.push(slot.clone()));
        match Hand::new(move |message| self.heard(index, message)) {
            Ok(hand) => self.with_crew(|crew| crew.hands.push(hand)),
            Err(text) => slot.status.set(WorkStatus::Failed { text }),
        }
    }

    fn heard(self, index: usize, message: WorkerMessage) {
        let Some(slot) = self.slots.with_untracked(|slots| slots.get(index).cloned()) else {
            return;
        };
        match message {
            WorkerMessage::Ready => self.brief(index),
            WorkerMessage::Status { status } => slot.status.set(status),
            WorkerMessage::Welcome {
                token,
                name,
                credit,
            } => self.welcomed(&token, name, credit),
            WorkerMessage::Progress {
                island,
                instructions,
                births,
                instructions_per_second,
            } => {
                slot.island.set(island);
                slot.instructions.set(instructions);
                slot.births.set(births);
                slot.instructions_per_second.set(instructions_per_second);
            }
            WorkerMessage::Acked { units, credit } => {
                slot.units.set(units);
                self.credited(credit);
            }
            WorkerMessage::Frame { map } => slot.soup.set(Some(Arc::new(map))),
            WorkerMessage::Stopped => self.with_crew(|crew| {
                if let Some(hand) = crew.hands.get(index) {
                    hand.end();
                }
            }),
        }
    }

    fn brief(self, index: usize) {
        let frames_per_second = self.frames();
        let percent = self.duty_percent.get_untracked();
        self.with_crew(|crew| {
            let Some(hand) = crew.hands.get(index) else {
                return;
            };
            hand.tell(&PageMessage::Start {
                socket: browser::socket_address(bytebiota_protocol::routes::WORKER_SOCKET),
                token: browser::recall(TOKEN),
                nick: crew.nick.clone(),
                frames_per_second,
            });
            hand.tell(&PageMessage::Duty { percent });
        });
    }

    fn welcomed(self, token: &str, name: String, credit: u64) {
        browser::remember(TOKEN, token);
        browser::remember(NAME, &name);
        self.name.set(Some(name));
        self.credited(credit);
        let waiting = self.with_crew(|crew| std::mem::take(&mut crew.waiting));
        for _ in 0..waiting {
            self.add_hand();
        }
    }

    fn credited(self, credit: u64) {
        // Several workers hear of it in any order; credit only grows.
        let credit = credit.max(self.credit.get_untracked());
        self.credit.set(credit);
        browser::remember(CREDIT, &credit.to_string());
    }
}
