//! Large whole numbers as people write them: `2e9`, `2.5e6`, `10_000_000`. No float touches them. Knows no unit.

/// Reads a whole number; the error says what is allowed.
pub fn whole(text: &str) -> Result<u64, String> {
    read(text).ok_or_else(|| format!("`{text}` is no whole number such as 500000, 500_000 or 2e9"))
}

/// Reads a whole number of at least 1.
pub fn positive(text: &str) -> Result<u64, String> {
    whole(text)?
        .checked_sub(1)
        .map(|less| less + 1)
        .ok_or_else(|| "it must be at least 1".into())
}

fn read(text: &str) -> Option<u64> {
    let text = text.replace('_', "");
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<u32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let zeros = exponent.checked_sub(fraction.len() as u32)?;
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits
        .parse::<u64>()
        .ok()?
        .checked_mul(10u64.checked_pow(zeros)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn friendly_numbers_are_exact() {
        let cases = [
            ("2e9", 2_000_000_000),
            ("2.50e6", 2_500_000),
            ("10_000", 10_000),
            ("0", 0),
            ("1.0", 1),
        ];
        for (text, number) in cases {
            assert_eq!(whole(text), Ok(number), "{text}");
        }
        for text in ["", "e9", "1.5", "-1", "1e40", "1e-3", "2x", "1.25e1", "."] {
            assert!(whole(text).is_err(), "{text}");
        }
        assert!(positive("0").is_err() && positive("7") == Ok(7));
    }
}
