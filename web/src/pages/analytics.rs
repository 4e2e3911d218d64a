//! History in pictures: the world over any stretch of time, and one island epoch by epoch. Knows no stream.

use super::{analytics_island::IslandCharts, analytics_world::WorldCharts};
use crate::{
    address,
    ask::{Asked, Standing, follow_moving},
    chart::PickRange,
    clock,
    time_range::{EVERYTHING, STRETCHES, TimeRange},
};
use bytebiota_protocol::view::{Grain, SeriesView};
use leptos::{ev, prelude::*};

/// How often the newest is asked for, ms.
const EVERY_MS: u32 = 20_000;
/// Points asked for: about as many as a chart has pixels to tell them apart.
const POINTS: u32 = 500;

/// `/analytics`
#[component]
pub fn Analytics() -> impl IntoView {
    let range = address::word("range", EVERYTHING);
    let grain = address::word("grain", "");
    let wish = Memo::new(move |_| (TimeRange::parse(&range.get()), Grain::parse(&grain.get())));
    let asked = RwSignal::new(None::<Asked<SeriesView>>);
    Effect::new(move || {
        let wish = wish.get();
        let address = move || format!("/api/v1/series?limit={POINTS}{}", query(wish));
        asked.set(Some(follow_moving(address, EVERY_MS)));
    });
    let series = Memo::new(move |_| {
        let known = asked.get().and_then(|asked| asked.known(Clone::clone));
        known.unwrap_or_default()
    });
    let pick = move |(from, to): (f64, f64)| {
        if let Some(picked) = TimeRange::between(from, to) {
            range.set(picked.word());
        }
    };
    view! {
        <p class="eyebrow">"History in pictures"</p>
        <h1>"What has become of it"</h1>
        <p class="lead">"Confirmed work only. Every picture is read with the pointer or the arrow keys, and taken along as numbers or as a picture. To look closer draw the mouse over a stretch, or pick it out with Shift and the arrow keys and press Enter."</p>
        <RangeTools range/>
        <GrainTools grain series>
            <a class="button small" href=move || format!("/api/v1/series.csv?limit=1000{}", query(wish.get()))>"all columns as CSV"</a>
        </GrainTools>
        {move || asked.get().map(|asked| view! { <Standing asked/> })}
        <Ranged pick=Callback::new(pick)><WorldCharts series/></Ranged>
        <IslandCharts every_ms=EVERY_MS/>
    }
}

/// What to say to the API.
fn query((range, grain): (TimeRange, Option<Grain>)) -> String {
    let grain = grain.map_or_else(String::new, |grain| format!("&grain={}", grain.name()));
    format!("{}{grain}", range.query(clock::now_ms()))
}

/// Charts inside can pick a range out.
#[component]
fn Ranged(pick: Callback<(f64, f64)>, children: Children) -> impl IntoView {
    provide_context(PickRange(pick));
    children()
}

/// Which stretch of time.
#[component]
fn RangeTools(range: RwSignal<String>) -> impl IntoView {
    let known = Memo::new(move |_| TimeRange::parse(&range.get()));
    let choices = STRETCHES.iter().map(|(word, words, _)| (*word, *words));
    let choices = choices.chain([(EVERYTHING, "everything")]).map(|(word, words)| {
        view! { <button type="button" class="button small" aria-pressed=move || (known.get().word() == word).to_string() on:click=move |_| range.set(word.into())>{words}</button> }
    });
    let move_it = move |earlier| {
        if let Some(moved) = known.get_untracked().moved(clock::now_ms(), earlier) {
            range.set(moved.word());
        }
    };
    let is_whole = move || known.get() == TimeRange::Everything;
    view! {
        <div class="row tools" role="group" aria-label="Stretch of time">
            {choices.collect_view()}
            <button type="button" class="button small" disabled=is_whole on:click=move |_| move_it(true)>"earlier"</button>
            <button type="button" class="button small" disabled=is_whole on:click=move |_| move_it(false)>"later"</button>
        </div>
        <div class="row tools">
            <Moment id="from" name="From" range known is_from=true/>
            <Moment id="to" name="to" range known is_from=false/>
        </div>
    }
}

/// One end of the stretch, by date and time.
#[component]
fn Moment(
    id: &'static str,
    name: &'static str,
    range: RwSignal<String>,
    known: Memo<TimeRange>,
    is_from: bool,
) -> impl IntoView {
    let ends = move || match known.get() {
        TimeRange::Between(from, to) => (Some(from), Some(to)),
        _ => (None, None),
    };
    let shown = move || {
        let (from, to) = ends();
        let end = if is_from { from } else { to };
        end.map_or_else(String::new, clock::field)
    };
    let change = move |event: ev::Event| {
        let Some(moment) = clock::from_field(&event_target_value(&event)) else {
            return;
        };
        let (from, to) = untrack(ends);
        let (from, to) = match is_from {
            true => (
                moment,
                to.filter(|to| *to > moment).unwrap_or_else(clock::now_ms),
            ),
            false => (from.filter(|from| *from < moment).unwrap_or(1), moment),
        };
        if let Some(between) = TimeRange::between(from as f64, to as f64) {
            range.set(between.word());
        }
    };
    view! {
        <span class="row"><label for=id>{name}</label>
            <input id=id type="datetime-local" class="narrow" prop:value=shown on:change=change/></span>
    }
}

/// How far apart the points are, and why they are not as far as was asked for.
#[component]
fn GrainTools(
    grain: RwSignal<String>,
    series: Memo<SeriesView>,
    children: Children,
) -> impl IntoView {
    let options = Grain::ALL.map(|known| {
        let name = known.name();
        view! { <option value=name selected=move || grain.get() == name>{format!("by the {name}")}</option> }
    });
    let words = move || {
        series.with(|series| match (&series.note, series.points.len()) {
            (_, 0) => String::new(),
            (Some(note), _) => format!("{} points: {note}.", series.points.len()),
            (None, count) => format!("{count} points by the {}.", series.grain.name()),
        })
    };
    view! {
        <div class="row tools">
            <label for="grain">"Points"</label>
            <select id="grain" class="narrow" on:change=move |event| grain.set(event_target_value(&event))>
                <option value="" selected=move || grain.get().is_empty()>"as fine as fits"</option>
                {options}
            </select>
            {children()}
            <span class="small" role="status">{words}</span>
        </div>
    }
}
