//! Pictures of the world for previews, as PNG. Knows no store.
//!
//! `soups` draws the memory of islands, `genome` the bytes of a genome.

mod genome;
mod soups;

pub use genome::draw as draw_genome;
pub use soups::{MAX_ISLANDS, draw as draw_soups};

use bytebiota_core::IslandId;

/// The size that those who show previews ask for.
pub const WIDTH: u32 = 1_200;
/// As above.
pub const HEIGHT: u32 = 630;
/// What is around everything that is drawn.
const AROUND: [u8; 3] = [6, 12, 10];

/// What a picture shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// The first islands.
    World,
    /// One island.
    Island(IslandId),
    /// A genome, by a word that `GenomeName` reads.
    Genome(String),
}

impl Subject {
    /// Reads the last part of a path such as `/pictures/island-1.png`.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.strip_suffix(".png")?;
        match name.split_once('-') {
            None => (name == "world").then_some(Self::World),
            Some(("island", number)) => number.parse().ok().map(|n| Self::Island(IslandId(n))),
            Some(("genome", word)) => Some(Self::Genome(word.to_owned())),
            Some(_) => None,
        }
    }

    /// Where the picture is to be had.
    pub fn path(&self) -> String {
        match self {
            Self::World => "/pictures/world.png".into(),
            Self::Island(island) => format!("/pictures/island-{}.png", island.0),
            Self::Genome(word) => format!("/pictures/genome-{word}.png"),
        }
    }
}

/// A picture with at most 256 colours.
struct Picture {
    palette: Vec<[u8; 3]>,
    /// Rows of `WIDTH` places in the palette, `HEIGHT` of them.
    pixels: Vec<u8>,
}

impl Picture {
    fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(self.palette.concat());
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Palette and pixels of a PNG.
    pub fn read(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        let mut reader = decoder.read_info().expect("a PNG");
        assert_eq!((reader.info().width, reader.info().height), (WIDTH, HEIGHT));
        let palette = reader.info().palette.clone().expect("a palette");
        let mut pixels = vec![0; (WIDTH * HEIGHT) as usize];
        reader.next_frame(&mut pixels).expect("pixels");
        (palette.into_owned(), pixels)
    }

    #[test]
    fn a_path_names_what_it_shows() {
        for subject in [
            Subject::World,
            Subject::Island(IslandId(7)),
            Subject::Genome("ancestor".into()),
        ] {
            let path = subject.path();
            let name = path.strip_prefix("/pictures/").expect("a picture");
            assert_eq!(Subject::parse(name), Some(subject));
        }
        for nothing in [
            "",
            "world",
            "moon.png",
            "island-.png",
            "island-x.png",
            "genome.png",
        ] {
            assert_eq!(Subject::parse(nothing), None, "{nothing}");
        }
    }
}
