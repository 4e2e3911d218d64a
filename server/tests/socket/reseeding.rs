//! The seed bank over real sockets: genomes that a volunteer's islands bred are tried, kept, and sown where nothing new
//! comes up, as inputs that everybody repeats.

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_core::{ArrivalCause, GenotypeHash};
use bytebiota_protocol::message::Outcome;
use bytebiota_protocol::view::{ReseedingView, SeedBankView, SeedView, TaxaPage};
use bytebiota_server::ServerConfig;
use std::collections::BTreeMap;

/// Every island counts as one genotype from its fourth sample on.
fn impatient(folder: &std::path::Path) -> ServerConfig {
    let mut config = config(folder);
    config.policy.full_per_million = 1_000_000;
    config.max_islands = 2;
    config.seeds.novelty_percent = 0;
    config.reseeding.window_epochs = 3;
    config.reseeding.uniform_percent = 0;
    config.reseeding.cooling_epochs = 8;
    config.reseeding.trial_epochs = 1;
    config
}

#[tokio::test(flavor = "multi_thread")]
async fn an_island_that_stands_still_gets_seeds_which_are_confirmed_and_judged() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(impatient(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let mut sown = None;
    for _ in 0..60 {
        let work = client.work().await;
        let arrivals = &work.assignment.inputs.arrivals;
        let seed = arrivals.iter().find(|a| a.cause == ArrivalCause::Reseed);
        if let Some(seed) = seed {
            sown = sown.or(Some((work.header().island, seed.genome.clone())));
        }
        for report in client.compute(&work) {
            client.settle(&work, &report).await;
        }
        client.verdict().await;
        let bank: SeedBankView = server.json("/api/v1/seed-bank").await;
        if bank.reseedings.iter().any(|r| r.took_root.is_some()) {
            break;
        }
    }
    let (island, genome) = sown.expect("a stretch with a seed");
    server.quiet().await;
    assert!(client.verdicts.iter().all(|v| v.2 == Outcome::Confirmed));
    let bank: SeedBankView = server.json("/api/v1/seed-bank").await;
    let hash = GenotypeHash::of(&genome).to_string();
    let here = |r: &&ReseedingView| r.genotype == hash && r.island == island.0;
    assert!(bank.reseedings.iter().any(|r| here(&r)));
    let used: Vec<_> = bank.seeds.iter().filter(|seed| seed.uses > 0).collect();
    assert!(
        used.iter()
            .all(|seed| seed.way != "sterile" && seed.found.is_some())
    );
    let judged = bank
        .reseedings
        .iter()
        .filter(|r| r.took_root.is_some())
        .count();
    assert!(judged > 0, "{:?}", bank.reseedings);
    assert!(bank.reseedings.iter().all(|r| r.reason == "uniform"));
    let address = format!("/api/v1/taxa?island={}&living=false&limit=1000", island.0);
    let page: TaxaPage = server.json(&address).await;
    let root = page.taxa.iter().find(|taxon| taxon.cause == "reseed");
    assert!(
        root.is_some_and(|root| root.parent.is_none()),
        "a root with its cause"
    );
    server.stop().await;

    let server = TestServer::start(impatient(folder.path())).await;
    let after: SeedBankView = server.json("/api/v1/seed-bank").await;
    // The assayer may have tried more until the stop.
    assert_eq!(after.reseedings, bank.reseedings, "it survives a restart");
    let before = bank.seeds.iter().map(|seed| (&seed.genotype, seed));
    let before: BTreeMap<&String, &SeedView> = before.collect();
    let same = after.seeds.iter();
    let same: Vec<_> = same
        .filter_map(|seed| Some((seed, *before.get(&seed.genotype)?)))
        .collect();
    assert!(!same.is_empty() && same.iter().all(|(seed, before)| seed == before));
    server.stop().await;
}
