//! Parameters of a running server: the operator turns them within their bounds, islands live under them from their next
//! stretch on, and whatever else is asked for changes nothing.

use crate::client::Client;
use crate::server::{TestServer, config, operator};
use bytebiota_core::Epoch;
use bytebiota_protocol::parameters::Parameters;
use bytebiota_protocol::view::ErrorView;
use bytebiota_server::tuning::{ChangeView, TuningView};

const PATH: &str = "/api/v1/operator/tuning";

async fn changed(server: &TestServer, token: &str, wish: &str) -> ChangeView {
    let (status, _, body) = server.send("POST", PATH, token, wish).await;
    assert_eq!(status, 200, "{wish}: {body}");
    serde_json::from_str(&body).expect("JSON")
}

async fn refused(server: &TestServer, expected: u16, extra: &str, wish: &str) -> String {
    let (status, _, body) = server.send("POST", PATH, extra, wish).await;
    assert_eq!(status, expected, "{wish}: {body}");
    let error: ErrorView = serde_json::from_str(&body).expect("JSON");
    error.message
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_turns_knobs_of_a_running_server_and_islands_live_under_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut few = config(folder.path());
    (few.max_islands, few.stretch_units) = (2, 1);
    let server = TestServer::start(few).await;
    let token = operator(folder.path());
    let wish = r#"{"set": {"mutation.copy_rate": 2400}, "reason": "too few mutants"}"#;
    let first = changed(&server, &token, wish).await;
    assert_eq!((first.version, first.delta.version), (1, 1));
    assert!(first.reason.ends_with("too few mutants") && first.overridden.is_empty());
    assert_eq!(first.signature, first.delta.signature);
    // What is signed is what it says, and leads to the Config in force.
    let mut parameters = Parameters::of_genesis(crate::server::small_world());
    parameters.apply(&first.delta).expect("fits");
    assert_eq!(parameters.config.mutation.copy_rate, 2_400);
    let view: TuningView = server.json("/api/v1/tuning").await;
    assert_eq!((view.version, &view.config), (1, &first.delta.config));

    let mut client = Client::join(server.address, None).await;
    let mut has_begun_again = false;
    for _ in 0..40 {
        let work = client.work().await;
        // The first stretch of every island is computed under what the world was made with.
        has_begun_again = work.header().first_epoch > Epoch(0);
        let version = work.assignment.inputs.parameters_version;
        assert_eq!(version, u64::from(has_begun_again), "{:?}", work.header());
        if has_begun_again {
            break;
        }
        for report in client.compute(&work) {
            client.settle(&work, &report).await;
        }
    }
    assert!(has_begun_again, "no island has come to its second stretch");

    let back = changed(&server, &token, r#"{"rollback": 0}"#).await;
    assert_eq!(
        (back.version, back.reason.as_str()),
        (2, "an operator went back to version 0")
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_is_refused_by_name_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let token = operator(folder.path());
    for (wish, words) in [
        (
            r#"{"set": {"mutation.copy_rat": 1}}"#,
            "`mutation.copy_rate`",
        ),
        (
            r#"{"set": {"mutation.copy_rate": 9000}}"#,
            "mutation.copy_rate: 400 to 8000",
        ),
        (
            r#"{"set": {"mutation.copy_rate": -1}}"#,
            "`-1` is not a safe value",
        ),
        (
            r#"{"set": {"reaper.max_age": 10000, "soup.size": 8192}}"#,
            "soup.size may not change",
        ),
        (r#"{"set": {"mutation.copy_rate": 2000}}"#, "stands already"),
        (
            r#"{"set": {"mutation.copy_rate": null}}"#,
            "mutation.copy_rate must be a number",
        ),
        (r#"{"set": {}}"#, "stands already"),
        (r#"{"rollback": 3}"#, "no version 3"),
        (
            r#"{"rollback": 0, "set": {}}"#,
            "either `set` or `rollback`",
        ),
        (r#"{"forget": true}"#, "unknown field `forget`"),
        ("copy_rate up", "it is no wish"),
    ] {
        let message = refused(&server, 400, &token, wish).await;
        assert!(message.contains(words), "{wish}: {message}");
        assert!(!message.contains('\n'), "{message}");
    }
    let long = format!(r#"{{"rollback": 0, "reason": "{}"}}"#, "x".repeat(201));
    assert!(refused(&server, 400, &token, &long).await.contains("200"));
    let wish = r#"{"set": {"mutation.copy_rate": 2400}}"#;
    refused(&server, 401, "", wish).await;
    let foreign = format!("{token}origin: http://evil.example\r\n");
    refused(&server, 403, &foreign, wish).await;
    let view: TuningView = server.json("/api/v1/tuning").await;
    assert_eq!(view.version, 0);
    let (_, _, story) = server.get("/api/v1/tuning/manifest").await;
    assert_eq!(story.lines().count(), 1, "{story}");
    server.stop().await;
}
