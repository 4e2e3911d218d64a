//! The Config tree and its knob table: each setting stands once, with default, range, unit and sentence. Knows no file format.

mod knob;
mod preset;
mod tree;

pub use knob::{Knob, KnobError, KnobValue, Range, When};
pub use preset::{PRESETS, Preset};
pub use tree::{
    Config, EnergyConfig, EnvironmentConfig, EvolutionConfig, MutationConfig, ReaperConfig,
    SchedulerConfig, SoupConfig,
};

use crate::{Digest, codec};
use serde::{Deserialize, Serialize};

/// One million: chances are given in parts of it.
pub const MILLION: u32 = 1_000_000;
/// Energy is counted in thousandths of a unit; an instruction costs one unit by default.
pub const MILLI: i64 = 1_000;

/// Who is there at genesis.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Founder {
    /// The ancestor that harvests while it copies, `genomes/forager.asm`.
    #[default]
    Forager,
    /// The plain copier, `genomes/ancestor.asm`.
    Ancestor,
    /// The ancestor that asks and answers four times a generation, `genomes/pupil.asm`.
    Pupil,
    /// Nobody: the soup is filled with random bytes and seeded with random bodies.
    Random,
    /// Nobody at all.
    Nobody,
    /// A genome of one's own.
    Genome(#[serde(with = "serde_bytes")] Vec<u8>),
}

/// What the logic opcodes do.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum IsaLogic {
    /// AND, OR, XOR and NOT_AX as named.
    #[default]
    Full,
    /// AND acts as NAND; OR, XOR and NOT_AX do nothing: Avida's ladder.
    Nand,
}

/// Who is paid for a solved task.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum RewardRule {
    /// Who solved it.
    #[default]
    Earned,
    /// Whoever owns a place of the soup drawn by lot: the control in which solving does not pay.
    Shuffled,
}

/// Where a newborn enters the reaper queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum ReaperInsert {
    /// At the tail: last to be swept.
    #[default]
    Tail,
    /// Immediately behind its parent: genomes grow without bound this way.
    BehindParent,
}

impl Config {
    /// Every knob, in the order of the tree.
    pub fn knobs() -> &'static [Knob] {
        tree::KNOBS
    }

    /// The knob of a path such as `soup.size`; the error names the nearest existing one.
    pub fn knob(path: &str) -> Result<&'static Knob, KnobError> {
        let found = Self::knobs().iter().find(|knob| knob.path == path);
        found.ok_or_else(|| KnobError::unknown(path))
    }

    /// Sets one knob from text; the error names the knob and its range.
    pub fn set(&mut self, path: &str, text: &str) -> Result<(), KnobError> {
        Self::knob(path)?.set(self, text)
    }

    /// The value of one knob as text.
    pub fn get(&self, path: &str) -> Result<String, KnobError> {
        Ok((Self::knob(path)?.get)(self))
    }

    /// A preset by name, over the defaults.
    pub fn preset(name: &str) -> Result<Self, KnobError> {
        let preset = PRESETS.iter().find(|preset| preset.name == name);
        let preset = preset.ok_or_else(|| KnobError::NoPreset(name.into()))?;
        let mut config = Self::default();
        for (path, value) in preset.knobs {
            config.set(path, value)?;
        }
        Ok(config)
    }

    /// Checks every knob against its range, and the few rules that bind two of them.
    pub fn validate(&self) -> Result<(), KnobError> {
        for knob in Self::knobs() {
            knob.check(self)?;
        }
        let conflict = |sentence| Err(KnobError::Conflict(sentence));
        if !self.soup.size.is_power_of_two() {
            return conflict("soup.size must be a power of two");
        }
        if self.environment.length > self.soup.size {
            return conflict("environment.length must not exceed soup.size");
        }
        if self.soup.search_radius > self.soup.size / 2 {
            return conflict("soup.search_radius must not exceed half of soup.size");
        }
        if self.evolution.max_genome > self.soup.size / 4 {
            return conflict("evolution.max_genome must not exceed a quarter of soup.size");
        }
        if let Founder::Genome(genome) = &self.evolution.founder {
            let range = self.evolution.min_genome as usize..=self.evolution.max_genome as usize;
            if !range.contains(&genome.len()) {
                return conflict(
                    "evolution.founder must be between min_genome and max_genome bytes long",
                );
            }
        }
        Ok(())
    }

    /// Digest of the canonical bytes.
    pub fn digest(&self) -> Digest {
        codec::digest(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_presets_are_within_their_ranges() {
        assert_eq!(Config::default().validate(), Ok(()));
        for preset in PRESETS {
            let config = Config::preset(preset.name);
            assert_eq!(
                config.map(|config| config.validate()),
                Ok(Ok(())),
                "{}",
                preset.name
            );
        }
        assert!(matches!(
            Config::preset("nope"),
            Err(KnobError::NoPreset(_))
        ));
    }

    #[test]
    fn each_knob_reads_what_it_shows_and_refuses_noise() {
        for knob in Config::knobs() {
            let mut config = Config::default();
            let shown = (knob.get)(&config);
            assert_eq!(knob.set(&mut config, &shown), Ok(()), "{}", knob.path);
            assert_eq!(config, Config::default(), "{}", knob.path);
            assert!(
                knob.set(&mut config, "no such value").is_err(),
                "{}",
                knob.path
            );
            assert!(
                !knob.sentence.is_empty() && knob.sentence.ends_with('.'),
                "{}",
                knob.path
            );
        }
    }

    #[test]
    fn errors_name_knob_range_and_nearest_name() {
        let mut config = Config::default();
        let error = config.set("soup.size", "1").map_err(|e| e.to_string());
        assert!(
            error
                .as_ref()
                .is_err_and(|e| e.contains("soup.size") && e.contains("4096")),
            "{error:?}"
        );
        let error = config.set("soup.sice", "65536").map_err(|e| e.to_string());
        assert!(
            error.as_ref().is_err_and(|e| e.contains("soup.size")),
            "{error:?}"
        );
    }
}
