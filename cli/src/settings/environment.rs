//! Settings from the environment: `BYTEBIOTA_SOUP_SIZE=65536` sets `soup.size`, from the process or a `.env` file. Knows no command.

use super::{Settings, Source, server_key::SERVER_KEYS};
use crate::error::CliError;
use bytebiota_core::Config;
use std::{io::ErrorKind, path::Path};

const PREFIX: &str = "BYTEBIOTA_";
/// Variables that are no settings of a world: the log filter, and those of build and tests.
const OTHERS: &[&str] = &[
    "BYTEBIOTA_LOG",
    "BYTEBIOTA_SKIP_WEB",
    "BYTEBIOTA_TEST_",
    "BYTEBIOTA_REQUIRE_",
];

/// The variables of this process that are ours.
pub fn process() -> Vec<(String, String)> {
    let ours = std::env::vars_os().filter_map(|(name, value)| {
        let name = name
            .into_string()
            .ok()
            .filter(|name| name.starts_with(PREFIX))?;
        Some((name, value.to_string_lossy().into_owned()))
    });
    ours.collect()
}

/// The variables of a `.env` file that are ours; none without the file.
pub fn dot_env(path: &Path) -> Result<Vec<(String, String)>, CliError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(CliError::file(path, &error)),
    }
}

fn parse(text: &str) -> Vec<(String, String)> {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with(PREFIX) || line.starts_with("export "));
    lines
        .filter_map(|line| line.trim_start_matches("export ").split_once('='))
        .filter(|(name, _)| name.starts_with(PREFIX))
        .map(|(name, value)| (name.trim().to_owned(), unquoted(value.trim()).to_owned()))
        .collect()
}

fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

/// The path a variable stands for, and every name there is.
fn names() -> impl Iterator<Item = (String, String)> {
    let knobs = Config::knobs().iter().map(|knob| knob.path.to_owned());
    let server = SERVER_KEYS.iter().map(|key| format!("server.{}", key.name));
    knobs.chain(server).map(|path| {
        (
            format!("{PREFIX}{}", path.to_uppercase().replace('.', "_")),
            path,
        )
    })
}

/// Sets what the variables say. A name that is no setting is an error, except those of other purposes.
pub fn apply(
    settings: &mut Settings,
    variables: &[(String, String)],
    source: fn(String) -> Source,
) -> Result<(), CliError> {
    for (name, value) in variables {
        if OTHERS.iter().any(|other| name.starts_with(other)) {
            continue;
        }
        match names().find(|(variable, _)| variable == name) {
            Some((_, path)) => settings.set(&path, value, source(name.clone()))?,
            None => return Err(unknown(name)),
        }
    }
    Ok(())
}

fn unknown(name: &str) -> CliError {
    let nearest = super::server_key::nearest(name, names().map(|(variable, _)| variable));
    CliError::setting(format!(
        "the environment sets `{name}`, which is no setting; did you mean `{nearest}`?"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_env_file_is_read_with_quotes_and_comments() {
        let text = "# ours\nBYTEBIOTA_SOUP_SIZE=\"4096\"\nexport BYTEBIOTA_ENERGY_RENT='3'\nOTHER=1\nexport PATH=/x\n";
        let expected = [
            ("BYTEBIOTA_SOUP_SIZE", "4096"),
            ("BYTEBIOTA_ENERGY_RENT", "3"),
        ];
        let read = parse(text);
        assert!(
            read.iter()
                .map(|(k, v)| (k.as_str(), v.as_str()))
                .eq(expected)
        );
    }

    #[test]
    fn no_two_settings_share_a_variable() {
        let mut all: Vec<String> = names().map(|(variable, _)| variable).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
