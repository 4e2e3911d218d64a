//! Draws a tree of descent, lets lines be folded away, and is walked by keys. Knows neither where taxa come from nor which.

use crate::{
    browser,
    chart_frame::ChartFrame,
    number,
    tree_drawing::{WIDTH, drawing, picked, row_at, row_y, words},
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
    let picture =
        move || taxa.with(|taxa| nodes.with(|nodes| drawing(taxa, nodes, row_px(), in_time.get())));
    let mark = move || {
        let rows = nodes.with(Vec::len);
        picked(at.get().filter(|row| *row < rows), row_px())
    };
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
                <svg class="chart drawing" viewBox=move || format!("0 0 {WIDTH} {:.0}", height()) on:click=move |event| hand.click(&event)
                    on:pointermove=move |event| at.set(hand.row(&event)) on:pointerleave=move |_| at.set(None)>
                    {mark} {picture}
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
        let node = self.node(row);
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

    /// A press on the mark of a line folds it, one on its dot opens its genotype.
    fn click(self, event: &ev::MouseEvent) {
        let Some((target, node)) = target(event).zip(self.node(self.row(event))) else {
            return;
        };
        let is_on = |selector| target.closest(selector).ok().flatten().is_some();
        if is_on(".fold") {
            self.turn(&node);
        } else if is_on(".taxon") && !is_on("a") {
            self.open(&node);
        }
    }

    /// The row under a pointer.
    fn row(self, event: &ev::MouseEvent) -> Option<usize> {
        let svg = target(event)?.closest("svg.drawing").ok()??;
        let bounds = svg.get_bounding_client_rect();
        let y = (f64::from(event.client_y()) - bounds.top()) * WIDTH / bounds.width().max(1.0);
        let row = row_at(y, self.row_px());
        self.nodes
            .with_untracked(|nodes| (row < nodes.len()).then_some(row))
    }

    fn node(self, row: Option<usize>) -> Option<Node> {
        let row = row?;
        self.nodes.with_untracked(|nodes| nodes.get(row).cloned())
    }

    /// Pixels of a row now; not followed.
    fn row_px(self) -> f64 {
        ROW_PX[self.zoom.get_untracked().min(ROW_PX.len() - 1)]
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

fn target(event: &ev::MouseEvent) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()
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
