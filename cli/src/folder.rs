//! Folders for results: made if missing, never mixed with what is there. Knows no result.

use crate::error::CliError;
use std::{fs, path::Path};

/// Makes a folder for results; refuses one with anything in it unless forced.
pub fn make(folder: &Path, is_forced: bool) -> Result<(), CliError> {
    let fault = |error: std::io::Error| CliError::file(folder, &error);
    fs::create_dir_all(folder).map_err(fault)?;
    let is_empty = fs::read_dir(folder).map_err(fault)?.next().is_none();
    if is_empty || is_forced {
        return Ok(());
    }
    Err(CliError::exists(format!(
        "{} is not empty; choose another folder or use --force",
        folder.display()
    )))
}
