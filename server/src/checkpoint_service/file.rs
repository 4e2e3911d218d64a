//! The portable file of a checkpoint: a few plain lines, the image deflated, and a digest over all before it. Knows no
//! disk and no world.

use super::image::Image;
use bytebiota_core::{Digest, SEMANTICS_VERSION, codec};

/// The first line.
const MAGIC: &str = "ByteBiota checkpoint\n";
/// The layout of the image.
const VERSION: u32 = 1;
/// Bytes of the longest file, and of the longest image in it.
pub const MAX_FILE_BYTES: u64 = 1 << 30;
const MAX_IMAGE_BYTES: usize = 1 << 31;
/// Lines after the first: `version`, `semantics`, `bytes`, and an empty one.
const MAX_HEAD_BYTES: usize = 256;
const DIGEST_BYTES: usize = 32;
/// How hard it is deflated: states are deflated already.
const LEVEL: u8 = 3;

/// Why a file is not taken.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FileError {
    /// Something else.
    #[error("this is no checkpoint of ByteBiota")]
    Foreign,
    /// Its end is missing.
    #[error("the checkpoint is cut short: {0} of {1} bytes are there")]
    CutShort(usize, usize),
    /// Some byte of it is another one.
    #[error("the checkpoint is damaged: its digest is not that of its bytes")]
    Damaged,
    /// Laid out in another way.
    #[error("the checkpoint has version {0} of the format, this program reads version {VERSION}")]
    Version(u32),
    /// Computed under another meaning of instructions.
    #[error(
        "the world in the checkpoint was computed under semantics version {0}, this program computes version {SEMANTICS_VERSION}"
    )]
    Semantics(u32),
}

/// A whole file.
pub fn write(image: &Image) -> Vec<u8> {
    let packed = miniz_oxide::deflate::compress_to_vec(&codec::encode(image), LEVEL);
    seal(VERSION, SEMANTICS_VERSION, &packed)
}

fn seal(version: u32, semantics: u32, packed: &[u8]) -> Vec<u8> {
    let bytes = packed.len();
    let head = format!("{MAGIC}version {version}\nsemantics {semantics}\nbytes {bytes}\n\n");
    let mut file = head.into_bytes();
    file.extend_from_slice(packed);
    let digest = Digest::of(&file);
    file.extend_from_slice(&digest.0);
    file
}

/// Reads a whole file; trusts nothing.
pub fn read(file: &[u8]) -> Result<Image, FileError> {
    let rest = file.strip_prefix(MAGIC.as_bytes());
    let rest = rest.ok_or(FileError::Foreign)?;
    let head = rest.get(..rest.len().min(MAX_HEAD_BYTES)).unwrap_or(rest);
    let end = head.windows(2).position(|pair| pair == b"\n\n");
    let end = end.ok_or(FileError::Damaged)?;
    let lines = std::str::from_utf8(&head[..end]).map_err(|_| FileError::Damaged)?;
    let mut lines = lines.lines();
    let mut number = |name: &str| {
        let text = lines.next()?.strip_prefix(name)?;
        text.parse::<u32>().ok()
    };
    let version = number("version ").ok_or(FileError::Damaged)?;
    let semantics = number("semantics ").ok_or(FileError::Damaged)?;
    let bytes = number("bytes ").ok_or(FileError::Damaged)? as usize;
    let whole = MAGIC.len() + end + 2 + bytes + DIGEST_BYTES;
    if file.len() < whole {
        return Err(FileError::CutShort(file.len(), whole));
    }
    let (sealed, digest) = file.split_at(file.len() - DIGEST_BYTES);
    if file.len() != whole || Digest::of(sealed).0 != digest {
        return Err(FileError::Damaged);
    }
    if version != VERSION {
        return Err(FileError::Version(version));
    }
    if semantics != SEMANTICS_VERSION {
        return Err(FileError::Semantics(semantics));
    }
    let packed = &sealed[sealed.len() - bytes..];
    let image = miniz_oxide::inflate::decompress_to_vec_with_limit(packed, MAX_IMAGE_BYTES);
    let image = image.map_err(|_| FileError::Damaged)?;
    codec::decode(&image, MAX_IMAGE_BYTES).map_err(|_| FileError::Damaged)
}

#[cfg(test)]
mod tests {
    use super::super::image::{Cell, IslandImage};
    use super::*;
    use bytebiota_core::{Config, Epoch, IslandId, WorldId};
    use proptest::prelude::*;

    fn image() -> Image {
        let island = IslandImage {
            island: IslandId(1),
            branch: 2,
            epoch: Epoch(9),
            digest: Digest([1; 32]),
            link: Digest([2; 32]),
            units: 4,
            updated_ms: 5,
            sample: vec![6; 40],
            low_edge: vec![],
            high_edge: vec![7],
            open: Some((vec![8; 60], vec![9; 3])),
            state: (0..=255).collect(),
        };
        Image {
            world: WorldId(3),
            seed: 4,
            created_ms: 5,
            config: codec::encode(&Config::default()),
            time_ms: 6,
            islands: vec![island],
            mail: vec![vec![Cell::Null, Cell::Number(-1), Cell::Text("x".into())]],
            seeds: vec![vec![Cell::Bytes(vec![1, 2])]],
            reseedings: vec![],
            tuning: vec![],
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(read(&write(&image())), Ok(image()));
    }

    #[test]
    fn a_file_cut_short_anywhere_is_named_and_so_is_one_too_long() {
        let file = write(&image());
        for length in 0..file.len() {
            let error = read(&file[..length]).expect_err("cut short");
            if length > 80 {
                assert_eq!(error, FileError::CutShort(length, file.len()));
            }
        }
        let longer = [file.as_slice(), &[0]].concat();
        assert_eq!(read(&longer), Err(FileError::Damaged));
    }

    #[test]
    fn foreign_versions_are_named() {
        let packed = [1, 2, 3];
        let error = read(&seal(VERSION + 1, SEMANTICS_VERSION, &packed));
        assert_eq!(error, Err(FileError::Version(VERSION + 1)));
        let error = read(&seal(VERSION, SEMANTICS_VERSION + 1, &packed));
        assert_eq!(error, Err(FileError::Semantics(SEMANTICS_VERSION + 1)));
        assert_eq!(read(b"SQLite format 3\0"), Err(FileError::Foreign));
        assert_eq!(read(b""), Err(FileError::Foreign));
    }

    proptest! {
        #[test]
        fn no_flipped_bit_is_overlooked(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let mut file = write(&image());
            let at = at.index(file.len());
            file[at] ^= 1 << bit;
            prop_assert!(read(&file).is_err());
        }
    }
}
