//! The landscape around a genome as a picture: which place and which step lies where, and its colour. Knows no canvas.

use bytebiota_core::{
    assay::landscape::{KNOCK_OUT, OneStep, PUT_IN},
    isa,
};

/// What is known so far: a letter for each step, in the order of `OneStep::all`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Known {
    /// `l`, `w`, `n`, `b`.
    pub fates: Vec<u8>,
    /// Ticks per birth, 0 for none.
    pub ticks: Vec<u32>,
    /// Steps there are.
    pub of: usize,
}

/// Rows of the picture that one wide row takes: those that every genome has, knocked out and left out.
const WIDE: usize = 4;
/// Rows of the picture between the wide rows and the others.
const GAP: usize = 1;
/// Rows of the picture.
pub const ROWS: usize = 2 * (WIDE + GAP) + PUT_IN - 1;

/// The kind of step at a row of the picture, counted as in `OneStep::all`; `None` between.
pub fn kind_at(row: usize) -> Option<usize> {
    match row {
        0..WIDE => Some(0),
        _ if row < WIDE + GAP => None,
        _ if row < 2 * WIDE + GAP => Some(1),
        _ if row < 2 * (WIDE + GAP) => None,
        _ if row < ROWS => Some(row - 2 * (WIDE + GAP) + 2),
        _ => None,
    }
}

/// The first row of the picture with that kind of step.
pub fn row_of(kind: usize) -> usize {
    match kind {
        0 => 0,
        1 => WIDE + GAP,
        kind => 2 * (WIDE + GAP) + kind - 2,
    }
}

/// Kinds of step there are.
pub const KINDS: usize = PUT_IN + 1;

/// The step of a kind at a place.
pub fn step(kind: usize, place: u32) -> OneStep {
    match kind {
        0 => OneStep::Put(place, KNOCK_OUT),
        1 => OneStep::Leave(place),
        kind => OneStep::Put(place, isa::TABLE[(kind - 2).min(63)].byte),
    }
}

/// What a kind of step is called.
pub fn words(kind: usize) -> String {
    match kind {
        0 => "knocked out".into(),
        1 => "left out".into(),
        kind => isa::TABLE[(kind - 2).min(63)].name.into(),
    }
}

/// What a letter means, and the class and colour it has: red, green, blue, opacity.
pub const FATES: [(u8, &str, [u8; 4]); 4] = [
    (b'l', "lethal", [120, 70, 62, 70]),
    (b'w', "slower", [226, 140, 60, 235]),
    (b'n', "neutral", [70, 150, 205, 235]),
    (b'b', "faster", [60, 220, 130, 255]),
];

/// The pixels of the picture, row by row, one column for each place.
pub fn paint(known: &Known, length: usize) -> Vec<[u8; 4]> {
    let pixel = |index: usize| {
        let (row, place) = (index / length.max(1), index % length.max(1));
        let letter = kind_at(row).and_then(|kind| known.fates.get(kind * length + place));
        let fate = letter.and_then(|letter| FATES.iter().find(|fate| fate.0 == *letter));
        fate.map_or([0; 4], |fate| fate.2)
    };
    (0..ROWS * length).map(pixel).collect()
}

/// How many steps met each fate, in the order of `FATES`.
pub fn tally(known: &Known) -> [usize; 4] {
    FATES.map(|(letter, ..)| known.fates.iter().filter(|fate| **fate == letter).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_kinds_belong_together_and_follow_the_order_of_the_survey() {
        for kind in 0..KINDS {
            assert_eq!(kind_at(row_of(kind)), Some(kind));
        }
        assert_eq!(kind_at(ROWS - 1), Some(KINDS - 1));
        assert_eq!((kind_at(WIDE), kind_at(ROWS)), (None, None));
        let steps: Vec<OneStep> = OneStep::all(7).collect();
        for (index, expected) in steps.iter().enumerate() {
            assert_eq!(step(index / 7, (index % 7) as u32), *expected);
        }
    }

    #[test]
    fn what_is_not_known_yet_is_clear() {
        let known = Known {
            fates: b"lwn".to_vec(),
            ticks: vec![0, 700, 500],
            of: 6,
        };
        let picture = paint(&known, 2);
        assert_eq!(picture.len(), 2 * ROWS);
        assert_eq!([picture[0], picture[1]], [FATES[0].2, FATES[1].2]);
        assert_eq!(picture[2 * row_of(1)], FATES[2].2);
        assert_eq!(picture[2 * row_of(1) + 1], [0; 4]);
        assert_eq!(tally(&known), [1, 1, 1, 0]);
        assert!(paint(&Known::default(), 0).is_empty());
    }
}
