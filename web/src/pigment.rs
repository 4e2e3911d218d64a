//! What the viewer of a soup picks out, and in which colours it is seen. Knows no canvas.

pub use bytebiota_protocol::colour::{css, of_genotype, oklch};
use bytebiota_protocol::view::MemoryMapView;

/// Red, green, blue, opacity.
pub type Rgba = [u8; 4];

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
    fn organisms_are_found_by_address() {
        assert_eq!(organism_at(&map(), 9), Some(0));
        assert_eq!(organism_at(&map(), 10), Some(1));
        assert_eq!(organism_at(&map(), 44), Some(2));
        assert_eq!(organism_at(&map(), 63), None);
    }
}
