//! The state of a lab page: what it began with, how things stand, and the two Web Workers behind it. Draws nothing.

use crate::{lab_hand::LabHand, lab_link, landscape::Known, navigation};
use bytebiota_protocol::{
    genome_name::from_hex,
    lab::{AssayView, LabAnswer, LabFrame, LabRequest, LabStart},
};
use leptos::prelude::*;
use std::sync::Arc;

/// Instructions a second that can be chosen; the last is as fast as it goes.
pub const SPEEDS: [u32; 9] = [1, 3, 10, 30, 100, 500, 3_000, 20_000, 0];

/// Everything that the parts of the page share.
#[derive(Clone, Copy)]
pub struct Bench {
    /// What it began with.
    pub start: RwSignal<LabStart>,
    /// How things stand.
    pub frame: RwSignal<Option<Arc<LabFrame>>>,
    /// Every byte of the soup.
    pub soup: Memo<Arc<Vec<u8>>>,
    /// Why it does not work, in a sentence.
    pub refused: RwSignal<Option<String>>,
    /// What the genome can do.
    pub assay: RwSignal<Option<AssayView>>,
    /// What lies around it.
    pub known: RwSignal<Known>,
    /// Place in `SPEEDS`.
    pub speed: RwSignal<usize>,
    /// The address pointed at.
    pub pointed: RwSignal<Option<u32>>,
    lab: StoredValue<Option<LabHand>, LocalStorage>,
    surveyor: StoredValue<Option<LabHand>, LocalStorage>,
}

impl Bench {
    /// Sets up a lab.
    pub fn new(start: LabStart) -> Self {
        let frame = RwSignal::new(None::<Arc<LabFrame>>);
        let soup = Memo::new(move |_| {
            let hex = frame.with(|frame| frame.as_ref().map(|frame| frame.soup.clone()));
            Arc::new(hex.and_then(|hex| from_hex(&hex)).unwrap_or_default())
        });
        let bench = Self {
            start: RwSignal::new(LabStart::default()),
            frame,
            soup,
            refused: RwSignal::new(None),
            assay: RwSignal::new(None),
            known: RwSignal::default(),
            speed: RwSignal::new(2),
            pointed: RwSignal::new(None),
            lab: StoredValue::new_local(None),
            surveyor: StoredValue::new_local(None),
        };
        match LabHand::new(move |answer| bench.hear(answer)) {
            Ok(hand) => bench.lab.set_value(Some(hand)),
            Err(text) => bench.refused.set(Some(text)),
        }
        bench.begin(start);
        bench
    }

    /// Begins anew, with another set-up, and says so in the address line.
    pub fn begin(self, start: LabStart) {
        navigation::replace(&lab_link::write(&start));
        self.refused.set(None);
        self.frame.set(None);
        let same = self.start.with_untracked(|known| {
            LabStart {
                gap: start.gap,
                mutation: start.mutation,
                ..known.clone()
            } == start
        });
        self.start.set(start.clone());
        self.ask(LabRequest::Begin { start });
        if !same {
            self.survey();
        }
    }

    /// Looks anew at the genome and what lies around it, in a worker of its own.
    fn survey(self) {
        self.assay.set(None);
        self.known.set(Known::default());
        let hand = LabHand::new(move |answer| self.hear(answer));
        if let Ok(hand) = &hand {
            hand.ask(LabRequest::Survey {
                start: self.start.get_untracked(),
            });
        }
        self.surveyor.set_value(hand.ok());
    }

    /// Asks the lab for something.
    pub fn ask(self, request: LabRequest) {
        self.lab.with_value(|hand| {
            if let Some(hand) = hand {
                hand.ask(request);
            }
        });
    }

    /// Runs by itself, or stops.
    pub fn toggle(self) {
        let runs = self
            .frame
            .with_untracked(|frame| frame.as_ref().is_some_and(|frame| frame.runs));
        self.ask(match runs {
            true => LabRequest::Pause,
            false => LabRequest::Run {
                per_second: SPEEDS[self.speed.get_untracked()],
            },
        });
    }

    /// Chooses a speed; what runs, runs at it.
    pub fn set_speed(self, place: usize) {
        let place = place.min(SPEEDS.len() - 1);
        self.speed.set(place);
        if self
            .frame
            .with_untracked(|frame| frame.as_ref().is_some_and(|frame| frame.runs))
        {
            self.ask(LabRequest::Run {
                per_second: SPEEDS[place],
            });
        }
    }

    /// Something of the frame; nothing before the first one.
    pub fn with<T: Default>(self, read: impl FnOnce(&LabFrame) -> T) -> T {
        self.frame
            .with(|frame| frame.as_ref().map(|frame| read(frame)).unwrap_or_default())
    }

    fn hear(self, answer: LabAnswer) {
        // The page may be gone already.
        if self.frame.is_disposed() {
            return;
        }
        match answer {
            LabAnswer::Ready | LabAnswer::Verified { .. } => {}
            LabAnswer::Frame { frame } => self.frame.set(Some(Arc::new(frame))),
            LabAnswer::Refused { text } => self.refused.set(Some(text)),
            LabAnswer::Assayed { assay } => self.assay.set(Some(assay)),
            LabAnswer::Fates {
                of, fates, ticks, ..
            } => self.known.update(|known| {
                known.of = of as usize;
                known.fates.extend(fates.bytes());
                known.ticks.extend(ticks);
            }),
        }
    }
}
