//! `bytebiota worker`: options of the command line for the native worker. Knows no socket.

use crate::{block_on, error::CliError, numbers, print, signals};
use bytebiota_protocol::message::Wishes;
use bytebiota_worker::{Summary, WorkerError, WorkerOptions, default_token_path};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Compute for a server with the idle cores of this machine
///
/// Runs at lowest priority. The first Ctrl-C finishes and delivers the units begun, the second gives them back at once.
#[derive(Args)]
pub struct WorkerArgs {
    /// Address of the server
    #[arg(
        long,
        env = "BYTEBIOTA_SERVER",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    server: String,
    /// How much of this machine to use; --slots and the batch options say it in detail
    #[arg(long, default_value = "auto", value_name = "NAME")]
    preset: Preset,
    /// Islands computed at a time, one thread each [default: by preset; auto: all cores but one]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=256))]
    slots: Option<u32>,
    /// Name to be shown beside what you contribute
    #[arg(long, value_name = "NAME")]
    nick: Option<String>,
    /// Where to keep the token that lets the server know you again [default: in your data folder, one per server]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Stop after so many acknowledged units
    #[arg(long, value_name = "N", value_parser = numbers::positive)]
    units: Option<u64>,
    /// How long a unit should take, seconds; a wish
    #[arg(long, value_name = "S", value_parser = clap::value_parser!(u32).range(1..=3600))]
    target_interval_seconds: Option<u32>,
    /// Millions of ticks per unit; a wish, the same as both limits at this
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=1_000_000), conflicts_with_all = ["min_batch_size", "max_batch_size"])]
    batch_size: Option<u64>,
    /// Millions of ticks per unit at least; a wish
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    min_batch_size: Option<u64>,
    /// Millions of ticks per unit at most; a wish
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    max_batch_size: Option<u64>,
    /// Say nothing while computing
    #[arg(long)]
    quiet: bool,
    /// The last line of standard output is one JSON object
    #[arg(long)]
    json: bool,
}

/// How much of a machine to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Preset {
    /// One slot, small units
    Minimal,
    /// A quarter of the cores
    Background,
    /// Half the cores
    Standard,
    /// Every core
    Full,
    /// All cores but one
    Auto,
}

impl Preset {
    fn slots(self, cores: u32) -> u32 {
        let slots = match self {
            Self::Minimal => 1,
            Self::Background => cores / 4,
            Self::Standard => cores / 2,
            Self::Full => cores,
            Self::Auto => cores.saturating_sub(1),
        };
        slots.clamp(1, 256)
    }

    fn target_interval_ms(self) -> u32 {
        if self == Self::Minimal { 5_000 } else { 0 }
    }
}

impl WorkerArgs {
    fn options(&self, cores: u32) -> Result<WorkerOptions, CliError> {
        let ticks = |millions: Option<u64>| millions.or(self.batch_size).unwrap_or(0) * 1_000_000;
        let (least, most) = (ticks(self.min_batch_size), ticks(self.max_batch_size));
        if most != 0 && least > most {
            return Err(CliError::usage(
                "--min-batch-size is larger than --max-batch-size",
            ));
        }
        let seconds = self.target_interval_seconds.map(|seconds| seconds * 1_000);
        let token_file = self
            .token_file
            .clone()
            .or_else(|| default_token_path(&self.server));
        Ok(WorkerOptions {
            slots: Some(self.slots.unwrap_or_else(|| self.preset.slots(cores))),
            nick: self.nick.clone(),
            token_file,
            units: self.units,
            wishes: Wishes {
                target_interval_ms: seconds.unwrap_or_else(|| self.preset.target_interval_ms()),
                min_unit_ticks: least,
                max_unit_ticks: most,
            },
            show_progress: !self.quiet,
            ..WorkerOptions::new(&self.server)
        })
    }
}

pub fn run(args: WorkerArgs) -> Result<(), CliError> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32);
    let options = args.options(cores)?;
    let summary = block_on(async {
        let stop = signals::two_step_stop()?;
        bytebiota_worker::run(options, stop)
            .await
            .map_err(|error| match error {
                WorkerError::Refused(_) => CliError::refused(error),
                WorkerError::Address { .. } => CliError::usage(error),
                WorkerError::TokenFile { .. } | WorkerError::Thread(_) => CliError::outside(error),
            })
    })?;
    print(&report(&summary, args.json))
}

fn report(summary: &Summary, is_json: bool) -> String {
    if is_json {
        let object = serde_json::json!({
            "units_acked": summary.units_acked,
            "units_rejected": summary.units_rejected,
            "units_done": summary.units_done,
            "ticks_acked": summary.ticks_acked,
            "ticks": summary.ticks,
            "credit": summary.credit,
            "connections": summary.connections,
            "name": summary.name,
        });
        return format!("{object}\n");
    }
    format!(
        "{} units acknowledged ({} ticks), {} rejected; credit {} ticks. Thank you.\n",
        summary.units_acked, summary.ticks_acked, summary.units_rejected, summary.credit
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        worker: WorkerArgs,
    }

    fn options(arguments: &[&str], cores: u32) -> Result<WorkerOptions, CliError> {
        let line = ["worker"].iter().chain(arguments);
        Line::try_parse_from(line)
            .expect("grammatical")
            .worker
            .options(cores)
    }

    #[test]
    fn presets_use_a_share_of_the_cores_and_slots_overrule_them() {
        let slots =
            |arguments: &[&str], cores| options(arguments, cores).ok().and_then(|o| o.slots);
        assert_eq!(slots(&[], 8), Some(7));
        assert_eq!(slots(&[], 1), Some(1));
        assert_eq!(slots(&["--preset", "background"], 8), Some(2));
        assert_eq!(slots(&["--preset", "full"], 8), Some(8));
        assert_eq!(slots(&["--preset", "full", "--slots", "3"], 8), Some(3));
    }

    #[test]
    fn wishes_are_in_ticks_and_milliseconds() {
        let wishes =
            options(&["--batch-size", "30", "--target-interval-seconds", "7"], 2).map(|o| o.wishes);
        let expected = Wishes {
            target_interval_ms: 7_000,
            min_unit_ticks: 30_000_000,
            max_unit_ticks: 30_000_000,
        };
        assert_eq!(wishes.ok(), Some(expected));
        let crossed = options(&["--min-batch-size", "9", "--max-batch-size", "2"], 2);
        assert_eq!(crossed.err().map(|error| error.code), Some(2));
    }
}
