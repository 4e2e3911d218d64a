//! `bytebiota config`: every setting, its value and where it came from. Changes nothing.

use crate::{
    error::CliError,
    print,
    settings::{Settings, SettingsArgs, server_key::SERVER_KEYS},
};
use bytebiota_core::{
    Config,
    config::{PRESETS, When},
};
use clap::Args;
use serde::Serialize;

/// Show every setting: value, where it came from, range, unit and what it does
#[derive(Args)]
pub struct ConfigArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// One JSON array on standard output
    #[arg(long, conflicts_with_all = ["toml", "presets"])]
    json: bool,
    /// A settings file with every value in force, ready for --config
    #[arg(long, conflicts_with = "presets")]
    toml: bool,
    /// List the presets and what they change
    #[arg(long)]
    presets: bool,
}

/// A setting as it is shown.
#[derive(Serialize)]
struct Row {
    path: String,
    value: String,
    source: String,
    default: String,
    range: String,
    unit: &'static str,
    live: bool,
    sentence: &'static str,
}

pub fn run(args: &ConfigArgs) -> Result<(), CliError> {
    if args.presets {
        return print(&presets());
    }
    let settings = Settings::load(&args.settings)?;
    let rows = rows(&settings);
    if args.json {
        let text = serde_json::to_string_pretty(&rows).map_err(CliError::outside)?;
        return print(&format!("{text}\n"));
    }
    print(&if args.toml { toml(&rows) } else { table(&rows) })
}

fn presets() -> String {
    let mut text = String::new();
    for preset in PRESETS {
        text += &format!("{:<8}  {}\n", preset.name, preset.sentence);
        for (path, value) in preset.knobs {
            text += &format!("          {path} = {value}\n");
        }
    }
    text
}

fn rows(settings: &Settings) -> Vec<Row> {
    let knobs = Config::knobs().iter().map(|knob| Row {
        path: knob.path.to_owned(),
        value: (knob.get)(settings.world()),
        source: settings.source_of(knob.path),
        default: knob.default(),
        range: knob.range.to_string(),
        unit: knob.unit,
        live: knob.when == When::Live,
        sentence: knob.sentence,
    });
    let defaults = bytebiota_server::ServerConfig::default();
    let server = SERVER_KEYS.iter().map(|key| {
        let path = format!("server.{}", key.name);
        Row {
            value: (key.get)(&settings.server),
            source: settings.source_of(&path),
            default: (key.get)(&defaults),
            path,
            range: key.range.to_owned(),
            unit: key.unit,
            live: false,
            sentence: key.sentence,
        }
    });
    knobs.chain(server).collect()
}

fn table(rows: &[Row]) -> String {
    let width = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).len()).max().unwrap_or(0);
    let (path, value) = (width(|row| &row.path), width(|row| &row.value).min(24));
    let source = width(|row| &row.source);
    let line = |row: &Row| {
        format!(
            "{:path$}  {:>value$}  {:source$}  {} ({}). {}\n",
            row.path, row.value, row.source, row.range, row.unit, row.sentence
        )
    };
    rows.iter().map(line).collect()
}

fn toml(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut open = "";
    for row in rows {
        let (section, name) = row.path.split_once('.').unwrap_or(("", &row.path));
        if section != open {
            text += &format!("{}[{section}]\n", if open.is_empty() { "" } else { "\n" });
            open = section;
        }
        let is_number = row.value.bytes().all(|byte| byte.is_ascii_digit())
            && i64::try_from(row.value.parse::<u64>().unwrap_or(u64::MAX)).is_ok();
        let value = if is_number {
            row.value.clone()
        } else {
            format!("\"{}\"", row.value)
        };
        text += &format!("{name} = {value}  # {}: {}\n", row.unit, row.sentence);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_it_writes_is_the_file_it_reads() {
        let args = SettingsArgs {
            preset: Some("avida".into()),
            set: vec![
                "soup.size=4096".into(),
                "environment.length=512".into(),
                "soup.search_radius=64".into(),
            ],
            config: None,
        };
        let settings = Settings::load(&args).expect("valid");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("all.toml");
        std::fs::write(&path, toml(&rows(&settings))).expect("written");
        let again = SettingsArgs {
            config: Some(path),
            ..SettingsArgs::default()
        };
        let again = Settings::load(&again).expect("readable");
        assert_eq!(again.world(), settings.world());
        assert_eq!(
            table(&rows(&again)).lines().count(),
            Config::knobs().len() + SERVER_KEYS.len()
        );
    }
}
