//! What a page and its Web Worker say to each other by `postMessage`. Knows neither of them.
//!
//! One Web Worker computes for one slot and holds its own socket. It is loaded by `worker.js` and says
//! `Ready` first; before that nothing reaches it. The page then sends `Start` once. After `Stop` the worker
//! says goodbye to the server, answers `Stopped`, and the page ends it, at the latest after `STOP_GRACE_MS`.

use crate::view::MemoryMapView;
use serde::{Deserialize, Serialize};

/// The page ends a worker that has not stopped by itself after this.
pub const STOP_GRACE_MS: u32 = 60;

/// The page to its worker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PageMessage {
    /// Connect and compute.
    Start {
        /// Absolute address of the worker socket, `ws://..` or `wss://..`.
        socket: String,
        /// The volunteer's token as 64 hex digits, if this browser has one.
        token: Option<String>,
        /// The name to show, if any.
        nick: Option<String>,
        /// How often to send `Frame`, per second; 0 for never.
        frames_per_second: u32,
    },
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
    /// Finish the slice, say goodbye, answer `Stopped`.
    Stop,
}

/// The worker to its page.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
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

/// What a worker does.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
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
