//! The stretch of time that charts show: the last hour, day, week, year, everything, or between two moments. Knows no chart.

/// Stretches that end now: the word in an address, the words on a button, ms.
pub const STRETCHES: [(&str, &str, u64); 4] = [
    ("hour", "an hour", 3_600_000),
    ("day", "a day", 86_400_000),
    ("week", "a week", 604_800_000),
    ("year", "a year", 31_536_000_000),
];
/// The word for all there is.
pub const EVERYTHING: &str = "all";

/// A stretch of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeRange {
    /// All there is.
    #[default]
    Everything,
    /// One of the stretches that end now.
    Last(usize),
    /// From one moment to another, Unix ms.
    Between(u64, u64),
}

impl TimeRange {
    /// Reads `day` or `1795780000000-1795790000000`; what cannot be read is everything.
    pub fn parse(word: &str) -> Self {
        let stretch = STRETCHES.iter().position(|(name, _, _)| *name == word);
        let moments = word.split_once('-').and_then(|(from, to)| {
            let (from, to) = (from.parse::<u64>().ok()?, to.parse::<u64>().ok()?);
            (from < to).then_some(Self::Between(from, to))
        });
        stretch.map(Self::Last).or(moments).unwrap_or_default()
    }

    /// As it stands in an address.
    pub fn word(self) -> String {
        match self {
            Self::Everything => EVERYTHING.into(),
            Self::Last(stretch) => STRETCHES[stretch].0.into(),
            Self::Between(from, to) => format!("{from}-{to}"),
        }
    }

    /// From one moment to another in whatever order; `None` if they are one.
    pub fn between(one: f64, other: f64) -> Option<Self> {
        let (from, to) = (
            one.min(other).max(0.0) as u64,
            one.max(other).max(0.0) as u64,
        );
        (from < to).then_some(Self::Between(from, to))
    }

    /// What to say to the API.
    pub fn query(self, now_ms: u64) -> String {
        match self {
            Self::Everything => String::new(),
            Self::Last(stretch) => format!("&from={}", now_ms.saturating_sub(STRETCHES[stretch].2)),
            Self::Between(from, to) => format!("&from={from}&to={to}"),
        }
    }

    /// The same length of time, earlier or later by half of it; whatever has no end of its own gets one.
    pub fn moved(self, now_ms: u64, earlier: bool) -> Option<Self> {
        let (from, to) = match self {
            Self::Everything => return None,
            Self::Last(stretch) => (now_ms.saturating_sub(STRETCHES[stretch].2), now_ms),
            Self::Between(from, to) => (from, to),
        };
        let half = (to - from) / 2;
        Some(match earlier {
            true => Self::Between(from.saturating_sub(half), to.saturating_sub(half).max(1)),
            false => Self::Between(from.saturating_add(half), to.saturating_add(half)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_back_from_its_word_and_nonsense_is_everything() {
        for range in [
            TimeRange::Everything,
            TimeRange::Last(1),
            TimeRange::Between(5, 9),
        ] {
            assert_eq!(TimeRange::parse(&range.word()), range);
        }
        for nonsense in [
            "",
            "month",
            "9-5",
            "5-5",
            "-",
            "a-b",
            "1-99999999999999999999",
        ] {
            assert_eq!(
                TimeRange::parse(nonsense),
                TimeRange::Everything,
                "{nonsense}"
            );
        }
    }

    #[test]
    fn the_api_is_told_moments_and_a_range_moves_by_half() {
        let now = 10_000_000;
        assert_eq!(TimeRange::Last(0).query(now), "&from=6400000");
        assert_eq!(TimeRange::Between(5, 9).query(now), "&from=5&to=9");
        assert_eq!(TimeRange::Everything.query(now), "");
        assert_eq!(TimeRange::between(9.7, 5.2), Some(TimeRange::Between(5, 9)));
        assert_eq!(TimeRange::between(5.2, 5.4), None);
        let back = TimeRange::Last(0).moved(now, true).expect("a range");
        assert_eq!(back, TimeRange::Between(4_600_000, 8_200_000));
        assert_eq!(
            back.moved(now, false),
            Some(TimeRange::Between(6_400_000, 10_000_000))
        );
        assert_eq!(
            TimeRange::Between(0, 10).moved(now, true),
            Some(TimeRange::Between(0, 5))
        );
        assert_eq!(TimeRange::Everything.moved(now, true), None);
    }
}
