//! How bodies and states are made small for the way. Knows not what they are.

/// Nothing smaller is squeezed, bytes: setting up the compressor clears 300 KB, which takes longer than sending these.
const SMALL_BYTES: usize = 4_096;
/// How hard the rest is squeezed.
const LEVEL: u8 = 6;

/// A deflate stream of some bytes.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    match u16::try_from(bytes.len()) {
        Ok(length) if bytes.len() <= SMALL_BYTES => stored(bytes, length),
        _ => miniz_oxide::deflate::compress_to_vec(bytes, LEVEL),
    }
}

/// One last block that is stored as it is: RFC 1951, 3.2.4.
fn stored(bytes: &[u8], length: u16) -> Vec<u8> {
    let (length, complement) = (length.to_le_bytes(), (!length).to_le_bytes());
    [&[1], &length[..], &complement, bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_stored_and_all_of_it_comes_out_again() {
        for length in [0, 1, 300, SMALL_BYTES, SMALL_BYTES + 1, 70_000] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 7) as u8).collect();
            let packed = deflate(&bytes);
            let is_stored = packed.len() == length + 5;
            assert_eq!(is_stored, length <= SMALL_BYTES, "{length}");
            let again = miniz_oxide::inflate::decompress_to_vec(&packed);
            assert_eq!(again.ok(), Some(bytes));
        }
    }
}
