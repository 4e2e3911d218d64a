//! Shows of each rule that it finds what it forbids, and lets pass what it does not.

use super::*;

type Rule = fn(&Source) -> Vec<Breach>;

fn lines(rule: Rule, path: &str, text: &str) -> Vec<usize> {
    let source = Source::read(path.into(), text.into());
    rule(&source).iter().map(|breach| breach.line).collect()
}

#[track_caller]
fn forbids(rule: Rule, path: &str, text: &str, line: usize) {
    assert_eq!(lines(rule, path, text), [line], "{path}: {text}");
}

#[track_caller]
fn allows(rule: Rule, path: &str, text: &str) {
    assert_eq!(lines(rule, path, text), [0usize; 0], "{path}: {text}");
}

#[test]
fn a_file_without_a_sentence_is_found() {
    forbids(opens_with_a_sentence, "core/src/a.rs", "use std::fmt;", 1);
    forbids(opens_with_a_sentence, "core/src/a.rs", "//! A.", 1);
    allows(
        opens_with_a_sentence,
        "core/src/a.rs",
        "//! The soup and who owns its bytes.\n",
    );
}

#[test]
fn long_files_and_functions_are_found() {
    let file = "//! Long.\n".to_string() + &"\n".repeat(MAX_FILE_LINES);
    forbids(is_short, "core/src/a.rs", &file, 1);
    allows(is_short, "core/src/interpreter.rs", &file);
    let body = "\n".repeat(MAX_FUNCTION_LINES);
    let function = format!("//! F.\nimpl A {{ pub fn execute(a: [u8; 4]) -> u8 {{{body}0 }} }}");
    forbids(is_short, "core/src/a.rs", &function, 2);
    allows(is_short, "core/src/interpreter.rs", &function);
    allows(
        is_short,
        "core/src/a.rs",
        "trait A { fn run(); }\nfn short() {}",
    );
}

#[test]
fn unfinished_work_is_found() {
    let note = concat!("// TO", "DO later");
    forbids(is_finished, "core/src/a.rs", note, 1);
    forbids(is_finished, "core/src/a.rs", "\nfn a() { todo!() }", 2);
    forbids(
        is_finished,
        "core/src/a.rs",
        "fn a() { b()\n.unwrap(); }",
        2,
    );
    allows(
        is_finished,
        "core/src/a.rs",
        "#[cfg(test)] mod tests { fn a() { b().unwrap(); } }",
    );
    allows(is_finished, "core/tests/a.rs", "fn a() { b().unwrap(); }");
    allows(
        is_finished,
        "core/src/a.rs",
        "fn a() { b().unwrap_or_default(); }",
    );
    let behind = "#[cfg(test)] mod tests;\nfn a() { b().unwrap(); }";
    forbids(is_finished, "core/src/a.rs", behind, 2);
    forbids(
        is_finished,
        "core/src/a.rs",
        "#[cfg(not(test))] fn a() { b().unwrap(); }",
        1,
    );
}

#[test]
fn sql_outside_the_store_is_found() {
    let query = "fn a() { run(\"SELECT 1\"); }";
    forbids(speaks_no_sql, "server/src/api.rs", query, 1);
    forbids(
        speaks_no_sql,
        "server/src/api.rs",
        "fn a() { run(r#\"\n  INSERT INTO a\"#); }",
        1,
    );
    forbids(
        speaks_no_sql,
        "server/src/api.rs",
        "use sqlx::SqlitePool;",
        1,
    );
    allows(speaks_no_sql, "server/src/store.rs", query);
    allows(speaks_no_sql, "server/src/store/links.rs", query);
    allows(
        speaks_no_sql,
        "server/src/api.rs",
        "/// SELECT 1\nfn a() {}",
    );
}

#[test]
fn sockets_outside_the_doors_are_found() {
    forbids(
        opens_no_socket,
        "cli/src/run.rs",
        "use tokio::net::{TcpListener};",
        1,
    );
    forbids(
        opens_no_socket,
        "worker/src/stats.rs",
        "\nuse tokio_tungstenite::connect_async;",
        2,
    );
    allows(
        opens_no_socket,
        "worker/src/connection.rs",
        "use tokio_tungstenite::connect_async;",
    );
}

#[test]
fn clocks_outside_their_file_are_found() {
    forbids(
        reads_no_clock,
        "server/src/api.rs",
        "fn a() { std::time::Instant::now(); }",
        1,
    );
    forbids(
        reads_no_clock,
        "server/src/api.rs",
        "fn a() { SystemTime::now(); }",
        1,
    );
    forbids(
        reads_no_clock,
        "worker-wasm/src/lib.rs",
        "fn a() { js_sys::Date::now(); }",
        1,
    );
    forbids(
        reads_no_clock,
        "web/src/lib.rs",
        "fn a() { window().performance(); }",
        1,
    );
    allows(
        reads_no_clock,
        "server/src/clock.rs",
        "fn a() { SystemTime::now(); }",
    );
    allows(
        reads_no_clock,
        "server/src/api.rs",
        "use std::time::Duration;",
    );
}

#[test]
fn impurity_is_found() {
    forbids(
        is_pure,
        "core/src/a.rs",
        "use std::{fmt, time::Instant};",
        1,
    );
    forbids(
        is_pure,
        "core/src/a.rs",
        "use std::{collections::{BTreeMap, HashMap}};",
        1,
    );
    forbids(
        is_pure,
        "protocol/src/a.rs",
        "fn a() { std::thread::yield_now(); }",
        1,
    );
    forbids(is_pure, "core/src/a.rs", "fn a() -> f64 { b() }", 1);
    forbids(is_pure, "core/src/a.rs", "fn a() { b(0.5); }", 1);
    forbids(is_pure, "core/src/a.rs", "fn a() { b(1e6); }", 1);
    allows(
        is_pure,
        "core/src/a.rs",
        "fn a() { b(0xfe, 1_000u64, 7usize, c.0.1); }",
    );
    allows(is_pure, "protocol/src/view.rs", "struct A { speed: f64 }");
    allows(is_pure, "server/src/a.rs", "use std::time::Duration;");
}

#[test]
fn state_of_unknown_width_is_found() {
    let derived = "#[derive(Clone, Serialize)]\npub struct A {\n a: Vec<usize> }";
    forbids(serializes_sized_integers, "core/src/a.rs", derived, 3);
    forbids(
        serializes_sized_integers,
        "core/src/a.rs",
        "#[derive(Serialize)] struct A(isize);",
        1,
    );
    let plain = "#[derive(Clone)] struct A { a: usize }\n#[derive(Serialize)] struct B { b: u32 }";
    allows(serializes_sized_integers, "core/src/a.rs", plain);
    let other = "#[derive(Serialize)] struct B { b: u32 }\nfn a(b: usize) { }";
    allows(serializes_sized_integers, "core/src/a.rs", other);
}

#[test]
fn an_executing_page_is_found() {
    forbids(
        executes_nothing_in_pages,
        "web/src/a.rs",
        "use bytebiota_core::{Digest, LocalExecutor};",
        1,
    );
    allows(
        executes_nothing_in_pages,
        "web/src/a.rs",
        "use bytebiota_core::Digest;",
    );
}
