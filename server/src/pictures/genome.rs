//! A genome as a field of bytes, row by row, each in the colour of its family. Knows no store.

use super::{AROUND, HEIGHT, Picture, WIDTH};
use bytebiota_core::isa::{self, Family};
use bytebiota_protocol::colour::of_family;

/// Pixels around the field.
const MARGIN: u32 = 45;
/// A byte is never drawn wider, pixels.
const WIDEST: u32 = 90;

/// The whole genome, as large as it fits.
pub fn draw(genome: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let bytes = genome.len() as u32;
    let side = side(bytes);
    let columns = columns(side).min(bytes.max(1));
    let (left, top) = (
        (WIDTH - columns * side) / 2,
        (HEIGHT - bytes.div_ceil(columns) * side) / 2,
    );
    let mut palette = vec![AROUND];
    palette.extend(Family::ALL.map(of_family));
    let mut pixels = vec![0; (WIDTH * HEIGHT) as usize];
    for (index, byte) in (0..).zip(genome) {
        let place = Family::ALL
            .iter()
            .position(|one| *one == isa::family(*byte));
        let colour = place.map_or(0, |place| place as u8 + 1);
        let (x, y) = (left + index % columns * side, top + index / columns * side);
        // A narrow gap keeps bytes apart; where they are small there is none.
        for row in y..y + side - side / 8 {
            let from = (row * WIDTH + x) as usize;
            pixels[from..from + (side - side / 8) as usize].fill(colour);
        }
    }
    Picture { palette, pixels }.png()
}

fn columns(side: u32) -> u32 {
    (WIDTH - 2 * MARGIN) / side
}

/// The largest square of which so many fit.
fn side(bytes: u32) -> u32 {
    let fits = |side: &u32| columns(*side) * ((HEIGHT - 2 * MARGIN) / side) >= bytes;
    (1..=WIDEST).rev().find(fits).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::tests::read;
    use bytebiota_core::{assembler::MAX_GENOME_BYTES, genesis};

    #[test]
    fn every_byte_is_seen_in_its_colour() {
        let ancestor = genesis::genome("ancestor").expect("a genome");
        let (palette, pixels) = read(&draw(&ancestor).expect("a picture"));
        let side = side(ancestor.len() as u32) as usize;
        let body = side - side / 8;
        for family in Family::ALL {
            let colour = of_family(family);
            let at = palette.chunks(3).position(|one| one == colour);
            let at = at.expect("a colour") as u8;
            let seen = pixels.iter().filter(|pixel| **pixel == at).count();
            let there = ancestor.iter().filter(|byte| isa::family(**byte) == family);
            assert_eq!(seen, there.count() * body * body, "{}", family.name());
        }
    }

    #[test]
    fn genomes_of_any_length_fit() {
        for bytes in [0, 1, 2, 12, 59, 60, 1_000, MAX_GENOME_BYTES] {
            let (_, pixels) = read(&draw(&vec![0; bytes]).expect("a picture"));
            assert_eq!(pixels.iter().any(|pixel| *pixel > 0), bytes > 0, "{bytes}");
        }
    }
}
