//! The generated documents say what the tables say. `BYTEBIOTA_BLESS=1` writes them anew.

use bytebiota_core::{
    Config,
    config::{PRESETS, When},
    isa,
};
use std::{fmt::Write, fs, path::PathBuf};

fn compare(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(name);
    if std::env::var_os("BYTEBIOTA_BLESS").is_some() {
        fs::write(&path, text).expect("docs can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "docs/{name} is out of date: run BYTEBIOTA_BLESS=1 cargo test -p bytebiota-sim --test reference"
    );
}

/// A cell of a table: a bar would end it.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn the_page_of_opcodes_is_that_of_the_table() {
    let mut page = String::from(
        "# Opcodes\n\nGenerated from the instruction table in `core/src/isa.rs`; do not edit.\n\n\
         One byte is one instruction. Bytes 64 to 127 are aliases: the same instruction as the byte 64 below, so that a \
         mutation can be silent. Bytes 128 to 255 are invalid: they cost, count an error and do nothing. Registers are \
         AX, BX, CX and DX, 32 bits, wrapping; Z is the zero flag; memory is always reached through `[BX]`. The cost of an \
         instruction is `energy.instruction_cost` times the multiplier of its family ([knobs](knobs.md)).\n\n\
         | byte | alias | name | family | operand | effect |\n|---:|---:|---|---|---|---|\n",
    );
    for row in &isa::TABLE {
        let operand = if row.has_operand { "next byte" } else { "" };
        let (alias, sentence) = (row.byte + 64, cell(row.sentence));
        let line = format!(
            "| {} | {alias} | {} | {} | {operand} | {sentence} |",
            row.byte,
            row.name,
            row.family.name()
        );
        writeln!(page, "{line}").expect("a string takes all");
    }
    compare("opcode-reference.md", &page);
}

#[test]
fn the_page_of_knobs_is_that_of_the_tree() {
    let mut page = String::from(
        "# Knobs\n\nGenerated from the Config tree in `core/src/config/tree.rs`; do not edit.\n\n\
         Every setting of a world. A *live* knob may change while the world runs, from the next stretch on; a *genesis* \
         knob is fixed for its life. In a settings file, `soup.size` is `size` in the table `[soup]`.\n",
    );
    let mut section = "";
    for knob in Config::knobs() {
        let (head, name) = knob.path.split_once('.').expect("a path has a section");
        if head != section {
            section = head;
            write!(page, "\n## {section}\n\n| name | default | range | unit | changes | what it does |\n|---|---|---|---|---|---|\n")
                .expect("a string takes all");
        }
        let when = match knob.when {
            When::Live => "live",
            When::Genesis => "genesis",
        };
        let (default, range) = (knob.default(), cell(&knob.range.to_string()));
        let (unit, sentence) = (knob.unit, cell(knob.sentence));
        writeln!(
            page,
            "| {name} | {default} | {range} | {unit} | {when} | {sentence} |"
        )
        .expect("a string takes all");
    }
    page.push_str("\n## Presets\n\n| name | for | differs in |\n|---|---|---|\n");
    for preset in PRESETS {
        let knobs: Vec<String> = preset
            .knobs
            .iter()
            .map(|(path, value)| format!("`{path} = {value}`"))
            .collect();
        writeln!(
            page,
            "| {} | {} | {} |",
            preset.name,
            cell(preset.sentence),
            knobs.join(", ")
        )
        .expect("a string takes all");
    }
    compare("knobs.md", &page);
}
