//! The colours of genotypes: the same genotype has the same colour in every picture. Knows no picture.

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
}
