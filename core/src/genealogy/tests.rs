//! Lines die, meet and are told; the table stays a tree. Knows no island.

use super::*;

fn child(table: &mut Genealogy, parent: u32, genome: &[u8]) -> u32 {
    let serial = table.taxon(parent).record.serial;
    let edge = EdgeMutations {
        steps: 1,
        ..EdgeMutations::default()
    };
    let row = table.begin(
        Origin::Birth { parent: serial },
        1,
        genome,
        edge,
        Some(parent),
    );
    table.join(row);
    row
}

#[test]
fn lines_die_merge_and_stay_connected() {
    let mut table = Genealogy::default();
    let root = table.begin(Origin::Founder, 0, b"root", EdgeMutations::default(), None);
    table.join(root);
    let a = child(&mut table, root, b"a");
    let b = child(&mut table, a, b"b");
    let c = child(&mut table, b, b"c");
    table.leave(a);
    table.leave(b);
    assert_eq!(table.rows().len(), 4);
    table.compress();
    assert_eq!(table.rows().len(), 2);
    let record = &table.taxon(c).record;
    assert_eq!(
        (record.origin, record.edge.steps),
        (Origin::Birth { parent: 0 }, 3)
    );
    table.leave(c);
    table.leave(root);
    assert_eq!((table.rows().len(), table.living_taxa()), (0, 0));
    let finished: Vec<u64> = table
        .take_finished()
        .iter()
        .map(|record| record.serial)
        .collect();
    assert_eq!(finished, [0]);
}

#[test]
fn five_births_make_a_name() {
    let mut table = Genealogy::default();
    let root = table.begin(Origin::Founder, 0, b"root", EdgeMutations::default(), None);
    table.join(root);
    let a = child(&mut table, root, b"a");
    (0..4).for_each(|_| table.bore(a));
    assert!(!table.taxon(a).named);
    table.bore(a);
    let b = child(&mut table, a, b"b");
    table.leave(a);
    table.compress();
    assert_eq!(table.rows().len(), 3, "it waits to be told");
    assert_eq!(table.taxon(b).record.origin, Origin::Birth { parent: 1 });
}

fn told(table: &mut Genealogy) -> Vec<u64> {
    let told = table.take_told();
    told.iter().map(|record| record.serial).collect()
}

#[test]
fn the_oldest_extinct_ancestors_are_told_and_stay_the_parents_of_the_living() {
    let mut table = Genealogy::default();
    let root = table.begin(Origin::Founder, 0, b"root", EdgeMutations::default(), None);
    table.join(root);
    let a = child(&mut table, root, b"a");
    let (b, c) = (child(&mut table, a, b"b"), child(&mut table, a, b"c"));
    (0..5).for_each(|_| table.bore(a));
    table.leave(a);
    table.tell(9);
    assert_eq!(told(&mut table), [], "the founder lives, and goes first");
    table.leave(root);
    table.tell(1);
    assert_eq!(told(&mut table), [0]);
    table.tell(9);
    assert_eq!(told(&mut table), [1]);
    table.compress();
    for row in [b, c] {
        let origin = table.taxon(row).record.origin;
        assert_eq!(origin, Origin::Birth { parent: 1 });
    }
    assert!(table.is_pruned() && table.rows().len() == 2);
    table.leave(b);
    table.leave(c);
    assert_eq!(table.rows().len(), 0);
}

#[test]
fn unnamed_branching_points_are_told_and_too_many_names_are_joined_to_edges() {
    let mut table = Genealogy::default();
    let root = table.begin(Origin::Founder, 0, b"root", EdgeMutations::default(), None);
    table.join(root);
    let mut last = root;
    for step in 0..100 {
        let next = child(&mut table, last, b"step");
        (0..5 + step % 7).for_each(|_| table.bore(next));
        if last != root {
            table.leave(last);
        }
        last = next;
    }
    table.tell(0);
    table.compress();
    assert_eq!(table.rows().len(), 2 + MAX_WAITING);
    assert_eq!(
        table
            .rows()
            .iter()
            .map(|(_, t)| t.record.edge.steps)
            .sum::<u32>(),
        100
    );
    let fork = child(&mut table, last, b"fork");
    let (_, _) = (child(&mut table, fork, b"x"), child(&mut table, fork, b"y"));
    table.leave(fork);
    table.leave(root);
    table.tell(u64::MAX);
    let told = told(&mut table);
    assert!(
        told.is_sorted() && told.len() == 1 + MAX_WAITING,
        "{told:?}"
    );
    table.leave(last);
    table.tell(9);
    let fork = table.take_told();
    assert_eq!(fork.len(), 2, "the last of the line, and where it forks");
    assert_eq!(table.rows().len(), 2);
}

#[test]
fn rows_restore_the_tree_and_refuse_disorder() {
    let mut table = Genealogy::default();
    let root = table.begin(Origin::Founder, 0, b"root", EdgeMutations::default(), None);
    table.join(root);
    child(&mut table, root, b"a");
    let rows: Vec<_> = table
        .rows()
        .iter()
        .map(|(_, t)| (t.record.clone(), t.named))
        .collect();
    let restored = Genealogy::from_rows(rows.clone(), 2).expect("valid");
    assert_eq!(restored.taxon(0).rows, 1);
    assert!(Genealogy::from_rows(rows.iter().rev().cloned().collect(), 2).is_none());
    assert!(Genealogy::from_rows(rows, 1).is_none());
}
