//! What a page and its Web Worker say to each other by `postMessage`. Knows neither of them.
//!
//! One Web Worker computes for one slot and holds its own socket. It is loaded by `worker.js` and says
//! `Ready` first; before that nothing reaches it. The page then sends `Start` once. After `Stop` the worker
//! says goodbye to the server, answers `Stopped`, and the page ends it, at the latest after `STOP_GRACE_MS`.
//! Messages are bytes: what turns values of JavaScript into ours would be a tenth of what a volunteer downloads.

use crate::{message::PROTOCOL_VERSION, view::MemoryMapView};
use bytebiota_core::SEMANTICS_VERSION;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The page ends a worker that has not stopped by itself after this.
pub const STOP_GRACE_MS: u32 = 60;

/// The browser's database of what a worker keeps over its end. Reports of another version would not be taken: each has
/// a database of its own.
pub fn database_name() -> String {
    format!("bytebiota-{PROTOCOL_VERSION}-{SEMANTICS_VERSION}")
}

/// A message of either side as it is posted.
pub fn encode<T: Serialize>(message: &T) -> Vec<u8> {
    // None of the messages has a value without bytes; no bytes are no message.
    postcard::to_allocvec(message).unwrap_or_default()
}

/// The message that was posted; both sides come from one server, so what cannot be read is of another build.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}

/// The page to its worker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum PageMessage {
    /// Connect and compute.
    Start(Call),
    /// How often to send `Frame` from now on, per second; 0 while nobody looks.
    Frames {
        /// Frames per second.
        per_second: u32,
    },
    /// How much of its core the worker may use from now on; it begins with all of it.
    Duty {
        /// 1 to 100 percent of the time.
        percent: u32,
    },
    /// Finish the slice and compute nothing until `Resume`.
    Pause,
    /// Go on.
    Resume,
    /// Finish the unit under way, deliver it, then do as after `Stop`.
    Finish,
    /// Finish the slice, deliver what is done of the unit, say goodbye, answer `Stopped`.
    Stop,
}

/// Whom to compute for, and as who.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Call {
    /// Absolute address of the worker socket, `ws://..` or `wss://..`.
    pub socket: String,
    /// The volunteer's token as 64 hex digits, if this browser has one.
    pub token: Option<String>,
    /// The name to show, if any.
    pub nick: Option<String>,
    /// How often to send `Frame`, per second; 0 for never.
    pub frames_per_second: u32,
}

/// The worker to its page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum WorkerMessage {
    /// The module runs and listens.
    Ready,
    /// What the worker does now.
    Status {
        /// What it does.
        status: WorkStatus,
    },
    /// The server knows the volunteer.
    Welcome {
        /// The token to come back with, 64 hex digits.
        token: String,
        /// The name as others see it.
        name: String,
        /// Ticks credited so far.
        credit: u64,
    },
    /// What has been computed by this worker since `Start`, confirmed or not; a few times a second.
    Progress {
        /// The island under way, 0 for none.
        island: u32,
        /// Instructions executed.
        instructions: u64,
        /// Births seen.
        births: u64,
        /// Instructions per second of computing, lately.
        instructions_per_second: f64,
        /// What it cost.
        cost: Cost,
    },
    /// A unit is stored by the server.
    Acked {
        /// Units acked since `Start`.
        units: u64,
        /// Ticks credited to the volunteer in all.
        credit: u64,
    },
    /// The own soup as it is now.
    Frame {
        /// The soup; provisional until the unit is confirmed.
        map: MemoryMapView,
    },
    /// Everything is closed; the worker may be ended.
    Stopped,
}

/// What a worker has used since `Start`, by its own clock.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Cost {
    /// Time spent computing, ms.
    pub busy_ms: f64,
    /// Time spent resting between slices to keep the duty, ms.
    pub rested_ms: f64,
    /// Bytes sent to the server and received from it.
    pub moved_bytes: u64,
}

/// What a worker does.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum WorkStatus {
    /// The module or the connection is on its way.
    #[default]
    Connecting,
    /// Connected, the server has no work at the moment.
    Waiting {
        /// A sentence why.
        why: String,
    },
    /// Computing.
    Computing,
    /// Computing the last unit before it stops.
    Finishing,
    /// Paused by the page.
    Paused,
    /// No connection; computing goes on as far as there is work.
    Lost {
        /// The next attempt, ms from now.
        retry_ms: u64,
    },
    /// The server refuses this worker for good, with what to do.
    Refused {
        /// What to do.
        text: String,
    },
    /// The worker cannot go on.
    Failed {
        /// A sentence why.
        text: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::{BodyView, GenotypeView};

    #[test]
    fn what_is_posted_is_what_is_heard() {
        let map = MemoryMapView {
            island: 3,
            genotypes: vec![GenotypeView::default()],
            organisms: vec![BodyView::default(); 2],
            ..MemoryMapView::default()
        };
        let cost = Cost {
            busy_ms: 0.25,
            rested_ms: 1e9,
            moved_bytes: u64::MAX,
        };
        let told = [
            WorkerMessage::Ready,
            WorkerMessage::Frame { map },
            WorkerMessage::Status {
                status: WorkStatus::Waiting { why: "ä".into() },
            },
            WorkerMessage::Progress {
                island: 1,
                instructions: 2,
                births: 3,
                instructions_per_second: 4.5,
                cost,
            },
        ];
        for message in told {
            assert_eq!(decode(&encode(&message)), Some(message));
        }
        let call = PageMessage::Start(Call {
            socket: "ws://127.0.0.1/api/v1/worker".into(),
            token: None,
            nick: Some("Ada".into()),
            frames_per_second: 10,
        });
        assert_eq!(decode(&encode(&call)), Some(call));
    }

    #[test]
    fn foreign_bytes_are_no_message() {
        assert_eq!(decode::<PageMessage>(&[]), None);
        assert_eq!(decode::<PageMessage>(&[200, 1, 2]), None);
        assert_eq!(decode::<WorkerMessage>(&[5, 255]), None);
    }
}
