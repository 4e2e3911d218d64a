//! Draws a tree of descent, lets lines be folded away, and is walked by keys. Knows neither where taxa come from nor which.

use crate::{
    browser,
    chart_frame::ChartFrame,
    number, pigment,
    tree_axis::TreeAxis,
    tree_layout::{self, Node},
};
use bytebiota_protocol::{routes::Page, view::TaxonView};
use leptos::{ev, html, prelude::*};
use std::collections::BTreeSet;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Pixels of a row, by zoom.
pub const ROW_PX: [f64; 4] = [4.0, 8.0, 14.0, 22.0];
/// Pixels from left to right, before the picture is scaled to its place.
const WIDTH: f64 = 1_000.0;
const MARGIN: f64 = 22.0;
/// Rows from which on names and marks for folding are drawn.
const NAMED_FROM_PX: f64 = 14.0;

/// The tree.
#[component]
pub fn TreeChart(
    /// The taxa that are known, parents or not.
    taxa: Signal<Arc<Vec<TaxonView>>>,
    /// Whether those without living descendants are drawn, too.
    #[prop(into)]
    extinct: Signal<bool>,
    /// Whether time is shown in proportion, and not so that as many lines begin in each part of the picture.
    in_time: RwSignal<bool>,
    /// Which of the sizes.
    zoom: RwSignal<usize>,
) -> impl IntoView {
    let folded = RwSignal::new(BTreeSet::<String>::new());
    let place = NodeRef::<html::Div>::new();
    let nodes = Memo::new(move |_| {
        let laid = |taxa: &Arc<Vec<TaxonView>>| {
            folded.with(|folded| tree_layout::layout(taxa, extinct.get(), folded))
        };
        taxa.with(laid)
    });
    let at = RwSignal::new(None::<usize>);
    let hand = TreeHand {
        taxa,
        nodes,
        folded,
        at,
        zoom,
        place,
    };
    let row_px = move || ROW_PX[zoom.get().min(ROW_PX.len() - 1)];
    let table = Arc::new(move || {
        taxa.with_untracked(|taxa| nodes.with_untracked(|nodes| tree_layout::csv(taxa, nodes)))
    });
    let drawing =
        move || taxa.with(|taxa| nodes.with(|nodes| drawing(taxa, nodes, row_px(), in_time.get())));
    let mark = move || nodes.with(|nodes| mark(nodes, at.get(), row_px()));
    let height = move || nodes.with(|nodes| row_y(nodes.len(), row_px()) + 26.0);
    view! {
        <ChartFrame title="The tree" unit="ticks of the island to the right; thick ends are alive" table>
            <div class="row fold-tools">
                <button type="button" class="button small" aria-pressed=move || in_time.get().to_string() on:click=move |_| in_time.update(|is| *is = !*is)>"in proportion to time"</button>
                <button type="button" class="button small" on:click=move |_| hand.fold_all()>"fold all"</button>
                <button type="button" class="button small" disabled=move || folded.with(BTreeSet::is_empty) on:click=move |_| folded.set(BTreeSet::new())>"unfold all"</button>
                <span class="small">{move || taxa.with(|taxa| nodes.with(|nodes| counted(taxa, nodes)))}</span>
            </div>
            <div class="tree" node_ref=place tabindex="0" role="group" aria-label="The tree of descent. Up and down go from line to line, left folds and goes to the parent, right unfolds, Enter opens the genotype, plus and minus change the size."
                on:keydown=move |event| hand.key(&event) on:blur=move |_| at.set(None)>
                <svg class="chart drawing" viewBox=move || format!("0 0 {WIDTH} {:.0}", height()) on:click=move |event| hand.click(&event)>
                    {mark} {drawing}
                </svg>
            </div>
            <p class="readout tree-said" role="status">{move || hand.said()}</p>
        </ChartFrame>
    }
}

/// What keys and pointers do to the tree.
#[derive(Clone, Copy)]
struct TreeHand {
    taxa: Signal<Arc<Vec<TaxonView>>>,
    nodes: Memo<Vec<Node>>,
    folded: RwSignal<BTreeSet<String>>,
    at: RwSignal<Option<usize>>,
    zoom: RwSignal<usize>,
    place: NodeRef<html::Div>,
}

