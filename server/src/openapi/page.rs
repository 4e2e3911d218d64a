//! The page `/api/docs`: the document of the API as people read it. Knows no route, only the document.

use super::{DOCUMENT, METHODS};
use serde_json::{Map, Value};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// The page, once for all who ask.
static PAGE: LazyLock<String> = LazyLock::new(|| page(&DOCUMENT));

/// The main part of the page.
pub fn html() -> &'static str {
    &PAGE
}

const HEAD: &str = "<h1>The world for programs</h1>\
    <p>Everything that the pages show is answered as JSON, too. Nothing here needs an account; what needs a token says so. \
    Whoever asks often says the <code>ETag</code> of the last answer as <code>If-None-Match</code> and gets 304 while nothing \
    has changed. Where a list goes on, a <code>Link</code> header or the word <code>next</code> says how.</p>\
    <p class=\"actions\"><a class=\"button\" href=\"/api/v1/openapi.json\">openapi.json</a> \
    <a class=\"quiet-link\" href=\"/docs/api\">The same in words</a></p>";

fn page(document: &Value) -> String {
    let tags: Vec<&Value> = list(&document["tags"]).collect();
    let mut side = String::new();
    let mut text = String::from(HEAD);
    for tag in tags {
        let name = word(&tag["name"]);
        let _ = write!(side, "<a href=\"#part-{0}\">{0}</a>", escape(name));
        let _ = write!(text, "<h2 id=\"part-{0}\">{0}</h2>", escape(name));
        let _ = write!(text, "<p>{}</p>", prose(word(&tag["description"])));
        for (path, method, operation) in operations(document) {
            if operation["tags"][0] == tag["name"] {
                tell(&mut text, path, method, operation);
            }
        }
    }
    side.push_str("<a href=\"#shapes\">shapes</a>");
    text.push_str("<h2 id=\"shapes\">shapes</h2><p>The fields of what is answered.</p>");
    for (name, shape) in object(&document["components"]["schemas"]) {
        tell_shape(&mut text, name, shape);
    }
    format!(
        "<div class=\"paper-frame\"><nav class=\"paper-list\" aria-label=\"Parts of the API\">{side}</nav>\
         <article class=\"paper\">{text}</article></div>"
    )
}

/// Every operation with its path and method.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &'static str, &Value)> {
    let paths = object(&document["paths"]);
    paths.flat_map(|(path, item)| {
        let known = METHODS.into_iter();
        known.filter_map(move |method| Some((path.as_str(), method, item.get(method)?)))
    })
}

fn tell(text: &mut String, path: &str, method: &str, operation: &Value) {
    let name = escape(word(&operation["operationId"]));
    let _ = write!(
        text,
        "<h3 id=\"{name}\">{}</h3><p><code>{} {}</code></p>",
        prose(word(&operation["summary"])),
        method.to_uppercase(),
        escape(path),
    );
    if let Some(more) = operation["description"].as_str() {
        let _ = write!(text, "<p>{}</p>", prose(more));
    }
    for token in list(&operation["security"]).flat_map(object) {
        let _ = write!(text, "<p>Needs the token of the {}.</p>", escape(token.0));
    }
    parameters(text, operation);
    if let Some(body) = operation.get("requestBody") {
        text.push_str("<p>Takes:");
        shapes(text, body);
        text.push_str("</p>");
    }
    answers(text, operation);
    if let Some(address) = address(path, operation).filter(|_| method == "get") {
        let address = escape(&address);
        let _ = write!(
            text,
            "<p><a href=\"{address}\">Ask this server: {address}</a></p>"
        );
    }
}

/// The path with the examples in it; none if one is missing, or if it is a socket.
fn address(path: &str, operation: &Value) -> Option<String> {
    operation["responses"].get("200")?;
    let mut address = path.to_owned();
    for parameter in list(&operation["parameters"]).filter(|one| one["in"] == "path") {
        let example = parameter.get("example")?;
        let mark = format!("{{{}}}", word(&parameter["name"]));
        let value = example
            .as_str()
            .map_or_else(|| example.to_string(), str::to_owned);
        address = address.replace(&mark, &value);
    }
    Some(address)
}

fn parameters(text: &mut String, operation: &Value) {
    let mut rows = String::new();
    for parameter in list(&operation["parameters"]) {
        let _ = write!(
            rows,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(word(&parameter["name"])),
            escape(&kind(&parameter["schema"])),
            prose(word(&parameter["description"])),
        );
    }
    if !rows.is_empty() {
        table(text, "Parameter", &rows);
    }
}

fn table(text: &mut String, first: &str, rows: &str) {
    let _ = write!(
        text,
        "<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>{first}</th><th>Kind</th><th>What</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>"
    );
}

