//! What confirmed units put out is told as it was computed: living genotypes, taxa with their tree, samples.

use crate::client::Client;
use crate::server::{TestServer, config, small_world};
use bytebiota_core::Island;
use bytebiota_protocol::view::{
    ErrorView, GenotypesPage, KnownGenotype, PhylogenyPage, SampleView, SpeciesView, TaxaPage,
    TaxonView,
};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn what_lives_at_the_end_of_a_confirmed_unit_is_told_and_nothing_before_the_verdict() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let before: TaxaPage = server.json("/api/v1/taxa").await;
    assert_eq!(before, TaxaPage::default());
    let work = client.work().await;
    let reports = client.compute(&work);
    client.settle(&work, &reports[0]).await;
    client.verdict().await;

    let island = Island::from_bytes(&reports[0].state, &small_world()).expect("a state");
    let living = island.living_genotypes();
    let page: GenotypesPage = server.json("/api/v1/genotypes?limit=1000").await;
    assert_eq!(page.total, living.len() as u64);
    let told = page.genotypes.iter();
    let told: BTreeSet<_> = told.map(|g| (g.genotype.clone(), g.living)).collect();
    let real = living.iter();
    let real: BTreeSet<_> = real
        .map(|g| (g.genotype.to_string(), u64::from(g.living)))
        .collect();
    assert_eq!(told, real);

    let number = work.header().island.0;
    let address = format!("/api/v1/phylogeny?island={number}&limit=1000");
    let tree: PhylogenyPage = server.json(&address).await;
    let known: BTreeSet<&str> = tree.taxa.iter().map(|taxon| taxon.id.as_str()).collect();
    let parents = tree.taxa.iter().filter_map(|taxon| taxon.parent.as_deref());
    assert!(parents.into_iter().all(|parent| known.contains(parent)));
    let common = &page.genotypes[0];
    let one: KnownGenotype = server
        .json(&format!("/api/v1/genotypes/{}", common.genotype))
        .await;
    assert_eq!((&one.summary, one.places.len()), (common, 1));
    let line: Vec<TaxonView> = server
        .json(&format!("/api/v1/taxa/{}", one.origins[0].id))
        .await;
    let root = line.last().expect("a line");
    assert_eq!((root.cause.as_str(), root.origin_tick), ("founder", 0));
    let species: Vec<SpeciesView> = server.json("/api/v1/taxonomy").await;
    let sum: u64 = species.iter().map(|species| species.living).sum();
    assert_eq!(sum, u64::from(island.population()));
    let samples: Vec<SampleView> = server
        .json(&format!("/api/v1/islands/{number}/samples"))
        .await;
    let last = samples.last().expect("a sample");
    assert_eq!(last.population, u64::from(island.population()));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_is_a_404_and_bad_wishes_are_told_what_is_allowed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let unknown = format!("/api/v1/genotypes/{}", "ab".repeat(16));
    let cases = [
        (unknown.as_str(), 404),
        ("/api/v1/genotypes/xyz", 400),
        ("/api/v1/taxa/1-999999", 404),
        ("/api/v1/taxa/1", 400),
        ("/api/v1/taxa/1-18446744073709551615", 400),
        ("/api/v1/taxa?island=99", 404),
        ("/api/v1/taxa?limit=1001", 400),
        ("/api/v1/taxa?living=perhaps", 400),
        ("/api/v1/genotypes?offset=-1", 400),
        ("/api/v1/phylogeny?after=x", 400),
        ("/api/v1/taxonomy?limit=0", 400),
        ("/api/v1/islands/1/samples?from_epoch=x", 400),
        ("/api/v1/islands/99/samples", 404),
    ];
    for (path, status) in cases {
        let (code, _, body) = server.get(path).await;
        assert_eq!(code, status, "{path}: {body}");
        let error: ErrorView = serde_json::from_str(&body).expect("JSON");
        assert!(error.message.len() > 10, "{path}: {error:?}");
    }
    server.stop().await;
}
