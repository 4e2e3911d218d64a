//! Lays out a tree of descent: time to the right, every line its own row, children below their parents. Knows no canvas.

use bytebiota_protocol::view::TaxonView;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A taxon at its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Index into the taxa.
    pub taxon: usize,
    /// The node it descends from, if that is in the picture.
    pub parent: Option<usize>,
    /// Row, from the top.
    pub row: usize,
    /// Whether anything descends from it.
    pub is_parent: bool,
    /// Taxa that descend from it and are folded away.
    pub folded: usize,
}

/// Nodes in the order of their rows. Without `extinct`, only those who live or from whom the living descend; of lines
/// that are neither alive nor parted, only the ends. What descends from a taxon that is folded, by its id, is counted and
/// not placed.
pub fn layout(taxa: &[TaxonView], extinct: bool, folded: &BTreeSet<String>) -> Vec<Node> {
    let index: BTreeMap<&str, usize> = taxa
        .iter()
        .enumerate()
        .map(|(k, taxon)| (taxon.id.as_str(), k))
        .collect();
    let parent = |k: usize| {
        taxa[k]
            .parent
            .as_deref()
            .and_then(|id| index.get(id).copied())
            .filter(|p| *p != k)
    };
    let mut kept = vec![extinct; taxa.len()];
    for start in (0..taxa.len()).filter(|k| taxa[*k].living > 0) {
        let mut at = Some(start);
        // A line that was walked before is kept up to its root.
        while let Some(k) = at.filter(|k| !kept[*k]) {
            kept[k] = true;
            at = parent(k);
        }
    }
    let mut children: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for k in (0..taxa.len()).filter(|k| kept[*k]) {
        children
            .entry(parent(k).filter(|p| kept[*p]))
            .or_default()
            .push(k);
    }
    let mut nodes = Vec::new();
    // Depth first, without recursion: descents may be long. Whoever stands in a circle has no root and is left out.
    let mut waiting: Vec<(usize, Option<usize>)> = children
        .get(&None)
        .into_iter()
        .flatten()
        .rev()
        .map(|k| (*k, None))
        .collect();
    while let Some((taxon, parent)) = waiting.pop() {
        let row = nodes.len();
        let below = children.get(&Some(taxon));
        let is_folded = below.is_some() && folded.contains(&taxa[taxon].id);
        nodes.push(Node {
            taxon,
            parent,
            row,
            is_parent: below.is_some(),
            folded: if is_folded {
                count_below(&children, taxon)
            } else {
                0
            },
        });
        let shown = below.into_iter().flatten().rev().filter(|_| !is_folded);
        waiting.extend(shown.map(|k| (*k, Some(row))));
    }
    nodes
}

/// Everything that descends from a taxon.
fn count_below(children: &BTreeMap<Option<usize>, Vec<usize>>, taxon: usize) -> usize {
    let (mut count, mut waiting) = (0, vec![taxon]);
    while let Some(taxon) = waiting.pop() {
        let below = children.get(&Some(taxon)).map_or(&[][..], Vec::as_slice);
        count += below.len();
        waiting.extend(below);
    }
    count
}

/// Where a key leads from a row; `None` for a key that leads nowhere.
pub fn moved(key: &str, nodes: &[Node], at: Option<usize>) -> Option<usize> {
    let last = nodes.len().checked_sub(1)?;
    let Some(row) = at.map(|row| row.min(last)) else {
        return matches!(
            key,
            "ArrowDown" | "ArrowUp" | "ArrowLeft" | "ArrowRight" | "Home"
        )
        .then_some(0);
    };
    let step = match key {
        "ArrowDown" => row + 1,
        "ArrowUp" => row.saturating_sub(1),
        "ArrowLeft" => nodes[row].parent.unwrap_or(row),
        "ArrowRight" if nodes[row].is_parent && nodes[row].folded == 0 => row + 1,
        "PageDown" => row + 20,
        "PageUp" => row.saturating_sub(20),
        "Home" => 0,
        "End" => last,
        _ => return None,
    };
    Some(step.min(last))
}

