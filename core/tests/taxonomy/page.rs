//! The page for readers shows the table as it is. Knows how to write the generated part anew.

use bytebiota_core::taxonomy::reference;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/taxonomy.md");
const BEGIN: &str = "<!-- generated from core/src/taxonomy/table.rs: begin -->\n\n";
const END: &str = "\n<!-- generated: end -->";

#[test]
fn the_page_shows_the_table() {
    let page = std::fs::read_to_string(PATH).expect("docs/taxonomy.md");
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the begin of the generated part");
    let (kept, after) = rest.split_once(END).expect("the end of the generated part");
    if crate::blessing() {
        let renewed = [before, BEGIN, &reference(), END, after].concat();
        std::fs::write(PATH, renewed).expect("docs/taxonomy.md");
    } else {
        assert_eq!(kept, reference());
    }
}
