//! Kinship: how much two genomes differ, by the short pieces they are made of. Knows no life.

use std::collections::BTreeSet;

/// Bytes of a piece.
const PIECE: usize = 4;

/// Pieces that only one of the two has, percent of all: 0 for equal genomes, 100 for strangers. One substitution in 80
/// bytes makes about 10, wherever it is; insertions shift nothing.
pub fn difference_percent(a: &[u8], b: &[u8]) -> u32 {
    let (a, b) = (pieces(a), pieces(b));
    let shared = a.intersection(&b).count();
    let all = a.len() + b.len() - shared;
    ((all - shared) * 100).checked_div(all).unwrap_or(0) as u32
}

fn pieces(genome: &[u8]) -> BTreeSet<&[u8]> {
    genome.windows(PIECE.min(genome.len().max(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_genomes_do_not_differ_mutants_a_little_and_strangers_wholly() {
        let genome: Vec<u8> = (0..80).collect();
        assert_eq!(difference_percent(&genome, &genome), 0);
        let mut mutant = genome.clone();
        mutant[40] = 200;
        assert_eq!(difference_percent(&genome, &mutant), 9);
        let mut longer = genome.clone();
        longer.insert(20, 250);
        assert!((1..12).contains(&difference_percent(&genome, &longer)));
        let stranger: Vec<u8> = (100..180).collect();
        assert_eq!(difference_percent(&genome, &stranger), 100);
        assert_eq!(difference_percent(&[1], &[1]), 0);
        assert_eq!(difference_percent(&[], &[]), 0);
    }
}
