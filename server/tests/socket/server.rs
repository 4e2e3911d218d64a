//! A server for one test: port 0, a folder of its own, a small world and short times.

use bytebiota_core::{Config, WorldSeed};
use bytebiota_protocol::view::WorldView;
use bytebiota_server::metrics::machine::FreeDisk;
use bytebiota_server::{DistributedServer, ServerConfig, ServerError};
use std::net::SocketAddr;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct TestServer {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<Result<(), ServerError>>,
}

pub fn small_world() -> Config {
    let mut config = Config::default();
    let knobs = [
        ("soup.size", "4096"),
        ("environment.length", "256"),
        ("soup.search_radius", "1024"),
        ("evolution.epoch_ticks", "20000"),
        ("evolution.founders", "2"),
    ];
    for (knob, value) in knobs {
        config.set(knob, value).expect("a knob");
    }
    config
}

pub fn config(folder: &Path) -> ServerConfig {
    ServerConfig {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        data_dir: folder.to_path_buf(),
        world: small_world(),
        seed: Some(WorldSeed(42)),
        target_interval_ms: 200,
        grace_ms: 300,
        retry_ms: 50,
        series_interval_ms: 100,
        live_interval_ms: 50,
        drain_ms: 2_000,
        idle_work: false,
        // The disk of whoever tests may be as full as it likes.
        free_disk: FreeDisk {
            bytes: 0,
            ..FreeDisk::default()
        },
        ..ServerConfig::default()
    }
}

impl TestServer {
    pub async fn start(config: ServerConfig) -> Self {
        let server = DistributedServer::open(config).await.expect("opens");
        let listener = server.listen().await.expect("port 0 is free");
        let address = listener.local_addr().expect("bound");
        let (stop, stopped) = oneshot::channel();
        let until = async move { drop(stopped.await) };
        let running = tokio::spawn(server.serve(listener, until));
        Self {
            address,
            stop: Some(stop),
            running,
        }
    }

    pub async fn stop(mut self) {
        drop(self.stop.take());
        let ended = self.running.await.expect("does not panic");
        ended.expect("stops cleanly");
    }

    pub async fn get(&self, path: &str) -> (u16, String, String) {
        self.request("GET", path, "").await
    }

    /// Status, head in lower case, and body of a plain HTTP request.
    pub async fn request(&self, method: &str, path: &str, extra: &str) -> (u16, String, String) {
        self.send(method, path, extra, "").await
    }

    /// The same with something in the request.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        extra: &str,
        content: &str,
    ) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).await.expect("connects");
        let host = self.address;
        let length = match content.len() {
            0 => String::new(),
            length => format!("content-length: {length}\r\n"),
        };
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{length}{extra}\r\n{content}"
        );
        stream.write_all(text.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("read");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        (
            status.expect("a status"),
            head.to_lowercase(),
            body.to_owned(),
        )
    }

    /// A connection for several questions.
    pub async fn keep_alive(&self) -> KeptAlive {
        let stream = TcpStream::connect(self.address).await.expect("connects");
        KeptAlive {
            stream: BufReader::new(stream),
            host: self.address,
        }
    }

    /// The world once nothing is provisional any more.
    pub async fn quiet(&self) -> WorldView {
        for _ in 0..400 {
            let world: WorldView = self.json("/api/v1/world").await;
            if world.units_provisional == 0 {
                return world;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        panic!("something stays provisional for 10 s");
    }

    pub async fn json<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        let (status, _, body) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("JSON")
    }
}

/// A plain HTTP connection that stays open.
pub struct KeptAlive {
    stream: BufReader<TcpStream>,
    host: SocketAddr,
}

impl KeptAlive {
    /// Head and body of an answer.
    pub async fn get(&mut self, path: &str) -> String {
        let text = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.host);
        self.stream.write_all(text.as_bytes()).await.expect("sent");
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let read = self.stream.read_line(&mut head).await.expect("read");
            assert!(read > 0, "closed after {head:?}");
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|text| text.parse().ok()).expect("a length");
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("read");
        head + &String::from_utf8_lossy(&body)
    }
}

/// The header that lets the operator of a folder in.
pub fn operator(folder: &std::path::Path) -> String {
    let token = std::fs::read_to_string(folder.join("operator-token"));
    let token = token.expect("made at the start");
    format!("authorization: Bearer {}\r\n", token.trim())
}
