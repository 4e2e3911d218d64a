//! Golden cases: each folder of `core/cases` gives the digests that it states, in debug and in release.
//!
//! `BYTEBIOTA_BLESS=1` writes `assignment.bin` and `digest` anew; a changed digest means another
//! `SEMANTICS_VERSION`. The runners for WebAssembly load only these two files.

#[path = "golden/case.rs"]
mod case;
#[path = "golden/count.rs"]
mod count;

use bytebiota_core::{Assignment, Digest, Island, LocalExecutor, Report, codec};
use case::Case;
use std::path::{Path, PathBuf};

/// Bytes of the largest assignment that is kept in the repository.
const MAX_BYTES: usize = 200 * 1024;

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let entries = std::fs::read_dir(root).expect("core/cases");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("entry").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn blessing() -> bool {
    std::env::var_os("BYTEBIOTA_BLESS").is_some()
}

/// What the file `digest` says: the segment digests chained, then the digest of the state at the end.
fn digests(report: &Report) -> String {
    let chained = Digest::chain(&report.segment_digests());
    let state = report.end_state().expect("a report has segments");
    format!("{chained}\n{state}\n")
}

fn check(folder: &Path) -> Result<(), String> {
    let case = Case::read(folder);
    let bytes = codec::encode(&case.assignment());
    if blessing() {
        std::fs::write(folder.join("assignment.bin"), &bytes).expect("assignment.bin");
    }
    let kept = std::fs::read(folder.join("assignment.bin")).expect("assignment.bin");
    if kept != bytes {
        return Err("assignment.bin is not what case.txt describes".into());
    }
    if bytes.len() > MAX_BYTES || case.ticks() > 2_000_000 {
        return Err(format!("{} bytes, {} ticks", bytes.len(), case.ticks()));
    }
    let assignment: Assignment = codec::decode(&kept, MAX_BYTES).map_err(|e| e.to_string())?;
    let report = LocalExecutor::execute_assignment(&assignment).map_err(|e| e.to_string())?;
    let island = Island::from_bytes(&report.state, &case.config).map_err(|e| e.to_string())?;
    for (what, comparison, number) in &case.expectations {
        let value = count::count(what, &island, &report).ok_or(format!("no count {what}"))?;
        let holds = match comparison.as_str() {
            "=" => value == *number,
            ">=" => value >= *number,
            other => return Err(format!("no comparison {other}")),
        };
        if !holds {
            return Err(format!("{what} is {value}, not {comparison} {number}"));
        }
    }
    let digests = digests(&report);
    if blessing() {
        std::fs::write(folder.join("digest"), &digests).expect("digest");
    }
    let stated = std::fs::read_to_string(folder.join("digest")).map_err(|e| e.to_string())?;
    (digests == stated)
        .then_some(())
        .ok_or(format!("{digests} is not {stated}"))
}

#[test]
fn every_case_gives_its_digests() {
    let folders = folders();
    assert!(folders.len() >= 14, "{} cases", folders.len());
    let faults: Vec<String> = folders
        .iter()
        .filter_map(|folder| Some(format!("{}: {}", folder.display(), check(folder).err()?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_case_of_all_opcodes_executes_all_of_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/all_opcodes");
    let case = Case::read(&folder);
    let mut island = case.island();
    island.open_epoch(bytebiota_core::Epoch(0), &case.assignment().inputs.arrivals);
    let seen = count::executed(&mut island, 20_000);
    assert_eq!(count::missing(&seen), Vec::<String>::new());
    assert!(seen[128..].iter().any(|&seen| seen), "no invalid byte ran");
}
