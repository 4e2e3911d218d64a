//! Keeps the volunteer's token between visits, readable by its owner alone. Knows no server.

use crate::WorkerError;
use bytebiota_protocol::message::Token;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Where the token for a server is kept by default: under the user's data folder, one file per server.
pub fn default_path(server: &str) -> Option<PathBuf> {
    let data = match std::env::var_os("XDG_DATA_HOME").filter(|value| !value.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir()?.join(".local").join("share"),
    };
    Some(
        data.join("bytebiota")
            .join(format!("token-{}", file_name_of(server))),
    )
}

fn file_name_of(server: &str) -> String {
    let host = server.split_once("://").map_or(server, |(_, host)| host);
    let host = host.trim().split('/').next().unwrap_or_default();
    host.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '.' {
                c
            } else {
                '_'
            }
        })
        .collect()
}

/// The token in a file; `None` if there is no file yet.
pub fn read(path: &Path) -> Result<Option<Token>, WorkerError> {
    let fault = |reason: String| WorkerError::TokenFile {
        path: path.to_owned(),
        reason,
    };
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let token = from_hex(text.trim());
            token
                .map(Some)
                .ok_or_else(|| fault("it does not hold 64 hex digits".into()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// Writes a token so that a crash leaves the old file or the new one, and others cannot read it.
pub fn write(path: &Path, token: &Token) -> Result<(), WorkerError> {
    let fault = |error: std::io::Error| WorkerError::TokenFile {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(name);
    write_private(&temporary, &to_hex(token)).map_err(fault)?;
    std::fs::rename(&temporary, path).map_err(fault)
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

fn to_hex(token: &Token) -> String {
    let mut text: String = token.0.iter().map(|byte| format!("{byte:02x}")).collect();
    text.push('\n');
    text
}

fn from_hex(text: &str) -> Option<Token> {
    bytebiota_core::Digest::from_hex(text).map(|digest| Token(digest.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_and_is_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deeper").join("token");
        assert!(matches!(read(&path), Ok(None)));
        let token = Token([0xab; 32]);
        write(&path, &token).expect("written");
        assert_eq!(read(&path).expect("readable"), Some(token));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path)
                .expect("there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&path, "nonsense").expect("written");
        assert!(read(&path).is_err_and(|error| error.to_string().contains("hex")));
    }

    #[test]
    fn each_server_has_its_own_file() {
        let name = |server| default_path(server).map(|path| path.file_name().map(|n| n.to_owned()));
        assert_ne!(name("http://a.example:80"), name("http://b.example:80"));
        assert_eq!(file_name_of("http://a.example:80/../x"), "a.example_80");
    }
}
