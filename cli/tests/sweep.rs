//! A sweep from the command line: killed again and again it comes to the same table, and what is not its own is left alone.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

/// Cells of `sweep`.
const CELLS: usize = 12;

fn bytebiota(arguments: &[&str], out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bytebiota"));
    let world = [
        "--set",
        "soup.size=8192",
        "--set",
        "environment.length=512",
        "--quiet",
    ];
    command.arg("run").args(arguments).args(world);
    command.arg("--out").arg(out).stdin(Stdio::null());
    command
}

/// Twelve worlds: two values, two values, three seeds.
fn sweep(out: &Path) -> Command {
    let arguments = [
        "--sweep",
        "mutation.copy_rate=0,1_000",
        "--sweep",
        "energy.rent=10,0",
        "--seeds",
        "1..3",
        "--instructions",
        "2e6",
    ];
    bytebiota(&arguments, out)
}

fn ended(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The exit code and what was said, of a command that must fail in one line.
fn refusal(command: &mut Command) -> (i32, String) {
    let output = ended(command);
    let said = text(&output.stderr);
    assert!(
        !output.status.success() && said.lines().count() == 1,
        "{said}"
    );
    (output.status.code().unwrap_or(-1), said)
}

/// The finished cells of a folder; each of them is whole.
fn finished(out: &Path) -> usize {
    let Ok(entries) = fs::read_dir(out.join("cells")) else {
        return 0;
    };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let cells: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    for cell in &cells {
        let row = fs::read_to_string(cell).expect("a cell");
        let row: serde_json::Value = serde_json::from_str(&row).expect("a whole row");
        assert_eq!(row["ticks"], 2_000_000, "{row}");
    }
    cells.len()
}

/// Starts the sweep and kills it as soon as it has finished some more cells; whether it came that far.
fn killed_after(out: &Path, cells: usize) {
    let wanted = finished(out) + cells;
    let mut child = sweep(out)
        .args(["--jobs", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    while finished(out) < wanted {
        assert_eq!(child.try_wait().expect("a child"), None, "it was too fast");
        sleep(Duration::from_millis(2));
    }
    child.kill().expect("killed");
    child.wait().expect("reaped");
}

#[test]
fn a_killed_sweep_goes_on_to_the_same_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let (whole, torn) = (folder.path().join("whole"), folder.path().join("torn"));
    let reference = ended(sweep(&whole).args(["--jobs", "2"]));
    assert!(reference.status.success(), "{}", text(&reference.stderr));
    assert_eq!(text(&reference.stderr), "", "nothing was there to skip");
    for cells in [1, 3, 2] {
        killed_after(&torn, cells);
        assert!(!torn.join("sweep.csv").exists(), "no table before the end");
    }
    // What a write leaves that died in the middle.
    fs::write(torn.join("cells/000012.json.new"), "{\"values\":[").expect("written");
    let before = finished(&torn);
    assert!((6..CELLS).contains(&before), "{before}");
    let resumed = ended(&mut sweep(&torn));
    assert!(resumed.status.success(), "{}", text(&resumed.stderr));
    let said = text(&resumed.stderr);
    let expected = format!("{before} of 12 cells are finished and skipped: 1-{before}");
    assert!(said.contains(&expected), "{said}");
    let table = |out: &Path| fs::read_to_string(out.join("sweep.csv")).expect("a table");
    assert_eq!(table(&torn), table(&whole));
    assert_eq!(resumed.stdout, reference.stdout);
    let lines = table(&whole);
    let rows: Vec<Vec<&str>> = lines.lines().map(|row| row.split(',').collect()).collect();
    assert_eq!(
        (rows.len(), &rows[0][..3]),
        (13, &["mutation.copy_rate", "energy.rent", "seed"][..])
    );
    assert_eq!(&rows[1][..4], ["0", "10", "1", "2000000"]);
    assert_eq!(&rows[12][..4], ["1000", "0", "3", "2000000"]);
    let mut digests: Vec<&str> = rows.iter().filter_map(|row| row.last().copied()).collect();
    digests.sort_unstable();
    digests.dedup();
    assert_eq!(digests.len(), 13, "each world is another");
    // Once more: everything is skipped, and the table is the same.
    let again = ended(&mut sweep(&torn));
    assert!(text(&again.stderr).contains("12 of 12 cells"));
    assert_eq!(again.stdout, reference.stdout);
}

#[test]
fn a_cell_is_what_a_run_with_its_settings_comes_to() {
    let folder = tempfile::tempdir().expect("a folder");
    let swept = ["--sweep", "energy.rent=7", "--seeds", "5", "--islands", "2"];
    let length = ["--instructions", "2e5", "--json"];
    let swept = ended(bytebiota(&swept, &folder.path().join("a")).args(length));
    let alone = ["--set", "energy.rent=7", "--seed", "5", "--islands", "2"];
    let alone = ended(bytebiota(&alone, &folder.path().join("b")).args(length));
    let json = |output: &Output| -> serde_json::Value {
        serde_json::from_slice(&output.stdout).expect("one JSON object")
    };
    let (swept, alone) = (json(&swept), json(&alone));
    assert_eq!(swept["rows"][0]["digest"], alone["digest"]);
    for count in ["population", "births", "genotypes"] {
        assert_eq!(swept["rows"][0][count], alone[count], "{count}");
    }
}

#[test]
fn another_sweep_or_folder_is_left_alone_unless_forced() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let short = |list: &str, out: &Path| {
        let length = ["--seeds", "1..2", "--instructions", "1e4"];
        let mut command = bytebiota(&["--sweep", list], out);
        command.args(length);
        command
    };
    assert!(ended(&mut short("energy.rent=0,1", &out)).status.success());
    let (code, said) = refusal(&mut short("energy.rent=0,2", &out));
    assert!(
        code == 4 && said.contains("another sweep") && said.contains("--force"),
        "{said}"
    );
    assert!(
        said.contains(r#"["0", "1"]"#) && said.contains(r#"["0", "2"]"#),
        "{said}"
    );
    let (code, said) = refusal(&mut bytebiota(&["--instructions", "1e4"], &out));
    assert!(code == 4 && said.contains("not empty"), "{said}");
    let forced = ended(short("energy.rent=0,2", &out).arg("--force"));
    assert!(
        forced.status.success() && forced.stderr.is_empty(),
        "nothing of the old is taken"
    );
    assert!(fs::read_to_string(out.join("sweep.csv")).is_ok_and(|csv| csv.contains("\n2,1,")));

    let mine = folder.path().join("mine");
    fs::create_dir(&mine).expect("a folder");
    fs::write(mine.join("letter.txt"), "dear").expect("written");
    let (code, said) = refusal(&mut short("energy.rent=0,1", &mine));
    assert!(code == 4 && said.contains("not empty"), "{said}");
    let names = fs::read_dir(&mine).expect("a folder").count();
    assert_eq!(names, 1, "a refused folder stays as it was");
    assert!(
        ended(short("energy.rent=0,1", &mine).arg("--force"))
            .status
            .success()
    );
    assert!(
        mine.join("letter.txt").exists(),
        "what no sweep wrote stays"
    );
    // A cell that was tampered with is named.
    fs::write(mine.join("cells/000002.json"), "{}").expect("written");
    let (code, said) = refusal(&mut short("energy.rent=0,1", &mine));
    assert!(
        code == 1 && said.contains("000002.json is damaged"),
        "{said}"
    );
}

#[test]
fn mistakes_are_told_in_one_line_before_a_folder_is_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let cases = [
        (vec!["--sweep", "energy.rnt=1"], 3, "`energy.rent`"),
        (vec!["--sweep", "mutation.copy_rate=9e9"], 3, "0 to 1000000"),
        (vec!["--sweep", "energy.rent="], 2, "empty value"),
        (
            vec!["--sweep", "energy.rent=1", "--sweep", "energy.rent=2"],
            2,
            "twice",
        ),
        (vec!["--jobs", "2"], 2, "--sweep"),
    ];
    for (arguments, code, part) in cases {
        let (found, said) = refusal(&mut bytebiota(&arguments, &out));
        assert!(found == code && said.contains(part), "{found}: {said}");
    }
    assert!(!out.exists());
}