impl TreeHand {
    fn key(self, event: &ev::KeyboardEvent) {
        let key = event.key();
        let row = self.at.get_untracked();
        let node = row.and_then(|row| self.nodes.with_untracked(|nodes| nodes.get(row).cloned()));
        match (key.as_str(), node) {
            ("+", _) => self
                .zoom
                .update(|zoom| *zoom = (*zoom + 1).min(ROW_PX.len() - 1)),
            ("-", _) => self.zoom.update(|zoom| *zoom = zoom.saturating_sub(1)),
            ("Escape", _) => self.at.set(None),
            ("Enter", Some(node)) => self.open(&node),
            ("ArrowLeft", Some(node)) if node.is_parent && node.folded == 0 => self.turn(&node),
            ("ArrowRight", Some(node)) if node.folded > 0 => self.turn(&node),
            (key, _) => {
                let Some(to) = self
                    .nodes
                    .with_untracked(|nodes| tree_layout::moved(key, nodes, row))
                else {
                    return;
                };
                self.at.set(Some(to));
                self.show(to);
            }
        }
        event.prevent_default();
    }

    /// A press on the mark of a line folds it.
    fn click(self, event: &ev::MouseEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let mark = target.and_then(|target| target.closest(".fold").ok().flatten());
        let row = mark.and_then(|mark| mark.get_attribute("data-row")?.parse::<usize>().ok());
        let node = row.and_then(|row| self.nodes.with_untracked(|nodes| nodes.get(row).cloned()));
        if let Some(node) = node {
            self.turn(&node);
        }
    }

    fn id(self, node: &Node) -> Option<String> {
        self.taxa
            .with_untracked(|taxa| Some(taxa.get(node.taxon)?.id.clone()))
    }

    /// Folds what descends from it away, or brings it back.
    fn turn(self, node: &Node) {
        if let Some(id) = self.id(node) {
            self.folded.update(|folded| {
                if !folded.remove(&id) {
                    folded.insert(id);
                }
            });
        }
    }

    fn fold_all(self) {
        let parents = self.nodes.with_untracked(|nodes| {
            nodes
                .iter()
                .filter(|node| node.is_parent)
                .filter_map(|node| self.id(node))
                .collect::<Vec<_>>()
        });
        self.folded.update(|folded| folded.extend(parents));
        self.at.set(None);
    }

    fn open(self, node: &Node) {
        let genotype = self
            .taxa
            .with_untracked(|taxa| Some(taxa.get(node.taxon)?.genotype.clone()));
        if let Some(genotype) = genotype {
            browser::go(&Page::Genome(genotype).path());
        }
    }

    /// Scrolls a row into sight.
    fn show(self, row: usize) {
        if let Some(place) = self.place.get_untracked() {
            let scale = f64::from(place.scroll_width()) / WIDTH;
            let y = row_y(row, ROW_PX[self.zoom.get_untracked().min(ROW_PX.len() - 1)]) * scale;
            place.set_scroll_top((y - f64::from(place.client_height()) / 2.0) as i32);
        }
    }

    /// What stands at the cursor, in words.
    fn said(self) -> String {
        let node = self
            .at
            .get()
            .and_then(|row| self.nodes.with(|nodes| nodes.get(row).cloned()));
        let Some(node) = node else {
            return "Press a line to meet its genotype; arrow keys walk along the tree.".into();
        };
        let words = self
            .taxa
            .with(|taxa| taxa.get(node.taxon).map(words))
            .unwrap_or_default();
        match node.folded {
            0 => words,
            count => format!("{words}; {count} more folded away"),
        }
    }
}

fn row_y(row: usize, row_px: f64) -> f64 {
    row_px * (row as f64 + 0.8)
}

fn counted(taxa: &[TaxonView], nodes: &[Node]) -> String {
    let folded: usize = nodes.iter().map(|node| node.folded).sum();
    let whole = |count: usize| number::grouped(count as i64);
    let drawn = format!(
        "{} taxa drawn of {} known",
        whole(nodes.len()),
        whole(taxa.len())
    );
    match folded {
        0 => format!("{drawn}."),
        folded => format!("{drawn}, {} folded away.", whole(folded)),
    }
}

