//! No name that the syllables can form holds a word of `deny.txt`: proven over all joints, not by samples. Knows no genome.

use bytebiota_core::taxonomy::{
    ENDINGS, FIRST, HOMES, NAMED_SPECIES, Rank, SECOND, TABLE, THIRD, rows,
};
use std::collections::BTreeMap;

fn denied() -> Vec<&'static str> {
    let lines = include_str!("deny.txt").lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// The longest beginning of `word` that `text` ends with; `text` holds no whole `word`, or the answer is its length.
fn progress(word: &str, text: &str) -> usize {
    if text.contains(word) {
        return word.len();
    }
    let ends_with = |length: &usize| text.ends_with(&word[..*length]);
    (0..word.len()).rev().find(ends_with).unwrap_or(0)
}

/// A name made of one syllable of each table, in order, that holds `word`, if there is one.
///
/// Walks all names at once: of what was spoken so far only the begun part of the word matters.
fn indecent(word: &str, tables: &[&[&str]]) -> Option<String> {
    let mut begun: BTreeMap<usize, String> = BTreeMap::from([(0, String::new())]);
    for table in tables {
        let mut next = BTreeMap::new();
        for (length, name) in &begun {
            for syllable in *table {
                let longer = format!("{name}{syllable}");
                let reached = progress(word, &format!("{}{syllable}", &word[..*length]));
                if reached == word.len() {
                    return Some(longer);
                }
                next.entry(reached).or_insert(longer);
            }
        }
        begun = next;
    }
    None
}

#[test]
fn no_composed_name_is_indecent() {
    let stems: Vec<String> = rows(Rank::Genus)
        .map(|row| row.name.to_lowercase())
        .collect();
    let stems: Vec<&str> = stems.iter().map(String::as_str).collect();
    for word in denied() {
        assert_eq!(
            indecent(word, &[FIRST, SECOND, THIRD, ENDINGS]),
            None,
            "{word}"
        );
        assert_eq!(indecent(word, &[FIRST, SECOND, &stems]), None, "{word}");
    }
}

#[test]
fn no_name_of_the_table_is_indecent() {
    let names = TABLE.iter().map(|row| row.name);
    let names = names.chain(NAMED_SPECIES.iter().map(|named| named.epithet));
    let names = names.chain(HOMES.iter().flat_map(|home| home.path));
    for name in names.map(str::to_lowercase) {
        for word in denied() {
            assert!(!name.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn the_walk_finds_a_word_across_every_joint() {
    let tables: [&[&str]; 3] = [&["ba", "do"], &["na", "ri"], &["lus", "tes"]];
    assert_eq!(indecent("banal", &tables), Some("banalus".into()));
    assert_eq!(indecent("orit", &tables), Some("dorites".into()));
    assert_eq!(indecent("onat", &tables), Some("donates".into()));
    assert_eq!(indecent("es", &tables), Some("banates".into()));
    assert_eq!(indecent("bari", &tables), Some("bari".into()));
    assert_eq!(indecent("aba", &tables), None);
    assert_eq!(indecent("nana", &tables), None);
}

#[test]
fn the_list_can_match_what_names_are_made_of() {
    let words = denied();
    assert!(words.len() >= 450);
    for word in words {
        assert!(
            word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()),
            "{word}"
        );
    }
}
