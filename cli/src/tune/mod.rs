//! `bytebiota tune`: the parameters of a living world, seen, changed and told again. Knows no rule of tuning.

mod place;
mod show;

use crate::run::{self, RunArgs};
use crate::{error::CliError, print};
use bytebiota_protocol::parameters::Change;
use bytebiota_server::tuning::{MAX_FILE_BYTES, Manifest, Want, Wish, check_changes};
use clap::{Args, Subcommand};
use place::Place;
use std::path::{Path, PathBuf};

/// See, change and replay the parameters of a living world
///
/// Few knobs may change while a world lives, each within bounds; `status` lists them. A change holds from the next stretch of
/// each island on. Every tenth island is a control and stays as the world was made.
#[derive(Args)]
pub struct TuneArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The version in force, the knobs that may change, and how the world lives
    Status {
        #[command(flatten)]
        place: Place,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Everything that happened to the parameters, newest last
    History {
        #[command(flatten)]
        place: Place,
        /// The whole story as JSON lines, which `tune replay` reads
        #[arg(long)]
        json: bool,
        /// Write it there [default: standard output]
        #[arg(long, value_name = "FILE", requires = "json")]
        out: Option<PathBuf>,
    },
    /// Set knobs: in the folder of a stopped server, or of a running one with --server
    Set {
        /// Knob and value, such as mutation.copy_rate=2400
        #[arg(required = true, value_name = "KNOB=VALUE", value_parser = change)]
        changes: Vec<Change>,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        order: Order,
    },
    /// What the rules would change now; changes nothing
    Propose {
        #[command(flatten)]
        place: Place,
    },
    /// Go back to how an earlier version was; that is a new version
    Rollback {
        /// The version to go back to; 0 is how the world was made
        version: u64,
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        order: Order,
    },
    /// Try values on this machine before they are set: the same as `run` with --sweep
    Sweep(Box<RunArgs>),
    /// Make every decision of a story again and name the first that differs
    Replay {
        /// What `tune history --json` wrote
        file: PathBuf,
    },
}

/// What goes with a change.
#[derive(Args)]
struct Order {
    /// Why, for the history; everybody can read it
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    reason: String,
    /// The operator's token, for --server [default: data/operator-token]
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
}

impl Order {
    fn give(&self, place: &Place, want: Want) -> Result<(), CliError> {
        let reason = self.reason.clone();
        let wish = Wish { want, reason };
        print(&show::done(
            &place.follow(&wish, self.token_file.as_deref())?,
        ))
    }
}

pub fn run(args: &TuneArgs) -> Result<(), CliError> {
    match &args.command {
        Command::Status { place, json } => {
            let view = place.status()?;
            match json {
                true => print(&format!("{}\n", show::json(&view)?)),
                false => print(&show::status(&view)),
            }
        }
        Command::History { place, json, out } => history(&place.manifest()?, *json, out.as_deref()),
        Command::Set {
            changes,
            place,
            order,
        } => {
            // Here, so that a mistake is named before anybody is asked for a token.
            check_changes(changes).map_err(CliError::setting)?;
            order.give(place, Want::Set(changes.clone()))
        }
        Command::Propose { place } => print(&show::proposal(&place.status()?)),
        Command::Rollback {
            version,
            place,
            order,
        } => order.give(place, Want::RollBack(*version)),
        Command::Sweep(args) if args.is_sweep() => run::run(args),
        Command::Sweep(_) => Err(CliError::usage(
            "a sweep needs --sweep KNOB=A,B,C or --seeds A..B",
        )),
        Command::Replay { file } => replay(file),
    }
}

fn change(text: &str) -> Result<Change, String> {
    let (path, value) = text
        .split_once('=')
        .ok_or("it is not KNOB=VALUE, such as mutation.copy_rate=2400")?;
    Ok(Change {
        path: path.trim().to_owned(),
        value: value.trim().to_owned(),
    })
}

fn history(manifest: &Manifest, json: bool, out: Option<&Path>) -> Result<(), CliError> {
    match (json, out) {
        (false, _) => print(&show::history(manifest)),
        (true, None) => print(&manifest.write()),
        (true, Some(out)) => {
            let written = std::fs::write(out, manifest.write());
            written.map_err(|error| CliError::file(out, &error))?;
            let entries = manifest.entries.len();
            print(&format!("{entries} entries in {}\n", out.display()))
        }
    }
}

fn replay(file: &Path) -> Result<(), CliError> {
    let fault = |error| CliError::file(file, &error);
    let size = std::fs::metadata(file).map_err(fault)?.len();
    let name = file.display();
    if size > MAX_FILE_BYTES {
        let text = format!("{name} has {size} bytes, at most {MAX_FILE_BYTES} are read");
        return Err(CliError::usage(text));
    }
    let text = std::fs::read_to_string(file).map_err(fault)?;
    let manifest = Manifest::read(&text);
    let manifest = manifest.map_err(|error| CliError::usage(format!("{name}: {error}")))?;
    let replayed = manifest.replay();
    let replayed = replayed.map_err(|error| CliError::differs(format!("{name}, {error}")))?;
    print(&format!(
        "{} decisions made again, {} changes up to version {}: no difference\n",
        replayed.decisions, replayed.changes, replayed.version
    ))
}
