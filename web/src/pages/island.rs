//! One island: the map of its soup with a read-out, its genotypes, its numbers. Knows no stream.

use crate::{
    archipelago::status,
    island_feed::IslandFeed,
    live::LiveStatus,
    number,
    pages::island_look::{LookTools, View},
    pigment::{self, Emphasis},
    soup_canvas::{Soup, SoupSquare},
    soup_paint::Look,
    soup_window::columns,
    status_line::StatusLine,
    world_feed::WorldFeed,
};
use bytebiota_protocol::{
    routes::Page,
    view::{BodyView, IslandView, MemoryMapView},
};
use leptos::prelude::*;
use std::sync::Arc;

/// Genotypes listed beside the map.
const LISTED: usize = 14;

/// What the visitor points at and has picked out.
#[derive(Clone, Copy)]
struct Focus {
    soup: RwSignal<Soup>,
    /// The address pointed at.
    address: RwSignal<Option<u32>>,
    /// The genotype picked out, by its hash: indices change with each map.
    picked: RwSignal<Option<String>>,
}

/// `/island/{number}`
#[component]
pub fn Island(number: u32) -> impl IntoView {
    let world = expect_context::<WorldFeed>();
    let exists = Memo::new(move |_| {
        let listed = world
            .history
            .with(|history| history.islands.iter().any(|island| island.island == number));
        listed || !world.is_known()
    });
    // An island that the world does not have is not asked for; when it rises, it is.
    let feed = IslandFeed::follow(Signal::derive(move || exists.get().then_some(number)));
    let focus = Focus {
        soup: feed.soup,
        address: RwSignal::new(None),
        picked: RwSignal::new(None),
    };
    let view = View::new();
    view! {
        <p class="eyebrow">{move || neighbours(world, number)}</p>
        <h1>"Island " {number}</h1>
        {move || exists.get().then(|| view! { <StatusLine status=feed.status/> })}
        <LookTools view soup=feed.soup number/>
        <div class="soup">
            <div class="map">
                <SoupSquare soup=feed.soup look=Signal::derive(move || Look { emphasis: focus.emphasis(), ..view.look.get() }) zoom=view.zoom
                    hover=Callback::new(move |address| focus.address.set(address))
                    step=Callback::new(move |by| focus.step(by))
                    pick=Callback::new(move |()| focus.pick())/>
                {move || feed.soup.with(Option::is_none).then(|| empty(exists.get(), feed.status.get()))}
            </div>
            <div class="side">
                <section class="panel pointed" aria-live="polite"><h2>"Under the pointer"</h2>{move || focus.read_out()}</section>
                <section class="panel"><h2>"Genotypes"</h2>{move || focus.genotypes()}</section>
                <section class="panel"><h2>"Numbers"</h2>{move || feed.island.with(|island| facts(island.as_ref()))}</section>
            </div>
        </div>
    }
}

impl Focus {
    fn map(self) -> Soup {
        self.soup.get()
    }

    fn emphasis(self) -> Emphasis {
        let Some(map) = self.map() else {
            return Emphasis::default();
        };
        let picked = self.picked.get();
        let genotype = picked.and_then(|hash| {
            map.genotypes
                .iter()
                .position(|genotype| genotype.hash == hash)
        });
        Emphasis {
            genotype: genotype.map(|index| index as u32),
            organism: self
                .address
                .get()
                .and_then(|address| pigment::organism_at(&map, address)),
        }
    }

    /// The organism pointed at.
    fn organism(self, map: &Arc<MemoryMapView>) -> Option<(usize, BodyView)> {
        let index = pigment::organism_at(map, self.address.get()?)?;
        Some((index, *map.organisms.get(index)?))
    }

    fn step(self, by: i32) {
        let Some(map) = self.soup.get_untracked() else {
            return;
        };
        let now = self
            .address
            .get_untracked()
            .and_then(|address| pigment::organism_at(&map, address));
        let count = map.organisms.len();
        let next = match (now, by) {
            (None, _) => 0,
            (Some(index), by) if by < 0 => (index + count - 1) % count.max(1),
            (Some(index), _) => (index + 1) % count.max(1),
        };
        self.address
            .set(map.organisms.get(next).map(|body| body.start));
    }

    fn pick(self) {
        let Some(map) = self.soup.get_untracked() else {
            return;
        };
        let found = self
            .address
            .get_untracked()
            .and_then(|address| pigment::organism_at(&map, address));
        let genotype = found
            .and_then(|index| map.organisms.get(index))
            .and_then(|body| map.genotypes.get(body.genotype as usize));
        self.toggle(genotype.map(|genotype| genotype.hash.clone()));
    }

    fn toggle(self, hash: Option<String>) {
        self.picked
            .update(|picked| *picked = if *picked == hash { None } else { hash });
    }

