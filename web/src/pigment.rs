//! The colours of genotypes and of the soup. The same genotype has the same colour everywhere; knows no canvas.

use bytebiota_protocol::view::MemoryMapView;

/// Red, green, blue, opacity.
pub type Rgba = [u8; 4];

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

/// What the viewer has picked out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Emphasis {
    /// Only this genotype is bright (index into the map's genotypes).
    pub genotype: Option<u32>,
    /// This organism is white (index into the map's organisms).
    pub organism: Option<usize>,
}

/// The organism whose body or unborn child lies at an address.
pub fn organism_at(map: &MemoryMapView, address: u32) -> Option<usize> {
    let holds = |start: u32, length: u32| address >= start && address - start < length;
    map.organisms.iter().position(|body| {
        holds(body.start, body.length) || holds(body.child_start, body.child_length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytebiota_protocol::view::{BodyView, GenotypeView};

    fn map() -> MemoryMapView {
        let body = |start, genotype| BodyView {
            start,
            length: 10,
            child_start: start,
            genotype,
            ..Default::default()
        };
        MemoryMapView {
            memory_size: 64,
            genotypes: vec![
                GenotypeView {
                    hash: "00112233445566778899aabbccddeeff".into(),
                    length: 10,
                    living: 2,
                },
                GenotypeView {
                    hash: "80112233445566778899aabbccddeeff".into(),
                    length: 10,
                    living: 1,
                },
            ],
            organisms: vec![
                body(0, 0),
                body(10, 0),
                BodyView {
                    child_start: 40,
                    child_length: 5,
                    ..body(30, 1)
                },
            ],
            ..Default::default()
        }
    }

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
    fn organisms_are_found_by_address() {
        assert_eq!(organism_at(&map(), 9), Some(0));
        assert_eq!(organism_at(&map(), 10), Some(1));
        assert_eq!(organism_at(&map(), 44), Some(2));
        assert_eq!(organism_at(&map(), 63), None);
    }
}
