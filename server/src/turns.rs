//! Turns: who took an island over, and stayed ahead long enough that it is worth telling. Knows no store and no words.

use crate::store::Foremost;

/// Ends of units in a row at which a genotype must be the commonest: two that are equally common change places all the time.
const LASTING: usize = 4;
/// Turns of an island that are told, at most.
const TOLD: usize = 3;

/// The newest turns of an island, oldest first, out of who had most members at the ends of its units; each with the moment it
/// began.
pub fn newest(foremost: &[Foremost]) -> Vec<Foremost> {
    let reigns = foremost.chunk_by(|one, next| one.genotype == next.genotype);
    let lasting = reigns.filter(|reign| reign.len() >= LASTING);
    let mut rulers: Vec<Foremost> = lasting.filter_map(|reign| reign.first().copied()).collect();
    // A short interruption is no end of a reign.
    rulers.dedup_by_key(|ruler| ruler.genotype);
    // Whether the first one here was the first before, too, is not known.
    let turns = rulers.get(1..).unwrap_or_default();
    turns[turns.len().saturating_sub(TOLD)..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::GenotypeHash;

    /// One letter for whoever is the commonest at the end of each unit.
    fn told(foremost: &str) -> Vec<(char, u64)> {
        let moment = |(epoch, letter): (u64, u8)| Foremost {
            epoch,
            time_ms: epoch * 100,
            genotype: GenotypeHash([letter; 16]),
            living: 7,
        };
        let foremost: Vec<_> = (1..).zip(foremost.bytes()).map(moment).collect();
        let turns = newest(&foremost).into_iter();
        turns
            .map(|turn| (char::from(turn.genotype.0[0]), turn.epoch))
            .collect()
    }

    #[test]
    fn a_change_is_told_once_it_has_lasted_four_ends_of_units() {
        assert_eq!(told("aaaabbb"), []);
        assert_eq!(told("aaaabbbb"), [('b', 5)]);
        assert_eq!(told("aaaabbbbbbb"), [('b', 5)]);
        assert_eq!(told("aaaababababab"), [], "they change places all the time");
    }

    #[test]
    fn a_short_interruption_changes_nothing_and_the_beginning_is_no_change() {
        assert_eq!(told("aaaabbbaaaa"), []);
        assert_eq!(told("aaaabbbbcbbbb"), [('b', 5)]);
        assert_eq!(told("abcaaaa"), []);
        assert_eq!(told("aaaabcbdbbbb"), [('b', 9)]);
        assert_eq!(told(""), []);
    }

    #[test]
    fn of_many_the_newest_three_are_told_oldest_first() {
        let many = told("aaaabbbbccccddddeeeeaaaa");
        assert_eq!(many, [('d', 13), ('e', 17), ('a', 21)]);
    }
}
