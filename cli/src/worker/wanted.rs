//! What a worker is asked for, on the command line and in a file with the same names. Knows no machine.

use super::preset::Preset;
use crate::error::CliError;
use bytebiota_protocol::controls::Hours;
use bytebiota_protocol::message::Wishes;
use bytebiota_worker::Machine;
use clap::{Args, value_parser};
use serde::{Deserialize, Deserializer, de::Error};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

const SERVER: &str = "http://127.0.0.1:8080";
const SLOTS: RangeInclusive<u64> = 1..=256;
const PERCENT: RangeInclusive<u64> = 1..=100;
const SECONDS: RangeInclusive<u64> = 1..=3_600;
const MILLIONS: RangeInclusive<u64> = 1..=1_000_000;

/// What can be said in both places.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// Address of the server [default: http://127.0.0.1:8080]
    #[arg(long, env = "BYTEBIOTA_SERVER", value_name = "URL")]
    server: Option<String>,
    /// How much of this machine to use; --slots and the batch options say it in detail [default: auto]
    #[arg(long, value_name = "NAME")]
    preset: Option<Preset>,
    /// Islands computed at a time, one thread each [default: by preset; auto: all cores but one]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=256))]
    slots: Option<u32>,
    /// Name to be shown beside what you contribute
    #[arg(long, value_name = "NAME")]
    pub nick: Option<String>,
    /// Where to keep the token that lets the server know you again [default: in your data folder, one per server]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Share of the time that each slot computes, percent [default: 100]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=100))]
    pub duty_percent: Option<u32>,
    /// Hours of the week in which to compute, such as `mon-fri 22-6` or `20-7` [default: always]
    #[arg(long, value_name = "HOURS")]
    #[serde(deserialize_with = "hours")]
    pub hours: Option<Hours>,
    /// Rest while the machine runs on its battery
    #[arg(long)]
    pub pause_on_battery: bool,
    /// How long a unit should take, seconds; a wish
    #[arg(long, value_name = "S", value_parser = value_parser!(u32).range(1..=3600))]
    target_interval_seconds: Option<u32>,
    /// Millions of ticks per unit; a wish, the same as both limits at this
    #[arg(long, value_name = "M", value_parser = value_parser!(u64).range(1..=1_000_000), conflicts_with_all = ["min_batch_size", "max_batch_size"])]
    batch_size: Option<u64>,
    /// Millions of ticks per unit at least; a wish
    #[arg(long, value_name = "M", value_parser = value_parser!(u64).range(1..=1_000_000))]
    min_batch_size: Option<u64>,
    /// Millions of ticks per unit at most; a wish
    #[arg(long, value_name = "M", value_parser = value_parser!(u64).range(1..=1_000_000))]
    max_batch_size: Option<u64>,
}

/// Hours stand in a file as they are said.
fn hours<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Hours>, D::Error> {
    let text = String::deserialize(text)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

impl Wanted {
    /// Reads a file.
    pub fn read(file: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(file).map_err(|error| CliError::file(file, &error))?;
        let wrong =
            |what: &dyn std::fmt::Display| CliError::setting(format!("{}: {what}", file.display()));
        let wanted: Self = toml::from_str(&text).map_err(|error| wrong(&error))?;
        wanted.within_bounds().map_err(|error| wrong(&error))?;
        Ok(wanted)
    }

    /// The same bounds as on the command line.
    fn within_bounds(&self) -> Result<(), String> {
        let numbers = [
            ("slots", self.slots.map(u64::from), SLOTS),
            ("duty_percent", self.duty_percent.map(u64::from), PERCENT),
            (
                "target_interval_seconds",
                self.target_interval_seconds.map(u64::from),
                SECONDS,
            ),
            ("batch_size", self.batch_size, MILLIONS),
            ("min_batch_size", self.min_batch_size, MILLIONS),
            ("max_batch_size", self.max_batch_size, MILLIONS),
        ];
        for (name, number, bounds) in numbers {
            if let Some(number) = number.filter(|number| !bounds.contains(number)) {
                let (least, most) = bounds.into_inner();
                return Err(format!("{name} is {number}; it may be {least} to {most}"));
            }
        }
        Ok(())
    }

    /// What is said here goes before what is said there.
    pub fn over(self, there: Self) -> Self {
        let has_limits =
            self.batch_size.is_some() || self.min_batch_size.or(self.max_batch_size).is_some();
        let (batch_size, min_batch_size, max_batch_size) = match has_limits {
            true => (self.batch_size, self.min_batch_size, self.max_batch_size),
            false => (there.batch_size, there.min_batch_size, there.max_batch_size),
        };
        Self {
            server: self.server.or(there.server),
            preset: self.preset.or(there.preset),
            slots: self.slots.or(there.slots),
            nick: self.nick.or(there.nick),
            token_file: self.token_file.or(there.token_file),
            duty_percent: self.duty_percent.or(there.duty_percent),
            hours: self.hours.or(there.hours),
            pause_on_battery: self.pause_on_battery || there.pause_on_battery,
            target_interval_seconds: self
                .target_interval_seconds
                .or(there.target_interval_seconds),
            batch_size,
            min_batch_size,
            max_batch_size,
        }
    }

    /// The address of the server.
    pub fn server(&self) -> String {
        self.server.clone().unwrap_or_else(|| SERVER.to_owned())
    }

    /// Slots, and a sentence about how they came about.
    pub fn slots(&self, machine: &Machine) -> (u32, String) {
        let preset = self.preset.unwrap_or_default();
        match self.slots {
            Some(1) => (1, "1 slot, as you said, at lowest priority.".to_owned()),
            Some(slots) => (
                slots,
                format!("{slots} slots, as you said, at lowest priority."),
            ),
            None => {
                let slots = preset.slots(machine);
                (slots, preset.sentence(machine, slots))
            }
        }
    }

    /// What the server is asked for.
    pub fn wishes(&self) -> Result<Wishes, CliError> {
        let ticks = |millions: Option<u64>| millions.or(self.batch_size).unwrap_or(0) * 1_000_000;
        let (least, most) = (ticks(self.min_batch_size), ticks(self.max_batch_size));
        if most != 0 && least > most {
            return Err(CliError::usage(
                "--min-batch-size is larger than --max-batch-size",
            ));
        }
        let seconds = self.target_interval_seconds.map(|seconds| seconds * 1_000);
        let preset = self.preset.unwrap_or_default();
        Ok(Wishes {
            target_interval_ms: seconds.unwrap_or_else(|| preset.target_interval_ms()),
            min_unit_ticks: least,
            max_unit_ticks: most,
        })
    }
}