fn answers(text: &mut String, operation: &Value) {
    for (status, answer) in
        object(&operation["responses"]).filter(|(status, _)| *status != "default")
    {
        let _ = write!(
            text,
            "<p>Answers {status}: {}",
            prose(word(&answer["description"]))
        );
        shapes(text, answer);
        text.push_str("</p>");
        if let Some(example) = answer.pointer("/content/application~1json/example") {
            let example = serde_json::to_string_pretty(example).unwrap_or_default();
            let _ = write!(
                text,
                "<details><summary>An example</summary><pre tabindex=\"0\" role=\"region\" aria-label=\"Example of {}\">\
                 <code>{}</code></pre></details>",
                escape(word(&operation["operationId"])),
                escape(&example)
            );
        }
    }
}

/// What an answer, or a question, is made of.
fn shapes(text: &mut String, whole: &Value) {
    for (mime, content) in object(&whole["content"]) {
        let shape = kind(&content["schema"]);
        let name = shape.trim_start_matches("list of ");
        let _ = match content["schema"].to_string().contains("$ref") {
            true => write!(
                text,
                " <a href=\"#shape-{name}\">{shape}</a> ({})",
                escape(mime)
            ),
            false => write!(text, " {shape} ({})", escape(mime)),
        };
    }
}

fn tell_shape(text: &mut String, name: &str, shape: &Value) {
    let name = escape(name);
    let _ = write!(text, "<h3 id=\"shape-{name}\">{name}</h3>");
    let _ = write!(text, "<p>{}</p>", prose(word(&shape["description"])));
    // What is one of several, or another and more, is told part by part.
    let parts = ["oneOf", "allOf"].map(|how| list(&shape[how]));
    for part in std::iter::once(shape).chain(parts.into_iter().flatten()) {
        let mut rows = String::new();
        for (field, value) in object(&part["properties"]) {
            let _ = write!(
                rows,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                escape(field),
                escape(&kind(value)),
                prose(word(&value["description"])),
            );
        }
        if !rows.is_empty() {
            table(text, "Field", &rows);
        } else if part != shape {
            let _ = write!(text, "<p>{}</p>", escape(&kind(part)));
        }
    }
    if shape["enum"].is_array() {
        let _ = write!(text, "<p>{}</p>", escape(&kind(shape)));
    }
}

/// A schema in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().map(word).collect();
        return words.join(", ");
    }
    let choices = ["oneOf", "anyOf"].map(|how| list(&schema[how]));
    let mut choices = choices
        .into_iter()
        .flatten()
        .filter(|one| one["type"] != "null");
    if let Some(choice) = choices.next() {
        return format!("{} or none", kind(choice));
    }
    let (name, rest) = match &schema["type"] {
        Value::Array(types) => (types.first().map_or("", word), " or none"),
        name => (word(name), ""),
    };
    let bounds = match (schema["minimum"].as_f64(), schema["maximum"].as_f64()) {
        (Some(least), Some(most)) => format!(" {least} to {most}"),
        _ => String::new(),
    };
    match name {
        "array" => format!("list of {}", kind(&schema["items"])),
        "integer" => format!("whole number{bounds}{rest}"),
        "string" => format!("text{rest}"),
        "boolean" => format!("true or false{rest}"),
        "" => "anything".to_owned(),
        name => format!("{name}{rest}"),
    }
}

/// Text with what stands between backticks as code.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let shown = parts.map(|(at, part)| match at % 2 {
        0 => escape(part),
        _ => format!("<code>{}</code>", escape(part)),
    });
    shown.collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace("{{", "&#123;&#123;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_every_link_of_the_page_is_on_it() {
        let page = html();
        for (path, method, operation) in operations(&DOCUMENT) {
            let line = format!("<p><code>{} {path}</code></p>", method.to_uppercase());
            assert_eq!(page.matches(&line).count(), 1, "{line}");
            let anchor = format!("id=\"{}\"", word(&operation["operationId"]));
            assert_eq!(page.matches(&anchor).count(), 1, "{anchor}");
        }
        for link in page.split("href=\"#").skip(1) {
            let target = link.split('"').next().expect("an end");
            assert_eq!(
                page.matches(&format!("id=\"{target}\"")).count(),
                1,
                "#{target}"
            );
        }
        assert!(!page.contains("style=") && !page.contains("<script"));
    }

    #[test]
    fn what_a_document_says_cannot_become_a_mark() {
        assert_eq!(prose("a `b<c` <d>"), "a <code>b&lt;c</code> &lt;d&gt;");
        assert_eq!(escape("{{main}}"), "&#123;&#123;main}}");
    }
}
