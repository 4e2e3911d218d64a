//! The whole protocol: two closed enums and their frames. Knows no socket and no clock.

pub use crate::greeting::{Greeting, MAGIC, PROTOCOL_VERSION};
pub use crate::reasons::{Outcome, RejectReason, WaitReason};

use crate::{deflate::deflate, limits};
use bytebiota_core::{
    Assignment, Digest, Epoch, Report, StretchHeader, UnitKey,
    codec::{self, CodecError},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// What kind of program computes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ClientKind {
    /// A browser tab.
    Browser,
    /// The native worker.
    Native,
}

/// A volunteer's secret: 32 random bytes, stored hashed by the server.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token(pub [u8; 32]);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What a worker would like; the server decides.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Wishes {
    /// How long a unit should take, ms; 0 for the server's choice.
    pub target_interval_ms: u32,
    /// Ticks per unit at least; 0 for the server's choice.
    pub min_unit_ticks: u64,
    /// Ticks per unit at most; 0 for the server's choice.
    pub max_unit_ticks: u64,
}

/// The body of the first frame.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// What computes.
    pub kind: ClientKind,
    /// Program, version and what runs it, such as `native 0.1.0 x86_64 linux`: whoever shares it computes alike.
    pub engine: String,
    /// Slots offered, 1 to `MAX_SLOTS`.
    pub slots: u32,
    /// The volunteer's token, if he has one from this server.
    pub token: Option<Token>,
    /// The name to show, if any.
    pub nick: Option<String>,
    /// Wishes for the size of units.
    pub wishes: Wishes,
}

/// Names one lease; drawn by the server, meaningless elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct LeaseId(pub u64);

/// Names one check; drawn by the server, meaningless elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct CheckId(pub u64);

/// What a worker says. `slot` counts from 0 within its connection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ClientMessage {
    /// A slot is free for (another) stretch.
    Ask {
        /// The slot.
        slot: u32,
    },
    /// An assignment arrived and can be executed.
    Accepted {
        /// The slot.
        slot: u32,
        /// The lease.
        lease: LeaseId,
    },
    /// An assignment cannot be executed or is given back.
    Declined {
        /// The slot.
        slot: u32,
        /// The lease.
        lease: LeaseId,
        /// A sentence why.
        reason: String,
    },
    /// A segment is done.
    Progress {
        /// The slot.
        slot: u32,
        /// The lease.
        lease: LeaseId,
        /// The unit.
        unit: UnitKey,
        /// How many of its segments are done.
        segments: u32,
        /// Digest of the newest.
        digest: Digest,
    },
    /// A unit is done. Delivered again after a reconnect until it is acknowledged.
    Report {
        /// The slot.
        slot: u32,
        /// The lease it was computed under.
        lease: LeaseId,
        /// The stretch, repeated so that a restarted server need not remember.
        header: StretchHeader,
        /// `Report`, canonical bytes, deflated.
        #[serde(with = "serde_bytes")]
        report: Vec<u8>,
    },
    /// After a reconnect: the slot still computes this stretch, or will next. The server renews the
    /// lease under the same name, or answers `Revoke`; a restarted server learns from it who holds what.
    Holding {
        /// The slot.
        slot: u32,
        /// The lease it was given under.
        lease: LeaseId,
        /// The stretch, repeated so that a restarted server need not remember.
        header: StretchHeader,
        /// The first epoch that no report of this slot covers yet.
        next_epoch: Epoch,
    },
    /// Answer to `Challenge`: the state at the start of the named segment, whose digest the report has committed.
    StateAt {
        /// The slot.
        slot: u32,
        /// The unit.
        unit: UnitKey,
        /// The segment, from 1.
        segment: u32,
        /// Canonical bytes of the state, deflated.
        #[serde(with = "serde_bytes")]
        state: Vec<u8>,
    },
    /// Answer to `Check`: the digest of each wanted segment; none at all if it cannot be computed here.
    Checked {
        /// The slot.
        slot: u32,
        /// The check.
        check: CheckId,
        /// At most `MAX_SEGMENTS`.
        digests: Vec<Digest>,
    },
    /// The volunteer pauses; nothing more is wanted until `Ask`.
    Pause,
    /// The worker leaves.
    Goodbye,
}

