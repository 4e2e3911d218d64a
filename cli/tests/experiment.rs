//! Every experiment in short, from the command line: rows, verdict and exit code belong together, and bad wishes are told.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

/// Long enough for a world to be full, far too short for most goals.
const SHORT: &str = "3e7";
/// Longer: without mutation a world takes 10^7 ticks to come to rest, which must be in its first tenth.
const AT_REST: &str = "15e7";
/// One seed is enough to see that rows, verdict and code agree.
const SEED: &str = "2..2";
/// All goals were met.
const MET: i32 = 0;
/// Not all were.
const MISSED: i32 = 7;

fn experiment(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bytebiota"));
    command.arg("experiment").args(arguments).arg("--quiet");
    command
        .stdin(Stdio::null())
        .output()
        .expect("the program runs")
}

/// The exit code, and what was said.
fn short(name: &str, seeds: &str, jobs: &str, out: &Path) -> (i32, String) {
    let out = out.to_str().expect("a plain path");
    let ticks = if name == "control" { AT_REST } else { SHORT };
    let wishes = ["--seeds", seeds, "--instructions", ticks, "--jobs", jobs];
    let output = experiment(&[&[name][..], &wishes, &["--out", out]].concat());
    let code = output.status.code().expect("an exit code");
    (code, String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Each CSV file of a folder by name, in order.
fn tables(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_table = |path: &std::path::PathBuf| path.extension().is_some_and(|end| end == "csv");
    let mut tables: Vec<(String, String)> = paths
        .filter(is_table)
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (
                name.into_owned(),
                fs::read_to_string(&path).expect("a table"),
            )
        })
        .collect();
    tables.sort();
    tables
}

/// Runs one and holds its verdict against its rows: a goal is met by as many seeds as have a 1 in its column.
fn tried(name: &str) -> i32 {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let (code, said) = short(name, SEED, "1", &out);
    let as_it_must = said.matches("=> goals met").count() + said.matches("as it must").count();
    let arms = said.matches("  => ").count();
    assert_eq!(
        code,
        if as_it_must == arms { MET } else { MISSED },
        "{said}"
    );
    let tables = tables(&out);
    assert_eq!(tables.len(), arms, "{said}");
    let (mut met, mut goals) = (0, 0);
    for (name, table) in &tables {
        let lines: Vec<&str> = table.lines().collect();
        assert!(
            lines.len() == 2 && lines[1].starts_with("2,"),
            "{name}: {table}"
        );
        let of_arm = lines[0].matches("\"met: ").count();
        met += lines[1]
            .rsplit(',')
            .take(of_arm)
            .filter(|cell| *cell == "1")
            .count();
        goals += of_arm;
    }
    let said_met = said
        .lines()
        .filter(|line| line.starts_with("  met "))
        .count();
    let said_missed = said
        .lines()
        .filter(|line| line.starts_with("  missed "))
        .count();
    assert_eq!((said_met, said_missed), (met, goals - met), "{said}");
    code
}

#[test]
fn a_short_world_lives_eats_and_is_infested_and_its_controls_fail() {
    for name in ["life", "metabolism", "parasites", "control"] {
        assert_eq!(tried(name), MET, "{name}");
    }
}

#[test]
fn what_takes_longer_is_missed_and_said_to_be() {
    for name in ["optimisation", "tasks"] {
        assert_eq!(tried(name), MISSED, "{name}");
    }
}

#[test]
fn rows_do_not_depend_on_the_jobs_and_results_are_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let alone = short("life", "3..4", "1", &one);
    assert_eq!(alone, short("life", "3..4", "2", &two));
    assert_eq!(tables(&one), tables(&two));
    assert!(alone.1.contains("2 of 2, needed  2"), "{}", alone.1);
    let again = short("life", "3..4", "1", &one);
    assert_eq!(again.0, 4, "the folder is not empty");
}

#[test]
fn bad_wishes_are_told_in_one_line() {
    let refused = |arguments: &[&str], words: &str| {
        let output = experiment(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains(words), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    };
    refused(&["live"], "there is no experiment `live`; there are: life");
    refused(&["life", "--seeds", "9..1"], "no seeds");
    refused(&["life", "--seeds", "0..99999999"], "more than");
    refused(&["tasks", "--arm", "tierra"], "there are: default, avida");
    refused(&["life", "--set", "soup.sise=4096"], "soup.size");
    refused(&["life", "--instructions", "0"], "instructions");
}
