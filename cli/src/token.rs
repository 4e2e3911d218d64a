//! `bytebiota token`: makes a token for a machine of the operator's own. Knows no server that runs.

use crate::{error::CliError, print};
use bytebiota_core::Digest;
use bytebiota_protocol::message::Token;
use bytebiota_server::token_list::TokenList;
use clap::Args;
use std::path::PathBuf;

/// Make a token for a worker of your own, whose checks your server believes
///
/// Writes the token to FILE, to be copied to that machine and named by `bytebiota worker --token-file FILE`, and its
/// hash into the data folder. The server may run meanwhile.
#[derive(Args)]
pub struct TokenArgs {
    /// The folder of the world
    #[arg(long, default_value = "data", value_name = "DIR")]
    data_dir: PathBuf,
    /// Where to write the token; must not exist yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub fn run(args: &TokenArgs) -> Result<(), CliError> {
    if !args.data_dir.is_dir() {
        let folder = args.data_dir.display();
        return Err(CliError::usage(format!("there is no folder {folder}")));
    }
    if args.file.exists() {
        let file = args.file.display();
        return Err(CliError::usage(format!("{file} exists already")));
    }
    let token = Token(rand::random());
    bytebiota_worker::write_token(&args.file, &token).map_err(CliError::outside)?;
    let hash = Digest::of(&token.0).0;
    let operators = TokenList::operators(&args.data_dir);
    operators.add(&hash).map_err(CliError::outside)?;
    let file = args.file.display();
    print(&format!(
        "{file} makes a worker yours: bytebiota worker --token-file {file}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_its_hash_is_listed() {
        let folder = tempfile::tempdir().expect("a folder");
        let args = TokenArgs {
            data_dir: folder.path().to_path_buf(),
            file: folder.path().join("mine"),
        };
        assert!(run(&args).is_ok());
        let text = std::fs::read_to_string(&args.file).expect("written");
        let token = Digest::from_hex(text.trim()).expect("hex");
        let hash = Digest::of(&token.0).0;
        assert!(TokenList::operators(folder.path()).contains(&hash));
        assert_eq!(run(&args).err().map(|error| error.code), Some(2));
    }
}
