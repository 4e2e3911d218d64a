//! Lists of tokens in the data folder, as hashes, one a line: the operator's own machines, and who wants to be forgotten.
//! Knows no volunteer.

use bytebiota_core::Digest;
use std::io::Write;
use std::path::{Path, PathBuf};

/// One list.
#[derive(Clone, Debug)]
pub struct TokenList {
    path: PathBuf,
}

impl TokenList {
    /// The operator's own machines; the file need not be there.
    pub fn operators(folder: &Path) -> Self {
        Self {
            path: folder.join("operator-workers"),
        }
    }

    /// Who wanted to be forgotten. It lies beside the database, so that an older copy of that, put back, forgets them too.
    pub fn forgotten(folder: &Path) -> Self {
        Self {
            path: folder.join("forgotten"),
        }
    }

    /// The list as it is now: it can be changed while the server runs.
    pub fn hashes(&self) -> Vec<[u8; 32]> {
        let text = std::fs::read_to_string(&self.path).unwrap_or_default();
        let hash = |line: &str| Digest::from_hex(line.trim()).map(|digest| digest.0);
        text.lines().filter_map(hash).collect()
    }

    /// Whether a token's hash is on the list now.
    pub fn contains(&self, hash: &[u8; 32]) -> bool {
        self.hashes().contains(hash)
    }

    /// Adds a token by its hash; it is on disk when this returns.
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
        let operators = TokenList::operators(folder.path());
        let (own, other) = ([7; 32], [8; 32]);
        assert!(!operators.contains(&own));
        operators.add(&own).expect("written");
        operators.add(&[9; 32]).expect("written");
        assert!(operators.contains(&own) && !operators.contains(&other));
        assert!(!TokenList::forgotten(folder.path()).contains(&own));
    }
}
