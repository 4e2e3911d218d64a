//! What the owner of this machine has chosen, and whether it should compute now. Knows no clock and no battery.

use bytebiota_protocol::controls::{Hours, Rest};
use tokio::sync::watch;

/// How the machine computes.
#[derive(Clone, Debug)]
pub struct Controls {
    /// Share of the time that each slot computes, 1 to 100 %.
    pub duty_percent: u32,
    /// When to compute.
    pub hours: Hours,
    /// Whether to rest while the machine runs on its battery.
    pub rests_on_battery: bool,
    /// Whether the owner wants a pause now; `None` for nobody who could.
    pub held: Option<watch::Receiver<bool>>,
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            duty_percent: 100,
            hours: Hours::default(),
            rests_on_battery: false,
            held: None,
        }
    }
}

impl Controls {
    /// Why not to compute now; `None` to compute.
    pub(crate) fn rest(
        &self,
        (day, hour): (usize, u32),
        is_on_battery: impl FnOnce() -> Option<bool>,
    ) -> Option<Rest> {
        if self.held.as_ref().is_some_and(|held| *held.borrow()) {
            return Some(Rest::Held);
        }
        if !self.hours.hold(day, hour) {
            return Some(Rest::Hours);
        }
        let rests = self.rests_on_battery && is_on_battery() == Some(true);
        rests.then_some(Rest::Battery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_to_rest_is_told() {
        let (hold, held) = watch::channel(false);
        let controls = Controls {
            hours: "mon 9-17".parse().expect("hours"),
            rests_on_battery: true,
            held: Some(held),
            ..Controls::default()
        };
        assert_eq!(controls.rest((0, 9), || Some(false)), None);
        assert_eq!(controls.rest((0, 9), || None), None, "no battery is known");
        assert_eq!(controls.rest((0, 9), || Some(true)), Some(Rest::Battery));
        assert_eq!(controls.rest((1, 9), || Some(true)), Some(Rest::Hours));
        hold.send_replace(true);
        assert_eq!(controls.rest((1, 9), || Some(true)), Some(Rest::Held));
        let free = Controls::default();
        assert_eq!(free.rest((6, 3), || panic!("nobody asked")), None);
    }
}
