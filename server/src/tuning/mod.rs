//! Tuning: a few knobs of a living world are set by rule, within bounds, and every decision can be made again from what
//! was written down. Plain values, but for `keeper`:
//! knows no disk, no time and no socket.
//!
//! `metrics` are what islands brought over a window, `health` how that is to be judged, `decision` what follows from it,
//! `bounds` the one table of knobs that may be touched, `wish` what an operator wants, `entry` what is written down, `tuner` the parameters in force with
//! all that came before them, `manifest` the whole story as a file that is replayed, `keeper` the same for a folder.

mod bounds;
mod decision;
mod entry;
mod health;
pub mod keeper;
mod manifest;
mod metrics;
mod tuner;
mod view;
mod wish;

pub use bounds::{BOUNDS, BoundError, Bounds, check_changes};
pub use decision::{Decision, decide};
pub use entry::{Entry, Kind, Overridden};
pub use health::{Health, Level};
pub use manifest::{Head, MAX_FILE_BYTES, Manifest, ManifestError, ReplayFault, Replayed};
pub use metrics::{IslandWindow, Metrics};
pub use tuner::{Tuner, TunerError};
pub use view::{BoundsView, ChangeView, TuningView};
pub use wish::{TuningWish, Want, Wish, WishFault};

/// What the server does of its own accord.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Nothing.
    #[default]
    Off,
    /// It decides and writes down, and changes nothing.
    DryRun,
    /// It decides, writes down and does.
    On,
}

impl Mode {
    /// The word in settings and views.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::DryRun => "dry-run",
            Self::On => "on",
        }
    }

    /// Reads what `word` writes.
    pub fn read(text: &str) -> Option<Self> {
        let all = [Self::Off, Self::DryRun, Self::On];
        all.into_iter().find(|mode| mode.word() == text)
    }
}

/// The knobs of tuning itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TuningKnobs {
    /// What the server does of its own accord.
    pub mode: Mode,
    /// Distance of two decisions, ms.
    pub interval_ms: u64,
    /// Epochs of each island that a decision looks back on; after a change every island lives so long before the next.
    pub window_epochs: u32,
    /// Decisions without a change that are kept; changes are kept for ever.
    pub kept: u32,
}

impl Default for TuningKnobs {
    fn default() -> Self {
        Self {
            mode: Mode::Off,
            interval_ms: 600_000,
            window_epochs: 200,
            kept: 10_000,
        }
    }
}
