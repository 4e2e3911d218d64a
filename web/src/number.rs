//! Numbers as people read them. Knows no language but English and no time zone but an offset.

const PREFIXES: [(f64, &str); 5] = [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];

/// Whole below ten thousand, with thousands separated; above, three digits and a prefix: `12.3 M`.
pub fn compact(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    if value.abs() < 10_000.0 {
        return if value.fract() == 0.0 {
            grouped(value as i64)
        } else {
            short(value)
        };
    }
    let prefix = PREFIXES.iter().find(|(size, _)| value.abs() >= *size);
    let (size, name) = prefix.copied().unwrap_or((1.0, ""));
    format!("{}\u{202f}{name}", short(value / size))
}

/// A whole number with thousands separated: `1,234,567`.
pub fn grouped(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "−" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A tick of an axis: no more digits than it needs.
pub fn tick(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let prefix = PREFIXES.iter().find(|(size, _)| value.abs() >= *size);
    let (size, name) = prefix.copied().unwrap_or((1.0, ""));
    let scaled = format!("{:.3}", value / size);
    let scaled = scaled.trim_end_matches('0').trim_end_matches('.');
    if scaled == "0" {
        format!("{value:.0e}")
    } else {
        format!("{scaled}{name}")
    }
}

/// Three digits that matter.
fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// A stretch of time in its two largest units: `2 h 5 min`.
pub fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}

/// A moment in local time: seconds only if the step asks for them, the day if it spans days.
pub fn moment(time_ms: f64, offset_min: f64, step_ms: f64) -> String {
    let local = (time_ms / 1_000.0 + offset_min * 60.0) as i64;
    let (day, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
    let clock = format!("{:02}:{:02}", second / 3_600, second % 3_600 / 60);
    if step_ms < 60_000.0 {
        format!("{clock}:{:02}", second % 60)
    } else if step_ms < 21_600_000.0 {
        clock
    } else {
        let (month, day) = month_and_day(day);
        format!("{day} {month} {clock}")
    }
}

/// Civil month and day of a day counted from 1970 (Hinnant's `civil_from_days`).
fn month_and_day(days: i64) -> (&'static str, i64) {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let shifted = days + 719_468;
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    (MONTHS[((from_march + 2) % 12) as usize], day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_true() {
        assert_eq!(compact(0.0), "0");
        assert_eq!(compact(9_999.0), "9,999");
        assert_eq!(compact(59.66), "59.7");
        assert_eq!(compact(12_345_678.0), "12.3\u{202f}M");
        assert_eq!(compact(f64::NAN), "–");
        assert_eq!(grouped(-1_234_567), "−1,234,567");
        assert_eq!(tick(2_500_000.0), "2.5M");
        assert_eq!(tick(0.25), "0.25");
        assert_eq!(tick(59.5), "59.5");
    }

    #[test]
    fn times_are_local() {
        assert_eq!(duration(59), "59 s");
        assert_eq!(duration(7_500), "2 h 5 min");
        assert_eq!(moment(0.0, 90.0, 60_000.0), "01:30");
        assert_eq!(moment(1_000.0, 0.0, 1_000.0), "00:00:01");
        // 29 February 2024, 12:00 UTC.
        assert_eq!(
            moment(1_709_208_000_000.0, 0.0, 86_400_000.0),
            "29 Feb 12:00"
        );
    }
}
