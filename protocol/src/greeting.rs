//! The frozen layout that every version reads: the beginning of Hello and Refused. Knows no message.

use crate::{limits, nick};
use bytebiota_core::SEMANTICS_VERSION;

/// Bumped by every change of a frame.
pub const PROTOCOL_VERSION: u16 = 2;
/// Every Hello and every Refused begins with these bytes, in all versions.
pub const MAGIC: [u8; 4] = *b"BBio";

/// The frozen beginning of Hello and Refused that every version can read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Greeting {
    /// Version of the frames.
    pub protocol: u16,
    /// Meaning of instructions.
    pub semantics: u32,
    /// A sentence: the program's name and version, or what to do.
    pub text: String,
}

impl Greeting {
    /// A greeting of this program.
    pub fn own(text: impl Into<String>) -> Self {
        Self {
            protocol: PROTOCOL_VERSION,
            semantics: SEMANTICS_VERSION,
            text: text.into(),
        }
    }

    /// Whether both sides speak the same protocol and compute the same semantics.
    pub fn is_compatible(&self) -> bool {
        self.protocol == PROTOCOL_VERSION && self.semantics == SEMANTICS_VERSION
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let text = nick::cut(&self.text, limits::MAX_TEXT_BYTES).as_bytes();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.protocol.to_le_bytes());
        out.extend_from_slice(&self.semantics.to_le_bytes());
        out.extend_from_slice(&(text.len() as u16).to_le_bytes());
        out.extend_from_slice(text);
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (protocol, rest) = rest.split_first_chunk::<2>()?;
        let (semantics, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_le_bytes(*length));
        if *magic != MAGIC || length > limits::MAX_TEXT_BYTES || rest.len() < length {
            return None;
        }
        let (text, rest) = rest.split_at(length);
        let greeting = Self {
            protocol: u16::from_le_bytes(*protocol),
            semantics: u32::from_le_bytes(*semantics),
            text: String::from_utf8_lossy(text).into_owned(),
        };
        Some((greeting, rest))
    }
}
