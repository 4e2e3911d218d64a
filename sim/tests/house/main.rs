//! The rules of the house, read from the sources themselves. Knows the text and the manifests, runs nothing.

mod arrows;
mod plan;
mod rules;
mod source;
mod tree;

use std::fmt;

/// A place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
struct Breach {
    file: String,
    line: usize,
    what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

fn demand_none(breaches: Vec<Breach>) {
    let list: Vec<String> = breaches.iter().map(Breach::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

fn every_file(rule: impl Fn(&source::Source) -> Vec<Breach>) {
    let sources = tree::sources();
    assert!(sources.len() > 30, "the sources were not found");
    demand_none(sources.iter().flat_map(rule).collect());
}

#[test]
fn packages_depend_only_along_the_arrows() {
    let manifests = tree::manifests();
    assert_eq!(manifests.len(), plan::ARROWS.len(), "a room without a plan");
    demand_none(manifests.iter().flat_map(arrows::check).collect());
}

#[test]
fn every_file_says_what_it_is() {
    every_file(rules::opens_with_a_sentence);
}

#[test]
fn files_and_functions_stay_short() {
    every_file(rules::is_short);
}

#[test]
fn nothing_is_left_undone() {
    every_file(rules::is_finished);
}

#[test]
fn only_the_store_speaks_sql() {
    every_file(rules::speaks_no_sql);
}

#[test]
fn only_the_doors_open_sockets() {
    every_file(rules::opens_no_socket);
}

#[test]
fn only_clocks_read_the_time() {
    every_file(rules::reads_no_clock);
}

#[test]
fn core_and_protocol_are_pure() {
    every_file(rules::is_pure);
}

#[test]
fn state_has_sized_integers() {
    every_file(rules::serializes_sized_integers);
}

#[test]
fn pages_execute_nothing() {
    every_file(rules::executes_nothing_in_pages);
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    demand_none(tree::dead_links());
}
