//! The document of the API against a running server: every route is in it, every address in it answers in the shape that it
//! says, takes the parameters that it says and refuses others by name. What it cannot see is left to nobody.

mod shape;

use crate::client::Client;
use crate::server::{TestServer, config};
use bytebiota_protocol::routes::{
    LIVE_ISLAND_PREFIX, LIVE_WORLD, RECORDING, VOLUNTEER, WORKER_SOCKET,
};
use bytebiota_protocol::view::{ErrorView, GenotypesPage, IslandView};
use serde_json::{Map, Value};
use shape::{fits, list, object, shortened, text};

/// Where the examples stand that are shown.
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/openapi/examples.json");
const ROUTES: &str = include_str!("../../../src/routes.rs");

/// An address with a method, as the document tells of it.
struct Operation<'a> {
    path: &'a str,
    method: &'a str,
    told: &'a Value,
}

impl Operation<'_> {
    fn name(&self) -> &str {
        text(&self.told["operationId"])
    }

    fn is_socket(&self) -> bool {
        !self.told["responses"]["101"].is_null()
    }

    /// What is sent, by the example; nothing where nothing is wanted.
    fn body(&self) -> String {
        match &self.told["requestBody"]["content"]["application/json"]["example"] {
            Value::Null => String::new(),
            example => example.to_string(),
        }
    }

    /// A path that exists: with the example of each part, or with the genotype.
    fn address(&self, genotype: &str) -> String {
        let mut address = self.path.to_owned();
        for parameter in list(&self.told["parameters"]).filter(|one| one["in"] == "path") {
            let value = match &parameter["example"] {
                Value::Null => genotype.to_owned(),
                Value::String(example) => example.clone(),
                example => example.to_string(),
            };
            address = address.replace(&format!("{{{}}}", text(&parameter["name"])), &value);
        }
        assert!(!address.contains('{'), "{address}");
        address
    }
}

fn operations(document: &Value) -> Vec<Operation<'_>> {
    let items = object(&document["paths"]);
    let all = items.flat_map(|(path, item)| {
        object(item).map(move |(method, told)| Operation { path, method, told })
    });
    all.collect()
}

