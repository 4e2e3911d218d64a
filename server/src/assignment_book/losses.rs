//! Why leases ended before their stretch did, counted. Knows no lease.

/// Why a lease ended early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// Its receipt was not acknowledged in time.
    NotAccepted,
    /// No progress for too long, or no report.
    NoProgress,
    /// The connection went and did not come back in time.
    Gone,
    /// The worker took its leave.
    Goodbye,
    /// The volunteer pauses.
    Paused,
    /// The worker gave it back.
    Declined,
    /// Somebody else delivered the unit first, or it was delivered too late.
    Overtaken,
    /// Its slot works faster by now and gets the rest in larger units.
    Outgrown,
    /// It waited behind another one, and an idle slot needed it.
    TakenBack,
    /// The volunteer may not compute any more.
    Barred,
    /// What it built on was taken back.
    Void,
    /// The state of the island cannot be read.
    Damaged,
}

impl Loss {
    /// All of them, in order.
    pub const ALL: [Self; 12] = [
        Self::NotAccepted,
        Self::NoProgress,
        Self::Gone,
        Self::Goodbye,
        Self::Paused,
        Self::Declined,
        Self::Overtaken,
        Self::Outgrown,
        Self::TakenBack,
        Self::Barred,
        Self::Void,
        Self::Damaged,
    ];

    /// The word of the metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAccepted => "not_accepted",
            Self::NoProgress => "no_progress",
            Self::Gone => "gone",
            Self::Goodbye => "goodbye",
            Self::Paused => "paused",
            Self::Declined => "declined",
            Self::Overtaken => "overtaken",
            Self::Outgrown => "outgrown",
            Self::TakenBack => "taken_back",
            Self::Barred => "barred",
            Self::Void => "void",
            Self::Damaged => "damaged",
        }
    }
}

/// How many of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Losses([u64; Loss::ALL.len()]);

impl Losses {
    pub(super) fn note(&mut self, loss: Loss) {
        self.0[loss as usize] += 1;
    }

    /// How many leases ended like this.
    pub fn of(&self, loss: Loss) -> u64 {
        self.0[loss as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_counted_apart_under_a_word_of_its_own() {
        let mut losses = Losses::default();
        for (place, loss) in Loss::ALL.into_iter().enumerate() {
            (0..=place).for_each(|_| losses.note(loss));
        }
        let counts = Loss::ALL.map(|loss| losses.of(loss));
        assert_eq!(counts, std::array::from_fn(|place| place as u64 + 1));
        let mut words = Loss::ALL.map(Loss::word).to_vec();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Loss::ALL.len());
    }
}
