//! Names from syllables: the tables are frozen, what seeds them decides the name. Knows no genome and no table of ranks.

use crate::Digest;

/// Syllables that open a name.
pub const FIRST: &[&str] = &[
    "ve", "bi", "bu", "da", "de", "di", "do", "du", "ga", "ge", "gi", "go", "gu", "la", "le", "li",
    "lo", "me", "mi", "na", "ne", "ni", "no", "nu", "ra", "re", "ri", "ru", "ta", "te", "ti", "to",
    "tu", "va", "vi", "vu", "bra", "bre", "bri", "bru", "dra", "dre", "dri", "dru", "gla", "gle",
    "gli", "glo", "tre", "tri", "tru", "cra", "cre", "cri", "cru",
];
/// Syllables behind the first.
pub const SECOND: &[&str] = &[
    "za", "du", "re", "ni", "li", "da", "lo", "ma", "me", "mi", "ne", "no", "ru", "ve", "vi", "vo",
    "vu", "ze", "zo", "zu",
];
/// Syllables before the ending of an epithet.
pub const THIRD: &[&str] = &[
    "da", "de", "di", "do", "du", "le", "li", "lo", "ma", "me", "ni", "no", "re", "ru", "te", "to",
    "tu", "ve", "vi", "vo", "vu",
];
/// Endings of an epithet.
pub const ENDINGS: &[&str] = &[
    "ricus", "linus", "volus", "nivus", "dorus", "latus", "mensis", "ridus", "vicus", "tilis",
    "navus", "rilis", "duus", "vagus", "belus", "lidus", "ninus", "marus", "densis", "revis",
    "lucus",
];

/// Draws from tables, one after the other, by the digits of a number in changing bases.
struct Drawer(u64);

impl Drawer {
    /// The seed is what defines the rank, spoken out: equal words, equal names.
    fn new(seed: &str) -> Self {
        let digest = Digest::of(seed.as_bytes());
        let mut low = [0; 8];
        low.copy_from_slice(&digest.0[..8]);
        Self(u64::from_le_bytes(low))
    }

    fn draw(&mut self, syllables: &[&'static str]) -> &'static str {
        let count = syllables.len() as u64;
        let index = self.0 % count;
        self.0 /= count;
        syllables[index as usize]
    }
}

/// A genus away from its home: two syllables before the stem. The first tells kingdom, phylum and class, the second
/// order and family, by their numbers; so relatives sound alike and no two genera share a name.
pub fn genus(class: u32, family: u32, stem: &str) -> String {
    let syllable = |table: &[&'static str], at: u32| table[at as usize % table.len()];
    let mut name = String::new();
    name.push_str(syllable(FIRST, class));
    name.push_str(syllable(SECOND, family));
    name.push_str(&stem.to_ascii_lowercase());
    name[..1].make_ascii_uppercase();
    name
}

/// The second word of a species' name: three syllables and an ending, drawn by genus and vocabulary.
pub fn epithet(genus: &str, words: u64) -> String {
    let mut drawer = Drawer::new(&format!("bytebiota species {genus} {words:016x}"));
    [FIRST, SECOND, THIRD, ENDINGS]
        .map(|syllables| drawer.draw(syllables))
        .concat()
}

/// The digest of all syllable tables: what freezes them.
pub fn tables_digest() -> Digest {
    let tables = [FIRST, SECOND, THIRD, ENDINGS].map(|syllables| syllables.join(" "));
    Digest::of(tables.join("\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_joint_can_be_pronounced() {
        let vowel = |letter: char| "aeiou".contains(letter);
        for table in [FIRST, SECOND, THIRD] {
            assert!(table.iter().all(|s| s.ends_with(vowel)));
        }
        // Consonants open a syllable, at most two of them; with a vowel at each end no three ever meet.
        for syllable in [FIRST, SECOND, THIRD, ENDINGS].concat() {
            assert!(!syllable.starts_with(vowel), "{syllable}");
            let opening = syllable.find(vowel).unwrap_or(9);
            assert!(opening <= 2, "{syllable}");
            assert!(syllable.bytes().all(|byte| byte.is_ascii_lowercase()));
        }
    }

    #[test]
    fn tables_hold_no_syllable_twice() {
        for table in [FIRST, SECOND, THIRD, ENDINGS] {
            let mut sorted = table.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            assert_eq!(sorted.len(), table.len());
        }
    }

    #[test]
    fn names_follow_their_seed() {
        assert_ne!(genus(0, 1, "Messor"), genus(1, 0, "Messor"));
        assert_ne!(epithet("Messor", 1), epithet("Messor", 2));
        assert_ne!(epithet("Messor", 1), epithet("Faber", 1));
    }
}
