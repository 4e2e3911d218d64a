//! The rules that can be read from one file. Each returns the places where it is broken.

use crate::{
    Breach,
    plan::{self, MAX_FILE_LINES, MAX_FUNCTION_LINES},
    source::{PathUse, Source},
};

fn breach(source: &Source, line: usize, what: impl Into<String>) -> Breach {
    Breach {
        file: source.path.clone(),
        line,
        what: what.into(),
    }
}

fn is_licensed(source: &Source, places: &[&str]) -> bool {
    places.iter().any(|place| {
        source.path == *place || (place.ends_with('/') && source.path.starts_with(place))
    })
}

/// The first line is a `//!` sentence.
pub fn opens_with_a_sentence(source: &Source) -> Vec<Breach> {
    let first = source.text.lines().next().unwrap_or_default();
    let sentence = first.strip_prefix("//! ").unwrap_or_default();
    let is_sentence = sentence.len() >= 20;
    let what = "a file opens with what it is and what it does not know";
    if is_sentence {
        Vec::new()
    } else {
        vec![breach(source, 1, what)]
    }
}

/// Files and functions keep below their limits unless licensed.
pub fn is_short(source: &Source) -> Vec<Breach> {
    let mut found = Vec::new();
    let lines = source.text.lines().count();
    if lines > MAX_FILE_LINES
        && !plan::LONG_FILES
            .iter()
            .any(|(file, _)| *file == source.path)
    {
        found.push(breach(
            source,
            1,
            format!("{lines} lines are more than {MAX_FILE_LINES}"),
        ));
    }
    for function in source
        .functions
        .iter()
        .filter(|f| f.lines > MAX_FUNCTION_LINES)
    {
        let licence =
            |(file, name, _): &&(&str, &str, &str)| *file == source.path && *name == function.name;
        if plan::LONG_FUNCTIONS.iter().find(licence).is_none() {
            let what = format!("{} has {} lines", function.name, function.lines);
            found.push(breach(source, function.line, what));
        }
    }
    found
}

/// No notes to oneself, no place-holders, no `unwrap` where a stranger's input could end the program.
pub fn is_finished(source: &Source) -> Vec<Breach> {
    let notes = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let mut found = Vec::new();
    for (number, line) in source.text.lines().enumerate() {
        if let Some(note) = notes.iter().find(|note| line.contains(**note)) {
            found.push(breach(source, number + 1, format!("{note} is left")));
        }
    }
    for pair in source.tokens.windows(2) {
        let [first, second] = pair else { continue };
        let is_holder = ["todo", "unimplemented"].contains(&first.text.as_str());
        if is_holder && second.text == "!" {
            found.push(breach(
                source,
                first.line,
                format!("{}! is left", first.text),
            ));
        }
        if first.text == "." && second.text == "unwrap" && !second.in_test {
            found.push(breach(source, second.line, "unwrap outside tests"));
        }
    }
    found
}

/// SQL, and the crate that carries it, stand in the store alone.
pub fn speaks_no_sql(source: &Source) -> Vec<Breach> {
    const VERBS: [&str; 9] = [
        "SELECT ",
        "INSERT ",
        "UPDATE ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "ALTER ",
        "PRAGMA ",
        "BEGIN",
    ];
    if is_licensed(source, plan::SQL) {
        return Vec::new();
    }
    let speaks = |text: &str| {
        let body = text.trim_start_matches(['r', '#', '"']).trim_start();
        VERBS.iter().any(|verb| body.starts_with(verb))
    };
    let literals = source
        .tokens
        .iter()
        .filter(|t| t.is_literal && !t.in_test && speaks(&t.text));
    let mut found: Vec<Breach> = literals
        .map(|t| breach(source, t.line, "SQL outside the store"))
        .collect();
    found.extend(paths(source, "sqlx outside the store", |path| {
        path.segments[0] == "sqlx"
    }));
    found
}

/// Sockets are opened and held by the doors alone.
pub fn opens_no_socket(source: &Source) -> Vec<Breach> {
    const SOCKETS: [&str; 9] = [
        "TcpListener",
        "TcpStream",
        "UdpSocket",
        "UnixListener",
        "UnixStream",
        "WebSocket",
        "WebSocketUpgrade",
        "EventSource",
        "tokio_tungstenite",
    ];
    if is_licensed(source, plan::SOCKETS) {
        return Vec::new();
    }
    let opens = |path: &PathUse| path.segments.iter().any(|s| SOCKETS.contains(&s.as_str()));
    paths(source, "a socket outside the doors", opens)
}

