//! The recording on the start page: a young soup plays by itself once it is seen, and by hand at any time. Knows no stream.

use crate::{
    ask::{self, Answer},
    browser,
    clock::Timer,
    reel::{FACTS, Reel},
    sight::Sight,
    soup_canvas::Dish,
};
use bytebiota_protocol::{recording::RecordingView, routes::RECORDING};
use leptos::{html, prelude::*};
use std::sync::Arc;

/// It is fetched when it is so near to being seen, pixels.
const NEAR_PX: u32 = 200;
/// It plays while this part of it is seen.
const SEEN_SHARE: f64 = 0.25;

/// What is played, and how.
#[derive(Clone, Copy)]
struct Player {
    reel: RwSignal<Option<Arc<Reel>>>,
    fault: RwSignal<Option<String>>,
    frame: RwSignal<usize>,
    /// Wanted; it runs while it is seen as well.
    plays: RwSignal<bool>,
    seen: RwSignal<bool>,
    hidden: RwSignal<bool>,
    /// Whether nobody has touched it: it may begin by itself, and is then read out to nobody.
    untouched: RwSignal<bool>,
    asked: StoredValue<bool>,
}

impl Player {
    fn new() -> Self {
        Self {
            reel: RwSignal::new(None),
            fault: RwSignal::new(None),
            frame: RwSignal::new(0),
            plays: RwSignal::new(false),
            seen: RwSignal::new(false),
            hidden: RwSignal::new(browser::is_hidden()),
            untouched: RwSignal::new(true),
            asked: StoredValue::new(false),
        }
    }

    /// Shows something of the reel; nothing while there is none.
    fn of<T>(self, show: impl FnOnce(&Reel, usize) -> T) -> Option<T> {
        let frame = self.frame.get();
        self.reel
            .with(|reel| reel.as_ref().map(|reel| show(reel, frame)))
    }

    fn is_over(self) -> bool {
        self.of(|reel, frame| frame >= reel.last()).unwrap_or(false)
    }

    /// Fetches the recording, once; after a failure once more.
    fn load(self) {
        if self.asked.get_value() {
            return;
        }
        self.asked.set_value(true);
        self.fault.set(None);
        leptos::task::spawn_local(async move {
            let found = match ask::fetch::<RecordingView>(RECORDING).await {
                Answer::Known(recording) => Reel::new(recording).map_err(str::to_owned),
                Answer::Unknown(why) | Answer::Failed(why) => Err(why),
                Answer::Waiting => return,
            };
            // The page that asked may be gone already.
            match found {
                Ok(reel) => self.begin(reel),
                Err(why) => {
                    let _ = self.asked.try_set_value(false);
                    let _ = self.plays.try_set(false);
                    let _ = self.fault.try_set(Some(why));
                }
            }
        });
    }

    /// By itself it begins only where motion is welcome; otherwise the end is shown, and the button plays it.
    fn begin(self, reel: Reel) {
        let Some(plays) = self.plays.try_get_untracked() else {
            return;
        };
        if browser::wants_stillness() && !plays {
            self.frame.set(reel.last());
        } else {
            self.plays.set(true);
        }
        self.reel.set(Some(Arc::new(reel)));
    }

    /// The next moment; at the end it stops.
    fn step(self) {
        let last = self
            .reel
            .with_untracked(|reel| reel.as_ref().map(|reel| reel.last()));
        match last {
            Some(last) if self.frame.get_untracked() < last => {
                self.frame.update(|frame| *frame += 1)
            }
            _ => self.plays.set(false),
        }
    }

    /// The button: play, pause, or from the beginning.
    fn press(self) {
        self.untouched.set(false);
        if untrack(|| self.is_over()) {
            self.frame.set(0);
            self.plays.set(true);
        } else {
            self.plays.update(|plays| *plays = !*plays);
        }
        self.load();
    }

    /// The slider: to a moment, and stay there.
    fn turn(self, moment: &str) {
        self.untouched.set(false);
        self.plays.set(false);
        self.frame.set(moment.parse().unwrap_or(0));
    }

