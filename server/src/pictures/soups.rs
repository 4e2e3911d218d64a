//! The soups of islands, side by side, every body in the colour of its genotype. Knows no store.

use super::{AROUND, HEIGHT, Picture, WIDTH};
use bytebiota_protocol::colour::of_genotype;
use bytebiota_protocol::view::MemoryMapView;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Islands in the picture of the world.
pub const MAX_ISLANDS: usize = 12;
/// Pixels between islands, and around them.
const MARGIN: u32 = 12;
/// What belongs to nobody; bodies of genotypes that have no colour of their own.
const FREE: [u8; 3] = [14, 26, 22];
const OTHERS: [u8; 3] = [96, 112, 106];
/// Genotypes with a colour of their own, the commonest first: one for bodies and a darker one for what they write.
const COLOURED: usize = 125;

/// The islands side by side.
pub fn draw(maps: &[Arc<MemoryMapView>]) -> Result<Vec<u8>, png::EncodingError> {
    let palette = Palette::of(maps);
    let mut pixels = vec![0; (WIDTH * HEIGHT) as usize];
    for (map, frame) in maps.iter().zip(frames(maps.len() as u32)) {
        paint(&mut pixels, map, &palette, frame);
    }
    Picture {
        palette: palette.colours,
        pixels,
    }
    .png()
}

/// At most 256 colours, shared by all islands.
struct Palette {
    colours: Vec<[u8; 3]>,
    places: BTreeMap<String, u8>,
}

impl Palette {
    const FREE: u8 = 1;
    const OTHERS: u8 = 2;

    fn of(maps: &[Arc<MemoryMapView>]) -> Self {
        let mut living: BTreeMap<&str, u32> = BTreeMap::new();
        for genotype in maps.iter().flat_map(|map| &map.genotypes) {
            *living.entry(&genotype.hash).or_default() += genotype.living;
        }
        let mut commonest: Vec<_> = living.into_iter().collect();
        commonest.sort_by_key(|(hash, living)| (std::cmp::Reverse(*living), *hash));
        let mut palette = Self {
            colours: vec![AROUND, FREE, OTHERS, OTHERS.map(|light| light / 2)],
            places: BTreeMap::new(),
        };
        for (hash, _) in commonest.into_iter().take(COLOURED) {
            let colour = of_genotype(hash);
            palette
                .places
                .insert(hash.to_owned(), palette.colours.len() as u8);
            palette
                .colours
                .extend([colour, colour.map(|light| light / 2)]);
        }
        palette
    }

    fn place(&self, hash: &str) -> u8 {
        self.places.get(hash).copied().unwrap_or(Self::OTHERS)
    }
}

