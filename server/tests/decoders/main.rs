//! Every decoder of what comes from outside, fed with what fuzzing left behind and with honest inputs bitten at random.
//!
//! How to go on fuzzing is told in `fuzz/README.md`; an input that breaks something is added to the corpus with the mend.

mod decode;
mod examples;

use decode::{DECODERS, decoded};
use examples::examples;
use proptest::prelude::*;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The corpus is kept small enough to be read in a review.
const MAX_FILES: usize = 150;
const MAX_BYTES: u64 = 1 << 20;
/// A shorter name is the name of another genome.
const GENOME_NAME: usize = 14;

static EXAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(examples);

fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/decoders");
    let entries = fs::read_dir(root).expect("a corpus");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
    files.sort();
    files
}

#[test]
fn each_decoder_accepts_what_is_honest_and_refuses_it_cut_short() {
    assert_eq!(EXAMPLES.len(), DECODERS.len());
    for (number, example) in EXAMPLES.iter().enumerate() {
        assert!(decoded(example), "decoder {number} refuses its example");
        let (short, nothing) = (&example[..example.len() - 1], &example[..1]);
        assert!(
            !decoded(short) || number == GENOME_NAME,
            "decoder {number} takes one that is cut short"
        );
        assert!(!decoded(nothing), "decoder {number} takes nothing");
    }
    assert!(!decoded(&[]));
}

#[test]
fn what_fuzzing_left_behind_breaks_nothing() {
    let files = corpus();
    assert!(files.len() >= DECODERS.len(), "{} inputs", files.len());
    let breaks = |path: &&PathBuf| {
        let bytes = fs::read(path).expect("an input");
        catch_unwind(AssertUnwindSafe(|| decoded(&bytes))).is_err()
    };
    let broken: Vec<&PathBuf> = files.iter().filter(breaks).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    let bytes = |path: &PathBuf| fs::metadata(path).expect("a file").len();
    let all: u64 = files.iter().map(bytes).sum();
    assert!(
        files.len() <= MAX_FILES && all <= MAX_BYTES,
        "{} files, {all} bytes",
        files.len()
    );
}

/// What the fuzzer starts from; run by hand with a folder in `BYTEBIOTA_EXAMPLES`.
#[test]
#[ignore = "writes files; see fuzz/README.md"]
fn examples_are_written() {
    let folder = std::env::var("BYTEBIOTA_EXAMPLES").expect("a folder in BYTEBIOTA_EXAMPLES");
    for (number, example) in EXAMPLES.iter().enumerate() {
        let path = Path::new(&folder).join(format!("honest-{number}"));
        fs::write(path, example).expect("written");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn bitten_inputs_are_read_or_refused(
        number in 0..DECODERS.len(),
        bites in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = EXAMPLES[number].clone();
        for (place, value) in bites {
            // The first byte names the decoder.
            let place = 1 + place.index(bytes.len() - 1);
            bytes[place] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(1 + cut.index(bytes.len()));
        }
        decoded(&bytes);
    }
}
