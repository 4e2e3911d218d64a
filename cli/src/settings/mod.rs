//! Where settings come from: defaults < preset < file < environment and `.env` < command line. Knows no command.

mod environment;
mod file;
pub mod server_key;

use crate::error::CliError;
use bytebiota_core::{Config, config::PRESETS};
use bytebiota_server::ServerConfig;
use clap::Args;
use server_key::ServerKey;
use std::{collections::BTreeMap, fmt, path::PathBuf};

/// The options that choose settings, the same for every command that has a world.
#[derive(Args, Clone, Debug, Default)]
pub struct SettingsArgs {
    /// Settings file (TOML): a table per section, and [server]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Named settings to begin with; `bytebiota config --presets` lists them
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// One setting, such as soup.size=65536; may be repeated
    #[arg(long, value_name = "KNOB=VALUE")]
    pub set: Vec<String>,
}

/// Where the value in force was set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A preset.
    Preset(String),
    /// The settings file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A variable in `.env`.
    DotEnv(String),
    /// The command line.
    CommandLine,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Preset(name) => write!(f, "preset {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::DotEnv(name) => write!(f, ".env {name}"),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// All settings in force, with where they came from.
#[derive(Debug)]
pub struct Settings {
    /// The server's; `server.world` is the Config tree.
    pub server: ServerConfig,
    /// Path of each setting that is not a default, and its source.
    pub sources: BTreeMap<String, Source>,
}

impl Settings {
    /// Reads everything there is, in order, and checks the whole.
    pub fn load(args: &SettingsArgs) -> Result<Self, CliError> {
        let variables = environment::process();
        let dot_env = environment::dot_env(std::path::Path::new(".env"))?;
        Self::layer(args, &dot_env, &variables)
    }

    fn layer(
        args: &SettingsArgs,
        dot_env: &[(String, String)],
        variables: &[(String, String)],
    ) -> Result<Self, CliError> {
        let mut settings = Self {
            server: ServerConfig::default(),
            sources: BTreeMap::new(),
        };
        if let Some(name) = &args.preset {
            settings.apply_preset(name)?;
        }
        if let Some(path) = &args.config {
            file::apply(&mut settings, path)?;
        }
        environment::apply(&mut settings, dot_env, Source::DotEnv)?;
        environment::apply(&mut settings, variables, Source::Variable)?;
        for pair in &args.set {
            let (path, value) = pair.split_once('=').ok_or_else(|| {
                CliError::usage(format!(
                    "--set wants KNOB=VALUE, for example soup.size=65536, not `{pair}`"
                ))
            })?;
            settings.set(path.trim(), value, Source::CommandLine)?;
        }
        settings
            .server
            .world
            .validate()
            .map_err(CliError::setting)?;
        Ok(settings)
    }

    /// The Config tree in force.
    pub fn world(&self) -> &Config {
        &self.server.world
    }

    /// Sets one setting by its path; `server.` leads to the server's own.
    pub fn set(&mut self, path: &str, value: &str, source: Source) -> Result<(), CliError> {
        let blame = |error: String| CliError::setting(format!("{error} [{source}]"));
        match path.strip_prefix("server.") {
            Some(name) => ServerKey::find(name)
                .and_then(|key| key.set(&mut self.server, value))
                .map_err(blame)?,
            None => self
                .server
                .world
                .set(path, value)
                .map_err(|e| blame(e.to_string()))?,
        }
        self.sources.insert(path.to_owned(), source);
        Ok(())
    }

    fn apply_preset(&mut self, name: &str) -> Result<(), CliError> {
        self.server.world = Config::preset(name).map_err(CliError::setting)?;
        let preset = PRESETS.iter().find(|preset| preset.name == name);
        for (path, _) in preset.iter().flat_map(|preset| preset.knobs) {
            self.sources
                .insert((*path).to_owned(), Source::Preset(name.to_owned()));
        }
        Ok(())
    }

    /// Where the value of a path came from, as text.
    pub fn source_of(&self, path: &str) -> String {
        self.sources
            .get(path)
            .map_or_else(|| "default".into(), ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn each_layer_wins_over_the_one_before_and_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("world.toml");
        let text = "[mutation]\ncopy_rate = 2000\nflaw_rate = 1\n[server]\nmax_islands = 7\n[energy]\nenabled = true\n";
        std::fs::write(&path, text).expect("written");
        let args = SettingsArgs {
            config: Some(path.clone()),
            preset: Some("tierra".into()),
            set: vec!["mutation.indel_rate=5".into()],
        };
        let dot_env = pairs(&[
            ("BYTEBIOTA_MUTATION_FLAW_RATE", "2"),
            ("BYTEBIOTA_MUTATION_INDEL_RATE", "9"),
        ]);
        let variables = pairs(&[("BYTEBIOTA_MUTATION_FLAW_RATE", "3")]);
        let settings = Settings::layer(&args, &dot_env, &variables).expect("valid");
        let mutation = &settings.world().mutation;
        assert_eq!(
            (mutation.copy_rate, mutation.flaw_rate, mutation.indel_rate),
            (2_000, 3, 5)
        );
        assert!(
            settings.world().energy.enabled,
            "the file wins over the preset"
        );
        assert_eq!(settings.server.max_islands, 7);
        assert_eq!(
            settings.source_of("mutation.copy_rate"),
            path.display().to_string()
        );
        assert_eq!(
            settings.source_of("mutation.flaw_rate"),
            "environment BYTEBIOTA_MUTATION_FLAW_RATE"
        );
        assert_eq!(settings.source_of("mutation.indel_rate"), "command line");
        assert_eq!(settings.source_of("environment.tasks"), "preset tierra");
        assert_eq!(settings.source_of("soup.size"), "default");
    }

    #[test]
    fn mistakes_are_named_with_range_nearest_name_and_place() {
        let error = |set: &str| {
            let args = SettingsArgs {
                set: vec![set.into()],
                ..SettingsArgs::default()
            };
            Settings::layer(&args, &[], &[])
                .err()
                .map(|e| (e.code, e.to_string()))
        };
        let cases = [
            ("soup.size=12", ["4096 to", "command line"]),
            ("soup.sice=4096", ["soup.size", "command line"]),
            ("server.max_ilands=4", ["max_islands", "command line"]),
            ("server.max_islands=0", ["1 to", "command line"]),
        ];
        for (set, parts) in cases {
            let (code, text) = error(set).expect("an error");
            assert!(
                code == 3 && parts.iter().all(|part| text.contains(part)),
                "{text}"
            );
        }
        assert_eq!(error("soup.size").map(|(code, _)| code), Some(2));
        let variables = pairs(&[("BYTEBIOTA_SOUP_SICE", "1")]);
        let text = Settings::layer(&SettingsArgs::default(), &[], &variables)
            .err()
            .map(|e| e.to_string());
        assert!(text.is_some_and(|text| text.contains("BYTEBIOTA_SOUP_SIZE")));
    }
}
