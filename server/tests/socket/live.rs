//! The live streams: snapshot first, then updates that lead to what the API says.

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_protocol::view::{IslandView, LiveMessage, MemoryMapView, SeriesView};
use futures_util::StreamExt;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn follow(server: &TestServer, path: &str) -> Stream {
    connect_async(format!("ws://{}{path}", server.address))
        .await
        .expect("connects")
        .0
}

async fn hear(stream: &mut Stream, patience_ms: u64) -> Option<LiveMessage> {
    loop {
        let next = tokio::time::timeout(Duration::from_millis(patience_ms), stream.next());
        match next.await.ok()?? {
            Ok(Message::Text(text)) => return serde_json::from_str(&text).ok(),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_ends_up_with_what_the_api_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let mut stream = follow(&server, "/api/v1/live/world").await;
    let first = hear(&mut stream, 5_000).await;
    let Some(LiveMessage::WorldSnapshot { world, islands, .. }) = first else {
        panic!("{first:?} instead of a snapshot");
    };
    let mut revision = world.revision;
    let mut known: BTreeMap<u32, IslandView> = islands.into_iter().map(|i| (i.island, i)).collect();
    let mut client = Client::join(server.address, None).await;
    for _ in 0..8 {
        client.stretch().await;
    }
    drop(client);
    let api = server.quiet().await;
    let islands: Vec<IslandView> = server.json("/api/v1/islands").await;
    let numbers = |i: &IslandView| (i.island, i.epoch, i.state.clone(), i.units, i.births);
    let told: Vec<_> = islands.iter().map(numbers).collect();
    let (mut units, mut points, mut shown) = (0, 0, Vec::new());
    // The shown speed falls for 10 s after the last unit, 20 messages a second, and on a busy machine those of the
    // computing wait here, too; the numbers are there before it is quiet.
    for _ in 0..8_000 {
        let Some(LiveMessage::WorldUpdate {
            world,
            point,
            islands,
        }) = hear(&mut stream, 2_000).await
        else {
            break;
        };
        assert!(world.revision >= revision, "revisions only grow");
        (revision, units) = (world.revision, world.units_acked);
        points += u32::from(point.is_some());
        known.extend(islands.into_iter().map(|island| (island.island, island)));
        shown = known.values().map(numbers).collect();
        if units == api.units_acked && shown == told && points > 0 {
            break;
        }
    }
    assert!(
        units == api.units_acked && units >= 8 && points > 0,
        "{units} {points}"
    );
    assert_eq!(shown, told);
    let part: SeriesView = server.json("/api/v1/series?limit=5").await;
    assert!(!part.points.is_empty() && part.points.len() <= 5);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_island_shows_its_soup_and_again_when_it_has_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.max_islands = 1;
    let server = TestServer::start(settings).await;
    let mut stream = follow(&server, "/api/v1/live/islands/1").await;
    let Some(LiveMessage::Island { map, island, .. }) = hear(&mut stream, 5_000).await else {
        panic!("no island");
    };
    assert_eq!((map.tick, island.epoch, map.memory_size), (0, 0, 4_096));
    assert_eq!(map.organisms.len() as u64, island.population);
    let mut client = Client::join(server.address, None).await;
    client.stretch().await;
    loop {
        let Some(LiveMessage::Island { map, island, .. }) = hear(&mut stream, 5_000).await else {
            panic!("no update");
        };
        if island.epoch > 0 {
            assert_eq!((map.tick, map.epoch), (island.tick, island.epoch));
            let api: MemoryMapView = server.json("/api/v1/islands/1/memory-map").await;
            assert_eq!(api, map);
            break;
        }
    }
    server.stop().await;
}
