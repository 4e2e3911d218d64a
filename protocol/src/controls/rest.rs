//! Why a machine rests although its owner has it compute, in words. Knows not when.

/// Why nothing is computed although the volunteer has pressed start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    /// He wanted a pause.
    Asked {
        /// Minutes until it ends, begun ones included.
        minutes_left: u64,
    },
    /// He wanted a pause until he says otherwise.
    Held,
    /// It is none of the hours.
    Hours,
    /// The machine runs on its battery.
    Battery,
    /// The tab is hidden.
    Hidden,
}

impl Rest {
    /// The reason as a sentence without its end.
    pub fn words(self) -> String {
        match self {
            Self::Asked { minutes_left: 1 } => "paused by you, for one more minute at most".into(),
            Self::Asked { minutes_left } => format!("paused by you, {minutes_left} minutes left"),
            Self::Held => "paused by you".into(),
            Self::Hours => "resting until the hours you chose".into(),
            Self::Battery => "resting while the machine runs on its battery".into(),
            Self::Hidden => "resting while the tab is hidden".into(),
        }
    }
}
