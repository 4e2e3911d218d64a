//! `bytebiota worker`: the native worker on the command line. Knows no socket.

mod preset;
mod systemd;
mod wanted;

use crate::{block_on, error::CliError, numbers, print, signals};
use bytebiota_worker::{
    Controls, Machine, Summary, WorkerError, WorkerOptions, default_token_path,
};
use clap::Args;
use std::path::PathBuf;
use wanted::Wanted;

/// Compute for a server with the idle cores of this machine
///
/// Runs at lowest priority. The first Ctrl-C finishes and delivers the units begun, the second gives them back at once.
/// SIGUSR1 pauses, and goes on when it comes again.
#[derive(Args)]
pub struct WorkerArgs {
    #[command(flatten)]
    wanted: Wanted,
    /// A TOML file with the same options, `-` written as `_`; the command line goes first
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Stop after so many acknowledged units
    #[arg(long, value_name = "N", value_parser = numbers::positive)]
    units: Option<u64>,
    /// Say nothing while computing
    #[arg(long)]
    quiet: bool,
    /// The last line of standard output is one JSON object
    #[arg(long)]
    json: bool,
    /// Print a service for systemd that starts this worker with these options, and do nothing else
    #[arg(long)]
    print_systemd: bool,
}

impl WorkerArgs {
    /// What to do on a machine, and a sentence about how much of it that is.
    fn options(&self, machine: &Machine) -> Result<(WorkerOptions, String), CliError> {
        let wanted = match &self.config {
            Some(file) => self.wanted.clone().over(Wanted::read(file)?),
            None => self.wanted.clone(),
        };
        let server = wanted.server();
        let (slots, sentence) = wanted.slots(machine);
        let options = WorkerOptions {
            slots: Some(slots),
            nick: wanted.nick.clone(),
            token_file: wanted
                .token_file
                .clone()
                .or_else(|| default_token_path(&server)),
            units: self.units,
            wishes: wanted.wishes()?,
            controls: Controls {
                duty_percent: wanted.duty_percent.unwrap_or(100),
                hours: wanted.hours.clone().unwrap_or_default(),
                rests_on_battery: wanted.pause_on_battery,
                held: None,
            },
            show_progress: !self.quiet,
            ..WorkerOptions::new(server)
        };
        Ok((options, sentence))
    }
}

pub fn run(args: WorkerArgs) -> Result<(), CliError> {
    let (mut options, sentence) = args.options(&Machine::look())?;
    if args.print_systemd {
        return print(&systemd::unit(std::env::args().skip(1))?);
    }
    if options.show_progress {
        eprintln!("{sentence}");
    }
    let summary = block_on(async {
        let stop = signals::two_step_stop()?;
        options.controls.held = Some(signals::pause_switch()?);
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
    use bytebiota_protocol::message::Wishes;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        worker: WorkerArgs,
    }

    fn options(arguments: &[&str], cores: u32) -> Result<(WorkerOptions, String), CliError> {
        let line = ["worker"].iter().chain(arguments);
        let machine = Machine {
            cores,
            free_mib: Some(16_000),
        };
        let line = Line::try_parse_from(line).expect("grammatical");
        line.worker.options(&machine)
    }

    #[test]
    fn presets_use_a_share_of_the_cores_and_slots_overrule_them() {
        let slots =
            |arguments: &[&str], cores| options(arguments, cores).ok().and_then(|(o, _)| o.slots);
        assert_eq!(slots(&[], 8), Some(7));
        assert_eq!(slots(&[], 1), Some(1));
        assert_eq!(slots(&["--preset", "background"], 8), Some(2));
        assert_eq!(slots(&["--preset", "full"], 8), Some(8));
        assert_eq!(slots(&["--preset", "full", "--slots", "3"], 8), Some(3));
    }

    #[test]
    fn wishes_are_in_ticks_and_milliseconds() {
        let line = ["--batch-size", "30", "--target-interval-seconds", "7"];
        let wishes = options(&line, 2).map(|(options, _)| options.wishes);
        let expected = Wishes {
            target_interval_ms: 7_000,
            min_unit_ticks: 30_000_000,
            max_unit_ticks: 30_000_000,
        };
        assert_eq!(wishes.ok(), Some(expected));
        let crossed = options(&["--min-batch-size", "9", "--max-batch-size", "2"], 2);
        assert_eq!(crossed.err().map(|error| error.code), Some(2));
    }

    #[test]
    fn a_file_says_the_same_and_the_command_line_goes_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("worker.toml");
        let text = "slots = 3\nduty_percent = 40\nhours = \"mon-fri 22-6\"\npause_on_battery = true\npreset = \"full\"\n";
        std::fs::write(&file, text).expect("written");
        let file = file.to_str().expect("a path");
        let (all, _) = options(&["--config", file, "--slots", "2"], 8).expect("options");
        assert_eq!((all.slots, all.controls.duty_percent), (Some(2), 40));
        assert!(all.controls.rests_on_battery && !all.controls.hours.hold(2, 12));
        for (text, said) in [
            ("dutty = 1", "unknown field `dutty`"),
            ("duty_percent = 0", "duty_percent is 0"),
            ("slots = 9999", "slots is 9999"),
            ("hours = \"late\"", "no hours of the week"),
            ("preset = \"huge\"", "unknown variant `huge`"),
            ("slots = [", "worker.toml"),
        ] {
            std::fs::write(file, text).expect("written");
            let error = options(&["--config", file], 8).expect_err(text);
            assert_eq!(error.code, 3, "{error}");
            assert!(error.to_string().contains(said), "{error}");
        }
        let gone = options(&["--config", "/nowhere/worker.toml"], 8);
        assert_eq!(gone.err().map(|error| error.code), Some(1));
    }
}
