//! What a visitor saw last time, and what has happened since, as one sentence. Knows no storage and no page.

use crate::number;
use bytebiota_protocol::view::WorldView;

/// A visit is a new one when the last look is so long ago, ms.
const NEW_VISIT_MS: u64 = 600_000;

/// The few numbers that are remembered of a look at a world.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    world: String,
    time_ms: u64,
    births: u64,
    instructions: u64,
}

impl Look {
    /// What is seen now.
    pub fn at(world: &WorldView) -> Self {
        Self {
            world: world.world.clone(),
            time_ms: world.now_ms,
            births: world.births,
            instructions: world.instructions,
        }
    }

    /// The words under which it is remembered.
    pub fn words(&self) -> String {
        format!(
            "{} {} {} {}",
            self.world, self.time_ms, self.births, self.instructions
        )
    }

    /// Reads such words; whatever else a browser has kept there is no look.
    pub fn parse(words: &str) -> Option<Self> {
        let mut parts = words.split(' ');
        let world = parts.next()?.to_owned();
        let mut number = || parts.next()?.parse().ok();
        let look = Self {
            world,
            time_ms: number()?,
            births: number()?,
            instructions: number()?,
        };
        parts.next().is_none().then_some(look)
    }

    /// Whether somebody who looked then and looks now has come back.
    pub fn is_another_visit(&self, now: &Self) -> bool {
        self.world != now.world || now.time_ms.saturating_sub(self.time_ms) >= NEW_VISIT_MS
    }

    /// What has happened between two visits of the same world.
    pub fn since(&self, now: &Self) -> Option<String> {
        if self.world != now.world || !self.is_another_visit(now) {
            return None;
        }
        let births = now.births.checked_sub(self.births)?;
        let instructions = now.instructions.checked_sub(self.instructions)?;
        Some(format!(
            "Since your last visit, {} ago: {} births in {} instructions.",
            number::duration((now.time_ms - self.time_ms) / 1_000),
            number::compact(births as f64),
            number::compact(instructions as f64)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(time_ms: u64, births: u64) -> Look {
        Look::at(&WorldView {
            world: "00ff".into(),
            now_ms: time_ms,
            births,
            instructions: births * 1_000,
            ..WorldView::default()
        })
    }

    #[test]
    fn who_comes_back_is_told_what_happened() {
        let (then, now) = (look(1_000, 5), look(7_201_000, 2_005));
        assert_eq!(
            then.since(&now).as_deref(),
            Some(
                "Since your last visit, 2 h 0 min ago: 2,000 births in 2.00\u{202f}M instructions."
            )
        );
        assert_eq!(then.since(&look(2_000, 9)), None, "the same visit");
        assert_eq!(now.since(&then), None, "a clock that went back");
        let mut other = now.clone();
        other.world = "another".into();
        assert_eq!(then.since(&other), None);
        assert!(then.is_another_visit(&other));
    }

    #[test]
    fn words_are_read_back_and_others_refused() {
        let seen = look(12, 34);
        assert_eq!(Look::parse(&seen.words()), Some(seen));
        for words in ["", "x", "x 1 2", "x 1 2 y", "x 1 2 3 4"] {
            assert_eq!(Look::parse(words), None, "{words}");
        }
    }
}
