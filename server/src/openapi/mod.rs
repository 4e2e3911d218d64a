//! What the API says of itself: the OpenAPI document, put together out of what stands at each handler, with examples that a
//! test takes from a running server. Knows no address.

pub mod page;

use crate::routes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytebiota_protocol::view::ErrorView;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

/// Answers of a small world by the name of the operation.
const EXAMPLES: &str = include_str!("examples.json");
/// What an operation may be.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

/// The document, once for all who ask.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| complete(&routes::document()));

#[derive(OpenApi)]
#[openapi(
    info(
        title = "ByteBiota",
        description = "A world of digital organisms for programs. What is told is confirmed. Answers have an `ETag`; errors are \
            JSON with a sentence that says what is allowed; every origin may read."
    ),
    components(schemas(ErrorView)),
    modifiers(&Tokens),
    tags(
        (name = "world", description = "The world and its islands in numbers."),
        (name = "life", description = "What lived and lives, and what came from what."),
        (name = "history", description = "What computing history again takes."),
        (name = "tables", description = "Whole tables to take away."),
        (name = "people", description = "Those who compute."),
        (name = "operation", description = "How the world is run."),
        (name = "live", description = "WebSockets."),
        (name = "watching", description = "For machines that watch."),
        (name = "about", description = "The API itself.")
    )
)]
struct Frame;

/// Who may do what is not for everybody.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        for (name, whose) in [
            (
                "operator",
                "The token in `operator-token` of the data folder, 64 hex digits.",
            ),
            (
                "volunteer",
                "The token that a volunteer's browser or worker keeps, 64 hex digits.",
            ),
        ] {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
            let scheme = bearer.description(Some(whose)).build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

/// The document before any route is in it.
pub fn frame() -> utoipa::openapi::OpenApi {
    Frame::openapi()
}

/// The API, described
///
/// This document: OpenAPI as JSON.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "about", operation_id = "openapi",
    responses((status = 200, description = "An OpenAPI document.", body = Object)))]
pub async fn document() -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, DOCUMENT.to_string()).into_response()
}

/// With an example for each answer that has one, and for every error what errors look like.
fn complete(document: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let schemas = document["components"]["schemas"].clone();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                describe_answers(operation, &schemas);
                complete_operation(path, operation, &examples);
            }
        }
    }
    document
}

/// An answer about which its handler says nothing is described by what is in it, or else by what the operation is for.
fn describe_answers(operation: &mut Value, schemas: &Value) {
    let summary = operation["summary"].clone();
    let answers = operation["responses"].as_object_mut();
    for answer in answers.into_iter().flat_map(|answers| answers.values_mut()) {
        if answer["description"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
        {
            continue;
        }
        let schema = answer.pointer("/content/application~1json/schema/$ref");
        let name = schema
            .and_then(Value::as_str)
            .and_then(|schema| schema.rsplit('/').next());
        let told = name.map(|name| schemas[name]["description"].clone());
        answer["description"] = told
            .filter(Value::is_string)
            .unwrap_or_else(|| summary.clone());
    }
}

fn complete_operation(path: &str, operation: &mut Value, examples: &Map<String, Value>) {
    let name = operation["operationId"].as_str().unwrap_or_default();
    let example = examples.get(name).cloned();
    if path.starts_with("/api/") {
        operation["responses"]["default"] = json!({
            "description": "What was wrong, and what is allowed.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorView"}}},
        });
    }
    let content = operation.pointer_mut("/responses/200/content/application~1json");
    if let (Some(content), Some(example)) = (content, example) {
        content["example"] = example;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn operations_have_names_of_their_own_and_examples_belong_to_one() {
        let paths = DOCUMENT["paths"].as_object().expect("paths");
        assert!(paths.len() > 30, "{}", paths.len());
        let operations = paths.values().flat_map(|item| {
            let item = item.as_object().expect("an item");
            METHODS.iter().filter_map(|method| item.get(*method))
        });
        let mut names = BTreeSet::new();
        for operation in operations {
            let name = operation["operationId"].as_str().expect("a name");
            assert!(names.insert(name.to_owned()), "{name} is there twice");
            for part in ["summary", "tags"] {
                assert!(!operation[part].is_null(), "{name} has no {part}");
            }
            // What is not described a strict reader refuses.
            for (status, answer) in operation["responses"].as_object().expect("answers") {
                let text = answer["description"].as_str().unwrap_or_default();
                assert!(!text.trim().is_empty(), "{name} says nothing of {status}");
            }
        }
        let examples: Map<String, Value> = serde_json::from_str(EXAMPLES).expect("JSON");
        let strangers: Vec<_> = examples
            .keys()
            .filter(|name| !names.contains(*name))
            .collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    }

    #[test]
    fn every_tag_is_described_and_every_reference_leads_somewhere() {
        let described = DOCUMENT["tags"].as_array().expect("tags").iter();
        let described: BTreeSet<_> = described.map(|tag| tag["name"].as_str()).collect();
        let text = DOCUMENT.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().expect("an end");
            assert!(DOCUMENT.pointer(pointer).is_some(), "{pointer}");
        }
        for item in DOCUMENT["paths"].as_object().expect("paths").values() {
            for operation in METHODS.iter().filter_map(|method| item.get(method)) {
                let tag = operation["tags"][0].as_str();
                assert!(described.contains(&tag), "{tag:?}");
            }
        }
    }
}