fn drawing(taxa: &[TaxonView], nodes: &[Node], row_px: f64, in_time: bool) -> AnyView {
    let last = taxa
        .iter()
        .map(|taxon| taxon.seen_tick.max(taxon.origin_tick));
    let drawn: Vec<&TaxonView> = nodes.iter().map(|node| &taxa[node.taxon]).collect();
    let axis = TreeAxis::over(&drawn, last.max().unwrap_or(0), in_time);
    let x = |tick: u64| MARGIN + (WIDTH - 2.0 * MARGIN) * axis.part(tick);
    let lines = nodes.iter().map(|node| {
        let taxon = &taxa[node.taxon];
        let ends = (
            x(taxon.origin_tick),
            x(taxon.seen_tick.max(taxon.origin_tick)),
        );
        line(taxon, node, nodes, row_px, ends)
    });
    let marks = nodes.iter().map(|node| {
        taxon(
            &taxa[node.taxon],
            node,
            x(taxa[node.taxon].origin_tick),
            row_px,
        )
    });
    let floor = row_y(nodes.len(), row_px) + 20.0;
    let ticks = (0..=4).map(|quarter| {
        let part = f64::from(quarter) / 4.0;
        let anchor = match quarter { 0 => "start", 4 => "end", _ => "middle" };
        let place = MARGIN + (WIDTH - 2.0 * MARGIN) * part;
        view! { <text class="tick" x=place y=floor text-anchor=anchor>{number::tick(axis.tick(part) as f64)}</text> }
    });
    (
        lines.collect_view(),
        marks.collect_view(),
        ticks.collect_view(),
    )
        .into_any()
}

/// From the line of its parent down to its own, and along it.
fn line(
    taxon: &TaxonView,
    node: &Node,
    nodes: &[Node],
    row_px: f64,
    (begin, end): (f64, f64),
) -> impl IntoView + use<> {
    let y = row_y(node.row, row_px);
    let from = node
        .parent
        .map_or(y, |parent| row_y(nodes[parent].row, row_px));
    let class = match taxon.living {
        0 => "branch",
        _ => "branch alive",
    };
    view! { <path class=class d=format!("M{begin:.1} {from:.1}V{y:.1}H{end:.1}")></path> }
}

/// Its dot, which leads to its genotype, and where there is room its name and the mark that folds it.
fn taxon(taxon: &TaxonView, node: &Node, x: f64, row_px: f64) -> impl IntoView + use<> {
    let y = row_y(node.row, row_px);
    let colour = pigment::css(pigment::of_genotype(&taxon.genotype));
    let radius = (2.0 + (taxon.living as f64 + 1.0).ln() * 0.9).min(row_px * 0.48);
    let has_room = row_px >= NAMED_FROM_PX;
    let name = match node.folded {
        0 if taxon.living == 0 => None,
        0 => Some(taxon.species.clone()),
        count => Some(format!("{} +{count}", taxon.species)),
    };
    let name = name.filter(|_| has_room).map(|name| {
        view! { <text class="tick" x={x + radius + 4.0} y={y - 3.0}>{name}</text> }
    });
    let fold = (has_room && node.is_parent).then(|| {
        let (sign, row) = (if node.folded > 0 { "+" } else { "−" }, node.row.to_string());
        view! {
            <g class="fold" data-row=row><rect x={x - 20.0} y={y - 7.0} width="13" height="13" rx="3"></rect>
                <text class="tick" x={x - 13.5} y={y + 3.0} text-anchor="middle">{sign}</text></g>
        }
    });
    let title = words(taxon);
    view! {
        // Without the group the link would be one of HTML, and not be drawn. Keys walk along the tree as a whole.
        <g>{fold}<a href=Page::Genome(taxon.genotype.clone()).path() tabindex="-1">
            <circle cx=x cy=y r=radius fill=colour><title>{title}</title></circle>{name}
        </a></g>
    }
}

fn mark(nodes: &[Node], at: Option<usize>, row_px: f64) -> Option<impl IntoView + use<>> {
    let node = nodes.get(at?)?;
    let y = row_y(node.row, row_px) - row_px.max(8.0) / 2.0;
    Some(view! { <rect class="picked" x="0" y=y width=WIDTH height={row_px.max(8.0)}></rect> })
}

fn words(taxon: &TaxonView) -> String {
    format!(
        "{} {}: {} bytes, {} alive, {} births, {} at tick {}",
        taxon.id,
        taxon.species,
        taxon.length,
        taxon.living,
        taxon.births,
        taxon.cause,
        number::grouped(taxon.origin_tick as i64)
    )
}