/// The time is read in one file of each room that needs it.
pub fn reads_no_clock(source: &Source) -> Vec<Breach> {
    const CLOCKS: [&str; 5] = ["Instant", "SystemTime", "Date", "Utc", "Local"];
    if is_licensed(source, plan::CLOCKS) {
        return Vec::new();
    }
    let reads = |path: &PathUse| {
        let now = |pair: &[String]| CLOCKS.contains(&pair[0].as_str()) && pair[1].starts_with("n");
        path.segments.windows(2).any(now) || path.segments.iter().any(|s| s == "performance")
    };
    paths(source, "a clock outside the clocks", reads)
}

/// Core and protocol reach for nothing outside; core has no float and no order by hash either.
pub fn is_pure(source: &Source) -> Vec<Breach> {
    const OUTSIDE: [&str; 8] = [
        "time", "thread", "fs", "net", "io", "process", "env", "sync",
    ];
    const UNORDERED: [&str; 4] = ["HashMap", "HashSet", "RandomState", "DefaultHasher"];
    if !["core", "protocol"].contains(&source.room()) || source.path.contains("/build.rs") {
        return Vec::new();
    }
    let reaches = |path: &PathUse| {
        path.segments[0] == "std"
            && path
                .segments
                .get(1)
                .is_some_and(|s| OUTSIDE.contains(&s.as_str()))
    };
    let mut found = paths(
        source,
        "core and protocol are closed to the outside",
        reaches,
    );
    let unordered = |path: &PathUse| {
        path.segments
            .iter()
            .any(|s| UNORDERED.contains(&s.as_str()))
    };
    found.extend(paths(
        source,
        "order by hash differs from run to run",
        unordered,
    ));
    if source.room() == "core" {
        let float = |path: &PathUse| path.segments.iter().any(|s| s == "f32" || s == "f64");
        found.extend(paths(source, "floats differ between engines", float));
        for pair in source.tokens.windows(2) {
            // `pair.0.1` reads a field of a field.
            let is_field = pair[0].text == ".";
            if pair[1].is_literal && !pair[1].in_test && !is_field && is_float(&pair[1].text) {
                found.push(breach(
                    source,
                    pair[1].line,
                    "floats differ between engines",
                ));
            }
        }
    }
    found
}

/// What is serialized in core and protocol has the same width everywhere.
pub fn serializes_sized_integers(source: &Source) -> Vec<Breach> {
    if !["core", "protocol"].contains(&source.room()) {
        return Vec::new();
    }
    let unsized_token = |text: &str| text == "usize" || text == "isize";
    let tokens = source
        .serialized
        .iter()
        .flatten()
        .filter(|t| unsized_token(&t.text));
    tokens
        .map(|t| breach(source, t.line, "the width of usize differs between engines"))
        .collect()
}

/// The pages take types from core; whatever executes in a browser is the worker's module.
pub fn executes_nothing_in_pages(source: &Source) -> Vec<Breach> {
    const ENGINES: [&str; 4] = ["LocalExecutor", "executor", "interpreter", "scheduler"];
    if source.room() != "web" {
        return Vec::new();
    }
    let executes = |path: &PathUse| {
        path.segments[0] == "bytebiota_core"
            && path.segments.iter().any(|s| ENGINES.contains(&s.as_str()))
    };
    paths(source, "pages execute nothing", executes)
}

fn paths(source: &Source, what: &str, is_bad: impl Fn(&PathUse) -> bool) -> Vec<Breach> {
    let bad = source
        .paths
        .iter()
        .filter(|path| !path.in_test && is_bad(path));
    bad.map(|path| breach(source, path.line, what)).collect()
}

fn is_float(literal: &str) -> bool {
    let is_number = literal.starts_with(|c: char| c.is_ascii_digit());
    let is_radix = ["0x", "0b", "0o"]
        .iter()
        .any(|radix| literal.starts_with(radix));
    let digits = literal.trim_end_matches("usize").trim_end_matches("isize");
    let signs = [".", "e", "f32", "f64"];
    is_number && !is_radix && signs.iter().any(|sign| digits.contains(sign))
}

#[cfg(test)]
#[path = "rules_can_fail.rs"]
mod rules_can_fail;
