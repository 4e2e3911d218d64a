//! What a host and a session tell each other: facts and commands, events, counters, ends. Knows no order of them.

use crate::message::{
    CheckId, ClientKind, FrameError, LeaseId, Outcome, RejectReason, Token, WaitReason, Wishes,
};
use bytebiota_core::{
    Assignment, Digest, Island, Report, Segment, Step, UnitKey, assignment::Check,
};

/// What a worker is, for its whole life.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Name and version of the program, shown to a server that refuses it.
    pub program: String,
    /// Browser or native.
    pub kind: ClientKind,
    /// What computes, as `Hello` says it.
    pub engine: String,
    /// Slots, 1 to `limits::MAX_SLOTS`; more are cut.
    pub slots: u32,
    /// The token kept from earlier visits.
    pub token: Option<Token>,
    /// The name to show.
    pub nick: Option<String>,
    /// Wishes for the size of units.
    pub wishes: Wishes,
    /// Stop after so many acknowledged units.
    pub unit_limit: Option<u64>,
}

/// What a host tells about the executor of a slot.
#[derive(Debug)]
pub enum Fact {
    /// A segment inside a unit is done.
    Segment {
        /// The unit.
        unit: UnitKey,
        /// How many of its segments are done.
        done: u32,
        /// Digest of the newest.
        digest: Digest,
        /// The newest itself.
        segment: Segment,
        /// Canonical bytes of the state there: the server may ask for it.
        state: Vec<u8>,
    },
    /// A unit is done; the executor goes on at once.
    Unit(Box<Report>),
    /// The stretch is over.
    Finished,
    /// The assignment cannot be executed; a sentence why.
    Failed(String),
}

impl Fact {
    /// The fact that a step of the executor came to, with the island as it stands now; `None` in mid-segment.
    pub fn from_step(step: Step, island: &Island) -> Option<Self> {
        match step {
            Step::Running => None,
            Step::Segment {
                unit,
                done,
                digest,
                segment,
            } => Some(Self::Segment {
                unit,
                done,
                digest,
                segment,
                state: island.to_bytes(),
            }),
            Step::Unit(report) => Some(Self::Unit(report)),
            Step::Finished => Some(Self::Finished),
        }
    }
}

/// What a host does with the executor of a slot.
#[derive(Debug, PartialEq)]
pub enum Command {
    /// Drop whatever the slot computes and begin this.
    Begin {
        /// The slot.
        slot: u32,
        /// The lease that facts about it carry.
        lease: LeaseId,
        /// What to compute; checked already, except for the state.
        assignment: Box<Assignment>,
        /// The state for `Start::Held`.
        held: Option<Vec<u8>>,
    },
    /// Compute this first, then go on; tell `handle_checked` what came out. A check that is under way gives way.
    Check {
        /// The slot.
        slot: u32,
        /// Its name.
        id: CheckId,
        /// What to compute; not checked yet.
        check: Box<Check>,
    },
    /// Drop whatever the slot computes, except a check.
    Halt {
        /// The slot.
        slot: u32,
    },
    /// Compute nothing until `Resume`; `Begin` and `Halt` still apply.
    Suspend {
        /// The slot.
        slot: u32,
    },
    /// Go on.
    Resume {
        /// The slot.
        slot: u32,
    },
}

/// What a host may want to show or keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The server knows us under this name; keep the token for the next visit.
    Welcomed {
        /// To be kept secret.
        token: Token,
        /// As others see it.
        name: String,
    },
    /// A unit is on the server's disk.
    Acked(UnitKey),
    /// A unit was not wanted.
    Rejected(UnitKey, RejectReason),
    /// Acknowledged units, the first of them named, are confirmed or do not count.
    Judged(UnitKey, Outcome),
    /// There is no work, and this is why.
    Waiting(WaitReason),
    /// The server cannot be reached, or went; the next try is in so many ms.
    Offline {
        /// The wait.
        retry_ms: u64,
    },
    /// Work was given back because it cannot be executed; a sentence why.
    Problem(String),
}

/// Why a session ended for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The server does not want this program; the text says what to do.
    Refused(String),
    /// The volunteer stopped it.
    Stopped,
    /// The wanted number of units is acknowledged.
    UnitsDone,
}

/// What happened since the session began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SessionCounters {
    /// Units computed.
    pub units_done: u64,
    /// Units on the server's disk.
    pub units_acked: u64,
    /// Units the server did not want.
    pub units_rejected: u64,
    /// Ticks of the acknowledged units.
    pub ticks_acked: u64,
    /// Acknowledged units that are confirmed.
    pub units_confirmed: u64,
    /// Acknowledged units that do not count.
    pub units_void: u64,
    /// Checks computed for the server.
    pub checks_done: u64,
    /// Ticks credited to the volunteer in all, over all visits.
    pub credit: u64,
    /// Connections that were welcomed.
    pub connections: u64,
}

/// Why a frame of the server ends the connection.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SessionError {
    /// Not understood.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Understood, but not at this moment.
    #[error("the server sent {0}")]
    OutOfOrder(&'static str),
}
