//! Rise and fall of the commonest genotypes: bands that lie on one another, as wide as their share. Knows no drawing.

use bytebiota_protocol::view::DominantsView;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The share of one genotype over time, between two edges.
#[derive(Clone, PartialEq, Debug)]
pub struct Band {
    /// Its hash.
    pub genotype: String,
    /// For each moment the lower and the upper edge, 0 to 1 of all living.
    pub edges: Vec<(f64, f64)>,
    /// The largest share it ever had.
    pub peak: f64,
}

/// Bands of at most `most` genotypes, those with the largest shares; they lie in the order in which they first appeared.
pub fn bands(moments: &[DominantsView], most: usize) -> Vec<Band> {
    let mut shares: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for (index, moment) in moments.iter().enumerate() {
        for one in &moment.genotypes {
            let share = one.living as f64 / moment.population.max(1) as f64;
            let row = shares
                .entry(&one.genotype)
                .or_insert_with(|| vec![0.0; moments.len()]);
            row[index] = share.min(1.0);
        }
    }
    let peak = |row: &[f64]| row.iter().copied().fold(0.0, f64::max);
    let mut chosen: Vec<(&str, Vec<f64>)> = shares.into_iter().collect();
    chosen.sort_by_key(|(genotype, row)| (Reverse((peak(row) * 1e6) as u64), *genotype));
    chosen.truncate(most);
    let first = |row: &[f64]| row.iter().position(|share| *share > 0.0).unwrap_or(0);
    chosen.sort_by_key(|(genotype, row)| (first(row), *genotype));
    let mut below = vec![0.0; moments.len()];
    let band = |(genotype, row): (&str, Vec<f64>)| {
        let mut edges = Vec::with_capacity(row.len());
        for (low, share) in below.iter_mut().zip(&row) {
            edges.push((*low, (*low + share).min(1.0)));
            *low = (*low + share).min(1.0);
        }
        Band {
            genotype: genotype.to_owned(),
            edges,
            peak: peak(&row),
        }
    };
    chosen.into_iter().map(band).collect()
}

/// The outline of a band as a path: along the upper edge, back along the lower one.
pub fn outline(band: &Band, x: &[f64], y: impl Fn(f64) -> f64) -> String {
    let upper = x.iter().zip(&band.edges).map(|(x, edge)| (*x, y(edge.1)));
    let lower = x.iter().zip(&band.edges).map(|(x, edge)| (*x, y(edge.0)));
    let points = upper.chain(lower.rev());
    let words: Vec<String> = points.map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    format!("M{}Z", words.join("L"))
}

/// The band at a height of a moment; where none is, the one below.
pub fn band_at(bands: &[Band], moment: usize, height: f64) -> usize {
    let is_above = |band: &Band| band.edges.get(moment).is_some_and(|edge| edge.0 > height);
    let above = bands.iter().position(is_above).unwrap_or(bands.len());
    let wide = |band: &Band| band.edges.get(moment).is_some_and(|edge| edge.1 > edge.0);
    let below = bands[..above].iter().rposition(wide);
    below.unwrap_or(0)
}

/// At most so many moments, the newest among them: a picture has only so many pixels.
pub fn thinned(moments: &[DominantsView], most: usize) -> Vec<DominantsView> {
    let step = moments.len().div_ceil(most.max(1)).max(1);
    let mut kept: Vec<_> = moments.iter().rev().step_by(step).cloned().collect();
    kept.reverse();
    kept
}

/// As comma-separated values: a row for each moment, the share of each genotype in a column.
pub fn csv(ticks: &[f64], bands: &[Band]) -> String {
    let names: Vec<&str> = bands.iter().map(|band| band.genotype.as_str()).collect();
    let mut text = format!("tick,{}\n", names.join(","));
    for (moment, tick) in ticks.iter().enumerate() {
        let _ = write!(text, "{tick:.0}");
        for band in bands {
            let share = band.edges.get(moment).map_or(0.0, |edge| edge.1 - edge.0);
            let _ = write!(text, ",{share:.6}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_protocol::view::DominantView;

    fn moment(population: u64, genotypes: &[(&str, u64)]) -> DominantsView {
        let one = |(genotype, living): &(&str, u64)| DominantView {
            genotype: (*genotype).to_owned(),
            living: *living,
        };
        DominantsView {
            population,
            genotypes: genotypes.iter().map(one).collect(),
            ..DominantsView::default()
        }
    }

    #[test]
    fn shares_lie_on_one_another_in_the_order_of_their_beginnings() {
        let moments = [
            moment(10, &[("b", 5), ("c", 1)]),
            moment(20, &[("a", 10), ("b", 5)]),
        ];
        let bands = bands(&moments, 2);
        let known: Vec<_> = bands
            .iter()
            .map(|band| (band.genotype.as_str(), &band.edges[..]))
            .collect();
        assert_eq!(
            known,
            [
                ("b", &[(0.0, 0.5), (0.0, 0.25)][..]),
                ("a", &[(0.5, 0.5), (0.25, 0.75)][..])
            ]
        );
        assert_eq!(
            outline(&bands[0], &[0.0, 8.0], |share| 100.0 * (1.0 - share)),
            "M0.0 50.0L8.0 75.0L8.0 100.0L0.0 100.0Z"
        );
    }

    #[test]
    fn bands_are_found_by_height_and_written_as_shares() {
        let moments = [
            moment(10, &[("b", 5)]),
            moment(20, &[("a", 10), ("b", 5)]),
            moment(10, &[("a", 10)]),
        ];
        let known = bands(&moments, 2);
        let at = |moment, height| known[band_at(&known, moment, height)].genotype.clone();
        assert_eq!((at(0, 0.1), at(0, 0.9)), ("b".into(), "b".into()));
        assert_eq!((at(1, 0.2), at(1, 0.3)), ("b".into(), "a".into()));
        assert_eq!((at(2, 0.0), at(9, 0.5)), ("a".into(), "b".into()));
        assert_eq!(band_at(&[], 0, 0.5), 0);
        assert_eq!(
            csv(&[0.0, 20.0], &known),
            "tick,b,a\n0,0.500000,0.000000\n20,0.250000,0.500000\n"
        );
        let ends = |most| {
            thinned(&moments, most)
                .iter()
                .map(|m| m.population)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (ends(3), ends(2), ends(1)),
            (vec![10, 20, 10], vec![10, 10], vec![10])
        );
    }

    #[test]
    fn nothing_overflows_and_nothing_is_an_empty_picture() {
        assert!(bands(&[], 5).is_empty());
        let odd = bands(&[moment(0, &[("a", 7), ("b", 9)])], 5);
        assert!(odd.iter().all(|band| band.edges[0].1 <= 1.0));
    }
}