/// A server with a named volunteer and confirmed life on island 1.
async fn living(folder: &std::path::Path) -> (TestServer, String) {
    let server = TestServer::start(config(folder)).await;
    let mut client = Client::join(server.address, None).await;
    for _ in 0..20 {
        client.stretch().await;
        server.quiet().await;
        let island: IslandView = server.json("/api/v1/islands/1").await;
        if island.units > 0 {
            let page: GenotypesPage = server.json("/api/v1/genotypes").await;
            return (server, page.genotypes[0].genotype.clone());
        }
    }
    panic!("nobody computed island 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_is_in_the_document_and_every_address_in_it_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, genotype) = living(folder.path()).await;
    let document: Value = server.json("/api/v1/openapi.json").await;
    // Routes come in through the table that the document is made of, and in no other way.
    assert!(!ROUTES.contains(".route(") && !ROUTES.contains("nest(") && !ROUTES.contains("merge("));
    // What changes something comes last.
    let mut operations = operations(&document);
    operations.sort_by_key(|operation| operation.method != "get");
    assert_eq!(operations.len(), ROUTES.matches("routes!(").count());
    for path in [VOLUNTEER, WORKER_SOCKET, LIVE_WORLD, RECORDING] {
        assert!(operations.iter().any(|one| one.path == path), "{path}");
    }
    let island = format!("{LIVE_ISLAND_PREFIX}{{id}}");
    assert!(operations.iter().any(|one| one.path == island));
    let token = crate::server::operator(folder.path());
    let mut examples = Map::new();
    for operation in &operations {
        let address = operation.address(&genotype);
        let method = operation.method.to_uppercase();
        let (status, head, body) = server.request(&method, &address, "").await;
        let place = format!("{method} {address}: {status} {body:.200}");
        let is_operators = operation.told["security"][0]["operator"].is_array();
        if operation.is_socket() || method != "GET" {
            // Without a handshake, or without a token, there is an error in words; but there is somebody who says it.
            let error: ErrorView = serde_json::from_str(&body).expect(&place);
            assert!(
                ![200, 404, 405].contains(&status) && !error.message.is_empty(),
                "{place}"
            );
            if !is_operators {
                continue;
            }
        }
        let (status, head, body) = match is_operators {
            true => {
                let wish = operation.body();
                server.send(&method, &address, &token, &wish).await
            }
            false => (status, head, body),
        };
        assert_eq!(status, 200, "{place}");
        let content = object(&operation.told["responses"]["200"]["content"]).next();
        let (mime, content) = content.expect(&place);
        assert!(
            head.contains(&format!("content-type: {mime}")),
            "{place}: {head}"
        );
        if mime == "application/json" && operation.name() != "openapi" {
            let answer: Value = serde_json::from_str(&body).expect(&place);
            if let Err(fault) = fits(&document, &content["schema"], &answer) {
                panic!("{place}: {fault}");
            }
            let example = &content["example"];
            let is_blessed = std::env::var_os("BYTEBIOTA_BLESS").is_some();
            if let (Err(fault), false) = (fits(&document, &content["schema"], example), is_blessed)
            {
                panic!("the example of {address}: {fault}; BYTEBIOTA_BLESS=1 takes a new one");
            }
            examples.insert(operation.name().to_owned(), shortened(&answer));
        }
    }
    if std::env::var_os("BYTEBIOTA_BLESS").is_some() {
        let text = serde_json::to_string_pretty(&Value::Object(examples)).expect("JSON");
        std::fs::write(EXAMPLES, text + "\n").expect("written");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_taken_within_their_bounds_and_refused_by_name_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, genotype) = living(folder.path()).await;
    let document: Value = server.json("/api/v1/openapi.json").await;
    let mut tried = 0;
    for operation in operations(&document) {
        let address = operation.address(&genotype);
        for parameter in list(&operation.told["parameters"]).filter(|one| one["in"] == "query") {
            let (name, schema) = (text(&parameter["name"]), &parameter["schema"]);
            let mut wrong = vec![
                "x".to_owned(),
                String::new(),
                "1e3".into(),
                "%F0%9F%8C%B1".into(),
            ];
            let mut right = Vec::new();
            for (bound, beyond) in [("minimum", -1), ("maximum", 1)] {
                if let Some(number) = schema[bound].as_i64() {
                    wrong.push((number + beyond).to_string());
                    right.push(number.to_string());
                }
            }
            for (values, expected) in [(wrong, 400), (right, 200)] {
                for value in values {
                    let asked = format!("{address}?{name}={value}");
                    let (status, _, body) = server.get(&asked).await;
                    assert_eq!(status, expected, "{asked}: {body:.300}");
                    if status == 400 {
                        let error: ErrorView = serde_json::from_str(&body).expect("JSON");
                        assert!(error.message.contains(name), "{asked}: {}", error.message);
                    }
                    tried += 1;
                }
            }
            // Said twice is not said clearly.
            let twice = format!("{address}?{name}=1&{name}=2");
            let (status, _, body) = server.get(&twice).await;
            let error: ErrorView = serde_json::from_str(&body).expect("JSON");
            assert!(
                status == 400 && error.message.contains(name),
                "{twice}: {body}"
            );
        }
    }
    assert!(tried > 150, "{tried}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_which_are_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = TestServer::start(config(folder.path())).await;
    let document: Value = server.json("/api/v1/openapi.json").await;
    for operation in operations(&document) {
        let address = operation.address("00112233445566778899aabbccddeeff");
        let (status, head, body) = server.request("PATCH", &address, "").await;
        let method = operation.method.to_uppercase();
        let error: ErrorView = serde_json::from_str(&body).expect("JSON");
        assert!(
            status == 405 && head.contains("allow: "),
            "{address}: {head}"
        );
        assert!(
            error.message.contains(&method),
            "{address}: {}",
            error.message
        );
    }
    let (_, _, body) = server
        .request("GET", "/api/v1/operator/checkpoints", "")
        .await;
    assert!(body.contains("answers POST only"), "{body}");
    let (_, _, body) = server.request("POST", "/", "").await;
    assert!(body.contains("answers GET and HEAD only"), "{body}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_page_by_page_to_their_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, _) = living(folder.path()).await;
    for path in ["/api/v1/islands", "/api/v1/taxonomy", "/api/v1/events"] {
        let whole: Vec<Value> = server.json(&format!("{path}?limit=1000")).await;
        let mut pages = Vec::new();
        let mut next = Some(format!("{path}?limit=1"));
        while let Some(address) = next {
            let (status, head, body) = server.get(&address).await;
            assert_eq!(status, 200, "{address}: {body}");
            let page: Vec<Value> = serde_json::from_str(&body).expect("JSON");
            assert!(page.len() <= 1, "{address}");
            pages.extend(page);
            let link = head.lines().find_map(|line| line.strip_prefix("link: <"));
            next = link.and_then(|link| Some(link.split_once('>')?.0.to_owned()));
        }
        assert_eq!(pages, whole, "{path}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn previews_feeds_and_the_page_of_the_api_are_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, genotype) = living(folder.path()).await;
    let (status, head, body) = server.get("/api/docs").await;
    assert!(
        status == 200 && head.contains("default-src 'none'"),
        "{head}"
    );
    assert!(body.contains("openapi.json") && body.contains("<code>GET /api/v1/world</code>"));
    let (_, _, page) = server.get("/island/1").await;
    let mark = format!(
        "content=\"http://{}/pictures/island-1.png\"",
        server.address
    );
    assert!(page.contains(&mark), "no {mark}");
    let (_, _, page) = server.get(&format!("/genome/{genotype}")).await;
    assert!(page.contains(&format!("/pictures/genome-{genotype}.png\"")));
    let of_genome = format!("genome-{genotype}.png");
    for picture in [
        "world.png",
        "island-1.png",
        "genome-forager.png",
        &of_genome,
    ] {
        let (status, head, body) = server.get(&format!("/pictures/{picture}")).await;
        assert!(status == 200 && head.contains("image/png"), "{head}");
        assert!(body.contains("PNG") && body.len() > 1_000, "{picture}");
    }
    let unknown = format!("genome-{}.png", "0".repeat(32));
    for nothing in [
        "island-99.png",
        "island-0.png",
        "moon.png",
        "genome-x.png",
        &unknown,
    ] {
        let (status, _, body) = server.get(&format!("/pictures/{nothing}")).await;
        assert!((400..=404).contains(&status), "{nothing}: {body}");
    }
    let (status, head, body) = server.get("/feed.xml").await;
    assert!(
        status == 200 && head.contains("application/atom+xml"),
        "{head}"
    );
    assert!(
        body.starts_with("<?xml") && body.ends_with("</feed>\n"),
        "{body}"
    );
    server.stop().await;
}
