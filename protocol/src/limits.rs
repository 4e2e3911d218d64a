//! Every limit on what comes from outside, with its unit. Knows no message.

/// Bytes of one frame from a worker.
pub const MAX_FRAME_BYTES: usize = 512 * 1024;
/// Bytes of one frame from the server; an assignment carries a whole state.
pub const MAX_SERVER_FRAME_BYTES: usize = 32 * 1024 * 1024;
/// Bytes of a report, compressed.
pub const MAX_REPORT_COMPRESSED_BYTES: usize = 256 * 1024;
/// Bytes of a report or an assignment body, decompressed.
pub const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;
/// Characters of a nick, after NFC.
pub const MAX_NICK_CHARS: usize = 32;
/// Bytes of a nick as sent.
pub const MAX_NICK_BYTES: usize = 256;
/// Bytes of any other text in a frame.
pub const MAX_TEXT_BYTES: usize = 512;
/// Bytes of the name of an engine.
pub const MAX_ENGINE_BYTES: usize = 160;
/// Bytes of one state from a worker, compressed.
pub const MAX_STATE_COMPRESSED_BYTES: usize = 256 * 1024;
/// Slots one connection may offer.
pub const MAX_SLOTS: u32 = 256;
/// Reports a worker keeps unacknowledged per slot before it stops computing.
pub const MAX_UNACKED_REPORTS: usize = 24;
/// Units whose inner boundaries a worker keeps per slot, in case the server asks for one.
pub const KEPT_BOUNDARY_UNITS: usize = 4;
/// Units of one stretch.
pub const MAX_STRETCH_UNITS: u32 = 10;

/// Per slot and minute: assignments.
pub const ASSIGNMENTS_PER_MINUTE: u32 = 120;
/// Per slot and minute: reports.
pub const REPORTS_PER_MINUTE: u32 = 120;
/// Per slot and minute: progress notes.
pub const PROGRESS_PER_MINUTE: u32 = 400;
/// Per slot and minute: bytes from the worker.
pub const BYTES_PER_MINUTE: u32 = 16 * 1024 * 1024;
/// Per connection and minute: everything else.
pub const OTHER_PER_MINUTE: u32 = 60;

/// A socket without Hello is closed after this.
pub const HELLO_TIMEOUT_MS: u64 = 5_000;
/// Per address and minute: sockets that are opened.
pub const SOCKETS_PER_MINUTE: u32 = 600;
/// Sockets per address.
pub const MAX_SOCKETS_PER_ADDRESS: u32 = 64;
