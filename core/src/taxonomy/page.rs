//! The table as a page for readers: the generated part of `docs/taxonomy.md`. Knows no genome.

use super::{HOMES, NAMED_SPECIES, Rank, Row, TABLE, Test};
use crate::isa;
use std::fmt::Write;

/// Markdown: one table a rank, the homes of genera, the named species.
pub fn reference() -> String {
    let mut text = String::new();
    for rank in Rank::ALL {
        let name = if rank == Rank::Genus { "Stem" } else { "Name" };
        let _ = write!(
            text,
            "### {}\n\n| {name} | Condition | Its members |\n| --- | --- | --- |\n",
            rank.name()
        );
        for row in TABLE.iter().filter(|row| row.rank == rank) {
            let condition = condition(row);
            let _ = writeln!(text, "| *{}* | {condition} | {} |", row.name, row.sentence);
        }
        text.push('\n');
    }
    text.push_str("### Homes of genera\n\n| Stems | Path |\n| --- | --- |\n");
    for home in HOMES {
        let (stems, path) = (home.stems.join("*, *"), home.path.join(" › "));
        let _ = writeln!(text, "| *{stems}* | {path} |");
    }
    text.push_str(
        "\n### Species named by hand\n\n| Species | Who | Its words |\n| --- | --- | --- |\n",
    );
    for named in NAMED_SPECIES {
        let words = instructions(named.words, " ");
        let (genus, epithet, sentence) = (named.genus, named.epithet, named.sentence);
        let _ = writeln!(text, "| *{genus} {epithet}* | {sentence} | {words} |");
    }
    text
}

fn condition(row: &Row) -> String {
    if row.tests.is_empty() {
        return "whatever is left".to_string();
    }
    let tests: Vec<String> = row.tests.iter().map(|test| words(*test)).collect();
    tests.join("; and ")
}

fn words(test: Test) -> String {
    match test {
        Test::All(bytes) => instructions(bytes, " and "),
        Test::Any(bytes) => instructions(bytes, " or "),
        Test::Bytes(least) => format!("at least {least} bytes"),
        Test::Families(least) => format!("at least {least} families of instructions"),
        Test::Invalid(least) => format!("at least {least} ‰ of its opcodes are invalid"),
    }
}

fn instructions(bytes: &[u8], between: &str) -> String {
    let name = |&byte: &u8| isa::decode(byte).map_or("", |row| row.name);
    let names: Vec<String> = bytes
        .iter()
        .map(|byte| format!("`{}`", name(byte)))
        .collect();
    names.join(between)
}
