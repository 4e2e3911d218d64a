//! The folder of a sweep: what it sweeps, a file per finished cell, the table at the end. What is there is whole, whenever the process dies. Knows no world.

use super::{
    grid::{Cell, Grid},
    row::Row,
};
use crate::error::CliError;
use std::{
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
};

/// What the folder sweeps; the folder of another sweep says something else here.
const IDENTITY: &str = "sweep.toml";
/// Held by the process that works in the folder; the system frees it when the process ends, however it ends.
const LOCK: &str = "sweep.lock";
/// A file per finished cell.
const CELLS: &str = "cells";
/// The table.
const TABLE: &str = "sweep.csv";
/// How a file is called until it is whole.
const UNFINISHED: &str = "new";

/// An open folder, locked for this process.
pub struct SweepFolder {
    path: PathBuf,
    _lock: File,
}

impl SweepFolder {
    /// Opens the folder for this sweep and no other; with `is_forced` another one's results are thrown away.
    pub fn open(path: &Path, identity: &str, is_forced: bool) -> Result<Self, CliError> {
        let fault = |error: std::io::Error| CliError::file(path, &error);
        fs::create_dir_all(path).map_err(fault)?;
        let found = Self::found(path).map_err(fault)?;
        if let (Found::Strange, false) = (&found, is_forced) {
            return Err(refused(path, "is not empty"));
        }
        fs::create_dir_all(path.join(CELLS)).map_err(fault)?;
        let lock = File::create(path.join(LOCK)).map_err(fault)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => {
                CliError::exists(format!("another process works in {}", path.display()))
            }
            TryLockError::Error(error) => fault(error),
        })?;
        let folder = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        match found {
            Found::Sweep(held) if held == identity => return Ok(folder),
            Found::Sweep(held) if !is_forced => {
                let other = difference(&held, identity);
                return Err(refused(path, &format!("holds another sweep ({other})")));
            }
            _ => folder.begin(identity)?,
        }
        Ok(folder)
    }

    fn found(path: &Path) -> std::io::Result<Found> {
        match fs::read_to_string(path.join(IDENTITY)) {
            Ok(text) => return Ok(Found::Sweep(text)),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Err(_) => {}
        }
        // A process that died at once may have left these behind.
        let ours = [CELLS, LOCK, &format!("{IDENTITY}.{UNFINISHED}")].map(str::to_owned);
        for entry in fs::read_dir(path)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !ours.contains(&name) {
                return Ok(Found::Strange);
            }
        }
        let cells = path.join(CELLS);
        let is_fresh = !cells.exists() || fs::read_dir(cells)?.next().is_none();
        Ok(if is_fresh {
            Found::Fresh
        } else {
            Found::Strange
        })
    }

    /// Throws away what another sweep left, then says what this one is: in this order, so that a death in between leaves no mixture.
    fn begin(&self, identity: &str) -> Result<(), CliError> {
        let cells = self.path.join(CELLS);
        let fault = |error: std::io::Error| CliError::file(&cells, &error);
        for entry in fs::read_dir(&cells).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if is_cell(&path) {
                fs::remove_file(&path).map_err(fault)?;
            }
        }
        self.write(IDENTITY, identity)
    }

    /// The row of a cell, if it was finished.
    pub fn row(&self, cell: &Cell) -> Result<Option<Row>, CliError> {
        let path = self.path.join(cell_name(cell));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CliError::file(&path, &error)),
        };
        let row = serde_json::from_str(&text).ok();
        let row = row.filter(|row: &Row| row.is_of(cell));
        row.map(Some).ok_or_else(|| {
            CliError::outside(format!(
                "{} is damaged; remove it to have the cell computed again",
                path.display()
            ))
        })
    }

    /// Keeps the row of a finished cell.
    pub fn keep(&self, cell: &Cell, row: &Row) -> Result<(), CliError> {
        let text = serde_json::to_string(row).map_err(CliError::outside)?;
        self.write(&cell_name(cell), &(text + "\n"))
    }

    /// Keeps the table.
    pub fn finish(&self, csv: &str) -> Result<(), CliError> {
        self.write(TABLE, csv)
    }

    /// Writes a file so that under its name stands all of it or nothing, through a crash of the machine too.
    fn write(&self, name: &str, text: &str) -> Result<(), CliError> {
        let path = self.path.join(name);
        let unfinished = self.path.join(format!("{name}.{UNFINISHED}"));
        let written = || {
            let mut file = File::create(&unfinished)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        };
        written().map_err(|error| CliError::file(&path, &error))
    }
}

/// What a folder turned out to be.
enum Found {
    /// Nothing is in it.
    Fresh,
    /// Things that no sweep wrote.
    Strange,
    /// A sweep, and what it says of itself.
    Sweep(String),
}

fn refused(path: &Path, why: &str) -> CliError {
    let path = path.display();
    CliError::exists(format!(
        "{path} {why}; choose another folder or use --force"
    ))
}

/// The first line in which two sweeps differ.
fn difference(there: &str, here: &str) -> String {
    let line = |text: &str, number: usize| text.lines().nth(number).unwrap_or("nothing").to_owned();
    let lines = there.lines().count().max(here.lines().count());
    (0..lines)
        .map(|number| (line(there, number), line(here, number)))
        .find(|(there, here)| there != here)
        .map_or("other line ends".into(), |(there, here)| {
            format!("`{there}` there, `{here}` here")
        })
}

fn cell_name(cell: &Cell) -> String {
    format!("{CELLS}/{:06}.json", cell.number)
}

fn is_cell(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "json" || end == UNFINISHED)
}

/// What a sweep says of itself: everything its results depend on.
pub fn identity(grid: &Grid, instructions: u64, islands: u32) -> String {
    let mut text = format!(
        "# What this folder sweeps. The same command, run again, goes on where it ended.\n\
         semantics_version = {}\ninstructions = {instructions}\nislands = {islands}\nseeds = \"{}\"\n\n[sweep]\n",
        bytebiota_core::SEMANTICS_VERSION,
        grid.seeds
    );
    for axis in &grid.axes {
        text += &format!("\"{}\" = {:?}\n", axis.path, axis.values);
    }
    let first = grid.cells.first().map(|cell| &cell.config);
    text += "\n# The settings of the first cell.\n";
    text + &first.map_or(String::new(), crate::run::series::settings_file)
}