/// The taxa of a picture as a table of the ALife data standard. Taxa of an island are told apart by their serial numbers;
/// a parent that is not in the picture is none.
pub fn csv(taxa: &[TaxonView], nodes: &[Node]) -> String {
    let mut text = String::from(
        "id,ancestor_list,origin_time,destruction_time,taxon_label,cause,genotype,length,species,births,num_orgs\n",
    );
    for node in nodes {
        let taxon = &taxa[node.taxon];
        let ancestor = node.parent.map_or("none".to_owned(), |parent| {
            taxa[nodes[parent].taxon].serial.to_string()
        });
        let end = match taxon.living {
            0 => taxon.seen_tick.max(taxon.origin_tick).to_string(),
            _ => "inf".into(),
        };
        let _ = writeln!(
            text,
            "{},[{ancestor}],{},{end},{},{},{},{},{},{},{}",
            taxon.serial,
            taxon.origin_tick,
            taxon.id,
            taxon.cause,
            taxon.genotype,
            taxon.length,
            taxon.species,
            taxon.births,
            taxon.living
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxon(id: &str, parent: &str, living: u64) -> TaxonView {
        TaxonView {
            id: id.into(),
            parent: (!parent.is_empty()).then(|| parent.to_owned()),
            living,
            ..TaxonView::default()
        }
    }

    #[test]
    fn children_stand_below_their_parents_and_the_dead_are_left_out() {
        let taxa = [
            taxon("1-0", "", 0),
            taxon("1-1", "1-0", 0),
            taxon("1-2", "1-0", 3),
            taxon("1-3", "1-1", 0),
            taxon("1-4", "1-2", 1),
            taxon("1-5", "9-9", 2),
        ];
        let rows = |extinct| {
            let nodes = layout(&taxa, extinct, &BTreeSet::new());
            nodes
                .iter()
                .map(|node| (taxa[node.taxon].id.clone(), node.parent))
                .collect::<Vec<_>>()
        };
        let of = |pairs: &[(&str, Option<usize>)]| {
            pairs
                .iter()
                .map(|(id, p)| ((*id).to_owned(), *p))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            rows(false),
            of(&[
                ("1-0", None),
                ("1-2", Some(0)),
                ("1-4", Some(1)),
                ("1-5", None)
            ])
        );
        assert_eq!(rows(true).len(), 6);
        assert_eq!(
            rows(true)[..3],
            of(&[("1-0", None), ("1-1", Some(0)), ("1-3", Some(1))])
        );
    }

    #[test]
    fn what_is_folded_away_is_counted_and_keys_go_along_the_lines() {
        let taxa = [
            taxon("1-0", "", 0),
            taxon("1-1", "1-0", 1),
            taxon("1-2", "1-1", 3),
            taxon("1-3", "1-1", 1),
            taxon("1-4", "1-0", 1),
        ];
        let folded = BTreeSet::from(["1-1".to_owned(), "1-4".to_owned()]);
        let nodes = layout(&taxa, false, &folded);
        let told: Vec<_> = nodes
            .iter()
            .map(|node| (node.taxon, node.is_parent, node.folded))
            .collect();
        assert_eq!(told, [(0, true, 0), (1, true, 2), (4, false, 0)]);
        let whole = layout(&taxa, false, &BTreeSet::new());
        let cases = [
            ("ArrowDown", Some(4), Some(4)),
            ("ArrowDown", Some(1), Some(2)),
            ("ArrowUp", Some(0), Some(0)),
            ("ArrowLeft", Some(3), Some(1)),
            ("ArrowLeft", Some(0), Some(0)),
            ("ArrowRight", Some(1), Some(2)),
            ("ArrowRight", Some(2), None),
            ("End", Some(0), Some(4)),
            ("Home", None, Some(0)),
            ("x", None, None),
        ];
        for (key, at, to) in cases {
            assert_eq!(moved(key, &whole, at), to, "{key} {at:?}");
        }
        assert_eq!(moved("ArrowRight", &nodes, Some(1)), None, "it is folded");
        assert_eq!(moved("End", &[], None), None);
    }

    #[test]
    fn a_picture_becomes_a_table_whose_ancestors_are_in_it() {
        let mut taxa = [taxon("1-0", "9-9", 0), taxon("1-4", "1-0", 2)];
        (taxa[1].serial, taxa[1].origin_tick, taxa[0].seen_tick) = (4, 30, 50);
        let text = csv(&taxa, &layout(&taxa, false, &BTreeSet::new()));
        let rows: Vec<&str> = text.lines().collect();
        assert!(rows[0].starts_with("id,ancestor_list,origin_time,destruction_time,taxon_label,"));
        assert!(rows[1].starts_with("0,[none],0,50,1-0,"), "{text}");
        assert!(rows[2].starts_with("4,[0],30,inf,1-4,"), "{text}");
        let cells: BTreeSet<usize> = rows.iter().map(|row| row.matches(',').count()).collect();
        assert_eq!(cells.len(), 1);
    }

    #[test]
    fn circles_and_strangers_do_no_harm() {
        let nodes = |taxa: &[TaxonView], extinct| layout(taxa, extinct, &BTreeSet::new());
        assert!(nodes(&[taxon("a", "a", 1)], false).len() == 1);
        assert!(nodes(&[taxon("a", "b", 1), taxon("b", "a", 1)], false).is_empty());
        assert!(nodes(&[], true).is_empty());
    }
}