    fn read_out(self) -> AnyView {
        let Some(map) = self.map() else {
            return view! { <p class="small">"Nothing to point at yet."</p> }.into_any();
        };
        let Some(address) = self.address.get() else {
            return view! {
                <p class="small">
                    {format!("Point at the map, or use the arrow keys on it. One pixel is one byte, {} a row, address 0 at the top left.", columns(map.memory_size))}
                </p>
            }
            .into_any();
        };
        let Some((_, body)) = self.organism(&map) else {
            return view! { <p class="readout">"address " {number::grouped(address.into())} ": free memory"</p> }.into_any();
        };
        let hash = map
            .genotypes
            .get(body.genotype as usize)
            .map_or("", |genotype| genotype.hash.as_str());
        let rows = [
            ("address", number::grouped(address.into())),
            ("body begins at", number::grouped(body.start.into())),
            ("length", format!("{} bytes", body.length)),
            ("energy", number::grouped(body.energy.into())),
            (
                "age",
                format!("{} rounds", number::grouped(body.age.into())),
            ),
            ("errors", number::grouped(body.errors.into())),
            ("births", number::grouped(body.births.into())),
            (
                "child on the way",
                if body.child_length > 0 {
                    format!("{} bytes", body.child_length)
                } else {
                    "none".into()
                },
            ),
        ];
        view! {
            <p class="readout">{swatch(hash)} " " {short(hash)}</p>
            {list(rows.into())}
        }
        .into_any()
    }

    fn genotypes(self) -> AnyView {
        let Some(map) = self.map() else {
            return view! { <p class="small">"None known yet."</p> }.into_any();
        };
        if map.genotypes.is_empty() {
            return view! { <p class="small">"Nobody lives here at the moment."</p> }.into_any();
        }
        let picked = self.picked.get();
        let rows = map.genotypes.iter().take(LISTED).map(|genotype| {
            let hash = genotype.hash.clone();
            let pressed = (picked.as_ref() == Some(&hash)).to_string();
            view! {
                <li><button type="button" aria-pressed=pressed on:click=move |_| self.toggle(Some(hash.clone()))>
                    {swatch(&genotype.hash)} {short(&genotype.hash)}
                    <span class="count">{genotype.length} " B × " {genotype.living}</span>
                </button></li>
            }
        });
        let others = map.genotypes.len().saturating_sub(LISTED);
        view! {
            <ul class="genotypes">{rows.collect_view()}</ul>
            {(others > 0).then(|| view! { <p class="small">{format!("and {} rarer ones", number::grouped(others as i64))}</p> })}
        }
        .into_any()
    }
}

fn empty(exists: bool, status: LiveStatus) -> impl IntoView {
    let words = match (exists, status) {
        (false, _) => "This island does not exist yet. New ones rise as volunteers come.",
        (true, LiveStatus::Live) => "No confirmed state yet: the founders are being sown.",
        (true, _) => "Waiting for the soup …",
    };
    view! { <p class="empty">{words}</p> }
}

fn neighbours(world: WorldFeed, number: u32) -> impl IntoView {
    let count = world.history.with(|history| history.world.islands);
    let link = |number: u32, words: &'static str| {
        (number >= 1 && number <= count)
            .then(|| view! { <a href=Page::Island(number).path()>{words}</a> " " })
    };
    view! {
        {link(number.saturating_sub(1), "← previous")} {link(number.saturating_add(1), "next →")}
        <a href=Page::World.path()>"all islands"</a>
    }
}

fn facts(island: Option<&IslandView>) -> AnyView {
    let Some(island) = island else {
        return view! { <p class="small">"None known yet."</p> }.into_any();
    };
    let deaths = &island.deaths;
    let deaths = deaths.age
        + deaths.errors
        + deaths.arrears
        + deaths.starvation
        + deaths.memory_pressure
        + deaths.operator;
    let rows = [
        ("alive", number::grouped(island.population as i64)),
        ("genotypes", number::grouped(island.genotypes as i64)),
        (
            "mean length",
            format!("{:.1} bytes", island.mean_genome_length),
        ),
        ("births", number::grouped(island.births as i64)),
        ("deaths", number::grouped(deaths as i64)),
        ("ticks", number::compact(island.tick as f64)),
        ("units stored", number::grouped(island.units as i64)),
        ("now", status(&island.status).into()),
    ];
    list(rows.into()).into_any()
}

fn list(rows: Vec<(&'static str, String)>) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> });
    view! { <dl class="facts-list">{rows.collect_view()}</dl> }
}

fn swatch(hash: &str) -> impl IntoView + use<> {
    let colour = pigment::css(pigment::of_genotype(hash));
    view! { <span class="swatch" style:background=colour aria-hidden="true"></span> }
}

fn short(hash: &str) -> String {
    hash.chars().take(8).collect()
}
