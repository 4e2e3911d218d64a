//! Whoever sends rubbish as fast as he can suffers for it himself: honest workers hardly notice.

use crate::client::{Client, hello};
use crate::server::{TestServer, config};
use bytebiota_protocol::message;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// Frames a second that a hostile client sends.
const FRAMES_PER_S: u32 = 10_000;
/// Acknowledgements that are timed, and how often each side is tried, in turns.
const ACKS: usize = 40;
const TURNS: usize = 3;

/// A binary frame of a client, masked with zeros.
fn frame(body: &[u8]) -> Vec<u8> {
    let size = u8::try_from(body.len()).expect("a short frame");
    [&[0x82, 0x80 | size, 0, 0, 0, 0], body].concat()
}

/// A connection that was upgraded; `None` while the server takes none.
async fn knock(address: SocketAddr) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let request = format!(
        "GET /api/v1/worker HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.ok()?;
    head.ends_with(b"101").then_some(stream)
}

/// Sends bad frames for ever, a tenth of them behind a proper greeting, over a new connection whenever one is closed.
fn attack(address: SocketAddr, sent: Arc<AtomicU32>) -> JoinHandle<()> {
    let rubbish = frame(&[0xff; 20]).repeat(FRAMES_PER_S as usize / 100);
    let greeting = frame(&message::encode_hello("x", &hello(None)));
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(10));
        let mut number = 0u32;
        loop {
            ticks.tick().await;
            number += 1;
            let Some(mut stream) = knock(address).await else {
                continue;
            };
            if number.is_multiple_of(10) {
                let _ = stream.write_all(&greeting).await;
            }
            // What the server has closed meanwhile cannot be written any more; it was sent all the same.
            let _ = stream.write_all(&rubbish).await;
            sent.fetch_add(FRAMES_PER_S / 100, Ordering::Relaxed);
        }
    })
}

/// Milliseconds from a report to its acknowledgement, the middle of many. The report is the same each time: what is
/// timed is the server, not the computing.
async fn median_ms(
    honest: &mut Client,
    work: &crate::client::Work,
    report: &bytebiota_core::Report,
) -> f64 {
    let mut times = Vec::with_capacity(ACKS);
    for _ in 0..ACKS {
        let began = Instant::now();
        honest.settle(work, report).await;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    times.sort_by(f64::total_cmp);
    times[ACKS / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn ten_thousand_bad_frames_a_second_do_not_double_an_honest_workers_latency() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.budgets.reports_per_minute = 1_000_000;
    settings.budgets.bytes_per_minute = u32::MAX;
    // Here even a flood of new sockets is let in.
    settings.budgets.sockets_per_minute = 10_000_000;
    let server = TestServer::start(settings).await;
    let mut honest = Client::join(server.address, None).await;
    let work = honest.work().await;
    let report = honest.compute(&work).remove(0);
    honest.settle(&work, &report).await;
    let mut pairs = Vec::new();
    for _ in 0..TURNS {
        let calm = median_ms(&mut honest, &work, &report).await;
        let (sent, began) = (Arc::<AtomicU32>::default(), Instant::now());
        let hostile = attack(server.address, sent.clone());
        let harassed = median_ms(&mut honest, &work, &report).await;
        hostile.abort();
        let _ = hostile.await;
        let rate = f64::from(sent.load(Ordering::Relaxed)) / began.elapsed().as_secs_f64();
        pairs.push((calm, harassed, rate));
    }
    println!(
        "milliseconds to the acknowledgement, calm and harassed, and bad frames a second: {pairs:.1?}"
    );
    // One turn of several is enough: the machine is busy with other things, too.
    let is_fine = |(calm, harassed, _): &(f64, f64, f64)| *harassed <= 2.0 * calm + 5.0;
    let is_real = |(_, _, rate): &(f64, f64, f64)| *rate >= f64::from(FRAMES_PER_S) / 10.0;
    assert!(pairs.iter().any(is_real), "no attack: {pairs:?}");
    assert!(pairs.iter().any(is_fine), "{pairs:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_or_half_of_it_is_let_go() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.budgets.hello_timeout_ms = 300;
    let server = TestServer::start(settings).await;
    for words in ["", "GET /api/v1/world HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = TcpStream::connect(server.address).await.expect("connects");
        stream.write_all(words.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
        assert!(closed.await.is_ok(), "still open after {words:?}");
    }
    assert_eq!(server.get("/healthz").await.0, 200);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_counted_where_a_trusted_proxy_says_they_come_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = config(folder.path());
    settings.budgets.sockets_per_address = 1;
    settings.trusted_proxies = "127.0.0.1".parse().expect("a proxy");
    let server = TestServer::start(settings).await;
    let upgrade = "upgrade: websocket\r\nsec-websocket-version: 13\r\n\
                   sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let mut held = Vec::new();
    for (from, status) in [
        ("1.2.3.4", "101"),
        ("1.2.3.4", "429"),
        ("6.6.6.6, 1.2.3.4", "429"),
        ("5.6.7.8", "101"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.expect("connects");
        let request = format!(
            "GET /api/v1/worker HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\n{upgrade}x-forwarded-for: {from}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.expect("an answer");
        assert!(
            head.ends_with(status.as_bytes()),
            "{from}: {}",
            String::from_utf8_lossy(&head)
        );
        held.push(stream);
    }
    drop(held);
    server.stop().await;
}
