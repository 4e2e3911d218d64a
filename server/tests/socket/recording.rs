//! The recording over HTTP: whole and sound, small where that is understood, and not sent twice.

use crate::server::{TestServer, config};
use bytebiota_protocol::{recording::RecordingView, routes::RECORDING};

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_recording_is_sound_small_and_known_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let recording: RecordingView = server.json(RECORDING).await;
    assert_eq!(recording.check(), Ok(()));
    assert!(recording.captions.len() > 8 && recording.frames.len() > 60);
    // It is of the program, not of this world, whose soup is another.
    assert_eq!(recording.memory_size, 65_536);

    let (_, head, _) = server.request("GET", RECORDING, "").await;
    assert_eq!(field(&head, "content-encoding"), None, "{head}");
    let (status, head, _) = server
        .request("GET", RECORDING, "accept-encoding: gzip, deflate\r\n")
        .await;
    assert_eq!(
        (status, field(&head, "content-encoding")),
        (200, Some("deflate"))
    );
    assert_eq!(field(&head, "vary"), Some("accept-encoding"));
    let bytes = field(&head, "content-length").and_then(|length| length.parse::<u32>().ok());
    assert!(bytes.is_some_and(|bytes| bytes <= 60_000), "{head}");
    let etag = field(&head, "etag").expect("a tag").replace("w/", "W/");
    let known = format!("accept-encoding: deflate\r\nif-none-match: {etag}\r\n");
    let (status, head, body) = server.request("GET", RECORDING, &known).await;
    assert_eq!((status, body.as_str()), (304, ""), "{head}");
    server.stop().await;
}
