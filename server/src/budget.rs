//! How much a connection may say: token buckets that fill with time. Knows no frame and no clock.

use crate::config::Budgets;
use bytebiota_protocol::message::ClientMessage;

/// A reader is slowed by at most this for one frame, ms.
const MAX_WAIT_MS: u64 = 5_000;
/// Debts beyond so many minutes' worth end the connection.
const PATIENCE: u64 = 9;

/// What a frame costs its sender.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Nothing.
    Pass,
    /// Reading stops for so long, ms.
    Wait(u64),
    /// The connection.
    Close,
}

/// A bucket that holds one minute's worth.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    per_minute: u64,
    /// What may still be said, in thousandths; below zero is debt.
    level: i64,
    filled_ms: u64,
}

impl Bucket {
    /// A full one.
    pub fn new(now_ms: u64, per_minute: u64) -> Self {
        let per_minute = per_minute.clamp(1, 1 << 40);
        Self {
            per_minute,
            level: per_minute as i64 * 1_000,
            filled_ms: now_ms,
        }
    }

    /// Takes what is there; what is not there is not owed.
    pub fn afford(&mut self, now_ms: u64, amount: u64) -> bool {
        self.fill(now_ms);
        let can = self.level >= cost(amount);
        if can {
            self.level -= cost(amount);
        }
        can
    }

    /// Whether it holds as much as it can.
    pub fn is_full(mut self, now_ms: u64) -> bool {
        self.fill(now_ms);
        self.level >= self.full()
    }

    fn full(&self) -> i64 {
        self.per_minute as i64 * 1_000
    }

    fn fill(&mut self, now_ms: u64) {
        let passed_ms = now_ms.saturating_sub(self.filled_ms).min(60_000);
        let gained = (self.per_minute * passed_ms / 60) as i64;
        self.filled_ms = now_ms;
        self.level = self.level.saturating_add(gained).min(self.full());
    }

    fn take(&mut self, now_ms: u64, amount: u64) -> Verdict {
        self.fill(now_ms);
        let full = self.full();
        self.level = self.level.saturating_sub(cost(amount));
        match self.level {
            level if level >= 0 => Verdict::Pass,
            level if level.unsigned_abs() > full as u64 * PATIENCE => Verdict::Close,
            level => {
                let wait_ms = level.unsigned_abs() * 60 / self.per_minute;
                Verdict::Wait(wait_ms.clamp(1, MAX_WAIT_MS))
            }
        }
    }
}

fn cost(amount: u64) -> i64 {
    i64::try_from(amount.saturating_mul(1_000)).unwrap_or(i64::MAX / 2)
}

/// The buckets of one connection.
#[derive(Clone, Debug)]
pub struct Budget {
    assignments: Bucket,
    reports: Bucket,
    progress: Bucket,
    bytes: Bucket,
    other: Bucket,
}

impl Budget {
    /// Full buckets for a connection of so many slots.
    pub fn new(now_ms: u64, slots: u32, limits: &Budgets) -> Self {
        let slots = u64::from(slots.max(1));
        let bucket = |per_minute: u32| Bucket::new(now_ms, u64::from(per_minute) * slots);
        Self {
            assignments: bucket(limits.assignments_per_minute),
            reports: bucket(limits.reports_per_minute),
            progress: bucket(limits.progress_per_minute),
            bytes: bucket(limits.bytes_per_minute),
            other: Bucket::new(now_ms, u64::from(limits.other_per_minute)),
        }
    }

    /// Charges a frame of `size` bytes; the sterner of what its kind and its bytes cost.
    pub fn charge(&mut self, now_ms: u64, message: &ClientMessage, size: usize) -> Verdict {
        let bucket = match message {
            ClientMessage::Ask { .. } | ClientMessage::Accepted { .. } => &mut self.assignments,
            ClientMessage::Declined { .. } | ClientMessage::Holding { .. } => &mut self.assignments,
            ClientMessage::Checked { .. } => &mut self.assignments,
            ClientMessage::Report { .. } | ClientMessage::StateAt { .. } => &mut self.reports,
            ClientMessage::Progress { .. } => &mut self.progress,
            ClientMessage::Pause | ClientMessage::Goodbye => &mut self.other,
        };
        let kind = bucket.take(now_ms, 1);
        match (kind, self.bytes.take(now_ms, size as u64)) {
            (Verdict::Close, _) | (_, Verdict::Close) => Verdict::Close,
            (Verdict::Wait(a), Verdict::Wait(b)) => Verdict::Wait(a.max(b)),
            (Verdict::Wait(ms), Verdict::Pass) | (Verdict::Pass, Verdict::Wait(ms)) => {
                Verdict::Wait(ms)
            }
            (Verdict::Pass, Verdict::Pass) => Verdict::Pass,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minutes_worth_passes_then_it_is_slowed_then_closed() {
        let mut budget = Budget::new(0, 1, &Budgets::default());
        let pause = ClientMessage::Pause;
        for _ in 0..60 {
            assert_eq!(budget.charge(1, &pause, 5), Verdict::Pass);
        }
        assert_eq!(budget.charge(1, &pause, 5), Verdict::Wait(1_000));
        for _ in 0..539 {
            assert!(matches!(budget.charge(1, &pause, 5), Verdict::Wait(_)));
        }
        assert_eq!(budget.charge(1, &pause, 5), Verdict::Close);
        assert_eq!(
            budget.charge(1, &ClientMessage::Ask { slot: 0 }, 5),
            Verdict::Pass
        );
    }

    #[test]
    fn buckets_fill_again_and_grow_with_slots() {
        let mut budget = Budget::new(0, 2, &Budgets::default());
        let ask = ClientMessage::Ask { slot: 0 };
        let passed = (0..1_000)
            .take_while(|_| budget.charge(0, &ask, 5) == Verdict::Pass)
            .count();
        assert_eq!(passed, 240);
        assert_eq!(budget.charge(60_000, &ask, 5), Verdict::Pass);
        assert_eq!(budget.charge(60_000, &ask, 33 << 20), Verdict::Wait(1_875));
    }
}
