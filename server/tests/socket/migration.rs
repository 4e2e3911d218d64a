//! Organisms go from island to island over real sockets: as inputs that everybody repeats, and nobody can deny.

use crate::client::{Client, Work};
use crate::server::{TestServer, config};
use bytebiota_core::{ArrivalCause, Epoch, Inputs, codec};
use bytebiota_protocol::message::Outcome;
use bytebiota_protocol::view::TaxaPage;
use bytebiota_server::ServerConfig;
use std::collections::BTreeSet;

/// An emigrant at every epoch line, and every report checked in full: all of them leave.
fn restless(folder: &std::path::Path) -> ServerConfig {
    let mut config = config(folder);
    let knob = config.world.set("evolution.migration_interval", "1");
    knob.expect("a knob");
    config.policy.full_per_million = 1_000_000;
    config
}

/// Computes honestly until work comes with somebody who enters.
async fn until_somebody_enters(client: &mut Client) -> Work {
    for _ in 0..40 {
        let work = client.work().await;
        let rest = work.assignment.from_epoch;
        let arrivals = &work.assignment.inputs.arrivals;
        if arrivals.iter().any(|arrival| arrival.epoch >= rest) {
            return work;
        }
        for report in client.compute(&work) {
            client.settle(&work, &report).await;
        }
        client.verdict().await;
    }
    panic!("nobody enters in 40 stretches");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_island_with_migrants_is_confirmed_and_they_are_known_by_where_they_came_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(restless(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let work = until_somebody_enters(&mut client).await;
    let island = work.header().island;
    let inputs = work.assignment.inputs.clone();
    for report in client.compute(&work) {
        client.settle(&work, &report).await;
    }
    while !client
        .verdicts
        .iter()
        .any(|(unit, _, _)| unit.island == island && unit.first_epoch >= work.assignment.from_epoch)
    {
        client.verdict().await;
    }
    assert!(
        client
            .verdicts
            .iter()
            .all(|(_, _, outcome)| *outcome == Outcome::Confirmed)
    );
    assert!(
        !inputs.halo.below.is_empty(),
        "the neighbour's edge is known by now"
    );
    let address = format!("/api/v1/taxa?island={}&living=false&limit=1000", island.0);
    let page: TaxaPage = server.json(&address).await;
    let guests = page.taxa.iter().filter(|taxon| taxon.cause == "immigrant");
    let guests: BTreeSet<String> = guests.filter_map(|taxon| taxon.parent.clone()).collect();
    let origins = inputs.arrivals.iter().map(|arrival| match arrival.cause {
        ArrivalCause::Immigrant { origin } => format!("{}-{}", origin.island, origin.serial),
        other => panic!("{other:?}"),
    });
    let origins: BTreeSet<String> = origins.collect();
    assert!(!origins.is_disjoint(&guests), "{origins:?} {guests:?}");
    assert!(
        !origins
            .iter()
            .any(|origin| origin.starts_with(&format!("{island}-")))
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_denies_a_migrant_is_found_and_the_next_gets_the_same_inputs() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(restless(folder.path())).await;
    let mut honest = Client::join(server.address, None).await;
    let work = until_somebody_enters(&mut honest).await;
    let mut shut = Work {
        lease: work.lease,
        assignment: work.assignment.clone(),
    };
    shut.assignment.inputs.arrivals.clear();
    shut.assignment.header.inputs = codec::digest(&shut.assignment.inputs);
    let mut lies = honest.compute(&shut);
    for lie in &mut lies {
        lie.header = work.header().digest();
    }
    let entered = lies.iter().find(|lie| {
        let lines = lie.key.first_epoch..lie.end_epoch();
        let arrivals = &work.assignment.inputs.arrivals;
        arrivals
            .iter()
            .any(|arrival| lines.contains(&arrival.epoch))
    });
    assert!(entered.is_some());
    let before = honest.verdicts.len();
    for lie in &lies {
        honest.settle(&work, lie).await;
    }
    while !honest.verdicts[before..]
        .iter()
        .any(|v| v.2 == Outcome::Mismatch)
    {
        honest.verdict().await;
    }
    let mut next = Client::join(server.address, None).await;
    let again = loop {
        let again = next.work().await;
        if again.header().island == work.header().island {
            break again;
        }
        for report in next.compute(&again) {
            next.settle(&again, &report).await;
        }
    };
    assert_eq!(again.header(), work.header());
    assert_eq!(again.assignment.inputs, work.assignment.inputs);
    assert!(again.assignment.inputs != Inputs::default());
    assert!(again.assignment.from_epoch >= Epoch(0));
    server.stop().await;
}