/// What the server says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum ServerMessage {
    /// Answer to Hello.
    Welcome {
        /// The token to come back with; new if none or an unknown one was shown.
        token: Token,
        /// The name as others see it, with its fingerprint.
        name: String,
        /// Slots granted; further ones get `NoWork`.
        slots: u32,
        /// Ticks credited so far.
        credit: u64,
    },
    /// Work for a slot.
    Assign {
        /// The slot.
        slot: u32,
        /// The lease.
        lease: LeaseId,
        /// `Assignment`, canonical bytes, deflated.
        #[serde(with = "serde_bytes")]
        assignment: Vec<u8>,
    },
    /// Nothing to do for a slot now.
    NoWork {
        /// The slot.
        slot: u32,
        /// Ask again after this, ms.
        retry_ms: u32,
        /// Why.
        reason: WaitReason,
    },
    /// The report is on disk, now or already before.
    Ack {
        /// The slot that delivered it.
        slot: u32,
        /// The unit.
        unit: UnitKey,
        /// Ticks credited to the volunteer in all.
        credit: u64,
    },
    /// The server wants the state at the start of a segment of a report that is on disk now.
    Challenge {
        /// The slot that delivered it.
        slot: u32,
        /// The unit.
        unit: UnitKey,
        /// The segment, from 1.
        segment: u32,
    },
    /// Some segments of a unit to be computed now, before anything else.
    Check {
        /// The slot.
        slot: u32,
        /// Its name.
        check: CheckId,
        /// `Check`, canonical bytes, deflated.
        #[serde(with = "serde_bytes")]
        body: Vec<u8>,
    },
    /// What became of acknowledged units.
    Verdict {
        /// The first of them.
        unit: UnitKey,
        /// The first epoch after them.
        end_epoch: Epoch,
        /// How many.
        units: u32,
        /// What became of them.
        outcome: Outcome,
        /// Ticks credited to the volunteer in all.
        credit: u64,
    },
    /// The report is not wanted; forget it and what builds on it.
    Reject {
        /// The slot that delivered it.
        slot: u32,
        /// The unit.
        unit: UnitKey,
        /// Why.
        reason: RejectReason,
    },
    /// The lease is over; stop computing it.
    Revoke {
        /// The slot.
        slot: u32,
        /// The lease.
        lease: LeaseId,
    },
    /// The server goes; come back after this.
    Drain {
        /// Reconnect after this, ms.
        retry_ms: u32,
    },
}

/// Why a frame is not understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FrameError {
    /// Not a greeting of any version.
    #[error("the first frame is no greeting of this protocol")]
    NoGreeting,
    /// A greeting of another version.
    #[error("the other side speaks protocol {} and semantics {}: {}", .0.protocol, .0.semantics, .0.text)]
    Incompatible(Greeting),
    /// The body is damaged or too large.
    #[error("the frame is damaged: {0}")]
    Codec(#[from] CodecError),
    /// A field breaks its limit.
    #[error("{0}")]
    Limit(&'static str),
}

/// The first frame of a connection.
pub fn encode_hello(program: &str, hello: &Hello) -> Vec<u8> {
    let mut frame = Vec::new();
    Greeting::own(program).write(&mut frame);
    frame.extend_from_slice(&codec::encode(hello));
    frame
}

/// Reads the first frame of a worker and checks its limits.
pub fn decode_hello(frame: &[u8]) -> Result<Hello, FrameError> {
    let (greeting, body) = Greeting::read(frame).ok_or(FrameError::NoGreeting)?;
    if !greeting.is_compatible() {
        return Err(FrameError::Incompatible(greeting));
    }
    let hello: Hello = codec::decode(body, limits::MAX_FRAME_BYTES)?;
    if !(1..=limits::MAX_SLOTS).contains(&hello.slots) {
        return Err(FrameError::Limit("a connection offers 1 to 256 slots"));
    }
    if hello
        .nick
        .as_ref()
        .is_some_and(|nick| nick.len() > limits::MAX_NICK_BYTES)
    {
        return Err(FrameError::Limit("a nick has at most 32 characters"));
    }
    if hello.engine.len() > limits::MAX_ENGINE_BYTES {
        return Err(FrameError::Limit("an engine has at most 160 bytes"));
    }
    Ok(hello)
}

/// The answer to a worker that cannot take part; `text` says what to do.
pub fn encode_refused(text: &str) -> Vec<u8> {
    let mut frame = Vec::new();
    Greeting::own(text).write(&mut frame);
    frame
}

/// What a frame of the server is: a refusal in the frozen layout, or a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ServerFrame {
    /// The connection is refused for good; the text says what to do.
    Refused(Greeting),
    /// Everything else.
    Message(ServerMessage),
}

/// Reads a frame of the server.
pub fn decode_server(frame: &[u8]) -> Result<ServerFrame, FrameError> {
    if frame.starts_with(&MAGIC) {
        let (greeting, _) = Greeting::read(frame).ok_or(FrameError::NoGreeting)?;
        return Ok(ServerFrame::Refused(greeting));
    }
    Ok(ServerFrame::Message(codec::decode(
        frame,
        limits::MAX_SERVER_FRAME_BYTES,
    )?))
}

/// Reads any later frame of a worker.
pub fn decode_client(frame: &[u8]) -> Result<ClientMessage, FrameError> {
    Ok(codec::decode(frame, limits::MAX_FRAME_BYTES)?)
}

/// The bytes of a message.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    codec::encode(message)
}

/// Canonical bytes of a body, deflated.
pub fn pack<T: Serialize>(body: &T) -> Vec<u8> {
    deflate(&codec::encode(body))
}

/// Inflates at most `limit` bytes and decodes them canonically.
pub fn unpack<T: Serialize + DeserializeOwned>(
    bytes: &[u8],
    limit: usize,
) -> Result<T, CodecError> {
    let inflated = miniz_oxide::inflate::decompress_to_vec_with_limit(bytes, limit)
        .map_err(|_| CodecError::Malformed)?;
    codec::decode(&inflated, limit)
}

/// Packs an assignment for `ServerMessage::Assign`.
pub fn pack_assignment(assignment: &Assignment) -> Vec<u8> {
    pack(assignment)
}

/// Packs a report for `ClientMessage::Report`.
pub fn pack_report(report: &Report) -> Vec<u8> {
    pack(report)
}
