//! Relative fitness out of bouts: logarithms, means and Student's t. Knows no soup.

use bytebiota_core::compete::{Bout, student};
use serde::Serialize;

/// How many times as fast the first side multiplies as the second, per generation; 1 is equal.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Fitness {
    /// The geometric mean over the bouts.
    pub mean: f64,
    /// Lower end of the 95 % confidence interval; none for a single bout.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
    /// Bouts that count: those in which somebody lived at the end.
    pub bouts: usize,
}

impl Fitness {
    /// The fitness that bouts show; `None` if all ended with nobody alive.
    pub fn of<'a>(bouts: impl Iterator<Item = &'a Bout>) -> Option<Self> {
        let advantages: Vec<f64> = bouts.filter_map(advantage).collect();
        let n = advantages.len() as f64;
        if advantages.is_empty() {
            return None;
        }
        let mean = advantages.iter().sum::<f64>() / n;
        let squares: f64 = advantages.iter().map(|s| (s - mean).powi(2)).sum();
        let half = student(advantages.len() - 1)
            .map(|t| t as f64 / 1_000.0 * (squares / (n - 1.0) / n).sqrt());
        Some(Self {
            mean: mean.exp(),
            low: half.map(|half| (mean - half).exp()),
            high: half.map(|half| (mean + half).exp()),
            bouts: advantages.len(),
        })
    }

    /// What the interval says.
    pub fn verdict(&self) -> &'static str {
        match (self.low, self.high) {
            (Some(low), _) if low > 1.0 => "A is fitter",
            (_, Some(high)) if high < 1.0 => "B is fitter",
            (Some(_), Some(_)) => "no difference seen",
            _ => "one bout shows no interval",
        }
    }
}

/// The growth of ln(A / B) per generation. A side that died out counts as half an organism.
fn advantage(bout: &Bout) -> Option<f64> {
    let living = f64::from(bout.a.end) + f64::from(bout.b.end);
    if living == 0.0 || bout.a.start == 0 || bout.b.start == 0 {
        return None;
    }
    let ratio = |a: u32, b: u32| f64::from(a).max(0.5) / f64::from(b).max(0.5);
    let gained = ratio(bout.a.end, bout.b.end) / ratio(bout.a.start, bout.b.start);
    let generations = (bout.a.generations + bout.b.generations) as f64 / living;
    Some(gained.ln() / generations.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_core::compete::Lineage;

    fn bout(a: (u32, u32), b: (u32, u32), depth: u64) -> Bout {
        let side = |(start, end): (u32, u32)| Lineage {
            start,
            end,
            generations: u64::from(end) * depth,
        };
        Bout {
            seed: 1,
            ticks: 1,
            a: side(a),
            b: side(b),
        }
    }

    #[test]
    fn an_equal_match_is_one_and_an_advantage_is_per_generation() {
        // Shares that stay are equal fitness, however few the founders.
        let equal = [bout((20, 300), (20, 300), 40), bout((4, 40), (36, 360), 40)];
        let fitness = Fitness::of(equal.iter()).expect("bouts");
        assert!((fitness.mean - 1.0).abs() < 1e-12);
        assert_eq!(fitness.verdict(), "no difference seen");
        // From 1 : 1 to 8 : 1 in three generations is a doubling in each.
        let double = [bout((20, 8_000_000), (20, 1_000_000), 3)];
        let fitness = Fitness::of(double.iter()).expect("a bout");
        assert!((fitness.mean - 2.0).abs() < 1e-5, "{fitness:?}");
        assert_eq!(
            (fitness.low, fitness.verdict()),
            (None, "one bout shows no interval")
        );
    }

    #[test]
    fn a_side_that_died_out_counts_and_an_empty_soup_does_not() {
        let bouts = [
            bout((20, 0), (20, 99), 5),
            bout((20, 0), (20, 90), 5),
            bout((20, 0), (20, 0), 0),
        ];
        let fitness = Fitness::of(bouts.iter()).expect("two bouts");
        assert_eq!((fitness.bouts, fitness.verdict()), (2, "B is fitter"));
        assert_eq!(Fitness::of(bouts[2..].iter()), None);
    }
}
