//! `bytebiota checkpoint`: the whole world of a moment, listed, taken, gone back to, and carried as one file. Knows no
//! database.

use crate::remote::{self, Remote};
use crate::{block_on, error::CliError, print};
use bytebiota_protocol::view::CheckpointView;
use bytebiota_server::checkpoint_service::keeper::{self, CheckpointError, Which};
use bytebiota_server::operator::TOKEN_FILE;
use clap::{Args, Subcommand};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// List, take, export and import checkpoints of a world, and go back to one
#[derive(Args)]
pub struct CheckpointArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One line for each checkpoint, newest first; a server may run beside it
    List(Folder),
    /// Take one now; of a running server with --server
    Create {
        #[command(flatten)]
        folder: Folder,
        /// The running server of the folder, whose operator token is used
        #[arg(long, value_name = "URL")]
        server: Option<String>,
    },
    /// Go back to a checkpoint, or begin with one in an empty folder; the server of the folder must be stopped
    ///
    /// History is never deleted: every island opens a new line where the checkpoint was taken. What came after it is left,
    /// which only happens with --force, and a checkpoint of it is taken first.
    Restore {
        /// The number of a checkpoint in the folder, or a file
        #[arg(value_name = "NUMBER|FILE")]
        which: String,
        #[command(flatten)]
        folder: Folder,
        /// Leave the world that is in the folder
        #[arg(long)]
        force: bool,
    },
    /// Write a checkpoint to one file, without persons in it; a server may run beside it
    Export {
        /// Its number
        number: i64,
        /// Where to write; must not exist yet
        file: PathBuf,
        #[command(flatten)]
        folder: Folder,
    },
    /// Keep a file as a checkpoint of its world, or begin that world in an empty folder; the server must be stopped
    Import {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        folder: Folder,
    },
}

#[derive(Args)]
struct Folder {
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// JSON for machines
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CheckpointArgs) -> Result<(), CliError> {
    match &args.command {
        Command::List(folder) => {
            let list = ask(keeper::list(&folder.data_dir))?;
            print(&show(&list, folder.json)?)
        }
        Command::Create { folder, server } => {
            let number = match server {
                Some(server) => remotely(server, &folder.data_dir)?,
                None => ask(keeper::create(&folder.data_dir))?,
            };
            say(folder, number, format!("checkpoint {number} was taken"))
        }
        Command::Restore {
            which,
            folder,
            force,
        } => {
            let number = ask(keeper::restore(&folder.data_dir, &named(which), *force))?;
            let text = format!(
                "the world of {} stands where {which} was taken; before it, or in its place, is checkpoint {number}",
                folder.data_dir.display()
            );
            say(folder, number, text)
        }
        Command::Export {
            number,
            file,
            folder,
        } => {
            ask(keeper::export(&folder.data_dir, *number, file))?;
            let text = format!("checkpoint {number} is in {}", file.display());
            say(folder, *number, text)
        }
        Command::Import { file, folder } => {
            let number = ask(keeper::import(&folder.data_dir, file))?;
            let text = format!("{} is checkpoint {number} now", file.display());
            say(folder, number, text)
        }
    }
}

/// Digits are a number, everything else is a file.
fn named(which: &str) -> Which {
    match which.parse() {
        Ok(number) => Which::Number(number),
        Err(_) => Which::File(which.into()),
    }
}

fn say(folder: &Folder, number: i64, text: String) -> Result<(), CliError> {
    match folder.json {
        true => print(&format!(
            "{}\n",
            serde_json::json!({ "checkpoint": number })
        )),
        false => print(&format!("{text}\n")),
    }
}

/// Has a running server take one; the token is read where its server wrote it.
fn remotely(server: &str, folder: &Path) -> Result<i64, CliError> {
    let token = remote::token(&folder.join(TOKEN_FILE))?;
    let path = "/api/v1/operator/checkpoints";
    let body = Remote::new(server)?.post(path, &token)?.body()?;
    let list: Result<Vec<CheckpointView>, _> = serde_json::from_slice(&body);
    let newest = list
        .ok()
        .and_then(|list| list.first().map(|newest| newest.number));
    newest.ok_or_else(|| CliError::outside("the server's answer is none of ByteBiota's"))
}

fn show(list: &[CheckpointView], as_json: bool) -> Result<String, CliError> {
    if as_json {
        let json = serde_json::to_string(list).map_err(CliError::outside)?;
        return Ok(json + "\n");
    }
    let mut text = String::from("number  taken at (Unix ms)  islands  epochs      why\n");
    for one in list {
        // A String takes everything.
        let _ = writeln!(
            text,
            "{:6}  {:18}  {:7}  {:10}  {}",
            one.number, one.time_ms, one.islands, one.epochs, one.cause
        );
    }
    Ok(text)
}

fn ask<T>(work: impl Future<Output = Result<T, CheckpointError>>) -> Result<T, CliError> {
    block_on(async { work.await.map_err(fault) })
}

fn fault(error: CheckpointError) -> CliError {
    use CheckpointError::*;
    match error {
        NoWorld(_) | NoCheckpoint(_) => CliError::usage(error),
        Present(_) | OtherWorld(_) => CliError::exists(error),
        File { .. } | Image(_) | False(_) | Store(_) => CliError::world(error),
        Io { .. } | Folder(_) | Parameters(_) => CliError::outside(error),
    }
}
