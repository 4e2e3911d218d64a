//! The picture of a tree of descent: lines, dots, names and marks for folding. Knows no hand.

use crate::{number, pigment, tree_axis::TreeAxis, tree_layout::Node};
use bytebiota_protocol::{routes::Page, view::TaxonView};
use leptos::prelude::*;
use std::fmt::Write as _;

/// Pixels from left to right, before the picture is scaled to its place.
pub const WIDTH: f64 = 1_000.0;
const MARGIN: f64 = 22.0;
const INSIDE: f64 = WIDTH - 2.0 * MARGIN;
/// Rows from which on names and marks for folding are drawn.
const NAMED_FROM_PX: f64 = 14.0;

/// The middle of a row.
pub fn row_y(row: usize, row_px: f64) -> f64 {
    row_px * (row as f64 + 0.8)
}

/// The row at a height.
pub fn row_at(y: f64, row_px: f64) -> usize {
    (y / row_px - 0.3).max(0.0) as usize
}

/// The whole picture. Thousands of lines are two paths, so that a browser carries them.
pub fn drawing(taxa: &[TaxonView], nodes: &[Node], row_px: f64, in_time: bool) -> AnyView {
    let ends = taxa.iter().map(end_of);
    let drawn: Vec<&TaxonView> = nodes.iter().map(|node| &taxa[node.taxon]).collect();
    let axis = TreeAxis::over(&drawn, ends.max().unwrap_or(0), in_time);
    let x = |tick: u64| MARGIN + INSIDE * axis.part(tick);
    let (mut alive, mut extinct) = (String::new(), String::new());
    for node in nodes {
        let taxon = &taxa[node.taxon];
        let y = row_y(node.row, row_px);
        let from = node
            .parent
            .map_or(y, |parent| row_y(nodes[parent].row, row_px));
        let path = if taxon.living > 0 {
            &mut alive
        } else {
            &mut extinct
        };
        // A String takes everything.
        let _ = write!(
            path,
            "M{:.1} {from:.1}V{y:.1}H{:.1}",
            x(taxon.origin_tick),
            x(end_of(taxon))
        );
    }
    let marks = nodes.iter().map(|node| {
        let taxon = &taxa[node.taxon];
        mark(taxon, node, x(taxon.origin_tick), row_px)
    });
    view! {
        <path class="branch" d=extinct></path><path class="branch alive" d=alive></path>
        {marks.collect_view()} {moments(&axis, row_y(nodes.len(), row_px) + 20.0)}
    }
    .into_any()
}

/// The last tick at which somebody of it is known to have lived.
fn end_of(taxon: &TaxonView) -> u64 {
    taxon.seen_tick.max(taxon.origin_tick)
}

fn moments(axis: &TreeAxis, y: f64) -> impl IntoView + use<> {
    let ticks = [
        (0.0, "start"),
        (0.25, "middle"),
        (0.5, "middle"),
        (0.75, "middle"),
        (1.0, "end"),
    ];
    let ticks = ticks.map(|(part, anchor)| {
        let words = number::tick(axis.tick(part) as f64);
        view! { <text class="tick" x={MARGIN + INSIDE * part} y=y text-anchor=anchor>{words}</text> }
    });
    ticks.collect_view()
}

/// Its dot, and where there is room its name and the mark that folds it. The dots of the living are links besides.
fn mark(taxon: &TaxonView, node: &Node, x: f64, row_px: f64) -> impl IntoView + use<> {
    let y = row_y(node.row, row_px);
    let colour = pigment::css(pigment::of_genotype(&taxon.genotype));
    let radius = (2.0 + (taxon.living as f64 + 1.0).ln() * 0.9).min(row_px * 0.48);
    let dot = view! { <circle class="taxon" cx=x cy=y r=radius fill=colour></circle> };
    if taxon.living == 0 && node.folded == 0 && (!node.is_parent || row_px < NAMED_FROM_PX) {
        return dot.into_any();
    }
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
        let sign = if node.folded > 0 { "+" } else { "−" };
        view! {
            <g class="fold"><rect x={x - 20.0} y={y - 7.0} width="13" height="13" rx="3"></rect>
                <text class="tick" x={x - 13.5} y={y + 3.0} text-anchor="middle">{sign}</text></g>
        }
    });
    // What is written is part of what is heard.
    let label = match node.folded {
        0 => words(taxon),
        count => format!("{} +{count}: {}", taxon.species, words(taxon)),
    };
    view! {
        // Without the group the link would be one of HTML, and not be drawn. Keys walk along the tree as a whole.
        <g>{fold}<a href=Page::Genome(taxon.genotype.clone()).path() tabindex="-1" aria-label=label>{dot}{name}</a></g>
    }
    .into_any()
}

/// What is picked out.
pub fn picked(row: Option<usize>, row_px: f64) -> Option<impl IntoView + use<>> {
    let height = row_px.max(8.0);
    let y = row_y(row?, row_px) - height / 2.0;
    Some(view! { <rect class="picked" x="0" y=y width=WIDTH height=height></rect> })
}

/// A taxon in words.
pub fn words(taxon: &TaxonView) -> String {
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
