//! Tables are taken away as files, answers have ETags, and anybody's page may read the API.

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_protocol::view::{Grain, SeriesView};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn tables_hold_what_is_confirmed_and_ancestors_are_in_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    for _ in 0..4 {
        client.stretch().await;
    }
    let world = server.quiet().await;
    assert!(world.units_confirmed > 0);

    let (status, head, text) = server.get("/api/v1/export/phylogeny.csv").await;
    assert_eq!(status, 200, "{text}");
    assert!(
        head.contains("text/csv") && head.contains("phylogeny.csv"),
        "{head}"
    );
    let mut lines = text.lines();
    let names = lines.next().expect("a head");
    assert!(names.starts_with("id,ancestor_list,origin_time,destruction_time,taxon_label,"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert!(rows.len() >= 2, "{text}");
    let ids: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(ids.len(), rows.len(), "an id is told twice");
    let mut children = 0;
    for row in &rows {
        let ancestor = row[1].trim_matches(['[', ']']);
        assert!(ancestor == "none" || ids.contains(ancestor), "{row:?}");
        children += usize::from(ancestor != "none");
        let origin: f64 = row[2].parse().expect("a time");
        let end: f64 = row[3].parse().expect("a time, or inf");
        assert!(end >= origin, "{row:?}");
    }
    assert!(children > 0, "nobody descends from anybody");

    for (file, begin) in [
        ("series.csv", "time_ms,population,"),
        ("seed-bank.csv", "genotype,way,"),
        ("genomes.csv", "genotype,living,"),
        ("genomes.asm", "; "),
    ] {
        let (status, _, text) = server.get(&format!("/api/v1/export/{file}")).await;
        assert!(status == 200 && text.starts_with(begin), "{file}: {text}");
    }
    let (status, _, text) = server.get("/api/v1/export/everything.csv").await;
    assert!(status == 404 && text.contains("phylogeny.csv"), "{text}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_knows_an_answer_gets_none_of_it_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let etag_of = |head: &str| {
        // Heads are read in small letters, so the W/ of a weak tag is left out.
        let line = head
            .lines()
            .find_map(|line| line.strip_prefix("etag: w/").map(str::to_owned));
        line.expect("an ETag")
    };
    for path in [
        "/api/v1/islands",
        "/api/simulation/config",
        "/docs/simulation",
    ] {
        let (status, head, body) = server.get(path).await;
        assert!(status == 200 && !body.is_empty(), "{path}");
        let known = format!("if-none-match: {}\r\n", etag_of(&head));
        let (status, head, body) = server.request("GET", path, &known).await;
        assert_eq!((status, body.as_str()), (304, ""), "{path}: {head}");
        let open = head.contains("access-control-allow-origin: *");
        assert_eq!(open, path.starts_with("/api/"), "{path}: {head}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_series_tells_how_the_living_are_as_json_and_as_a_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut client = Client::join(server.address, None).await;
    let mut part = SeriesView::default();
    for _ in 0..100 {
        client.stretch().await;
        server.quiet().await;
        part = server.json("/api/v1/series?grain=second").await;
        let counted = part.points.iter().rev().find_map(|p| p.ecology.as_ref());
        if counted.is_some_and(|ecology| ecology.richness > 0) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    let counted = part.points.iter().rev().find_map(|p| p.ecology.as_ref());
    let ecology = counted.expect("the living are counted");
    assert_eq!(ecology.mutations.len(), part.mutation_kinds.len());
    assert_eq!(ecology.tasks.len(), part.tasks.len());
    assert!(ecology.lengths.iter().sum::<u64>() > 0 && !ecology.environment.is_empty());
    assert_eq!((part.grain, part.note), (Grain::Second, None));

    let few: SeriesView = server.json("/api/v1/series?grain=second&limit=1").await;
    assert!(few.points.len() == 1 && few.note.is_some_and(|note| note.contains("second")));
    let (status, head, text) = server.get("/api/v1/series.csv?grain=minute").await;
    assert!(
        status == 200 && head.contains("series-minute.csv"),
        "{head}"
    );
    assert!(text.starts_with("time_ms,population,") && text.contains(",dn_ds,"));
    let cells: BTreeSet<usize> = text.lines().map(|line| line.matches(',').count()).collect();
    assert!(text.lines().count() >= 2 && cells.len() == 1, "{text}");
    server.stop().await;
}
