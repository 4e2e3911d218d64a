//! Who is an operator's own machine: hashes of tokens in a file of the data folder, one a line. Knows no volunteer.

use bytebiota_core::Digest;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file's name in the data folder.
const FILE: &str = "operator-workers";

/// The operator's list.
#[derive(Clone, Debug)]
pub struct Operators {
    path: PathBuf,
}

impl Operators {
    /// The list of a data folder; it need not be there.
    pub fn of(folder: &Path) -> Self {
        Self {
            path: folder.join(FILE),
        }
    }

    /// Whether a token's hash is on the list as it is now: it can be changed while the server runs.
    pub fn contains(&self, hash: &[u8; 32]) -> bool {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let listed = |line: &str| Digest::from_hex(line.trim()) == Some(Digest(*hash));
        text.lines().any(listed)
    }

    /// Adds a token by its hash.
    pub fn add(&self, hash: &[u8; 32]) -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path)?;
        writeln!(file, "{}", Digest(*hash))?;
        file.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_an_operators_from_when_it_is_added() {
        let folder = tempfile::tempdir().expect("a folder");
        let operators = Operators::of(folder.path());
        let (own, other) = ([7; 32], [8; 32]);
        assert!(!operators.contains(&own));
        operators.add(&own).expect("written");
        operators.add(&[9; 32]).expect("written");
        assert!(operators.contains(&own) && !operators.contains(&other));
    }
}
