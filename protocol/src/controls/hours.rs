//! The hours of the week in which a volunteer's machine computes, and how they are written. Knows no clock.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// Monday to Sunday, as they are written.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The hours of the week in which to compute. Where they pass midnight they belong to the day on which they begin.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Hours {
    /// Whether there are any limits; otherwise the rest says nothing.
    pub are_limited: bool,
    /// Monday to Sunday.
    pub days: [bool; 7],
    /// The first hour, 0 to 23.
    pub from: u32,
    /// The hour at which they end, 0 to 23; the same as `from` for a whole day.
    pub until: u32,
}

impl Default for Hours {
    fn default() -> Self {
        Self {
            are_limited: false,
            days: [true; 7],
            from: 20,
            until: 7,
        }
    }
}

impl Hours {
    /// Whether an hour of a day, 0 for Monday, is one of them.
    pub fn hold(&self, day: usize, hour: u32) -> bool {
        if !self.are_limited {
            return true;
        }
        let passes_midnight = self.until <= self.from;
        let today = self.on(day) && hour >= self.from && (hour < self.until || passes_midnight);
        let since_yesterday = passes_midnight && hour < self.until && self.on((day + 6) % 7);
        today || since_yesterday
    }

    fn on(&self, day: usize) -> bool {
        self.days.get(day).copied().unwrap_or(false)
    }
}

/// What is wrong with hours as text.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "`{0}` are no hours of the week: write days and hours like `mon-fri 22-6`, `sat,sun 0-24` or only `20-7`"
)]
pub struct HoursError(String);

impl FromStr for Hours {
    type Err = HoursError;

    fn from_str(text: &str) -> Result<Self, HoursError> {
        parsed(text).ok_or_else(|| HoursError(text.to_owned()))
    }
}

fn parsed(text: &str) -> Option<Hours> {
    let (days, hours) = text
        .trim()
        .rsplit_once(' ')
        .unwrap_or(("mon-sun", text.trim()));
    let (from, until) = hours.split_once('-')?;
    let hour = |text: &str| text.parse().ok().filter(|hour: &u32| *hour <= 24);
    let mut held = [false; 7];
    for part in days.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (day_of(first)?, day_of(last)?);
        held[day] = true;
        while day != last {
            day = (day + 1) % 7;
            held[day] = true;
        }
    }
    Some(Hours {
        are_limited: true,
        days: held,
        from: hour(from).filter(|from| *from < 24)?,
        until: hour(until)? % 24,
    })
}

fn day_of(text: &str) -> Option<usize> {
    let text = text.trim().to_ascii_lowercase();
    DAYS.iter().position(|day| *day == text)
}

impl Display for Hours {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.are_limited {
            return f.write_str("always");
        }
        let days: Vec<&str> = DAYS
            .into_iter()
            .zip(self.days)
            .filter(|(_, on)| *on)
            .map(|(day, _)| day)
            .collect();
        write!(f, "{} {}-{}", days.join(","), self.from, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: u32, until: u32, days: &[usize]) -> Hours {
        let mut hours = Hours {
            are_limited: true,
            days: [false; 7],
            from,
            until,
        };
        days.iter().for_each(|day| hours.days[*day] = true);
        hours
    }

    #[test]
    fn hours_may_pass_midnight_and_belong_to_the_day_they_begin() {
        let nights = hours(22, 6, &[4]);
        assert!(nights.hold(4, 22) && nights.hold(4, 23) && nights.hold(5, 0) && nights.hold(5, 5));
        assert!(!nights.hold(5, 6) && !nights.hold(4, 5) && !nights.hold(5, 22));
        let office = hours(9, 17, &[0, 6]);
        assert!(office.hold(0, 9) && office.hold(6, 16));
        assert!(!office.hold(0, 17) && !office.hold(1, 9) && !office.hold(0, 3));
        let sunday = hours(0, 0, &[6]);
        let held = (0..7).flat_map(|day| (0..24).map(move |hour| (day, hour)));
        assert_eq!(held.filter(|(d, h)| sunday.hold(*d, *h)).count(), 24);
        assert!(sunday.hold(6, 0) && sunday.hold(6, 23) && !sunday.hold(0, 0));
        assert!(Hours::default().hold(3, 12), "no limits unless wanted");
    }

    #[test]
    fn hours_are_read_as_they_are_said() {
        let read = |text: &str| text.parse::<Hours>();
        assert_eq!(read("mon-fri 22-6"), Ok(hours(22, 6, &[0, 1, 2, 3, 4])));
        assert_eq!(read("sat,sun 0-24"), Ok(hours(0, 0, &[5, 6])));
        assert_eq!(read(" 20-7 "), Ok(hours(20, 7, &[0, 1, 2, 3, 4, 5, 6])));
        assert_eq!(read("Fri-Mon,wed 9-17"), Ok(hours(9, 17, &[4, 5, 6, 0, 2])));
        for text in [
            "",
            "9",
            "9-25",
            "24-3",
            "mon",
            "noday 9-17",
            "mon- 9-17",
            "mon 9 17",
            "-1-3",
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.contains("mon-fri 22-6"), "{error}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (from, until, days) in [
            (0, 0, vec![6]),
            (22, 6, vec![0, 4]),
            (9, 17, (0..7).collect()),
        ] {
            let hours = hours(from, until, &days);
            assert_eq!(hours.to_string().parse(), Ok(hours));
        }
        assert_eq!(Hours::default().to_string(), "always");
    }
}
