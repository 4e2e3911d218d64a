//! The commonest genotypes of each unit's end are kept, summed over their taxa, and thinned as they age.

use super::taxa_tests::{confirm, outputs, ready, taxon};
use super::tests::ISLAND;
use super::*;
use bytebiota_core::GenotypeHash;

#[tokio::test]
async fn taxa_of_one_genotype_count_together_and_the_dead_do_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let mut twin = taxon(4, Some(0), 5);
    twin.genome = vec![1; 20];
    twin.genotype = GenotypeHash::of(&twin.genome);
    let standing = vec![
        taxon(0, None, 6),
        taxon(1, Some(0), 3),
        taxon(2, Some(0), 0),
        twin,
    ];
    let out = outputs(standing, Vec::new());
    confirm(&store, &stretch, (0, who), out, Shelf::default()).await;
    let moments = store.dominants(ISLAND, 0, 9).await.expect("reads");
    let epoch_ticks = store.world().config.evolution.epoch_ticks;
    assert_eq!(moments.len(), 1);
    assert_eq!(
        (moments[0].epoch, moments[0].tick, moments[0].population),
        (1, epoch_ticks, 14)
    );
    let known: Vec<_> = moments[0]
        .genotypes
        .iter()
        .map(|one| (one.genotype.clone(), one.living))
        .collect();
    let hash = |byte: u8| GenotypeHash::of(&[byte; 20]).to_string();
    assert_eq!(known, [(hash(1), 8), (hash(0), 6)]);
    assert_eq!(store.dominants(ISLAND, 2, 9).await.expect("reads"), []);
}

#[tokio::test]
async fn each_island_tells_who_has_most_members_now_and_empty_ones_are_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    assert_eq!(store.rulers(0, 9).await.expect("reads"), []);
    for (first, living) in [(0, 5), (1, 8)] {
        let rare = taxon(1, Some(0), 2);
        let out = outputs(vec![taxon(0, None, living), rare], Vec::new());
        confirm(&store, &stretch, (first, who), out, Shelf::default()).await;
    }
    let rulers = store.rulers(0, 9).await.expect("reads");
    let [ruler] = &rulers[..] else {
        panic!("{rulers:?}");
    };
    assert_eq!(
        (ruler.island, ruler.population, ruler.living),
        (ISLAND.0, 10, 8)
    );
    assert_eq!(ruler.genotype, GenotypeHash::of(&[0; 20]).to_string());
    assert!(
        ruler
            .species
            .as_ref()
            .is_some_and(|name| name.contains(' ')),
        "{ruler:?}"
    );
    assert_eq!(store.rulers(1, 9).await.expect("reads"), []);
    confirm(
        &store,
        &stretch,
        (2, who),
        outputs(Vec::new(), Vec::new()),
        Shelf::default(),
    )
    .await;
    assert_eq!(store.rulers(0, 9).await.expect("reads"), []);
}

#[tokio::test]
async fn old_moments_grow_fewer_and_the_newest_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    let shelf = Shelf {
        samples: 4,
        prune_units: 1,
        ..Shelf::default()
    };
    for first in 0..40 {
        let out = outputs(vec![taxon(0, None, 1 + first as u32)], Vec::new());
        confirm(&store, &stretch, (first, who), out, shelf).await;
    }
    let moments = store.dominants(ISLAND, 0, 100).await.expect("reads");
    let epochs: Vec<u64> = moments.iter().map(|moment| moment.epoch).collect();
    assert!((4..=8).contains(&epochs.len()), "{epochs:?}");
    assert!(epochs.ends_with(&[38, 39, 40]), "{epochs:?}");
    assert_eq!(epochs[0], 1, "the beginning is never forgotten");
}

#[tokio::test]
async fn who_had_most_members_is_told_unit_by_unit_of_the_line_that_is_history() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, stretch, who) = ready(&folder).await;
    for (first, serial) in [(0, 0), (1, 0), (2, 3)] {
        let standing = vec![taxon(serial, None, 5 + serial as u32), taxon(9, None, 1)];
        let out = outputs(standing, Vec::new());
        confirm(&store, &stretch, (first, who), out, Shelf::default()).await;
    }
    let ahead = |branch, units| store.foremost(ISLAND, branch, units);
    let known = ahead(stretch.branch.0, 9).await.expect("reads");
    let expected = [(1, 0, 5), (2, 0, 5), (3, 3, 8)].map(|(epoch, serial, living)| {
        let genotype = GenotypeHash::of(&[serial; 20]);
        (epoch, genotype, living)
    });
    let told: Vec<_> = known
        .iter()
        .map(|one| (one.epoch, one.genotype, one.living))
        .collect();
    assert_eq!(told, expected);
    assert_eq!(ahead(stretch.branch.0, 2).await.expect("reads"), known[1..]);
    assert_eq!(ahead(stretch.branch.0 + 1, 9).await.expect("reads"), []);
}
