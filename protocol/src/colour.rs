//! The colours of genotypes and of instruction families, the same in every list, strip, map and picture. Knows no picture.

use bytebiota_core::isa::{self, Family};

/// The colour of a genotype, from its hash: hue from the first bytes, a little light and strength from the next.
pub fn of_genotype(hash: &str) -> [u8; 3] {
    let byte = |index: usize| {
        hash.get(2 * index..2 * index + 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let number = |index: usize| f64::from(byte(index).unwrap_or(0));
    let hue = (number(0) * 256.0 + number(1)) / 65_536.0 * std::f64::consts::TAU;
    let lightness = 0.66 + 0.16 * number(2) / 255.0;
    let chroma = 0.11 + 0.07 * number(3) / 255.0;
    oklch(lightness, chroma, hue)
}

/// Red, green, blue of a family: middle tones that are told apart on dark and on light ground.
pub const fn of_family(family: Family) -> [u8; 3] {
    match family {
        Family::Template => [138, 158, 150],
        Family::DataMovement => [64, 156, 214],
        Family::ArithmeticLogic => [224, 150, 48],
        Family::ComparisonFlags => [196, 184, 40],
        Family::ControlFlow => [222, 102, 170],
        Family::CallReturn => [146, 122, 232],
        Family::SystemCalls => [38, 186, 122],
        Family::Stack => [110, 134, 168],
        Family::RegisterAdjust => [226, 124, 92],
        Family::Environment => [44, 178, 178],
        Family::Invalid => [150, 70, 62],
    }
}

/// The colour of a byte as an instruction.
pub const fn of_byte(byte: u8) -> [u8; 3] {
    of_family(isa::family(byte))
}

/// The colour as CSS writes it.
pub fn css(colour: [u8; 3]) -> String {
    format!("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2])
}

/// From a perceptual colour space, so that all genotypes look equally bright (Ottosson's Oklab).
pub fn oklch(lightness: f64, chroma: f64, hue: f64) -> [u8; 3] {
    let (a, b) = (chroma * hue.cos(), chroma * hue.sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
    ];
    linear.map(|value| {
        let value = value.clamp(0.0, 1.0);
        let curved = if value <= 0.003_130_8 {
            12.92 * value
        } else {
            1.055 * value.powf(1.0 / 2.4) - 0.055
        };
        (curved * 255.0).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_the_hash_and_nothing_else() {
        let colour = of_genotype("00112233445566778899aabbccddeeff");
        assert_eq!(colour, of_genotype("00112233ffffffffffffffffffffffff"));
        assert_ne!(colour, of_genotype("80112233445566778899aabbccddeeff"));
        assert_eq!(css([1, 2, 255]), "#0102ff");
        // Garbage has a colour too.
        assert_eq!(of_genotype(""), of_genotype("zz"));
        assert_eq!(of_genotype("éé"), of_genotype("zz"));
    }

    #[test]
    fn no_two_families_look_alike() {
        for (index, one) in Family::ALL.into_iter().enumerate() {
            for other in &Family::ALL[..index] {
                let (a, b) = (of_family(one), of_family(*other));
                let distance: i32 = (0..3)
                    .map(|k| (i32::from(a[k]) - i32::from(b[k])).abs())
                    .sum();
                assert!(distance > 40, "{} and {}", one.name(), other.name());
            }
        }
        assert_eq!(of_byte(23), of_byte(24), "MAL and DIVIDE");
    }
}
