//! The verdict: rows and goals as tables for people, CSV for programs. Knows no island.

use super::{
    bench::Row,
    plan::{Arm, Expectation, Goal},
};
use crate::error::CliError;
use std::{fs, path::Path};

/// What an arm came to.
pub struct Verdict<'a> {
    /// The arm.
    pub arm: &'a Arm,
    /// What its cultures showed.
    pub rows: &'a [Row],
}

impl Verdict<'_> {
    /// In how many cultures a goal was met.
    fn met(&self, goal: &Goal) -> usize {
        self.rows
            .iter()
            .filter(|row| (goal.is_met)(&row.seen))
            .count()
    }

    fn is_reached(&self, goal: &Goal) -> bool {
        self.met(goal) >= goal.needed(self.rows.len())
    }

    /// Whether the arm came to what was expected of it.
    pub fn is_as_expected(&self) -> bool {
        let all = self.arm.goals.iter().all(|goal| self.is_reached(goal));
        all == (self.arm.expectation == Expectation::Success)
    }

    /// The arm as a table with its goals below.
    pub fn table(&self) -> String {
        let mut text = format!("{} ({} ticks)\n", self.arm.name, self.arm.ticks);
        for (number, column) in self.arm.columns.iter().enumerate() {
            text += &format!("  [{}] {column}\n", number + 1);
        }
        text += &format!("{:>8}", "seed");
        for number in 1..=self.arm.columns.len() {
            text += &format!("{:>12}", format!("[{number}]"));
        }
        text += "\n";
        for row in self.rows {
            text += &format!("{:>8}", row.seed);
            row.seen
                .iter()
                .for_each(|&number| text += &format!("{:>12}", shown(number)));
            text += "\n";
        }
        for goal in self.arm.goals {
            let verdict = if self.is_reached(goal) {
                "met"
            } else {
                "missed"
            };
            text += &format!(
                "  {verdict:<7}{:>4} of {}, needed {:>2}: {}\n",
                self.met(goal),
                self.rows.len(),
                goal.needed(self.rows.len()),
                goal.sentence
            );
        }
        text += match (self.arm.expectation, self.is_as_expected()) {
            (Expectation::Success, true) => "  => goals met\n",
            (Expectation::Success, false) => "  => goals missed\n",
            (Expectation::Failure, true) => "  => fails without its mechanism, as it must\n",
            (Expectation::Failure, false) => "  => succeeds without its mechanism: no evidence\n",
        };
        text
    }

    /// Writes the rows into a folder.
    pub fn write(&self, folder: &Path) -> Result<(), CliError> {
        let mut text = String::from("seed");
        for column in self.arm.columns {
            text += &format!(",\"{column}\"");
        }
        for goal in self.arm.goals {
            text += &format!(",\"met: {}\"", goal.sentence);
        }
        text += "\n";
        for row in self.rows {
            text += &row.seed.to_string();
            row.seen
                .iter()
                .for_each(|number| text += &format!(",{number}"));
            for goal in self.arm.goals {
                text += if (goal.is_met)(&row.seen) { ",1" } else { ",0" };
            }
            text += "\n";
        }
        let path = folder.join(format!("{}.csv", file_name(self.arm.name)));
        fs::write(&path, text).map_err(|error| CliError::file(&path, &error))
    }
}

fn file_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    name.chars()
        .map(plain)
        .collect::<String>()
        .replace("--", "-")
}

/// A number in a cell: whole ones as they are, others with three digits behind the point.
fn shown(number: f64) -> String {
    if number.is_nan() {
        "-".into()
    } else if number.fract() == 0.0 {
        format!("{number:.0}")
    } else {
        format!("{number:.3}")
    }
}
