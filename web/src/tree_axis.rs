//! Where in a picture of descent a tick lies: in proportion to time, or so that as many lines begin in each part of the
//! picture. Knows no drawing.

use bytebiota_protocol::view::TaxonView;

/// The axis of time of a tree.
#[derive(Clone, PartialEq, Debug)]
pub struct TreeAxis {
    first: u64,
    last: u64,
    /// Ticks at which lines begin, in order; none where time is shown as it is.
    begins: Vec<u64>,
}

impl TreeAxis {
    /// The axis for these taxa, up to the last tick that is known.
    pub fn over(drawn: &[&TaxonView], last: u64, in_time: bool) -> Self {
        let mut begins: Vec<u64> = drawn.iter().map(|taxon| taxon.origin_tick).collect();
        begins.sort_unstable();
        let first = begins.first().copied().unwrap_or(0);
        if in_time {
            begins.clear();
        }
        Self {
            first,
            last: last.max(first + 1),
            begins,
        }
    }

    /// The part of the picture to the left of a tick, 0 to 1.
    pub fn part(&self, tick: u64) -> f64 {
        if self.begins.is_empty() {
            let span = (self.last - self.first) as f64;
            return (tick.saturating_sub(self.first) as f64 / span).min(1.0);
        }
        if tick >= self.last {
            return 1.0;
        }
        let before = self.begins.partition_point(|begin| *begin < tick);
        // What lives on after the last line began still goes on a little.
        before as f64 / (self.begins.len() + 1) as f64
    }

    /// The tick at a part of the picture.
    pub fn tick(&self, part: f64) -> u64 {
        if self.begins.is_empty() {
            return self.first + ((self.last - self.first) as f64 * part) as u64;
        }
        let place = (part * (self.begins.len() + 1) as f64) as usize;
        self.begins.get(place).copied().unwrap_or(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(begins: &[u64], last: u64, in_time: bool) -> TreeAxis {
        let taxon = |begin: &u64| TaxonView {
            origin_tick: *begin,
            ..TaxonView::default()
        };
        let taxa: Vec<TaxonView> = begins.iter().map(taxon).collect();
        TreeAxis::over(&taxa.iter().collect::<Vec<_>>(), last, in_time)
    }

    #[test]
    fn time_is_shown_in_proportion_or_by_what_begins_in_it() {
        let begins = [100, 110, 120, 1_000];
        let time = axis(&begins, 1_100, true);
        assert_eq!(
            (time.part(100), time.part(600), time.part(9_999)),
            (0.0, 0.5, 1.0)
        );
        assert_eq!(
            (time.tick(0.0), time.tick(0.5), time.tick(1.0)),
            (100, 600, 1_100)
        );
        let order = axis(&begins, 1_100, false);
        assert_eq!(
            (order.part(100), order.part(110), order.part(1_000)),
            (0.0, 0.2, 0.6)
        );
        assert_eq!(
            (order.part(500), order.part(1_050), order.part(1_100)),
            (0.6, 0.8, 1.0)
        );
        assert_eq!(
            (order.tick(0.0), order.tick(0.5), order.tick(1.0)),
            (100, 120, 1_100)
        );
    }

    #[test]
    fn a_tree_of_one_or_none_has_an_axis() {
        for in_time in [true, false] {
            for begins in [&[][..], &[7]] {
                let axis = axis(begins, 0, in_time);
                assert_eq!((axis.part(0), axis.part(50)), (0.0, 1.0), "{begins:?}");
            }
        }
    }
}
