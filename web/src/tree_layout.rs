//! Lays out a tree of descent: time to the right, every line its own row, children below their parents. Knows no canvas.

use bytebiota_protocol::view::TaxonView;
use std::collections::BTreeMap;

/// A taxon at its place.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Index into the taxa.
    pub taxon: usize,
    /// The node it descends from, if that is in the picture.
    pub parent: Option<usize>,
    /// Row, from the top.
    pub row: usize,
}

/// Nodes in the order of their rows. Without `extinct`, only those who live or from whom the living descend; of lines
/// that are neither alive nor parted, only the ends.
pub fn layout(taxa: &[TaxonView], extinct: bool) -> Vec<Node> {
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
        nodes.push(Node { taxon, parent, row });
        let below = children.get(&Some(taxon)).into_iter().flatten().rev();
        waiting.extend(below.map(|k| (*k, Some(row))));
    }
    nodes
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
            let nodes = layout(&taxa, extinct);
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
    fn circles_and_strangers_do_no_harm() {
        assert!(layout(&[taxon("a", "a", 1)], false).len() == 1);
        assert!(layout(&[taxon("a", "b", 1), taxon("b", "a", 1)], false).is_empty());
        assert!(layout(&[], true).is_empty());
    }
}