    /// Goes on as long as it is wanted and seen.
    fn run(self) {
        let timer = StoredValue::new_local(None::<Timer>);
        Effect::new(move || {
            timer.set_value(None);
            let runs = self.plays.get() && self.seen.get() && !self.hidden.get();
            if let (true, Some(dwell_ms)) = (runs, self.of(Reel::dwell_ms)) {
                timer.set_value(Some(Timer::after(dwell_ms, move || self.step())));
            }
        });
        let listener = window_event_listener_untyped("visibilitychange", move |_| {
            self.hidden.set(browser::is_hidden());
        });
        on_cleanup(move || listener.remove());
    }

    /// Looks whether it is near, and whether it is seen.
    fn watch(self, section: NodeRef<html::Section>) {
        let sights = StoredValue::new_local(Vec::<Sight>::new());
        Effect::new(move || {
            let Some(section) = section.get() else {
                return;
            };
            let near = Sight::of(&section, NEAR_PX, 0.0, move |is_near| {
                if is_near {
                    self.load();
                }
            });
            let seen = Sight::of(&section, 0, SEEN_SHARE, move |is_seen| {
                self.seen.set(is_seen)
            });
            sights.set_value(near.into_iter().chain(seen).collect());
        });
    }
}

/// The figure.
#[component]
pub fn Film() -> impl IntoView {
    let player = Player::new();
    let section = NodeRef::new();
    player.run();
    player.watch(section);
    let soup = Memo::new(move |_| player.of(|reel, frame| Arc::new(reel.map(frame))));
    let facts = Memo::new(move |_| player.of(Reel::facts));
    let extent = Memo::new(move |_| player.of(Reel::extent).unwrap_or_default());
    view! {
        <section class="film" aria-labelledby="film" node_ref=section>
            <div class="film-words" inner_html=include_str!("../../pages/home-film.html")></div>
            <figure class="film-figure">
                <div class="film-dish">
                    <Dish soup label="The recorded soup, its memory laid out as a spiral from the founder outwards"/>
                    <p class="film-extent">{extent}</p>
                </div>
                <figcaption>{controls(player, facts)} {sentence(player)} {numbers(facts)}</figcaption>
            </figure>
        </section>
    }
}

/// A moment in numbers, in the order of `FACTS`; none while there is no reel.
type Facts = Memo<Option<[String; 6]>>;

fn controls(player: Player, facts: Facts) -> impl IntoView {
    let words = move || match (player.plays.get(), player.is_over()) {
        (true, _) => "Pause",
        (false, true) => "Play again",
        (false, false) => "Play",
    };
    let last = move || player.of(|reel, _| reel.last()).unwrap_or(1).to_string();
    let told = move || {
        let facts = facts.get();
        facts.map(|[tick, organisms, ..]| format!("tick {tick}, {organisms} organisms"))
    };
    view! {
        <div class="film-controls">
            <button type="button" id="film-play" class="button small strong" on:click=move |_| player.press()>{words}</button>
            <input id="film-moment" type="range" min="0" step="1" max=last aria-label="Moment of the recording"
                aria-valuetext=told disabled=move || player.reel.with(Option::is_none)
                prop:value=move || player.frame.get().to_string()
                on:input=move |event| player.turn(&event_target_value(&event))/>
        </div>
    }
}

/// What is said of the moment: read out when it changes, but not while it plays by itself.
fn sentence(player: Player) -> impl IntoView {
    let live = move || {
        if player.plays.get() && player.untouched.get() {
            "off"
        } else {
            "polite"
        }
    };
    let words = Memo::new(move |_| {
        let fault = player.fault.get();
        let fault = fault.map(|why| ("–".into(), format!("The recording did not come. {why}")));
        let nothing = || ("–".into(), "The recording comes in a moment …".into());
        fault
            .or_else(|| player.of(Reel::caption))
            .unwrap_or_else(nothing)
    });
    view! {
        <div class="film-said" aria-live=live>
            <p class="film-when">"tick " {move || words.get().0}</p>
            <p>{move || words.get().1}</p>
        </div>
    }
}

fn numbers(facts: Facts) -> impl IntoView {
    let rows = FACTS.into_iter().enumerate().map(move |(at, name)| {
        let value = move || facts.with(|f| f.as_ref().map_or("–".to_owned(), |f| f[at].clone()));
        view! { <div><dt>{name}</dt><dd data-film=name>{value}</dd></div> }
    });
    view! { <dl class="film-facts">{rows.collect_view()}</dl> }
}
