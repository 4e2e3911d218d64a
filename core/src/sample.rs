//! Sample: an island in numbers at an epoch line, as reports carry it. Knows no island and no series.
//!
//! Everything is an integer, so that a sample is the same on every machine; ratios and means are made where they are
//! shown.

use crate::{Counters, Epoch};
use serde::{Deserialize, Serialize};

/// Classes of genome length: `LENGTH_STEP` bytes each, the last one open.
pub const LENGTH_CLASSES: usize = 32;
/// Bytes of a class of genome length.
pub const LENGTH_STEP: u32 = 4;

/// The island at an epoch line.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Sample {
    /// The epoch that begins at this line.
    pub epoch: Epoch,
    /// Rounds since genesis.
    pub round: u64,
    /// The living, now.
    pub population: u32,
    /// Different genotypes among the living, now.
    pub genotypes: u32,
    /// Bodies of the commonest genotype, now.
    pub commonest: u32,
    /// Sum over the genotypes of living bodies squared: Simpson's index is one minus this over population squared.
    pub simpson: u64,
    /// Shannon's index over the genotypes of the living, thousandths of a bit.
    pub shannon_millibits: u32,
    /// Living bodies by length of their genome at birth.
    pub lengths: [u32; LENGTH_CLASSES],
    /// Bytes of all living bodies, now.
    pub genome_bytes: u64,
    /// Energy of all living, milli-units, now.
    pub energy: u64,
    /// Resource units in the region, now.
    pub resource: u64,
    /// Everything counted since genesis.
    pub counters: Counters,
}

/// The class of a genome's length.
pub fn length_class(bytes: usize) -> usize {
    (bytes / LENGTH_STEP as usize).min(LENGTH_CLASSES - 1)
}

/// How evenly bodies are spread over kinds: the sum of squares, and Shannon's index in thousandths of a bit.
pub fn diversity(counts: &[u32]) -> (u64, u32) {
    let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    let squares = counts.iter().map(|&count| u64::from(count).pow(2)).sum();
    if all == 0 {
        return (squares, 0);
    }
    let weighted: u64 = counts
        .iter()
        .map(|&count| u64::from(count) * log2(u64::from(count)))
        .sum();
    let bits = log2(all) - weighted / all;
    (squares, ((bits * 1_000) >> FRACTION) as u32)
}

/// Binary digits behind the point of a logarithm.
const FRACTION: u32 = 24;

/// The binary logarithm of a number, in 1/2^24, rounded down; 0 for 0. By squaring, one digit a time.
fn log2(number: u64) -> u64 {
    if number == 0 {
        return 0;
    }
    let whole = number.ilog2();
    let mut mantissa = u128::from(number) << (62 - whole.min(62));
    let mut digits = 0;
    for _ in 0..FRACTION {
        mantissa = (mantissa * mantissa) >> 62;
        let carry = mantissa >= 1 << 63;
        mantissa >>= u32::from(carry);
        digits = digits << 1 | u64::from(carry);
    }
    u64::from(whole) << FRACTION | digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shannon_and_simpson_agree_with_the_formulas() {
        for counts in [vec![7], vec![1; 100], vec![500, 300, 20, 1, 1], vec![3, 5]] {
            let all: f64 = counts.iter().map(|&count| f64::from(count)).sum();
            let share = |&count: &u32| f64::from(count) / all;
            let shannon: f64 = counts.iter().map(share).map(|p| -p * p.log2()).sum();
            let (squares, millibits) = diversity(&counts);
            let simpson: f64 = counts.iter().map(share).map(|p| p * p).sum();
            assert!((squares as f64 / all / all - simpson).abs() < 1e-9);
            assert!(
                (f64::from(millibits) - shannon * 1_000.0).abs() <= 1.0,
                "{counts:?}: {millibits} for {shannon}"
            );
        }
        assert_eq!(diversity(&[]), (0, 0));
        assert_eq!(diversity(&[9]).1, 0);
    }

    #[test]
    fn lengths_fall_into_classes_and_the_last_is_open() {
        assert_eq!(
            (length_class(0), length_class(3), length_class(4)),
            (0, 0, 1)
        );
        assert_eq!((length_class(124), length_class(4_096)), (31, 31));
    }
}
