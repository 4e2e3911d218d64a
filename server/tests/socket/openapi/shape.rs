//! Whether a JSON value has the shape that a schema says, and how to shorten one without changing its shape. Knows no address.

use serde_json::{Map, Value};

/// Rows and characters of an example.
const MAX_ROWS: usize = 1;
const MAX_CHARACTERS: usize = 96;

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// Checks a value against a schema: every field there is told of, every field told of is there.
pub fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document.pointer(pointer.trim_start_matches('#'));
        return fits(document, target.ok_or(pointer)?, value);
    }
    for how in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[how].as_array() {
            let any = choices
                .iter()
                .any(|choice| fits(document, choice, value).is_ok());
            return any.then_some(()).ok_or(format!("{value} is none of {how}"));
        }
    }
    if schema["allOf"].is_array() {
        let mut whole = Map::new();
        gather(document, schema, &mut whole);
        return all_fields(document, &whole, value);
    }
    let is_one = |kind: &Value| is_of_kind(text(kind), value);
    let is_right = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is_one),
        Value::Null => true,
        kind => is_one(kind),
    };
    if !is_right
        || schema["enum"]
            .as_array()
            .is_some_and(|words| !words.contains(value))
    {
        return Err(format!("{value} is no {}", schema["type"]));
    }
    for item in list(value) {
        // A pair has a schema for each place.
        if schema["prefixItems"].is_null() {
            fits(document, &schema["items"], item)?;
        }
    }
    match schema["properties"].as_object() {
        Some(fields) if value.is_object() => all_fields(document, fields, value),
        _ => Ok(()),
    }
}

/// The fields of all parts of a shape.
fn gather(document: &Value, schema: &Value, whole: &mut Map<String, Value>) {
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = document.pointer(pointer.trim_start_matches('#'));
        gather(document, target.unwrap_or(&Value::Null), whole);
    }
    list(&schema["allOf"]).for_each(|part| gather(document, part, whole));
    whole.extend(object(&schema["properties"]).map(|(name, field)| (name.clone(), field.clone())));
}

fn all_fields(document: &Value, fields: &Map<String, Value>, value: &Value) -> Result<(), String> {
    if let Some((name, _)) = object(value).find(|(name, _)| !fields.contains_key(*name)) {
        return Err(format!("nothing is told of {name}"));
    }
    for (name, schema) in fields {
        // What may be nothing may be left out, too.
        let field = value.get(name).unwrap_or(&Value::Null);
        let is_left_out = value.get(name).is_none() && fits(document, schema, field).is_err();
        if is_left_out {
            return Err(format!("{name} is missing"));
        }
        fits(document, schema, field).map_err(|fault| format!("{name}: {fault}"))?;
    }
    Ok(())
}

fn is_of_kind(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => false,
    }
}

/// The same with few rows and short texts.
pub fn shortened(value: &Value) -> Value {
    match value {
        Value::Array(rows) if rows.iter().all(Value::is_number) => value.clone(),
        Value::Array(rows) => rows.iter().take(MAX_ROWS).map(shortened).collect(),
        Value::Object(fields) => {
            let short = |(name, field): (&String, &Value)| (name.clone(), shortened(field));
            Value::Object(fields.iter().map(short).collect())
        }
        Value::String(long) if long.chars().count() > MAX_CHARACTERS => {
            let begin: String = long.chars().take(MAX_CHARACTERS).collect();
            Value::String(begin + "…")
        }
        other => other.clone(),
    }
}

#[test]
fn a_shape_that_differs_is_seen() {
    let document = serde_json::json!({"a": {"type": "object", "properties": {
        "n": {"type": "integer"}, "t": {"type": ["string", "null"]}}}});
    let schema = serde_json::json!({"type": "array", "items": {"$ref": "#/a"}});
    let tried = |value: Value| fits(&document, &schema, &value).is_ok();
    assert!(tried(
        serde_json::json!([{"n": 1, "t": null}, {"n": 2, "t": "x"}, {"n": 3}])
    ));
    for wrong in [
        serde_json::json!({"n": 1, "t": null}),
        serde_json::json!([{"n": 1.5, "t": null}]),
        serde_json::json!([{"t": null}]),
        serde_json::json!([{"n": 1, "t": null, "more": 1}]),
    ] {
        assert!(!tried(wrong.clone()), "{wrong}");
    }
}
