//! Why the server says what it says: why a report is not taken, why there is no work, what became of units. Knows no
//! message.

use serde::{Deserialize, Serialize};

/// Why a report was not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum RejectReason {
    /// The island has moved on, by another worker or on another branch.
    Stale,
    /// Key, header or base are not of this world.
    Foreign,
    /// The bytes contradict their own digests or limits.
    Invalid,
}

/// Why there is no work for a slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum WaitReason {
    /// Every island is being computed or checked.
    #[default]
    NothingFree,
    /// The auditor has as many newcomers' results to check as it can.
    AuditorFull,
    /// A result did not match; work comes again after the suspension and a self-test.
    Suspended,
    /// Results did not match twice.
    Banned,
    /// The engine this worker runs on computes something wrong.
    EngineBlocked,
    /// The server has no room for new results; those on their way are taken.
    DiskFull,
}

impl WaitReason {
    /// The sentence for the volunteer.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NothingFree => "waiting for work: every island is being computed or checked",
            Self::AuditorFull => {
                "waiting: more newcomers are here than the server can check at once; it will be your turn"
            }
            Self::Suspended => {
                "paused by the server: a result did not match; after a day a self-test decides"
            }
            Self::Banned => {
                "the server takes no more work of this token: results did not match twice"
            }
            Self::EngineBlocked => {
                "this version computes a wrong result on this machine; please update it"
            }
            Self::DiskFull => {
                "waiting: the server's disk is full; what you have computed is taken all the same"
            }
        }
    }
}

/// What became of units that were acknowledged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Outcome {
    /// Recomputed in part and believed: they are history now, and credited.
    Confirmed,
    /// One of them did not match: none of them counts.
    Mismatch,
    /// They build on something that was taken back, or cannot be recomputed; nobody's fault.
    Superseded,
}
