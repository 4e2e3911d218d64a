//! What computing costs a volunteer: an estimate before, sums of what was measured after. Knows no browser.

use bytebiota_protocol::browser::Cost;

/// What one busy core of a usual machine draws more than an idle one: an assumption, told wherever it is used.
pub const WATTS_PER_CORE: f64 = 6.0;
/// What a core sends and receives in an hour: an assumption, not measured yet, of 180 units of 20 seconds with 65 KB each.
pub const BYTES_PER_CORE_HOUR: f64 = 12e6;

const MS_PER_HOUR: f64 = 3_600_000.0;

/// What `cores` cores at `duty_percent` will need in an hour.
pub fn forecast(cores: u32, duty_percent: u32) -> String {
    let share = f64::from(cores) * f64::from(duty_percent) / 100.0;
    // Units last as long by the clock when a core rests in between, so fewer cores send less, not slower ones.
    let bytes = f64::from(cores) * BYTES_PER_CORE_HOUR;
    format!(
        "About {} of electricity (at {WATTS_PER_CORE:.0} W for a busy core; yours may differ by half) and {} of data in an hour.",
        energy(share * WATTS_PER_CORE),
        data(bytes),
    )
}

/// What was needed so far, and in an hour at this rate.
pub fn account(cost: Cost, running_ms: f64) -> String {
    let hours = running_ms / MS_PER_HOUR;
    let bytes = cost.moved_bytes as f64;
    let mut words = format!(
        "So far {} of electricity, by the same assumption, and {} of data",
        energy(cost.busy_ms / MS_PER_HOUR * WATTS_PER_CORE),
        data(bytes),
    );
    if running_ms >= 10_000.0 {
        words += &format!(", that is {} in an hour", data(bytes / hours));
    }
    words + "."
}

/// The share of their time that the cores computed, as they measured it; `None` before they have done anything.
pub fn duty_percent(cost: Cost) -> Option<f64> {
    let awake_ms = cost.busy_ms + cost.rested_ms;
    (awake_ms > 0.0).then(|| cost.busy_ms * 100.0 / awake_ms)
}

/// Adds two.
pub fn sum(one: Cost, other: Cost) -> Cost {
    Cost {
        busy_ms: one.busy_ms + other.busy_ms,
        rested_ms: one.rested_ms + other.rested_ms,
        moved_bytes: one.moved_bytes + other.moved_bytes,
    }
}

fn energy(watt_hours: f64) -> String {
    if watt_hours < 1.0 {
        format!("{:.0} mWh", watt_hours * 1_000.0)
    } else {
        format!("{watt_hours:.1} Wh")
    }
}

fn data(bytes: f64) -> String {
    if bytes < 1e6 {
        format!("{:.0} KB", bytes / 1e3)
    } else {
        format!("{:.1} MB", bytes / 1e6)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_the_effort_needs_half_the_electricity() {
        assert!(forecast(2, 100).starts_with("About 12.0 Wh"));
        assert!(forecast(1, 50).starts_with("About 3.0 Wh"));
        assert!(forecast(1, 5).starts_with("About 300 mWh"));
    }

    #[test]
    fn an_account_tells_a_rate_once_there_is_one() {
        let cost = Cost {
            busy_ms: 1_800_000.0,
            rested_ms: 1_800_000.0,
            moved_bytes: 2_000_000,
        };
        let words = account(cost, 3_600_000.0 / 2.0);
        assert_eq!(
            words,
            "So far 3.0 Wh of electricity, by the same assumption, and 2.0 MB of data, that is 4.0 MB in an hour."
        );
        assert!(!account(Cost::default(), 500.0).contains("an hour"));
        assert_eq!(duty_percent(cost), Some(50.0));
        assert_eq!(duty_percent(Cost::default()), None);
        assert_eq!(duty_percent(sum(cost, cost)), Some(50.0));
    }
}
