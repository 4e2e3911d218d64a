//! Why a command failed, and with which exit code it says so. Knows no command.

use std::path::Path;

/// One clear sentence and an exit code that means something.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub struct CliError {
    /// The exit code of the process.
    pub code: u8,
    text: String,
}

/// The exit codes, as the help text lists them.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  something outside failed: a file, a port, the network
  2  the command line is wrong
  3  a setting is unknown, malformed or out of range
  4  the output folder is not empty (use --force)
  5  the server refuses this worker
  6  the database is of a newer version, or damaged
  7  an experiment did not come to what was expected
  8  history computed again differs";

impl CliError {
    fn new(code: u8, text: impl ToString) -> Self {
        Self {
            code,
            text: text.to_string(),
        }
    }

    /// Something outside failed.
    pub fn outside(text: impl ToString) -> Self {
        Self::new(1, text)
    }

    /// A file cannot be read or written.
    pub fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::new(1, format!("{}: {error}", path.display()))
    }

    /// The command line is wrong in a way its grammar does not show.
    pub fn usage(text: impl ToString) -> Self {
        Self::new(2, text)
    }

    /// A setting is wrong.
    pub fn setting(text: impl ToString) -> Self {
        Self::new(3, text)
    }

    /// Something is there already.
    pub fn exists(text: impl ToString) -> Self {
        Self::new(4, text)
    }

    /// The server does not want us.
    pub fn refused(text: impl ToString) -> Self {
        Self::new(5, text)
    }

    /// An experiment did not come to what was expected.
    pub fn goal_missed(text: impl ToString) -> Self {
        Self::new(7, text)
    }

    /// History computed again is not as it was kept.
    pub fn differs(text: impl ToString) -> Self {
        Self::new(8, text)
    }

    /// The world on disk cannot be used by this program.
    pub fn world(text: impl ToString) -> Self {
        Self::new(6, text)
    }
}
