//! The volunteer in this browser: starts, hears and ends the Web Workers, on every page. Knows no socket and no drawing.
//!
//! `hearing` is what the workers say, `resting` when they compute, `forgetting` how the volunteer goes for good.

mod forgetting;
mod hearing;
mod resting;

use crate::{
    browser,
    clock::{self, Ticker, Timer},
    cost,
    hand::{Hand, Slot},
    screen::Screen,
    wishes::{Rest, Wishes},
};
use bytebiota_protocol::browser::{Cost, PageMessage, STOP_GRACE_MS, WorkStatus};
use leptos::prelude::*;
use std::{cell::RefCell, rc::Rc};

const TOKEN: &str = "bytebiota.token";
const NAME: &str = "bytebiota.name";
const NICK: &str = "bytebiota.nick";
const CREDIT: &str = "bytebiota.credit";
const WISHES: &str = "bytebiota.wishes";
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
    /// What it cost.
    pub cost: Cost,
}

/// The volunteer. Lives as long as the application, so that work goes on while one looks around.
#[derive(Clone, Copy)]
pub struct Donor {
    /// Whether Web Workers exist.
    pub running: RwSignal<bool>,
    /// Whether they stop as soon as their units are delivered.
    pub finishing: RwSignal<bool>,
    /// One entry per Web Worker of the last start.
    pub slots: RwSignal<Vec<Slot>>,
    /// The name as others see it, once the server has told it.
    pub name: RwSignal<Option<String>>,
    /// Ticks credited, as last heard.
    pub credit: RwSignal<u64>,
    /// What the controls say.
    pub wishes: RwSignal<Wishes>,
    /// Why the workers rest, if they do.
    pub rest: RwSignal<Option<Rest>>,
    /// Whether the machine runs on its battery; `None` where the browser does not tell.
    pub on_battery: RwSignal<Option<bool>>,
    /// How long workers have existed since the page was opened, ms.
    pub running_ms: RwSignal<f64>,
    /// What became of the wish to be forgotten.
    pub farewell: RwSignal<Option<String>>,
    asked_until_ms: RwSignal<Option<u64>>,
    earlier: RwSignal<Totals>,
    looked_at: RwSignal<bool>,
    crew: StoredValue<Rc<RefCell<Crew>>, LocalStorage>,
    screen: StoredValue<Screen, LocalStorage>,
}

/// The Web Workers and what is to be told to those still starting.
#[derive(Default)]
struct Crew {
    hands: Vec<Hand>,
    /// Cores that wait for the first one to bring the token, so that all belong to one volunteer.
    waiting: u32,
    /// Workers that have said that they are done.
    stopped: usize,
    nick: Option<String>,
    ending: Option<Timer>,
    ticker: Option<Ticker>,
    ticked_ms: u64,
}

impl Donor {
    /// A volunteer at rest, with what this browser remembers.
    pub fn new() -> Self {
        let credit = browser::recall(CREDIT).and_then(|text| text.parse().ok());
        let donor = Self {
            running: RwSignal::new(false),
            finishing: RwSignal::new(false),
            slots: RwSignal::new(Vec::new()),
            name: RwSignal::new(browser::recall(NAME)),
            credit: RwSignal::new(credit.unwrap_or(0)),
            wishes: RwSignal::new(resting::recall_wishes()),
            rest: RwSignal::new(None),
            on_battery: RwSignal::new(None),
            running_ms: RwSignal::new(0.0),
            farewell: RwSignal::new(None),
            asked_until_ms: RwSignal::new(None),
            earlier: RwSignal::default(),
            looked_at: RwSignal::new(false),
            crew: StoredValue::new_local(Rc::default()),
            screen: StoredValue::new_local(Screen::default()),
        };
        donor.watch_conditions();
        donor.watch_other_tabs();
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
    pub fn start(self, nick: &str) {
        self.stop_now();
        self.earlier.set(self.totals_untracked());
        self.slots.set(Vec::new());
        self.farewell.set(None);
        let nick = nick.trim();
        browser::remember(NICK, nick);
        let cores = self.wishes.with_untracked(|wishes| wishes.cores);
        let at_once = if Self::is_known() { cores } else { 1 };
        let ticker = Ticker::every(1_000, move || self.tick());
        self.with_crew(|crew| {
            crew.nick = (!nick.is_empty()).then(|| nick.to_owned());
            crew.waiting = cores.saturating_sub(at_once);
            crew.ticker = ticker;
            crew.ticked_ms = clock::now_ms();
        });
        self.running.set(true);
        self.look_around();
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

    /// Asks all workers to finish and deliver the units under way, and to stop then.
    pub fn finish(self) {
        self.finishing.set(true);
        self.with_crew(|crew| crew.waiting = 0);
        self.tell_all(&PageMessage::Finish);
    }

    fn stop_now(self) {
        // The timer that may be calling is dropped with the rest.
        let crew = self.with_crew(std::mem::take);
        drop(crew);
        self.running.set(false);
        self.finishing.set(false);
        self.asked_until_ms.set(None);
        self.rest.set(None);
        self.hold_screen();
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

    /// The share of their time that the cores of the last start computed, as they measured it.
    pub fn measured_percent(self) -> Option<f64> {
        let costs = self.slots.with(|slots| {
            slots
                .iter()
                .map(|slot| slot.cost.get())
                .fold(Cost::default(), cost::sum)
        });
        cost::duty_percent(costs)
    }

    /// Says whether somebody looks at the own soups.
    pub fn look(self, looks: bool) {
        self.looked_at.set(looks);
        self.tell_all(&PageMessage::Frames {
            per_second: self.frames(),
        });
    }

    fn frames(self) -> u32 {
        if self.looked_at.get_untracked() && !browser::is_hidden() {
            FRAMES_PER_SECOND
        } else {
            0
        }
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
}
