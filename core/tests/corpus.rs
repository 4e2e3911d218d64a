//! The corpus that fuzzing left behind, fed once more: what held for each of its inputs when it was found still holds.
//!
//! How to go on fuzzing is told in `fuzz/README.md`; an input that breaks something is added to the corpus with the mend.

mod lawful;
mod obvious;
mod strange;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

/// The corpus is kept small enough to be read in a review.
const MAX_FILES: usize = 300;
const MAX_BYTES: u64 = 1 << 20;

fn inputs(target: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let entries = fs::read_dir(root.join(target)).expect("a corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
    files.sort();
    files
}

/// Feeds every input of a target, and names those that break something.
fn replay(target: &str, fed: fn(&[u8])) {
    let files = inputs(target);
    assert!(files.len() >= 40, "{} inputs of {target}", files.len());
    let breaks = |path: &&PathBuf| {
        let bytes = fs::read(path).expect("an input");
        catch_unwind(AssertUnwindSafe(|| fed(&bytes))).is_err()
    };
    let broken: Vec<&PathBuf> = files.iter().filter(breaks).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn assignments_states_and_recipes() {
    replay("execute_assignment", strange::executed);
}

#[test]
fn texts_and_genomes() {
    replay("assembler", strange::assembled);
}

/// In the profile of the tests; a release is built without.
#[cfg(debug_assertions)]
#[test]
fn overflow_would_be_noticed() {
    let overflows = || std::hint::black_box(u32::MAX) + std::hint::black_box(1);
    assert!(
        catch_unwind(overflows).is_err(),
        "built without overflow checks"
    );
}

#[test]
fn the_corpus_is_small() {
    let files = [inputs("execute_assignment"), inputs("assembler")].concat();
    let bytes = |path: &PathBuf| fs::metadata(path).expect("a file").len();
    let all: u64 = files.iter().map(bytes).sum();
    assert!(
        files.len() <= MAX_FILES && all <= MAX_BYTES,
        "{} files, {all} bytes",
        files.len()
    );
}
