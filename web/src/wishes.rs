//! What a volunteer wants of his machine, and whether it should compute at a moment. Knows no browser and no clock.

pub use bytebiota_protocol::controls::{Hours, Rest};
use serde::{Deserialize, Serialize};

/// What the controls say; kept in the browser between visits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// Cores to lend.
    pub cores: u32,
    /// Share of the time that each core computes, 5 to 100 %.
    pub duty_percent: u32,
    /// Whether to rest while the tab is hidden.
    pub rests_hidden: bool,
    /// Whether to rest while the machine runs on its battery.
    pub rests_on_battery: bool,
    /// Whether to keep the screen on while computing.
    pub keeps_screen_on: bool,
    /// When to compute.
    pub hours: Hours,
}

impl Default for Wishes {
    fn default() -> Self {
        Self::on_machine(2, false)
    }
}

impl Wishes {
    /// Half the cores, at most four; on a phone one, half of the time, and not while hidden or on the battery.
    pub fn on_machine(cores: u32, is_handheld: bool) -> Self {
        Self {
            cores: if is_handheld {
                1
            } else {
                (cores / 2).clamp(1, 4)
            },
            duty_percent: if is_handheld { 50 } else { 100 },
            rests_hidden: is_handheld,
            rests_on_battery: is_handheld,
            keeps_screen_on: false,
            hours: Hours::default(),
        }
    }

    /// The same within what is possible: a stored text may come from another machine, or from anybody.
    pub fn within(mut self, cores: u32) -> Self {
        self.cores = self.cores.clamp(1, cores.max(1));
        self.duty_percent = self.duty_percent.clamp(5, 100);
        self.hours.from = self.hours.from.min(23);
        self.hours.until = self.hours.until.min(23);
        self
    }

    /// Why not to compute at a moment; `None` to compute.
    pub fn rest(&self, moment: &Moment, asked_until_ms: Option<u64>) -> Option<Rest> {
        let asked = asked_until_ms.filter(|until_ms| moment.now_ms < *until_ms);
        if let Some(until_ms) = asked {
            let left_ms = until_ms - moment.now_ms;
            return Some(Rest::Asked {
                minutes_left: left_ms.div_ceil(60_000),
            });
        }
        if !self.hours.hold(moment.day, moment.hour) {
            return Some(Rest::Hours);
        }
        if self.rests_on_battery && moment.is_on_battery == Some(true) {
            return Some(Rest::Battery);
        }
        (self.rests_hidden && moment.is_hidden).then_some(Rest::Hidden)
    }
}

/// What the browser tells of a moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Moment {
    /// Unix time, ms.
    pub now_ms: u64,
    /// The day of the week where the volunteer is, 0 for Monday.
    pub day: usize,
    /// The hour of that day.
    pub hour: u32,
    /// Whether nobody can see the page.
    pub is_hidden: bool,
    /// Whether the machine runs on its battery; `None` where the browser does not tell.
    pub is_on_battery: Option<bool>,
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
    fn the_first_reason_to_rest_is_told() {
        let mut wishes = Wishes::on_machine(8, true);
        wishes.hours = hours(9, 17, &[0]);
        let mut moment = Moment {
            now_ms: 1_000,
            day: 0,
            hour: 8,
            is_hidden: true,
            is_on_battery: Some(true),
        };
        let asked = Some(Rest::Asked { minutes_left: 2 });
        assert_eq!(wishes.rest(&moment, Some(61_001)), asked);
        assert_eq!(wishes.rest(&moment, Some(1_000)), Some(Rest::Hours));
        moment.hour = 9;
        assert_eq!(wishes.rest(&moment, None), Some(Rest::Battery));
        moment.is_on_battery = None;
        assert_eq!(wishes.rest(&moment, None), Some(Rest::Hidden));
        moment.is_hidden = false;
        assert_eq!(wishes.rest(&moment, None), None);
    }

    #[test]
    fn defaults_are_gentle_and_stored_ones_possible() {
        let phone = Wishes::on_machine(8, true);
        assert_eq!(
            (phone.cores, phone.duty_percent, phone.rests_hidden),
            (1, 50, true)
        );
        let desk = Wishes::on_machine(64, false);
        assert_eq!(
            (desk.cores, desk.duty_percent, desk.rests_hidden),
            (4, 100, false)
        );
        assert_eq!(Wishes::on_machine(1, false).cores, 1);
        let wild = Wishes {
            cores: 9_999,
            duty_percent: 0,
            hours: hours(99, 99, &[]),
            ..desk
        };
        let tame = wild.within(2);
        assert_eq!((tame.cores, tame.duty_percent, tame.hours.from), (2, 5, 23));
    }
}