/// A part of the picture, pixels.
#[derive(Clone, Copy)]
struct Frame {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

/// Where each of so many islands goes: in rows that are about as wide as the picture.
fn frames(islands: u32) -> impl Iterator<Item = Frame> {
    let rows = (islands / 2).max(1).isqrt();
    let columns = islands.div_ceil(rows).max(1);
    let width = (WIDTH - MARGIN) / columns;
    let height = (HEIGHT - MARGIN) / rows;
    (0..islands).map(move |at| Frame {
        left: MARGIN + at % columns * width,
        top: MARGIN + at / columns * height,
        width: width - MARGIN,
        height: height - MARGIN,
    })
}

/// Rows of addresses from left to right, as many as make the whole soup fill the frame.
fn paint(pixels: &mut [u8], map: &MemoryMapView, palette: &Palette, frame: Frame) {
    let blocks = blocks(map, palette);
    let (width, height) = (u64::from(frame.width), u64::from(frame.height));
    let size = u64::from(map.memory_size);
    let columns = (size * width / height.max(1)).isqrt().max(1);
    let rows = size.div_ceil(columns).max(1);
    for y in 0..height {
        for x in 0..width {
            let address = y * rows / height * columns + x * columns / width;
            let colour = if address < size {
                colour_at(&blocks, address as u32)
            } else {
                0
            };
            let (x, y) = (u64::from(frame.left) + x, u64::from(frame.top) + y);
            if let Some(pixel) = pixels.get_mut((y * u64::from(WIDTH) + x) as usize) {
                *pixel = colour;
            }
        }
    }
}

/// First address, length and colour of all that belongs to somebody, in order.
fn blocks(map: &MemoryMapView, palette: &Palette) -> Vec<(u32, u32, u8)> {
    let places = map.genotypes.iter();
    let places: Vec<u8> = places
        .map(|genotype| palette.place(&genotype.hash))
        .collect();
    let of_body = |body: &bytebiota_protocol::view::BodyView| {
        let place = places.get(body.genotype as usize);
        let place = place.copied().unwrap_or(Palette::OTHERS);
        let child = (body.child_start, body.child_length, place + 1);
        [(body.start, body.length, place), child]
    };
    let mut blocks: Vec<_> = map.organisms.iter().flat_map(of_body).collect();
    blocks.retain(|(_, length, _)| *length > 0);
    blocks.sort_unstable();
    blocks
}

fn colour_at(blocks: &[(u32, u32, u8)], address: u32) -> u8 {
    let after = blocks.partition_point(|(start, _, _)| *start <= address);
    let last = after.checked_sub(1).and_then(|at| blocks.get(at));
    let holder = last.filter(|(start, length, _)| address - start < *length);
    holder.map_or(Palette::FREE, |(_, _, colour)| *colour)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::tests::read;
    use bytebiota_core::{Config, Island, IslandId, WorldSeed};
    use bytebiota_protocol::memory_map::of_island;
    use std::collections::BTreeSet;

    #[test]
    fn life_is_seen_in_its_colours_and_free_space_is_not_life() {
        let mut island = Island::genesis(WorldSeed(1), IslandId(2), &Config::default());
        let empty = draw(&[]).expect("a picture of nothing");
        assert!(read(&empty).1.iter().all(|pixel| *pixel == 0));
        island.run_until(300_000);
        let map = Arc::new(of_island(&island));
        for islands in [1, 2, MAX_ISLANDS] {
            let bytes = draw(&vec![map.clone(); islands]).expect("a picture");
            let (palette, pixels) = read(&bytes);
            let seen: BTreeSet<u8> = pixels.iter().copied().collect();
            assert!(seen.iter().all(|at| usize::from(*at) * 3 < palette.len()));
            let commonest = of_genotype(&map.genotypes[0].hash);
            let at = palette.chunks(3).position(|colour| colour == commonest);
            let share = |at: u8| pixels.iter().filter(|pixel| **pixel == at).count();
            assert!(share(at.expect("a colour") as u8) > 100, "{islands}");
            assert!(share(Palette::FREE) > 1_000, "{islands}");
        }
    }

    #[test]
    fn a_pixel_shows_whose_address_it_is() {
        let blocks = [(10, 5, 7), (15, 1, 8), (100, 10, 9)];
        let at = |address| colour_at(&blocks, address);
        assert_eq!([at(9), at(10), at(14), at(15), at(16)], [1, 7, 7, 8, 1]);
        assert_eq!([at(99), at(109), at(110)], [1, 9, 1]);
    }

    #[test]
    fn islands_lie_beside_each_other_within_the_picture() {
        for islands in 1..=MAX_ISLANDS as u32 {
            let frames: Vec<Frame> = frames(islands).collect();
            assert_eq!(frames.len() as u32, islands);
            for (at, one) in frames.iter().enumerate() {
                assert!(one.left + one.width < WIDTH && one.top + one.height < HEIGHT);
                for other in &frames[at + 1..] {
                    let apart =
                        one.left + one.width < other.left || one.top + one.height < other.top;
                    assert!(apart, "{islands}");
                }
            }
        }
    }
}
