//! The reference pages say what the tables say: opcodes from the instruction table, knobs from the knob table.
//!
//! `BYTEBIOTA_BLESS=1` writes them anew.

use bytebiota_core::{
    Config,
    assembler::assemble,
    config::{PRESETS, Range, When},
    isa::{self, ALIAS_BIT, Family, TABLE, Target},
    tasks::TASKS,
};
use std::path::Path;

fn check(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    if std::env::var_os("BYTEBIOTA_BLESS").is_some() {
        std::fs::write(&path, text).expect("docs can be written");
    }
    let stated = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stated == text,
        "docs/{name} is out of date: run the tests with BYTEBIOTA_BLESS=1"
    );
}

fn energy(milli: u32) -> String {
    format!("{}.{:03}", milli / 1_000, milli % 1_000)
        .trim_end_matches('0')
        .trim_end_matches('.')
        .into()
}

fn opcodes() -> String {
    let costs = isa::costs(&Config::default().energy);
    let mut text = String::from(
        "# Opcodes\n\n\
        <!-- Made from the instruction table by core/tests/docs.rs; edit the table. -->\n\n\
        One byte is one opcode. The machine has four 32-bit registers AX, BX, CX and DX that wrap, a zero flag Z,\n\
        a stack of ten words, and an instruction pointer. `[BX]` is the byte in the soup at address BX; addresses wrap.\n\n\
        * Bytes 0 to 63 are the opcodes below.\n\
        * Bytes 64 to 127 are aliases: byte + 64 does the same as byte. A flip of that bit is a silent mutation.\n\
        * Bytes 128 to 255 are no opcodes: they cost, count as an error and do nothing.\n\n\
        *Result* is the register that a flaw can spoil by one. *Cost* is in energy units at the default settings;\n\
        `docs/knobs.md` lists the multiplier of each family. Every instruction takes one tick; what takes more, and\n\
        everything else about the machine, is in `docs/simulation.md`.\n\n\
        | byte | alias | name | family | result | cost | effect |\n|---:|---:|---|---|---|---:|---|\n",
    );
    for row in &TABLE {
        let result = match row.target {
            Target::None => "",
            Target::Ax => "AX",
            Target::Bx => "BX",
            Target::Cx => "CX",
            Target::Dx => "DX",
        };
        let (byte, alias, cost) = (
            row.byte,
            row.byte | ALIAS_BIT,
            energy(costs[usize::from(row.byte)]),
        );
        let (name, family, sentence) = (
            row.name,
            row.family.name(),
            row.sentence.replace('|', "\\|"),
        );
        let operand = if row.has_operand { " *n*" } else { "" };
        text += &format!(
            "| {byte} | {alias} | `{name}`{operand} | {family} | {result} | {cost} | {sentence} |\n"
        );
    }
    text += "\n## Families\n\n| family | bytes | cost |\n|---|---|---:|\n";
    for family in Family::ALL {
        let bytes: Vec<String> = TABLE
            .iter()
            .filter(|row| row.family == family)
            .map(|row| row.byte.to_string())
            .collect();
        let bytes = if family == Family::Invalid {
            "128 to 255".into()
        } else {
            bytes.join(" ")
        };
        let percent = u64::from(family.percent(&Config::default().energy));
        let cost = u64::from(Config::default().energy.instruction_cost) * percent / 100;
        text += &format!(
            "| {} | {bytes} | {} |\n",
            family.name(),
            energy(cost as u32)
        );
    }
    text + &tasks()
}

/// Tasks belong to READ_TASK and SUBMIT_TASK.
fn tasks() -> String {
    let mut text = String::from(
        "\n## Tasks\n\n\
        What SUBMIT_TASK is paid for: steps of reward on the full machine and on the NAND machine; an answer counts\n\
        for the first task that it solves. A dash: not offered there. ECHO pays a quarter of a step, once in a life.\n\n\
        | number | task | full | nand |\n|---:|---|---:|---:|\n",
    );
    let steps = |steps: u32| {
        if steps == 0 {
            "-".into()
        } else {
            steps.to_string()
        }
    };
    for (number, task) in TASKS.iter().enumerate() {
        let (full, nand) = (steps(task.full_steps), steps(task.nand_steps));
        text += &format!("| {number} | {} | {full} | {nand} |\n", task.name);
    }
    text
}

fn knobs() -> String {
    let mut text = String::from(
        "# Knobs\n\n\
        <!-- Made from the knob table by core/tests/docs.rs; edit the table. -->\n\n\
        Every setting of a world. *Live* knobs may change while the world runs, from the next stretch on; *genesis*\n\
        knobs are fixed for its life. A value out of its range is refused with its name and its range.\n",
    );
    let mut section = "";
    for knob in Config::knobs() {
        let (of, name) = knob.path.split_once('.').expect("section.name");
        if of != section {
            section = of;
            text += &format!(
                "\n## {section}\n\n| knob | default | range | unit | when | what it does |\n|---|---:|---|---|---|---|\n"
            );
        }
        let when = match knob.when {
            When::Live => "live",
            When::Genesis => "genesis",
        };
        let range = match knob.range {
            Range::Between(low, high) => format!("{low} to {high}"),
            other => other.to_string(),
        };
        let (default, unit, sentence) = (knob.default(), knob.unit, knob.sentence);
        text += &format!("| `{name}` | {default} | {range} | {unit} | {when} | {sentence} |\n");
    }
    text += "\n## Presets\n\nA preset is the default with some knobs moved.\n";
    for preset in PRESETS {
        text += &format!("\n### {}\n\n{}\n\n", preset.name, preset.sentence);
        for (path, value) in preset.knobs {
            text += &format!("* `{path}` = {value}\n");
        }
        if preset.knobs.is_empty() {
            text += "No knob is moved.\n";
        }
    }
    text
}

#[test]
fn the_opcode_reference_is_the_table() {
    check("opcode-reference.md", &opcodes());
}

#[test]
fn the_knob_reference_is_the_table() {
    check("knobs.md", &knobs());
}

/// Names that the reference teaches can be typed into the assembler.
#[test]
fn every_name_of_the_reference_assembles() {
    for row in &TABLE {
        let operand = if row.has_operand { " 1" } else { "" };
        let genome = assemble(&format!("{}{operand}\n{}~{operand}", row.name, row.name));
        let bytes = genome.unwrap_or_else(|error| panic!("{}: {error}", row.name));
        assert_eq!(bytes[0], row.byte);
        assert!(bytes.contains(&(row.byte | ALIAS_BIT)));
    }
}
