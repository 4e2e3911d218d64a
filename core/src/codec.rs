//! Canonical bytes: postcard, with what it accepts too much rejected. Knows no type in particular.

use crate::Digest;
use serde::{Serialize, de::DeserializeOwned};

/// Why bytes are not what they should be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CodecError {
    /// Not decodable at all.
    #[error("the bytes cannot be decoded")]
    Malformed,
    /// Bytes left over behind the value.
    #[error("{0} bytes follow the value")]
    Trailing(usize),
    /// Decodes, but the value has a shorter spelling.
    #[error("the bytes are not in canonical form")]
    NotCanonical,
    /// More bytes than the limit allows.
    #[error("{size} bytes exceed the limit of {limit} bytes")]
    TooLarge {
        /// What came.
        size: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Decodes, but contradicts a law of its type.
    #[error("{0}")]
    Invalid(&'static str),
}

/// The canonical bytes of a value.
pub fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("the types of this crate have no unencodable values")
}

/// The digest of the canonical bytes of a value.
pub fn digest<T: Serialize>(value: &T) -> Digest {
    Digest::of(&encode(value))
}

/// Decodes exactly what `encode` makes: nothing behind it, no second spelling, at most `limit` bytes.
pub fn decode<T: Serialize + DeserializeOwned>(
    bytes: &[u8],
    limit: usize,
) -> Result<T, CodecError> {
    if bytes.len() > limit {
        return Err(CodecError::TooLarge {
            size: bytes.len(),
            limit,
        });
    }
    let (value, rest) = postcard::take_from_bytes::<T>(bytes).map_err(|_| CodecError::Malformed)?;
    if !rest.is_empty() {
        return Err(CodecError::Trailing(rest.len()));
    }
    if encode(&value) != bytes {
        return Err(CodecError::NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_long_numbers_and_trailing_bytes_are_refused() {
        assert_eq!(decode::<u32>(&[5], 8), Ok(5));
        assert_eq!(decode::<u32>(&[5, 0], 8), Err(CodecError::Trailing(1)));
        assert_eq!(
            decode::<u32>(&[0x85, 0x00], 8),
            Err(CodecError::NotCanonical)
        );
        assert_eq!(decode::<u32>(&[0x80], 8), Err(CodecError::Malformed));
        let too_large = CodecError::TooLarge { size: 9, limit: 8 };
        assert_eq!(decode::<u32>(&[0; 9], 8), Err(too_large));
    }
}
